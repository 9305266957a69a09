"""The page an issue is composed on: what was typed goes through composing's verbs, in one transaction or not at all.

Who may do what, and what an edit voids, the verbs decide. The form's fields are in issue_forms.py.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.admin_rights import REFUSALS, actor, as_validation_error
from config.rights import Action, may
from evidence.models.base import LANGUAGES, in_language
from newsletter.admin import issue_forms, issue_sheet, issue_state, issue_trail
from newsletter.admin.issue_forms import IssueForm
from newsletter.admin.issue_sheet import SAID, Sheet, Values, line_field, text_field
from newsletter.models import Issue
from newsletter.verbs import composing, drafting

WRITTEN_IN = frozenset({Issue.State.DRAFT, Issue.State.APPROVED, Issue.State.PAUSED})
# What may be done with an empty week: look again whether something has changed since.
REFRESHED_IN = WRITTEN_IN | {Issue.State.EMPTY}


class SavedByColleague(Exception):
    """Somebody saved between the opening of a form and its sending."""


def compose_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show everything of an issue; on a post save what was typed and do what the button says."""
    if request.method != "POST":
        sheet = issue_sheet.read(issue)
        return _shown(model_admin, request, sheet, IssueForm(sheet, may_write=_may_write(request, issue)))
    sheet = issue_sheet.read(issue)
    form = IssueForm(sheet, issue_forms.posted(sheet, request.POST.dict()))
    if not form.is_valid():
        return _shown(model_admin, request, sheet, form)
    try:
        with transaction.atomic():
            _save(request, issue, form)
    except SavedByColleague:
        return _conflict(model_admin, request, issue, form)
    except REFUSALS as reason:
        form.add_error(None, as_validation_error(reason))
        issue.refresh_from_db()
        return _shown(model_admin, request, sheet, form)
    return HttpResponseRedirect(
        reverse("admin:newsletter_issue_change", args=[issue.pk]) + _place_of(request)
    )


def _save(request: HttpRequest, issue: Issue, form: IssueForm) -> None:
    """Write what was typed over what it was opened on, then do what the button says."""
    by, now = actor(request), timezone.now()
    # Nobody else writes from here on, so that what is compared is what is written over.
    drafting.hold(issue, list(Issue.State))
    sheet = issue_sheet.read(issue)
    if issue_sheet.changed_since(issue_forms.seen_of(request.POST), sheet):
        raise SavedByColleague
    changed = write_typed(sheet, form.typed(), request.POST.get("act", ""), by=by, now=now)
    act, _colon, _what = request.POST.get("act", "").partition(":")
    ACTS.get(act, _only_save)(request, sheet, form, changed)


def write_typed(sheet: Sheet, typed: Values, act: str, *, by: User, now: datetime) -> bool:
    """Hand each changed text and line, and the order if it changed, to its verb; say whether anything changed."""
    issue, changed = sheet.issue, False
    for language in LANGUAGES:
        names = {name: text_field(language, name) for name in issue_sheet.WORDS}
        if any(typed[field] != sheet.values[field] for field in names.values()):
            words = {name: typed[field] for name, field in names.items()}
            composing.write(issue, language, by=by, now=now, **words)
            changed = True
    for line in sheet.lines:
        fields = {name: line_field(line.pk, name) for name in (*SAID, "dropped")}
        if any(typed[field] != sheet.values[field] for field in fields.values()):
            composing.edit_line(
                line, by=by, now=now, **{name: typed[field] for name, field in fields.items()}
            )
            changed = True
    order = ordered(sheet, typed, act)
    if order != [line.pk for line in sheet.lines]:
        composing.arrange(issue, by=by, now=now, order=order)
        changed = True
    return changed


def ordered(sheet: Sheet, typed: Values, act: str = "") -> list[int]:
    """Return the lines in the order of the numbers typed, section by section; then move the one whose button was pressed.

    Of two lines with one number, the one whose number was just typed goes before the one that stood there.
    """
    sections: dict[str, list[int]] = {}
    for line in sorted(sheet.lines, key=lambda line: _wanted(sheet, typed, line.pk)):
        sections.setdefault(line.section, []).append(line.pk)
    way, _colon, moved = act.partition(":")
    step = {"up": -1, "down": 1}.get(way, 0)
    for pks in sections.values():
        if step and moved.isdecimal() and int(moved) in pks:
            here = pks.index(int(moved))
            there = min(max(here + step, 0), len(pks) - 1)
            pks[here], pks[there] = pks[there], pks[here]
    return [pk for section in dict.fromkeys(line.section for line in sheet.lines) for pk in sections[section]]


