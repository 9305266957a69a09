"""Reads the golden cases that the engine must agree with; they are copied from the specification."""

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "data" / "vectors"


def lines(name: str) -> list[dict[str, Any]]:
    """Give every line of one file of vectors, its objects in the order of their keys as written."""
    with (VECTORS / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def compact(data: object) -> str:
    """Write data as the specification writes it: no spaces, keys in the order given."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
