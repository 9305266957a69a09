"""Making an issue of the brief and changing its words: once a week by the clock, then by editors.

What is news is collecting.py's, what an issue lacks contents.py's; approving is approval.py's.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import Claim
from evidence.models.base import LANGUAGES
from newsletter import sundays
from newsletter.content import Content
from newsletter.models import Issue, IssueEvent, IssueLine, IssueText
from newsletter.verbs import citing, collecting, contents, drafting, spotlight, stating, trail, wording
from newsletter.verbs.collecting import Found

State = Issue.State
Kind = IssueEvent.Kind
WORDS = ("text_en", "text_zh_hant", "why_en", "why_zh_hant")


@transaction.atomic
def compose(sunday: date, *, by: User | None, now: datetime) -> Issue:
    """Compose the brief of a Sunday from everything that changed since the last; once a week, whoever asks.

    `by` is None where the clock composes. Nothing changed: the issue is EMPTY and sends nothing. Raises
    PermissionDenied; Refused for a Sunday that is not the coming one.
    """
    if by is not None:
        require(by, Action.COMPOSE_BRIEF)
    week = sundays.iso_week(sunday)
    known = Issue.objects.filter(iso_week=week).first()
    if known is not None:
        return known
    if sunday != sundays.next_sunday(now):
        raise Refused(
            "not_the_coming_sunday",
            _("Only the brief of the coming Sunday, %(sunday)s, can be composed now.")
            % {"sunday": sundays.next_sunday(now)},
        )
    issue = Issue(iso_week=week, sunday=sunday, composed_at=now, cut_from=now, cut_until=now)
    issue.cut_from = collecting.cut_from(issue)
    try:
        with transaction.atomic():
            issue.save(force_insert=True)
    except IntegrityError:
        # Somebody composed it at this very moment: theirs is the issue.
        return Issue.objects.get(iso_week=week)
    IssueText.objects.bulk_create(IssueText(issue=issue, language=language) for language in LANGUAGES)
    changes = _take_in(issue)
    if not changes:
        Issue.objects.filter(pk=issue.pk).update(state=State.EMPTY)
        trail.note(issue, Kind.EMPTY, by=by, now=now)
    else:
        trail.note(issue, Kind.COMPOSED, by=by, now=now, lines=len(changes))
    issue.refresh_from_db()
    return issue


@transaction.atomic
def refresh(issue: Issue, *, by: User | None, now: datetime) -> int:
    """Take in what changed until now: new lines, and those whose statement moved; the number of lines changed.

    Words an editor wrote stay wherever the line states the same as before. A line whose news is no news any more
    goes. Raises PermissionDenied, Refused.
    """
    states = (*drafting.OPEN_TO_EDITORS, State.EMPTY)
    if by is not None:
        drafting.hold_to_edit(issue, by=by, now=now, states=states)
    elif not drafting.hold(issue, states):
        return 0
    drafting.require_time(issue, now=now)
    Issue.objects.filter(pk=issue.pk).update(cut_from=collecting.cut_from(issue), cut_until=now)
    issue.refresh_from_db()
    changes = _take_in(issue)
    if changes:
        Issue.objects.filter(pk=issue.pk, state=State.EMPTY).update(state=State.DRAFT)
        issue.refresh_from_db()
        drafting.edited(issue, by=by, now=now, what="refresh", changes=changes)
    return len(changes)


@transaction.atomic
def write(
    issue: Issue, language: str, *, by: User, now: datetime, subject: str, opening: str, erratum: str = ""
) -> None:
    """Write the subject, the opening and the erratum of an issue in one language. Voids an approval if a word differs.

    An erratum belongs to a send that was paused. Raises PermissionDenied, Refused.
    """
    drafting.hold_to_edit(issue, by=by, now=now)
    text = IssueText.objects.get(issue=issue, language=language)
    words = {"subject": " ".join(subject.split()), "opening": _lines(opening), "erratum": _lines(erratum)}
    most = IssueText._meta.get_field("subject").max_length or 0
    if len(words["subject"]) > most:
        raise Refused(
            "subject_too_long",
            _("The subject has %(length)s characters; %(most)s is the most. Shorten it.")
            % {"length": len(words["subject"]), "most": most},
        )
    changes = drafting.changed_fields({name: getattr(text, name) for name in words}, words)
    if issue.state != State.PAUSED and any(change["field"] == "erratum" for change in changes):
        raise Refused(
            "erratum",
            _("An erratum is for readers of a send that was paused. Before it, correct the text itself."),
        )
    if changes:
        IssueText.objects.filter(pk=text.pk).update(**words)
        drafting.edited(issue, by=by, now=now, what="words", language=language, changes=changes)


@transaction.atomic
def edit_line(
    line: IssueLine,
    *,
    by: User,
    now: datetime,
    text_en: str,
    text_zh_hant: str,
    why_en: str,
    why_zh_hant: str,
    dropped: bool,
) -> None:
    """Reword a line, leave it out or take it in again; what it states and cites stays. Raises PermissionDenied, Refused."""
    drafting.hold_to_edit(line.issue, by=by, now=now)
    if not IssueLine.objects.filter(pk=line.pk).exists():
        raise Refused(
            "gone", _("A refresh took this line away: its news is no news any more. Reload the page.")
        )
    line.refresh_from_db(fields=[*WORDS, "dropped"])
    words: dict[str, Any] = {
        name: _lines(given)
        for name, given in zip(WORDS, (text_en, text_zh_hant, why_en, why_zh_hant), strict=True)
    }
    words["dropped"] = dropped
    changes = drafting.changed_fields({name: getattr(line, name) for name in words}, words)
    if changes:
        IssueLine.objects.filter(pk=line.pk).update(**words)
        line.refresh_from_db(fields=[*WORDS, "dropped"])
        drafting.edited(line.issue, by=by, now=now, what="line", line=line.key, changes=changes)


@transaction.atomic
def arrange(issue: Issue, *, by: User, now: datetime, order: Sequence[int]) -> None:
    """Set the lines in the order given: the primary keys of all of them, those left out too.

    Sections keep their place; the order counts within each. Raises PermissionDenied, Refused.
    """
    drafting.hold_to_edit(issue, by=by, now=now)
    lines = {line.pk: line for line in issue.lines.all()}
    if sorted(order) != sorted(lines):
        raise Refused(
            "order", _("The lines changed since this page was opened. Reload it, then arrange them.")
        )
    before = [line.key for line in sorted(lines.values(), key=stating.position)]
    for place, pk in enumerate(order):
        lines[pk].order = place
    after = [line.key for line in sorted(lines.values(), key=stating.position)]
    if before == after:
        return
    IssueLine.objects.bulk_update(lines.values(), ["order"])
    changes = drafting.changed_fields({"order": before}, {"order": after})
    drafting.edited(issue, by=by, now=now, what="order", changes=changes)


@transaction.atomic
def choose_spotlight(issue: Issue, claim: Claim, *, by: User, now: datetime) -> IssueLine:
    """Put a claim under “Hype or signal”, with its grade of today and why. Raises PermissionDenied, Refused."""
    drafting.hold_to_edit(issue, by=by, now=now)
    change = _keep(issue, spotlight.of(claim))
    if issue.lines.filter(key=spotlight.KEY, dropped=True).update(dropped=False):
        change = change or {"field": "dropped", "old": True, "new": False}
    if change:
        drafting.edited(issue, by=by, now=now, what="spotlight", changes=[change])
    return IssueLine.objects.get(issue=issue, key=spotlight.KEY)


def content(issue: Issue, language: str) -> Content:
    """Return what the issue says in one language. Raises Refused("incomplete") listing every problem of either."""
    return contents.contents(issue)[language]


def problems(issue: Issue) -> list[str]:
    """Return everything that keeps the issue from being approved; empty when nothing does."""
    return contents.problems(issue)


def _lines(given: str) -> str:
    """Return text as it is compared and kept: forms send CRLF, and space around it says nothing."""
    return given.replace("\r\n", "\n").replace("\r", "\n").strip()


def _take_in(issue: Issue) -> list[dict[str, Any]]:
    """Keep all news of the issue's cut, with a spotlight if there is any; what changed, as an event keeps it."""
    found = collecting.collect(collecting.cut(issue))
    changes = [change for one in found if (change := _keep(issue, one))]
    changes += _retire(issue, {one.key for one in found})
    if issue.lines.exclude(kind=IssueLine.Kind.SPOTLIGHT).filter(dropped=False).exists():
        changes += _renew_spotlight(issue)
        _default_subjects(issue)
    return changes


