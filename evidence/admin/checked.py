"""A study's checks at the desk: the table field by field, its history, and the buttons to check, mend and accept.

Each button is a page or a POST of its own and calls one verb.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import actor, attempt, page, told
from config.rights import Action, may, require
from evidence.admin.words import SILENCES
from evidence.models import Acceptance, CitedAs, RawReply, Study, Verification
from evidence.tasks import ask_about
from evidence.verbs import acceptance, citations, replies
from evidence.words import FIELDS, SOURCES, VERDICTS

SHOWN = 12
REFRESH_SECONDS = 3


class ReasonForm(forms.Form):
    """Why: kept for good, under one's name."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        required=False,
    )


@dataclass(frozen=True)
class Row:
    """One field beside the record's."""

    name: Any
    cited: str
    found: str
    verdict: str
    word: Any
    score: float | None


@dataclass(frozen=True)
class Given:
    """One citation as it was given, and how it compares."""

    cited: CitedAs
    rows: list[Row]
    mended_by: CitedAs | None

    @property
    def differs(self) -> bool:
        """Whether a field stands in the way."""
        return any(row.verdict in {"differs", "another_work"} for row in self.rows)


def context_of(study: Study, request: HttpRequest) -> dict[str, Any]:
    """Return what the study's page shows of its checks."""
    row = study.verification
    said = row.said if row else {}
    return {
        "check": row,
        "given": list(_given(study, row)),
        "between": [_row(one) for one in row.between] if row else [],
        "said": [(SOURCES[name], _standing(value)) for name, value in said.items()],
        "disagree": len(set(said.values()) - {"not_listed"}) > 1,
        "checks": list(study.verifications.select_related("by").order_by("-pk")[:SHOWN]),
        "acceptances": list(study.acceptances.select_related("by")),
        "to_accept": [kind for kind in Acceptance.Kind if acceptance.missing(study, kind)],
        "failure": _failure(study),
        "waiting": _waits(study),
        "refresh": REFRESH_SECONDS if _waits(study) else None,
        "may_check": may(request.user, Action.ADD_STUDY),
        "replies": list(row.replies.order_by("pk")) if row else [],
        "now": timezone.now(),
    }


def _given(study: Study, row: Verification | None) -> Iterator[Given]:
    """Every citation as given, the mended ones with what replaced them; wrong ones keep the comparison that found them."""
    compared = row.compared if row else []
    every = list(CitedAs.objects.filter(study=study).select_related("by", "replaced_by__by"))
    older = [one for check in study.verifications.order_by("-pk") for one in check.compared]
    for cited in every:
        mended = getattr(cited, "replaced_by", None)
        if cited.form == CitedAs.Form.MENDED:
            continue
        source = older if mended else compared
        yield Given(cited, [_row(one) for one in _of(source, cited)], mended)


def _of(rows: list[dict[str, Any]], cited: CitedAs) -> list[dict[str, Any]]:
    """The newest comparison of one citation: each field once."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["cited_as"] == cited.pk:
            found.setdefault(row["field"], row)
    return list(found.values())


def _row(row: dict[str, Any]) -> Row:
    name, verdict = FIELDS[row["field"]], row["verdict"]
    return Row(name, row["cited"], row["found"], verdict, VERDICTS[verdict], row["score"])


def _standing(value: str) -> Any:
    return _("not listed") if value == "not_listed" else Study.Standing(value).label


def _failure(study: Study) -> str:
    """Why the last try failed, in words."""
    if study.failure in SILENCES:
        return str(SILENCES[study.failure])
    service, _colon, code = study.failure.partition(": ")
    return f"{service}: {SILENCES[code]}" if code in SILENCES else study.failure


def _waits(study: Study) -> bool:
    """Whether a check is under way or about to begin."""
    return study.check_after is not None and study.check_after <= timezone.now() and not study.failures


def check_now(_model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Have the study checked at once by a worker; the page shows the result as it comes."""
    study = get_object_or_404(Study, pk=pk)
    with told(request):
        require(actor(request), Action.ADD_STUDY)
        Study.objects.filter(pk=pk).update(check_after=timezone.now(), failures=0)
        ask_about(study.pk)
        messages.success(request, _("PubMed and Crossref are being asked. The result appears here."))
    return _back(study)


def mend(model_admin: Any, request: HttpRequest, pk: int, cited_pk: int) -> HttpResponse:
    """Replace a wrong citation by what the record says, with a remark."""
    cited = get_object_or_404(CitedAs.objects.select_related("study__record"), pk=cited_pk, study_id=pk)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = _("What was wrong, and how you know which work is meant")
    if request.method == "POST" and form.is_valid():
        by, now = actor(request), timezone.now()
        if attempt(form, lambda: citations.mend(cited, by=by, now=now, remark=form.cleaned_data["reason"])):
            ask_about(pk)
            messages.success(request, _("Mended from the record. It is being checked again."))
            return _back(cited.study)
    return _decision(model_admin, request, cited.study, form, _("Mend the citation"), quoted=cited.raw)


def accept(model_admin: Any, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Accept by name what stands against the work."""
    study = get_object_or_404(Study.objects.select_related("verification"), pk=pk)
    chosen = Acceptance.Kind(kind)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, now = actor(request), timezone.now()
        if attempt(
            form, lambda: acceptance.accept(study, chosen, reason=form.cleaned_data["reason"], by=by, now=now)
        ):
            messages.success(request, _("Accepted, under your name."))
            return _back(study)
    title = _("Accept: %(what)s") % {"what": chosen.label}
    return _decision(model_admin, request, study, form, title, quoted="")


def reply(_model_admin: Any, request: HttpRequest, pk: int, reply_pk: int) -> HttpResponse:
    """Show a service's reply as it came, byte for byte, as plain text."""
    require(actor(request), Action.SEE_DESK)
    row = get_object_or_404(RawReply, pk=reply_pk, verifications__study=pk)
    answer = HttpResponse(replies.body_of(row), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{row.service}-{row.sha256[:12]}.txt"'
    return answer


def _decision(
    model_admin: Any, request: HttpRequest, study: Study, form: forms.Form, title: str, *, quoted: str
) -> HttpResponse:
    context = page(
        model_admin, request, title, study=study, form=form, quoted=quoted,
        allowed=may(request.user, Action.ADD_STUDY),
    )  # fmt: skip
    return TemplateResponse(request, "admin/evidence/study/decide.html", context)


def _back(study: Study) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:evidence_study_change", args=[study.pk]) + "#check")
