"""A claim's own pages at the desk: writing its texts, approving them, proposing a grade. Each posts to one verb."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_rights import actor, attempt, page
from config.rights import Action, languages_of, may
from config.word_diff import word_diff
from evidence.admin import reviewing
from evidence.forms import ClaimTextForm, DecisionForm, ProposeForm
from evidence.models import Claim, ClaimText, GradeSnapshot
from evidence.models.base import LANGUAGES
from evidence.models.claims import LANGUAGE_CHOICES
from evidence.verbs import grading, review, texts, trail

LANGUAGE_NAMES = dict(LANGUAGE_CHOICES)


def may_write(user: Any, language: str) -> bool:
    """Say whether the page offers to write in `language`; the verb decides."""
    return may(user, Action.EDIT_CLAIM_TEXT) or (
        may(user, Action.TRANSLATE) and language in languages_of(user)
    )


def beside(claim: Claim, user: Any) -> dict[str, Any]:
    """Return what stands beside a claim's form: its words, whether they are approved, its grades."""
    waiting = {text.pk for text in review.unapproved_texts(claim)}
    newest = {text.language: text for text in review.newest_texts(claim)}
    return {
        "claim_texts": [
            {
                "code": language,
                "language": LANGUAGE_NAMES[language],
                "text": newest.get(language),
                "approved": language in newest and newest[language].pk not in waiting,
                "may_write": may_write(user, language),
            }
            for language in LANGUAGES
        ],
        "texts_wait": bool(waiting),
        "grades": claim.grades.select_related("proposed_by")[:20],
        "open_grade": claim.grades.filter(state__in=GradeSnapshot.OPEN).first(),
        "may_propose": may(user, Action.PROPOSE_GRADE),
        "may_approve": may(user, Action.APPROVE_GRADE),
    }


def write_text(model_admin: Any, request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Write a new revision of a claim's words in one language; a colleague's in between is shown, never covered."""
    if language not in LANGUAGES:
        raise Http404
    claim = get_object_or_404(Claim, pk=pk)
    newest = texts.latest(claim, language)
    form = ClaimTextForm(
        request.POST or None,
        instance=_blank_from(newest),
        initial={"seen_number": newest.number if newest else 0},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _write(request, claim, language, form))
    ):
        messages.success(request, _("The text was saved as a new revision. A second person approves it."))
        return HttpResponseRedirect(reverse("admin:evidence_claim_change", args=[claim.pk]))
    conflict = request.method == "POST" and form.has_error("__all__", code="saved_by_colleague")
    if conflict and newest is not None:
        # What comes next is saved knowingly over the revision that the page now shows.
        data = request.POST.copy()
        data["seen_number"] = str(newest.number)
        form.data = data
    context = page(
        model_admin,
        request,
        _("Texts: %(language)s") % {"language": LANGUAGE_NAMES[language]},
        subtitle=str(claim),
        claim=claim,
        form=form,
        language=language,
        may_write=may_write(request.user, language),
        others=[text for text in review.newest_texts(claim) if text.language != language],
        revisions=claim.texts.filter(language=language)
        .select_related("written_by")
        .prefetch_related("decisions"),
        conflict=_differences(newest, form) if conflict else [],
    )
    return TemplateResponse(request, "admin/evidence/claim/text.html", context)


def _blank_from(newest: ClaimText | None) -> ClaimText:
    """A revision to be, starting from the newest words; never the stored row itself."""
    words = {name: getattr(newest, name) for name in texts.FIELDS} if newest else {}
    return ClaimText(**words)


def _write(request: HttpRequest, claim: Claim, language: str, form: ClaimTextForm) -> None:
    words = {name: form.cleaned_data[name] for name in texts.FIELDS}
    texts.write(
        claim,
        language,
        by=actor(request),
        now=timezone.now(),
        seen_number=form.cleaned_data["seen_number"],
        **words,
    )


def _differences(newest: ClaimText | None, form: ClaimTextForm) -> list[dict[str, Any]]:
    """Their words, mine and the difference, field by field where they differ."""
    mine = {name: str(form.data.get(name, "")) for name in texts.FIELDS}
    theirs = {name: str(getattr(newest, name, "")) for name in texts.FIELDS}
    return [
        {
            "label": form.fields[name].label,
            "theirs": theirs[name],
            "mine": mine[name],
            "parts": word_diff(theirs[name], mine[name]),
        }
        for name in texts.FIELDS
        if mine[name] != theirs[name]
    ]


def review_texts(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a claim's newest texts without a new grade, having seen what changed."""
    claim = get_object_or_404(Claim, pk=pk)
    form = DecisionForm(
        request.POST or None, initial={"seen": trail.fingerprint(review.texts_manifest(claim))}
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _approve_texts(request, claim, form))
    ):
        messages.success(request, _("The texts are approved."))
        return HttpResponseRedirect(reverse("admin:evidence_claim_change", args=[claim.pk]))
    context = page(
        model_admin,
        request,
        _("Approve texts"),
        subtitle=str(claim),
        claim=claim,
        form=form,
        seen=trail.fingerprint(review.texts_manifest(claim)),
        texts=reviewing.texts_shown(claim, review.unapproved_texts(claim)),
        may_approve=may(request.user, Action.APPROVE_GRADE),
    )
    return TemplateResponse(request, "admin/evidence/claim/review_texts.html", context)


def _approve_texts(request: HttpRequest, claim: Claim, form: DecisionForm) -> None:
    given = form.cleaned_data
    review.approve_texts(
        claim, by=actor(request), now=timezone.now(), seen=given["seen"], remark=given["remark"]
    )


def propose(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Grade today's dossier and open it for review, with the reason."""
    claim = get_object_or_404(Claim, pk=pk)
    first = GradeSnapshot.Trigger.FIRST if not claim.grades.exists() else GradeSnapshot.Trigger.NEW_FINDING
    form = ProposeForm(request.POST or None, initial={"trigger": first})
    made: list[GradeSnapshot] = []
    if request.method == "POST" and form.is_valid():
        attempt(form, lambda: made.append(_propose(actor(request), claim, form)))
    if made:
        messages.success(request, _("The grade is proposed. A second person decides."))
        return HttpResponseRedirect(reverse("admin:evidence_gradesnapshot_review", args=[made[0].pk]))
    context = page(
        model_admin,
        request,
        _("Propose a grade"),
        subtitle=str(claim),
        claim=claim,
        form=form,
        open_grade=claim.grades.filter(state__in=GradeSnapshot.OPEN).first(),
        may_propose=may(request.user, Action.PROPOSE_GRADE),
    )
    return TemplateResponse(request, "admin/evidence/claim/propose.html", context)


def _propose(by: User, claim: Claim, form: ProposeForm) -> GradeSnapshot:
    given = form.cleaned_data
    return grading.propose(
        claim,
        by=by,
        now=timezone.now(),
        trigger=GradeSnapshot.Trigger(given["trigger"]),
        reason_en=given["reason_en"],
        reason_zh_hant=given["reason_zh_hant"],
    )
