"""The list of every claim as it stands today, narrowed by grade and by hub through links."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.drawing.geometry import GRADES
from articles.models import Topic
from articles.views import frame
from articles.views.changes import statements
from articles.views.exhibits.graded import Graded
from articles.views.frame import Worded
from articles.views.standing import standing
from evidence.citations import counted
from evidence.models import GradeSnapshot
from evidence.models.base import in_language

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """One claim of the list."""

    slug: str
    statement: Worded
    grade: str
    score: str
    cites: int
    year: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """One link that narrows the list: its code, its words, how many claims lie behind it."""

    code: str
    name: str
    count: int
    current: bool


@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims of one grade (?grade=) or hub (?hub=), newest grade first, fifty a page."""
    grade, hub = request.GET.get("grade", ""), request.GET.get("hub", "")
    topics = {topic.code: in_language(topic, "title") for topic in Topic.objects.order_by("order", "code")}
    if (grade and grade not in GRADES) or (hub and hub not in topics):
        raise Http404
    pairs = list(_worded().order_by().values_list("reader_grade", "claim__topic"))
    wanted = _worded().filter(**_narrowed(grade, hub)).order_by("-current_from", "-pk")
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list))
    ways = {
        "grades": _ways(
            dict.fromkeys(GRADES, ""), Counter(g for g, topic in pairs if hub in ("", topic)), grade
        ),
        "topics": _ways(topics, Counter(topic for g, topic in pairs if grade in ("", g)), hub),
    }
    return frame.page(
        request,
        "articles/claim_list.html",
        lambda: {"rows": rows, "page": page, "grade": grade, "hub": hub, **ways, "all": len(pairs)},
        addresses=frame.in_both("articles:claim-list"),
        facts=(rows, ways, page.number, page.paginator.num_pages),
    )


def _worded() -> Any:
    """Today's grades of claims that have an approved text: without one there is nothing to read."""
    approved = GradeSnapshot.objects.current().filter(claim__texts__decisions__outcome="approve")
    return GradeSnapshot.objects.filter(pk__in=approved.values("pk")).select_related("claim")


def _narrowed(grade: str, hub: str) -> dict[str, str]:
    asked = {"reader_grade": grade, "claim__topic": hub}
    return {name: value for name, value in asked.items() if value}


def _ways(names: dict[str, str], counts: Counter[str], current: str) -> list[Way]:
    return [
        Way(code, name, counts[code], code == current)
        for code, name in names.items()
        if counts[code] or code == current
    ]


def _rows(snapshots: list[GradeSnapshot]) -> list[Listed]:
    said = statements([snapshot.claim_id for snapshot in snapshots])
    today = standing([snapshot.claim.code for snapshot in snapshots])
    found = []
    for snapshot in snapshots:
        graded = Graded.of(snapshot)
        cites, year = counted(snapshot.exhibits)
        found.append(
            Listed(
                slug=snapshot.claim.slug,
                statement=said[snapshot.claim_id],
                grade=snapshot.reader_grade,
                score=graded.score_text,
                cites=cites,
                year=year,
                flags=(*graded.flags, *today.notices(snapshot.claim.code)),
            )
        )
    return found
