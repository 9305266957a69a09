"""The page "Add a study": an identifier, an address or a pasted reference; candidates where it names no work."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import REFUSALS, actor, page, sentences
from config.rights import Action, require
from evidence import citing
from evidence.identifiers import Identifier, Scheme, classify
from evidence.models import Study
from evidence.sources.records import WorkRecord
from evidence.tasks import ask_about
from evidence.verbs import adding
from evidence.verbs.intake import Result


class TypedForm(forms.Form):
    """What somebody has at hand."""

    text = forms.CharField(
        label=gettext_lazy("PMID, DOI, PMCID, address or reference"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField", "autofocus": True}),
        max_length=100_000,
        help_text=gettext_lazy(
            "Several at once: identifiers one a line, references one a line or with empty lines between."
        ),
    )


@dataclass(frozen=True)
class Offer:
    """A reference without identifier, what it may mean, and which services did not answer."""

    number: int
    raw: str
    candidates: list[tuple[str, str]]
    silent: list[str]


@dataclass(frozen=True)
class Refusal:
    """A typed work that could not be taken, and why."""

    raw: str
    said: list[str]


def add_study(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Take what was typed; offer candidates for what names no work; lead to the study once all are named."""
    require(actor(request), Action.ADD_STUDY)
    if request.method != "POST":
        return _page(model_admin, request, form=TypedForm(initial={"text": request.GET.get("q", "")}))
    form = TypedForm(request.POST)
    if not form.is_valid():
        return _page(model_admin, request, form=form)
    try:
        typed = adding.read(form.cleaned_data["text"])
    except REFUSALS as reason:
        form.add_error("text", sentences(reason))
        return _page(model_admin, request, form=form)
    named = [_as_chosen(one, request.POST.get(f"choice-{number}", "")) for number, one in enumerate(typed)]
    taken, refused = _take(request, [one for one in named if one.is_named])
    unnamed = [(number, one) for number, one in enumerate(named) if not one.is_named]
    if not unnamed and not refused:
        return _lead_on(request, taken)
    left = "\n\n".join([*(one.raw for one in refused), *(one.raw for _number, one in unnamed)])
    offers = [_offer(request, place, one) for place, (_number, one) in enumerate(unnamed, start=len(refused))]
    return _page(
        model_admin,
        request,
        form=TypedForm(initial={"text": left}),
        taken=taken,
        refused=refused,
        offers=offers,
    )


def _as_chosen(typed: adding.Typed, choice: str) -> adding.Typed:
    found = classify(choice) if choice else None
    return typed if typed.is_named or found is None else adding.chosen(typed, found)


def _take(
    request: HttpRequest, typed: list[adding.Typed]
) -> tuple[list[tuple[Study, Result]], list[Refusal]]:
    """Add each work by itself: one that is refused keeps no other from being taken."""
    taken, refused = [], []
    for one in typed:
        try:
            study, result = adding.add(one, by=actor(request), now=timezone.now())
        except REFUSALS as reason:
            refused.append(Refusal(one.raw, sentences(reason)))
            continue
        ask_about(study.pk)
        taken.append((study, result))
    return taken, refused


def _offer(request: HttpRequest, number: int, typed: adding.Typed) -> Offer:
    found, silent = adding.offer(typed, by=actor(request))
    return Offer(
        number, typed.raw, [(_name(record), citing.reference_text(record)) for record in found], silent
    )


def _name(record: WorkRecord) -> str:
    scheme = Scheme.PMID if record.pmid else Scheme.DOI
    return str(Identifier(scheme, record.pmid or record.doi))


def _lead_on(request: HttpRequest, taken: list[tuple[Study, Result]]) -> HttpResponse:
    new = sum(result is Result.ADDED for _study, result in taken)
    if len(taken) == 1:
        study = taken[0][0]
        messages.success(
            request,
            _("Added. Its record is being asked for.")
            if new
            else _("%(study)s stands here already.") % {"study": study},
        )
        return HttpResponseRedirect(reverse("admin:evidence_study_change", args=[study.pk]))
    messages.success(
        request,
        _("%(new)s added, %(known)s known already. Their records are being asked for.")
        % {"new": new, "known": len(taken) - new},
    )
    return HttpResponseRedirect(f"{reverse('admin:evidence_study_changelist')}?o=-added")


def _page(model_admin: Any, request: HttpRequest, **extra: Any) -> HttpResponse:
    context = page(model_admin, request, _("Add a study"), **extra)
    return TemplateResponse(request, "admin/evidence/study/add.html", context)
