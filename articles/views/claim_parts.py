"""What a claim's pages look up: its published grades, the notices on it and on its works, the editions showing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from articles.models import Edition
from articles.views.frame import HTML_LANGUAGES, alternates, language
from evidence.models import Claim, GradeOverride, GradeSnapshot, LiveNotice

Kind = LiveNotice.Kind


@dataclass(frozen=True)
class Showing:
    """A live edition that shows the claim, with the grade it is pinned to."""

    pk: int
    path: str
    headline: str
    lang: str
    number: int
    grade: str
    is_older: bool


@dataclass(frozen=True)
class Notices:
    """What stands against a claim and its works today."""

    of_claim: dict[str, LiveNotice]
    retracted: frozenset[str]
    override: GradeOverride | None
    facts: tuple[object, ...]

    @property
    def flags(self) -> list[str]:
        """The kinds that show as flags; "regraded" is for pages that show an older grade."""
        shown: list[str] = [
            kind for kind in (Kind.UNDER_REASSESSMENT, Kind.REVIEW_OVERDUE) if kind in self.of_claim
        ]
        return [*shown, Kind.OVERRIDDEN] if self.override else shown

    @property
    def regraded(self) -> LiveNotice | None:
        return self.of_claim.get(Kind.REGRADED)


def history_of(slug: str) -> list[GradeSnapshot]:
    """Return the published grades of a claim, oldest first; never a proposal."""
    published = GradeSnapshot.objects.published().filter(claim__slug=slug)
    return list(published.select_related("claim").order_by("number"))


def current_of(snapshots: Sequence[GradeSnapshot]) -> GradeSnapshot | None:
    """Return the grade of today among published ones."""
    return next((one for one in snapshots if one.state == GradeSnapshot.State.CURRENT), None)


def notices_on(claim: Claim, snapshot: GradeSnapshot) -> Notices:
    """Look up the notices that stand on the claim and on the works the grade shows."""
    citekeys = {row["citekey"] for row in snapshot.exhibits["findings"]}
    rows = list(
        LiveNotice.objects.standing()
        .filter(Q(claim=claim) | Q(study__citekey__in=citekeys))
        .select_related("study", "override")
        .order_by("pk")
    )
    override = next(
        (row.override for row in rows if row.override and _stands_beside(row.override, snapshot)), None
    )
    return Notices(
        of_claim={row.kind: row for row in rows if row.study is None},
        retracted=frozenset(row.study.citekey for row in rows if row.study and row.kind == Kind.RETRACTED),
        override=override,
        facts=([row.pk for row in rows], override.pk if override else None),
    )


def _stands_beside(override: GradeOverride, snapshot: GradeSnapshot) -> bool:
    """An override speaks of one grade, and not from the morning of its last day, late as the clock may come round."""
    return override.snapshot_id == snapshot.pk and timezone.now().date() < override.expires_on


def showing(claim: Claim, current: GradeSnapshot) -> list[Showing]:
    """Return the live editions that show the claim, those in the page's language first."""
    editions = Edition.objects.live().filter(claims=claim).annotate(shown=F("content__claims"))
    rows = editions.order_by("-published_at").values("pk", "slug", "headline", "language", "shown")
    found = [_showing(row, claim.code, current.number) for row in rows]
    return sorted(found, key=lambda one: bool(one.lang))


def _showing(row: dict[str, Any], code: str, newest: int) -> Showing:
    pinned = next(one for one in row["shown"] if one["code"] == code)
    (path,) = alternates("articles:article-detail", {row["language"]: {"slug": row["slug"]}})
    return Showing(
        pk=row["pk"],
        path=path.path,
        headline=row["headline"],
        lang="" if row["language"] == language() else HTML_LANGUAGES[row["language"]],
        number=pinned["snapshot"],
        grade=pinned["grade"],
        is_older=pinned["snapshot"] < newest,
    )