def _keep(issue: Issue, found: Found) -> dict[str, Any] | None:
    """Add a line, or renew it where it states something else than before; None where it states the same."""
    line = IssueLine.objects.filter(issue=issue, key=found.key).first()
    states = _statement(found)
    if line is None:
        last = issue.lines.order_by("-order").first()
        line = IssueLine.objects.create(
            issue=issue, key=found.key, order=last.order + 1 if last else 0, **states, **_words(found)
        )
        line.works.set(found.works)
        return {"field": found.key, "old": None, "new": found.text["en"]}
    if all(getattr(line, name) == value for name, value in states.items()):
        return _mend_works(line, found)
    before = _stated(line)
    IssueLine.objects.filter(pk=line.pk).update(**states, **_words(found), dropped=False)
    line.refresh_from_db()
    line.works.set(found.works)
    return {"field": found.key, "old": before, "new": _stated(line)}


def _statement(found: Found) -> dict[str, Any]:
    return {
        "section": found.section,
        "kind": found.kind,
        "claim": found.claim,
        "snapshot": found.snapshot,
        "edition_en": found.editions.get("en"),
        "edition_zh_hant": found.editions.get("zh-hant"),
        "study": found.study,
    }


def _words(found: Found) -> dict[str, str]:
    return {
        "text_en": found.text["en"],
        "text_zh_hant": found.text["zh-hant"],
        "why_en": found.why["en"],
        "why_zh_hant": found.why["zh-hant"],
    }


