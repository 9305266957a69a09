"""What a claim's row warns of: contested by hard disputes, harm by safety or by findings that still count."""

from typing import Any

import pytest

from evidence.citations import counted
from evidence.flags import flags


def verdict(*, hard: list[str] | None = None, weights: dict[str, str] | None = None) -> dict[str, Any]:
    return {"disputes": {"hard": hard or [], "soft": ["l2_l5"]}, "weights": weights or {}}


def dossier(*findings: dict[str, str], safety: str | None = None) -> dict[str, Any]:
    return {"findings": list(findings), "safety": safety}


def harm(role: str, state: str = "current") -> dict[str, str]:
    return {"id": "pmid:1", "direction": "harm", "role": role, "state": state}


def test_soft_disputes_do_not_make_a_claim_contested() -> None:
    assert flags(verdict(), dossier()) == []


def test_a_hard_dispute_makes_it_contested() -> None:
    assert flags(verdict(hard=["l2_conflict"]), dossier()) == ["contested"]


@pytest.mark.parametrize(("safety", "expected"), [("serious", ["harm_signal"]), ("caution", []), (None, [])])
def test_only_a_serious_safety_level_is_a_harm_signal(safety: str | None, expected: list[str]) -> None:
    assert flags(verdict(), dossier(safety=safety)) == expected


@pytest.mark.parametrize(("weight", "expected"), [("0.3000", ["harm_signal"]), ("0.0000", [])])
def test_harm_found_as_efficacy_counts_while_it_has_weight(weight: str, expected: list[str]) -> None:
    assert flags(verdict(weights={"pmid:1": weight}), dossier(harm("efficacy"))) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("current", ["harm_signal"]),
        ("concern", ["harm_signal"]),
        ("preprint", ["harm_signal"]),
        ("retracted", []),
        ("withdrawn", []),
    ],
)
def test_harm_found_as_safety_counts_until_the_work_falls(state: str, expected: list[str]) -> None:
    assert flags(verdict(), dossier(harm("safety", state))) == expected


def test_cites_count_each_work_with_a_record_once_and_no_background() -> None:
    sources = [
        {"citekey": "zhou2019", "role": "finding", "year": 2019, "held": True},
        {"citekey": "zhou2019", "role": "mechanism", "year": 2019, "held": True},
        {"citekey": "kim2017", "role": "mechanism", "year": 2017, "held": True},
        {"citekey": "camilleri2019", "role": "background", "year": 2026, "held": True},
        {"citekey": "unknown", "role": "finding", "year": None, "held": False},
    ]
    assert counted({"sources": sources}) == (2, 2019)


def test_no_work_has_no_newest_year() -> None:
    assert counted({"sources": []}) == (0, None)
