"""The comparison of two engine versions as the desk shows it: a table of moves and the claims that differ."""

from collections.abc import Mapping
from typing import Any

from evidence import engine
from evidence.models.codes import ReaderGrade, Status
from evidence.verbs import comparing

# Of many differences the page names the first; the counts are of all.
NAMED = 200


def shown(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the report for the versions asked for: the last two unless named, the newest for one unknown."""
    versions = list(engine.VERSIONS)
    before = asked.get("before", versions[-2])
    after = asked.get("after", versions[-1])
    before, after = (one if one in versions else engine.NEWEST for one in (before, after))
    report = comparing.compare(before, after, most=NAMED)
    grades = [code for code in ReaderGrade.values if any(code in move for move in report.moves)]
    return {
        "versions": versions,
        "report": report,
        "differing": report.total - report.same,
        "more": report.total - report.same - len(report.differences),
        "grades": [ReaderGrade(code) for code in grades],
        "moves": [
            {
                "grade": ReaderGrade(old),
                "counts": [{"count": report.moves[old, new], "same": old == new} for new in grades],
            }
            for old in grades
        ],
        "rows": [
            {
                "snapshot": one.snapshot,
                "sides": [
                    {
                        "tier": verdict.tier,
                        "score": verdict.score,
                        "status": Status(verdict.status).label,
                        "grade": ReaderGrade(verdict.reader_grade),
                    }
                    for verdict in (one.before, one.after)
                ],
            }
            for one in report.differences
        ],
    }