def _wanted(sheet: Sheet, typed: Values, pk: int) -> tuple[int, int, int]:
    """Sort by the number typed; moved down, behind who stands there; moved up, before."""
    field = line_field(pk, "place")
    stood = int(sheet.values[field])
    wanted = stood if typed[field] is None else int(typed[field])
    return wanted, (wanted > stood) - (wanted < stood), stood


def _only_save(request: HttpRequest, _sheet: Sheet, _form: IssueForm, changed: bool) -> None:  # noqa: FBT001
    if changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing had been changed, so nothing was saved."))


def _refresh(request: HttpRequest, sheet: Sheet, _form: IssueForm, changed: bool) -> None:  # noqa: FBT001
    count = composing.refresh(sheet.issue, by=actor(request), now=timezone.now())
    news = ngettext("One line was added or changed.", "%(count)s lines were added or changed.", count)
    said = news % {"count": count} if count else _("Nothing has changed since the last cut.")
    messages.success(request, f"{_('Saved.')} {said}" if changed else said)


def _spotlight(request: HttpRequest, sheet: Sheet, form: IssueForm, _changed: bool) -> None:  # noqa: FBT001
    claim = form.cleaned_data["spotlight"]
    if claim is None:
        messages.error(request, _("Choose a claim for “Hype or signal” first. What you typed was saved."))
        return
    composing.choose_spotlight(sheet.issue, claim, by=actor(request), now=timezone.now())
    messages.success(request, _("“Hype or signal” has its claim."))


ACTS: dict[str, Callable[[HttpRequest, Sheet, IssueForm, bool], None]] = {
    "refresh": _refresh,
    "spotlight": _spotlight,
}


def _conflict(model_admin: Any, request: HttpRequest, issue: Issue, form: IssueForm) -> HttpResponse:
    """Show a colleague's save beside what was typed: theirs where nothing was typed, mine where something was."""
    seen, mine = issue_forms.seen_of(request.POST), form.typed()
    issue.refresh_from_db()
    sheet = issue_sheet.read(issue)
    mine |= issue_forms.gone(request.POST.dict(), seen, sheet)
    values = issue_sheet.merged(seen, mine, sheet)
    fresh = IssueForm(sheet, issue_forms.again(request.POST.dict(), values, sheet.token()))
    fresh.is_valid()
    fresh.add_error(None, _("A colleague saved in the meantime. Look at both, then save again."))
    rows = issue_sheet.differences(seen, mine, sheet, {**form.labels(), **fresh.labels()})
    return _shown(model_admin, request, sheet, fresh, conflict=rows)


def _shown(
    model_admin: Any, request: HttpRequest, sheet: Sheet, form: IssueForm, conflict: Any = None
) -> HttpResponse:
    may_write = _may_write(request, sheet.issue)
    ready = issue_state.readiness(sheet)
    context = issue_state.page(
        model_admin,
        request,
        sheet.issue,
        "compose",
        form=form,
        conflict=conflict,
        may_write=may_write,
        may_refresh=sheet.issue.state in REFRESHED_IN and may(request.user, Action.COMPOSE_BRIEF),
        sections=form.sections(issue_state.grades_before(sheet, ready["manifest"])),
        **ready,
        trail=issue_trail.shown(sheet.issue, {line.key: in_language(line, "text") for line in sheet.lines}),
    )
    return TemplateResponse(request, "admin/newsletter/issue/compose.html", context)


def _may_write(request: HttpRequest, issue: Issue) -> bool:
    return issue.state in WRITTEN_IN and may(request.user, Action.COMPOSE_BRIEF)


def _place_of(request: HttpRequest) -> str:
    """Return where the page should open: at the line that was moved."""
    post: QueryDict = request.POST
    way, _colon, pk = post.get("act", "").partition(":")
    return f"#line-{pk}" if way in {"up", "down"} and pk.isdecimal() else ""
