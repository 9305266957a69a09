"""An article's steps at the desk: submit, request changes, approve, publish, pin again. A page and one verb each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.forms import ApproveForm, PublishForm, RemarkForm, RepinForm
from articles.models import Article
from articles.verbs import citing, drafting, publishing, readiness, succeeding, trail, workflow
from config.admin_rights import actor, attempt, page
from config.rights import Action, may
from evidence import citing as references
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.tasks import ask_about

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

State = Article.State
Act = Callable[[Article, User, datetime, dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """One step: its page, the states it applies in, who is offered it, and the verb behind it."""

    title: "str | _StrPromise"
    button: "str | _StrPromise"
    done: "str | _StrPromise"
    form: type[forms.Form]
    states: frozenset[str]
    offered: Callable[[Article, User], bool]
    act: Act


def _submit(article: Article, by: User, now: datetime, given: dict[str, Any]) -> None:
    workflow.submit(article, by=by, now=now, remark=given["remark"])


def _request_changes(article: Article, by: User, now: datetime, given: dict[str, Any]) -> None:
    workflow.request_changes(article, by=by, now=now, remark=given["remark"])


def _approve(article: Article, by: User, now: datetime, given: dict[str, Any]) -> None:
    workflow.approve(article, by=by, now=now, seen=given["seen"], remark=given["remark"])


def _publish(article: Article, by: User, now: datetime, given: dict[str, Any]) -> None:
    publishing.publish(article, by=by, now=now, note=given["note"], minor=given["minor"])


def _repin(article: Article, by: User, now: datetime, _given: dict[str, Any]) -> None:
    drafting.repin(article, by=by, now=now)


def _cite_published(article: Article, by: User, now: datetime, _given: dict[str, Any]) -> None:
    for study in succeeding.cite_published(article, by=by, now=now):
        ask_about(study.pk)


STEPS: dict[str, Step] = {
    "submit": Step(
        gettext_lazy("Submit for review"),
        gettext_lazy("Submit for review"),
        gettext_lazy("Submitted for review."),
        RemarkForm,
        frozenset({State.DRAFT, State.CHANGES_REQUESTED}),
        drafting.may_write,
        _submit,
    ),
    "request-changes": Step(
        gettext_lazy("Request changes"),
        gettext_lazy("Send back with the remark"),
        gettext_lazy("Sent back with the remark."),
        RemarkForm,
        frozenset({State.IN_REVIEW, State.APPROVED}),
        lambda _article, user: may(user, Action.REQUEST_CHANGES),
        _request_changes,
    ),
    "approve": Step(
        gettext_lazy("Approve"),
        gettext_lazy("Approve exactly this"),
        gettext_lazy("Approved."),
        ApproveForm,
        frozenset({State.IN_REVIEW}),
        lambda _article, user: may(user, Action.APPROVE_ARTICLE),
        _approve,
    ),
    "publish": Step(
        gettext_lazy("Publish"),
        gettext_lazy("Publish"),
        gettext_lazy("Published."),
        PublishForm,
        frozenset({State.APPROVED}),
        lambda _article, user: may(user, Action.PUBLISH),
        _publish,
    ),
    "repin": Step(
        gettext_lazy("Pin to today's grades"),
        gettext_lazy("Pin to today's grades and records"),
        gettext_lazy("Pinned to today's grades and records. An approval it had is void."),
        RepinForm,
        frozenset(State),
        drafting.may_write,
        _repin,
    ),
    "cite-published": Step(
        gettext_lazy("Cite what the preprints became"),
        gettext_lazy("Replace the preprints by their published versions"),
        gettext_lazy("The text cites the published versions now. An approval it had is void."),
        RepinForm,
        frozenset(State),
        lambda article, user: drafting.may_write(article, user) and bool(succeeding.superseded(article)),
        _cite_published,
    ),
}


def offered(article: Article, user: User) -> list[tuple[str, Step]]:
    """Return the steps that apply to the article now and that the page offers to `user`; the verbs decide."""
    return [
        (name, step)
        for name, step in STEPS.items()
        if article.state in step.states and step.offered(article, user)
    ]


def checks(article: Article) -> list[dict[str, Any]]:
    """Return every line of the publish gate with the anchor of the place to mend it."""
    groups = {"bylines", "claim_links", "references"}
    return [
        {"check": check, "anchor": f"#{check.place}-group" if check.place in groups else f"#id_{check.place}"}
        for check in readiness.gate(article, now=timezone.now())
    ]


def numbers(article: Article) -> dict[str, str]:
    """Return the numbers the next edition would bear."""
    minor, major = publishing.next_number(article, minor=True), publishing.next_number(article, minor=False)
    return {"minor": "{}.{}".format(*minor), "major": "{}.{}".format(*major)}


def step_view(model_admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show what a step will do and to what; on a post do it, or say why not with the remark kept."""
    if name not in STEPS:
        raise Http404
    step, article = STEPS[name], get_object_or_404(Article.objects.select_related("topic", "live"), pk=pk)
    form = step.form(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: _take(step, request, article, form))
    ):
        messages.success(request, step.done)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
    article.refresh_from_db()
    context = page(
        model_admin,
        request,
        step.title,
        subtitle=article.headline,
        article=article,
        form=form,
        step=step,
        name=name,
        seen=trail.manifest_sha256(article),
        numbers=numbers(article),
        checks=checks(article),
        applies=article.state in step.states,
        touched=request.user.pk in trail.contributors(article),
        **rendered(article),
    )
    return TemplateResponse(request, "admin/articles/article/step.html", context)


def preview_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the working copy by the site's own renderer; readers see none of it."""
    article = get_object_or_404(Article.objects.select_related("topic"), pk=pk)
    context = page(
        model_admin, request, _("Preview"), subtitle=article.headline, article=article, **rendered(article)
    )
    return TemplateResponse(request, "admin/articles/article/preview.html", context)


def rendered(article: Article) -> dict[str, Any]:
    """Return the working copy's segments as HTML, its references, claims and people, for a page of the desk."""
    result, studies = citing.render_article(article)
    return {
        "segments": [{"name": name, "html": _html(html)} for name, html in result.html.items() if html],
        "problems": result.problems,
        "words": result.words,
        "reading_minutes": result.reading_minutes,
        "references": [
            {"number": cited.number, "text": _reference(studies[cited.work_id])}
            for cited in result.references
        ],
        "claim_links": article.claim_links.select_related("claim", "snapshot", "text").order_by("order"),
        "bylines": article.bylines.select_related("person").order_by("role", "order"),
    }


def _take(step: Step, request: HttpRequest, article: Article, form: forms.Form) -> None:
    step.act(
        article, actor(request), timezone.now(), {**form.cleaned_data, "minor": "major" not in request.POST}
    )


def _html(html: str) -> SafeString:
    """Let the renderer's HTML through: nh3 went over it last (articles/rendering/sanitising.py)."""
    return mark_safe(html)  # noqa: S308


def _reference(study: Any) -> str:
    """The printed reference, or the key while the record is awaited."""
    if study.record is None:
        return str(study.citekey)
    return references.reference_text(from_plain(WorkRecord, study.record.content))
