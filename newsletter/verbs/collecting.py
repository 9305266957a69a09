"""What changed for readers since the last brief: one function, and the tuple of collectors it asks.

A new kind of news joins by adding a collector to COLLECTORS. It reads what is public and nothing else: editions,
published grades, live notices, and what was mended of works that editions cite. Collectors change nothing;
composing.py keeps what they find.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Edition
from evidence.models import CitedAs, Claim, GradeSnapshot, LiveNotice, Study, Verification
from evidence.models.base import LANGUAGES
from evidence.words import FIELDS
from newsletter.models import Issue, IssueLine
from newsletter.verbs import citing, wording
from newsletter.verbs.wording import Said

Kind = IssueLine.Kind
Section = IssueLine.Section

FIRST_CUT = timedelta(days=7)
# A release stamps its rows before it commits: what was stamped shortly before the last cut may not have been seen
# by it. It is looked at again, and what that issue told already is left out.
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Found:
    """One piece of news: what a line of an issue is made of. `text` and `why` are by language."""

    key: str
    section: IssueLine.Section
    kind: IssueLine.Kind
    text: Said
    why: Said
    works: tuple[Study, ...]
    claim: Claim | None = None
    snapshot: GradeSnapshot | None = None
    editions: dict[str, Edition] = field(default_factory=dict)
    study: Study | None = None
    previous_grade: str = ""


@dataclass(frozen=True)
class Cut:
    """The stretch of time an issue covers, and the issue whose own ends where it begins."""

    since: datetime
    until: datetime
    last: Issue | None

    def holds(self, name: str) -> Q:
        """Return the condition that the instant in field `name` lies in the cut, or shortly before it."""
        return Q(**{f"{name}__gt": self.since - LATE, f"{name}__lte": self.until})

    def told_lines(self) -> QuerySet[IssueLine]:
        """Return the lines of the last issue; what its editor left out counts as told."""
        return IssueLine.objects.filter(issue=self.last) if self.last else IssueLine.objects.none()


def cut(issue: Issue) -> Cut:
    """Return the cut of an issue as it was composed or last refreshed."""
    return Cut(issue.cut_from, issue.cut_until, _last_before(issue))


def cut_from(issue: Issue) -> datetime:
    """Return where an issue of that Sunday begins: where the newest one that went, or is to go, ended.

    Missed, cancelled and empty weeks count for nothing, so what they held rolls on. Before the first issue of all
    went, it is the beginning of the oldest one that did not, or seven days ago.
    """
    last = _last_before(issue)
    if last is not None:
        return last.cut_until
    oldest = Issue.objects.filter(sunday__lt=issue.sunday).order_by("sunday").first()
    return oldest.cut_from if oldest else issue.composed_at - FIRST_CUT


def _last_before(issue: Issue) -> Issue | None:
    to_go = Q(state__in=[Issue.State.APPROVED, Issue.State.SENDING, Issue.State.PAUSED])
    went = Q(pk__in=Issue.objects.went().values("pk"))
    return Issue.objects.filter(went | to_go, sunday__lt=issue.sunday).order_by("-sunday").first()


def collect(cut: Cut) -> list[Found]:
    """Return everything that changed for readers within the cut, the gravest first."""
    return [found for collector in COLLECTORS for found in collector(cut)]


def retractions(cut: Cut) -> Iterator[Found]:
    """Yield every work that fell and that readers were shown: cited by an edition or by a grade."""
    shown = Q(study__editions__isnull=False) | Q(study__grades__state__in=["current", "superseded"])
    notices = LiveNotice.objects.standing().filter(
        cut.holds("since"), shown, kind=LiveNotice.Kind.RETRACTED, study__isnull=False
    )
    told = cut.told_lines().filter(kind=Kind.RETRACTION).values("study")
    fallen = citing.with_records().filter(pk__in=notices.values("study")).exclude(pk__in=told)
    for study in fallen:
        resting = Claim.objects.filter(grades__state="current", grades__studies=study).order_by("code")
        yield Found(
            key=f"retraction-{study.pk}",
            section=Section.CHANGED,
            kind=Kind.RETRACTION,
            text=wording.retraction(study),
            why=wording.why_retracted(list(resting)),
            works=(study,),
            study=study,
        )


def mended(cut: Cut) -> Iterator[Found]:
    """Yield every work of a live edition whose citation was mended: one line, however many citations were.

    What was mended before the cut and told by the last issue is left out; mended again since, it is told again.
    """
    told = set(cut.told_lines().filter(kind=Kind.MENDED).values_list("key", flat=True))
    cited = Edition.objects.live().filter(studies=OuterRef("study"))
    rows = CitedAs.objects.filter(cut.holds("at"), Exists(cited), form=CitedAs.Form.MENDED)
    by_study: dict[int, list[CitedAs]] = {}
    for row in rows.order_by("pk"):
        if row.at > cut.since or _mended_key(row.study_id) not in told:
            by_study.setdefault(row.study_id, []).append(row)
    for study in citing.with_records().filter(pk__in=by_study):
        if citing.standing(study) in citing.FALLEN:
            continue  # its fall is the news
        yield Found(
            key=_mended_key(study.pk),
            section=Section.CHANGED,
            kind=Kind.MENDED,
            text=wording.mended(study, differing_before(by_study[study.pk])),
            why=dict.fromkeys(LANGUAGES, ""),
            works=(study,),
            editions=_citing_editions(study),
        )


def differing_before(mendings: Collection[CitedAs]) -> list[str]:
    """Return the fields in which citations differed from their record before they were mended, in printed order."""
    fields: dict[str, None] = {}
    for mending in mendings:
        checks = Verification.objects.filter(study=mending.study_id, checked_at__lte=mending.at)
        for compared in checks.order_by("-pk").values_list("compared", flat=True):
            own = [row for row in compared if row["cited_as"] == mending.replaces_id]
            if own:
                differing = (row["field"] for row in own if row["verdict"] in {"differs", "another_work"})
                fields |= dict.fromkeys(differing)
                break
    return [name for name in FIELDS if name in fields]


def _mended_key(study: int) -> str:
    return f"mended-{study}"


def _citing_editions(study: Study) -> dict[str, Edition]:
    """Return the live editions of the article that cites a work and was published last, by language."""
    live = Edition.objects.live().filter(studies=study).select_related("topic")
    newest = live.order_by("-published_at", "-pk").first()
    if newest is None:
        return {}
    shown = live.filter(translation_key=newest.translation_key).order_by("language")
    return {edition.language: edition for edition in shown}


def regrades(cut: Cut) -> Iterator[Found]:
    """Yield every claim that stands elsewhere than when the cut began: one line however often it moved.

    A claim that moved and came back is no line: what readers of the brief were last told holds, and both moves stay
    in the history on the claim's page.
    """
    for new in _moved_within(cut):
        before = grade_before(new, cut)
        if before is None or _stand(before) == _stand(new):
            continue
        steps = GradeSnapshot.objects.published().filter(
            claim=new.claim_id, number__gt=before.number, number__lte=new.number
        )
        yield Found(
            key=f"claim-{new.claim_id}",
            section=Section.CHANGED,
            kind=Kind.REGRADE,
            text=wording.statement(new.claim),
            why=wording.why_regraded(before, list(steps.order_by("number"))),
            works=citing.works_of(new, before=before),
            claim=new.claim,
            snapshot=new,
            previous_grade=before.reader_grade,
        )


def editions(cut: Cut) -> Iterator[Found]:
    """Yield every article with a new edition: one line for all its languages and all its editions in the cut."""
    for translation_key, new in _new_editions(cut).items():
        live = Edition.objects.live().filter(translation_key=translation_key)
        shown = {edition.language: edition for edition in live.order_by("language")}
        news = next(iter(new.values()))
        cited = [reference["citekey"] for reference in news.content["references"]]
        yield Found(
            key=f"article-{translation_key}",
            section=Section.NEW,
            kind=Kind.EDITION,
            text=wording.edition(new, shown),
            why=wording.why_edition(new),
            works=citing.chosen(cited),
            editions=shown,
        )


def first_grades(cut: Cut) -> Iterator[Found]:
    """Yield every claim graded for the first time, unless an article that is listed brings it."""
    pks = [edition.pk for new in _new_editions(cut).values() for edition in new.values()]
    brought = set(Edition.claims.through.objects.filter(edition__in=pks).values_list("claim_id", flat=True))
    for new in _moved_within(cut):
        if new.claim_id in brought or grade_before(new, cut) is not None:
            continue
        yield Found(
            key=f"claim-{new.claim_id}",
            section=Section.NEW,
            kind=Kind.REGRADE,
            text=wording.statement(new.claim),
            why=wording.why_graded(new),
            works=citing.works_of(new),
            claim=new.claim,
            snapshot=new,
        )


Collector = Callable[[Cut], Iterator[Found]]
COLLECTORS: tuple[Collector, ...] = (retractions, regrades, mended, editions, first_grades)


def grade_before(snapshot: GradeSnapshot, cut: Cut) -> GradeSnapshot | None:
    """Return the grade that readers knew when the cut began; None where a claim was not graded yet."""
    return grades_before([snapshot], cut).get(snapshot.claim_id)


def grades_before(snapshots: Collection[GradeSnapshot], cut: Cut) -> dict[int, GradeSnapshot]:
    """Return `grade_before` of many, by claim: as few queries for twenty lines as for one."""
    until = {snapshot.claim_id: snapshot.number for snapshot in snapshots}
    told = _told_numbers(until, cut)
    older = GradeSnapshot.objects.published().filter(claim__in=until).defer("dossier_json", "verdict_json")
    found = {}
    for row in older.order_by("number"):
        old_enough = row.current_from is not None and row.current_from <= cut.since - LATE
        if row.number < until[row.claim_id] and (old_enough or row.number <= told.get(row.claim_id, 0)):
            found[row.claim_id] = row
    return found


def _moved_within(cut: Cut) -> list[GradeSnapshot]:
    """Return today's grade of every claim graded within the cut and not told of already."""
    fresh = GradeSnapshot.objects.published().filter(cut.holds("current_from"))
    today = GradeSnapshot.objects.current().filter(claim__in=fresh.values("claim"))
    rows = list(today.select_related("claim").order_by("current_from", "pk"))
    told = _told_numbers({row.claim_id for row in rows}, cut)
    return [row for row in rows if row.number > told.get(row.claim_id, 0)]