def _stated(line: IssueLine) -> str:
    """Name what a line states, for the trail: the claim with its grade, or the editions."""
    if line.claim and line.snapshot:
        return f"{line.claim.code} {line.snapshot.number}: {line.snapshot.reader_grade}"
    return " / ".join(str(edition) for edition in (line.edition_en, line.edition_zh_hant) if edition)


def _mend_works(line: IssueLine, found: Found) -> dict[str, Any] | None:
    """Choose the works again where one of a line's cannot be cited any more."""
    works = list(citing.with_records().filter(pk__in=line.works.values("pk")))
    fallen = stating.may_cite_the_fallen(line)
    good = works and not any(citing.citation_problem(work, fallen=fallen) for work in works)
    if good or set(works) == set(found.works):
        return None
    line.works.set(found.works)
    keys = sorted(work.citekey for work in found.works)
    return {"field": f"{line.key}.works", "old": [work.citekey for work in works], "new": keys}


def _retire(issue: Issue, found: Collection[str]) -> list[dict[str, Any]]:
    """Take away the lines whose news is no news any more: a claim that went back, a retraction taken back.

    They are not merely left out, which is an editor's choice and would outlast the news coming back.
    """
    stale = issue.lines.exclude(kind=IssueLine.Kind.SPOTLIGHT).exclude(key__in=found)
    changes = [{"field": key, "old": text, "new": None} for key, text in stale.values_list("key", "text_en")]
    stale.delete()
    return changes


def _renew_spotlight(issue: Issue) -> list[dict[str, Any]]:
    """Keep the spotlight's claim with its grade of today; choose one where there is none."""
    line = issue.lines.filter(key=spotlight.KEY).select_related("claim").first()
    if line is not None and line.claim is not None:
        found: Found | None = spotlight.of(line.claim)
    else:
        told = issue.lines.filter(claim__isnull=False).values_list("claim", flat=True)
        found = spotlight.default(told=set(told))
    change = _keep(issue, found) if found else None
    return [change] if change else []


def _default_subjects(issue: Issue) -> None:
    """Give every language without a subject one from the issue's strongest line: the first."""
    lines = stating.lines_of(issue)
    cut = collecting.cut(issue)
    strongest = lines[0]
    before = collecting.grade_before(strongest.snapshot, cut) if strongest.snapshot else None
    now = strongest.snapshot.reader_grade if strongest.snapshot else ""
    said = {"en": strongest.text_en, "zh-hant": strongest.text_zh_hant}
    for text in IssueText.objects.filter(issue=issue, subject=""):
        subject = wording.subject(
            strongest.kind,
            text.language,
            said[text.language],
            was=before.reader_grade if before else "",
            now=now,
        )
        IssueText.objects.filter(pk=text.pk).update(subject=subject)
