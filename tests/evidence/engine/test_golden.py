"""Every golden case, byte for byte: verdicts, hashes, and what would change the grade."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import pytest

from evidence.engine import (
    canonical_bytes,
    dossier_from_bytes,
    dossier_sha256,
    grade,
    read_dossier,
    sensitivity,
    verdict_line,
)
from tests.evidence.engine.vectors import compact, lines

CASES = [
    pytest.param(case["dossier"], version, verdict, id=f"{case['name']}-{version}")
    for case in lines("engine.jsonl")
    for version, verdict in case["verdicts"].items()
]
WHAT_IFS = [case for case in lines("derived.jsonl") if case["function"] == "sensitivity"]


@pytest.mark.parametrize(("dossier", "version", "verdict"), CASES)
def test_it_grades_the_golden_case_byte_for_byte(
    dossier: dict[str, Any], version: str, verdict: dict[str, Any]
) -> None:
    assert verdict_line(grade(read_dossier(dossier), version)) == compact(verdict)


@pytest.mark.parametrize(("dossier", "version", "verdict"), CASES)
def test_a_reader_can_recompute_the_hash_from_the_downloaded_dossier(
    dossier: dict[str, Any], version: str, verdict: dict[str, Any]
) -> None:
    downloaded = canonical_bytes(read_dossier(dossier))
    assert hashlib.sha256(downloaded).hexdigest() == verdict["dossier_sha256"]
    assert dossier_sha256(dossier_from_bytes(downloaded)) == verdict["dossier_sha256"]
    assert verdict_line(grade(dossier_from_bytes(downloaded), version)) == compact(verdict)


@pytest.mark.parametrize("case", WHAT_IFS)
def test_it_says_what_would_change_the_grade(case: dict[str, Any]) -> None:
    asked = case["input"]
    rows = sensitivity(read_dossier(asked["dossier"]), asked["version"])
    assert compact([asdict(row) for row in rows]) == compact(case["output"])


def test_an_added_finding_replaces_one_that_is_already_named_what_if() -> None:
    dossier = json.loads(json.dumps(lines("engine.jsonl")[0]["dossier"]))
    plain = sensitivity(read_dossier(dossier), "1.1")
    dossier["findings"].append({**dossier["findings"][0], "id": "what-if"})
    rows = sensitivity(read_dossier(dossier), "1.1")
    assert [row for row in rows if row.change == "add"] == [row for row in plain if row.change == "add"]
    assert [row.id for row in rows if row.change == "without"][-1] == "what-if"
