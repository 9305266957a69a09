"""What would change a grade: the engine's own answers, computed from the stored dossier by the snapshot's version."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from articles.views.exhibits.graded import Graded
from articles.words.changes import change
from articles.words.numbers import page_score
from evidence import engine
from evidence.engine import Change


@dataclass(frozen=True)
class Row:
    """One what-if with the grade it makes; `moves` when the readers' word would change."""

    what: str
    score: str
    tier: str
    grade: str
    moves: bool


def changes(graded: Graded) -> list[Row]:
    """Return what would change the grade, and what would not."""
    snapshot = graded.snapshot
    now = graded.verdict["reader_grade"]
    return [
        Row(
            what=change(one.change, graded.names.get(one.id, one.id)),
            score="" if one.score is None else page_score(Decimal(one.score)),
            tier=one.tier,
            grade=one.reader_grade,
            moves=one.reader_grade != now,
        )
        for one in _computed(snapshot.dossier_json, snapshot.engine_version)
    ]


@lru_cache(maxsize=256)
def _computed(dossier_json: str, version: str) -> tuple[Change, ...]:
    """Kept because it is pure and grades the dossier once a finding: the same bytes give the same rows for ever."""
    return engine.sensitivity(engine.dossier_from_bytes(dossier_json.encode()), version)
