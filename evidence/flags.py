"""What a grade's row warns of beside the grade. Pure: it reads a verdict and its dossier as plain data."""

from typing import Any

CONTESTED = "contested"
HARM_SIGNAL = "harm_signal"

_FALLEN = frozenset({"retracted", "withdrawn"})


def flags(verdict: dict[str, Any], dossier: dict[str, Any]) -> list[str]:
    """Return the codes that apply: `contested`, `harm_signal`, in this order.

    Contested means a hard dispute. A harm signal is a serious safety level, or a finding of harm that still
    counts: with weight if it speaks to efficacy, standing if it speaks to safety, which is never weighed.
    """
    found = [CONTESTED] if verdict["disputes"]["hard"] else []
    harm = any(_counts_as_harm(finding, verdict["weights"]) for finding in dossier["findings"])
    return [*found, HARM_SIGNAL] if harm or dossier["safety"] == "serious" else found


def _counts_as_harm(finding: dict[str, Any], weights: dict[str, str]) -> bool:
    if finding["direction"] != "harm":
        return False
    if finding["role"] == "safety":
        return finding["state"] not in _FALLEN
    return float(weights.get(finding["id"], "0")) > 0