def _told_numbers(claims: Collection[int], cut: Cut) -> dict[int, int]:
    """Return the number of the newest grade of each claim that the last issue told, by a line or within an article."""
    told: dict[int, int] = {}
    lines = cut.told_lines().filter(kind=Kind.REGRADE, claim__in=claims, snapshot__isnull=False)
    pairs = list(lines.values_list("claim", "snapshot__number"))
    pks = [pk for pair in _told_editions(cut) for pk in pair if pk]
    if pks:
        codes = dict(Claim.objects.filter(pk__in=claims).values_list("code", "pk"))
        for content in Edition.objects.filter(pk__in=pks).values_list("content", flat=True):
            pairs += [
                (codes[row["code"]], row["snapshot"]) for row in content["claims"] if row["code"] in codes
            ]
    for claim, number in pairs:
        told[claim] = max(number, told.get(claim, 0))
    return told


def _told_editions(cut: Cut) -> list[tuple[int | None, int | None]]:
    lines = cut.told_lines().filter(kind=Kind.EDITION)
    return list(lines.values_list("edition_en", "edition_zh_hant"))


def _new_editions(cut: Cut) -> dict[str, dict[str, Edition]]:
    """Return the live editions published within the cut, by article and language, in the order they came."""
    told = [pk for pair in _told_editions(cut) for pk in pair if pk]
    fresh = Edition.objects.live().filter(cut.holds("published_at")).exclude(pk__in=told)
    grouped: dict[str, dict[str, Edition]] = {}
    for edition in fresh.select_related("topic").order_by("published_at", "language", "pk"):
        grouped.setdefault(str(edition.translation_key), {})[edition.language] = edition
    return {key: {code: new[code] for code in LANGUAGES if code in new} for key, new in grouped.items()}


def _stand(snapshot: GradeSnapshot) -> tuple[str, str, str]:
    return snapshot.reader_grade, snapshot.tier, snapshot.status
