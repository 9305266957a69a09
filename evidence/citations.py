"""The works a grade rests on, as frozen with it: the "N cites · year" of a claim. Pure, over a snapshot's exhibits."""

from typing import Any


def works(exhibits: dict[str, Any]) -> dict[str, int | None]:
    """Return the distinct works with a record, and their years; background reading is no evidence."""
    return {
        row["citekey"]: row["year"]
        for row in exhibits["sources"]
        if row["held"] and row["role"] != "background"
    }


def counted(exhibits: dict[str, Any]) -> tuple[int, int | None]:
    """Return how many works a grade rests on and the newest year among them."""
    found = works(exhibits)
    return len(found), max((year for year in found.values() if year), default=None)
