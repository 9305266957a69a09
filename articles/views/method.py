"""How we grade, in plain words. Every number comes from the engine's tables; none is typed here or in the template."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles.drawing.geometry import GRADES
from articles.views import frame
from articles.views.exhibits.graded import GRADE_OF_TIER
from articles.words.codes import label, meaning
from articles.words.numbers import listed, percent, printed, weight
from articles.words.trail import TITLES, demanded, dispute
from evidence import appraisal, engine
from evidence.engine import Tables, scales
from evidence.verbs import overriding


@dataclass(frozen=True)
class Scale:
    """One table of the engine in words: its title, and each code with its number."""

    title: str
    rows: tuple[tuple[str, str], ...]


@require_safe
def how_we_grade(request: HttpRequest) -> HttpResponse:
    """Show the method: grades, layers, weights of both versions, seven steps, disputes, recomputing."""
    return frame.page(
        request,
        "articles/how_we_grade.html",
        _context,
        addresses=frame.in_both("articles:how-we-grade"),
        facts=(engine.VERSIONS,),
    )


def _context() -> dict[str, Any]:
    tables = engine.tables()
    return {
        "version": engine.NEWEST,
        "versions": engine.VERSIONS,
        "grades": [(code, meaning("grade", code), _tiers_of(code)) for code in GRADES],
        "statuses": _explained("status", scales.STATUSES),
        "levels": [(code, meaning("level", code)) for code in scales.EVIDENCE_LEVELS],
        "certainties": _explained("certainty", scales.CERTAINTIES),
        "borders": [(tier, weight(bound)) for tier, bound in tables.tiers.items()],
        "profiles": [_profile(kind) for kind in scales.CLAIM_TYPES],
        "steps": [str(title) for title in TITLES.values()],
        "demands": list(demanded(tables).values()),
        "disputes": [dispute(code, tables) for code in (*scales.HARD_DISPUTES, *scales.SOFT_DISPUTES)],
        "agreements": [
            (label("agreement", code), percent(bound)) for code, bound in tables.agreement.items()
        ],
        "numbers": _numbers(tables),
        "critical_items": listed(sorted(appraisal.AMSTAR2_CRITICAL, key=int)),
        "override": {"characters": overriding.REASON_LENGTH, "days": overriding.LONGEST.days},
        "scales": _scales(tables),
    }


def _tiers_of(grade: str) -> str:
    return next(tier for tier, code in GRADE_OF_TIER.items() if code == grade)


def _explained(kind: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(label(kind, code), meaning(kind, code)) for code in codes]


def _profile(kind: str) -> dict[str, Any]:
    """The weights of each layer for one type of claim, version by version."""
    profiles = [engine.tables(version).profiles[kind] for version in engine.VERSIONS]
    return {
        "title": meaning("claim_type", kind),
        "rows": [
            (code, label("layer", code), [_share(profile.get(code)) for profile in profiles])
            for code in scales.LAYERS
        ],
    }


def _share(value: Decimal | None) -> str:
    return "–" if value is None else weight(value)


# The engine's tables as the page shows them: the table, its title, and the choices its codes are worded by.
TABLES: Final = (
    ("design", gettext_lazy("How a study was done"), "design"),
    ("quality", gettext_lazy("How well it was done"), "quality"),
    ("precision", gettext_lazy("How precise the result is"), "precision"),
    ("directness", gettext_lazy("How directly it speaks to the claim"), "directness"),
    ("state", gettext_lazy("What has become of the work"), "state"),
    ("direction", gettext_lazy("Which way the result points"), "direction"),
    ("stance", gettext_lazy("What a regulator or clinical body holds"), "stance"),
    ("relevance", gettext_lazy("How far it speaks to the claim"), "relevance"),
    ("benchmark", gettext_lazy("What an outside grader gives"), "benchmark"),
    ("recheck", gettext_lazy("What a blind second reader finds"), "recheck"),
    ("mechanism", gettext_lazy("Five questions about the mechanism"), "question"),
    ("answer", gettext_lazy("How they are answered"), "answer"),
    ("safety", gettext_lazy("How safe it is"), "safety"),
)


def _scales(tables: Tables) -> list[Scale]:
    return [Scale(str(title), _rows(getattr(tables, name), kind)) for name, title, kind in TABLES]


def _rows(scale: Mapping[str, Decimal], kind: str) -> tuple[tuple[str, str], ...]:
    def word(code: str) -> str:
        return meaning(kind, code) if kind == "safety" else label(kind, code)

    return tuple((word(code), printed(weight(value))) for code, value in scale.items())


def _numbers(tables: Tables) -> dict[str, str]:
    """The single numbers the text speaks of, by name."""
    return {
        "human_prior": weight(tables.human_prior),
        "least_mass": weight(tables.least_mass),
        "least_present": weight(tables.least_present),
        "small_trial": str(tables.small_trial),
        "hard_penalty": percent(tables.hard_penalty),
        "soft_penalty": percent(tables.soft_penalty),
        "missing_penalty": percent(tables.missing_penalty),
        "hec_floor": tables.hec_floor,
        "hec_floor_reviews": str(tables.hec_floor_reviews),
        "cap_null": tables.hec_caps["null"],
        "cap_conflict": tables.hec_caps["conflict"],
        "cap_harm": tables.hec_caps["harm"],
        "physiology_cap": tables.physiology_cap,
        "safety_cap": tables.safety_cap,
    }
