"""Deciding on a working copy: submit, request changes, approve. Going live is in publishing.py."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article, ArticleEvent
from articles.verbs import drafting, readiness, trail
from config.refusal import Refused
from config.rights import Action, require

State = Article.State
Kind = ArticleEvent.Kind


@transaction.atomic
def submit(article: Article, *, by: User, now: datetime, remark: str = "") -> Article:
    """Hand a draft in for review. Raises PermissionDenied, Refused."""
    drafting.require_may_write(article, by=by)
    _move(article, {State.DRAFT, State.CHANGES_REQUESTED}, State.IN_REVIEW)
    trail.record(
        article, Kind.SUBMITTED, by=by, now=now, sha256=trail.manifest_sha256(article), remark=remark
    )
    return article


@transaction.atomic
def request_changes(article: Article, *, by: User, now: datetime, remark: str) -> Article:
    """Send a submitted or approved draft back, saying what to change. Raises PermissionDenied, Refused."""
    require(by, Action.REQUEST_CHANGES)
    if not remark.strip():
        raise Refused("no_remark", _("Say in the remark what should change."))
    _move(article, {State.IN_REVIEW, State.APPROVED}, State.CHANGES_REQUESTED)
    trail.record(
        article, Kind.CHANGES_REQUESTED, by=by, now=now, sha256=trail.manifest_sha256(article), remark=remark
    )
    return article


def require_second_person(article: Article, *, by: User) -> None:
    """Raise PermissionDenied for whoever may not approve, or changed a byte of the manifest since it was published."""
    require(by, Action.APPROVE_ARTICLE)
    if by.pk in trail.contributors(article):
        raise PermissionDenied(
            _("You changed this article, its people, claims or references since it was last published. "
              "Another person approves it.")
        )  # fmt: skip


@transaction.atomic
def approve(article: Article, *, by: User, now: datetime, seen: str, remark: str = "") -> Article:
    """Approve a submitted article as somebody who touched none of it; binds to the manifest's sha256.

    `seen` is the hash of the manifest that was on the screen. Raises PermissionDenied, and Refused when the gate
    blocks, when something changed since, or when the article is not in review.
    """
    require_second_person(article, by=by)
    require_open_gate(article, now=now)
    if trail.manifest_sha256(article) != seen:
        raise Refused(
            "not_what_was_seen",
            _("The article changed after this page was opened. Read it again, then decide."),
        )
    _move(article, {State.IN_REVIEW}, State.APPROVED)
    trail.record(article, Kind.APPROVED, by=by, now=now, sha256=seen, remark=remark)
    return article


def require_open_gate(article: Article, *, now: datetime) -> None:
    """Raise Refused, listing every reason at once, while anything blocks publication."""
    blocks = readiness.blocking(article, now=now)
    if blocks:
        raise Refused("gate", _("This cannot be published yet."), readiness.describe(blocks))


def _move(article: Article, old: set[State], new: State) -> None:
    """Move the state in one conditional UPDATE, so that of two people at once only one succeeds."""
    if not Article.objects.filter(pk=article.pk, state__in=old).update(state=new):
        article.refresh_from_db()
        raise Refused(
            "state",
            _("This article is “%(state)s”, so this step does not apply. Reload the page to see what does.")
            % {"state": article.get_state_display()},
        )
    article.state = new
