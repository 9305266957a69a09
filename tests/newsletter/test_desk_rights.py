"""Every address of the brief's desk, asked by every role: looking opens by the matrix and changes nothing; what acts, acts
by the matrix alone. A new address fails here until it says whose it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from config.rights import Action, Role, may
from newsletter.models import (
    ConsentEvent,
    InboundEvent,
    Issue,
    ReceivingDomain,
    SubscriberExport,
    Suppression,
)
from newsletter.verbs import approval, importing, test_sending
from tests import factories as site
from tests.admin_pages import form_of, signed_in
from tests.newsletter import briefs, factories
from tests.newsletter.people import key

pytestmark = pytest.mark.django_db

# What is about persons: these tables, and what is done to one of them.
PERSONAL = ("consentevent", "suppression", "subscriber", "suppress", "lift", "unsubscribe", "followed")
# Addresses that only take a POST: who looks at them is led back, or finds nothing.
BUTTONS = (
    "newsletter_issue_compose", "newsletter_issue_test", "newsletter_issue_steer", "newsletter_issue_settle",
    "newsletter_issue_domain", "newsletter_suppress", "newsletter_lift", "newsletter_unsubscribe",
    "newsletter_subscriber_process_import",
)  # fmt: skip
WHO: dict[str, Role | None] = {**{role.value: role for role in Role}, "superuser": None, "nobody": None}


@dataclass
class Desk:
    """A row of everything the pages show, and where each address finds its own."""

    issue: Issue = field(default_factory=briefs.with_news)

    def __post_init__(self) -> None:
        now = briefs.FRIDAY
        self.reader = factories.reader("mei@readers.example", now=now)
        self.line = factories.delivery(self.reader, "ambiguous", now=now)
        type(self.line).objects.filter(pk=self.line.pk).update(issue=self.issue)
        self.barred = Suppression.objects.create(
            address_key=key("an@readers.example"), reason="bounced", at=now
        )
        self.domain = ReceivingDomain.objects.create(
            domain="readers.example", per_minute=1, free_at=now, paused_at=now
        )
        self.rows: dict[str, Any] = {
            "issue": self.issue, "consentevent": ConsentEvent.objects.first(), "suppression": self.barred,
            "delivery": self.line, "receivingdomain": self.domain, "subscriber": self.reader,
            "subscriberexport": SubscriberExport.objects.create(by=site.desk().managing, at=now, reason="Moving", rows=1),
            "inboundevent": InboundEvent.objects.create(key="k", kind="bounce", at=now),
        }  # fmt: skip

    def url(self, name: str) -> str:
        """The address of a page, about the rows above."""
        values: dict[str, Any] = {
            "pk": self.reader.pk if name == "newsletter_unsubscribe" else self.issue.pk,
            "form": "html", "language": "en", "delivery_pk": self.line.pk, "domain_pk": self.domain.pk,
            "key": self.barred.address_key if name == "newsletter_lift" else self.reader.address_key,
        }  # fmt: skip
        table = name.split("_")[1]
        if table in self.rows:
            values["object_id"] = self.rows[table].pk
        names = set(PATTERNS[name].pattern.converters)
        return reverse(f"admin:{name}", kwargs={one: value for one, value in values.items() if one in names})


def _patterns(of: Any) -> Iterator[URLPattern]:
    for one in of:
        yield from _patterns(one.url_patterns) if hasattr(one, "url_patterns") else [one]


PATTERNS = {
    str(one.name): one for one in _patterns(admin.site.get_urls()) if str(one.name).startswith("newsletter_")
}


def _looks(name: str, user: User) -> tuple[int, ...]:
    """What a page may answer to somebody who looks."""
    table, _line, page = name.removeprefix("newsletter_").partition("_")
    if page in {"add", "delete"}:
        return (403,)
    needed = Action.EXPORT_SUBSCRIBERS if page == "export" else Action.SEE_SUBSCRIBER
    if table in PERSONAL and not may(user, needed):
        return (403, 405)
    return (302, 404, 405) if name in BUTTONS else (200,)


def _everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the sessions, which signing in writes."""
    found = {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
    }
    found["uploads"] = [(file.name,) for file in sorted(importing.uploads().iterdir())]
    return {label: rows for label, rows in found.items() if label not in {"sessions.Session", "auth.User"}}


def _person(who: str) -> User:
    role = WHO[who]
    return site.user(f"a-{who}", *([role] if role else []), is_superuser=who == "superuser")


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(briefs.FRIDAY, tick=False):
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("who", WHO)
def test_every_page_opens_by_the_matrix_and_looking_changes_nothing(who: str, desk: Desk) -> None:
    user = _person(who)
    client, before = signed_in(user), _everything()
    for name in PATTERNS:
        wanted = (302,) if who == "nobody" else _looks(name, user)
        for look in (client.get, client.head):
            answer = look(desk.url(name))
            assert answer.status_code in wanted, (name, answer.status_code)
    assert _everything() == before


def test_whoever_is_not_signed_in_is_asked_who_they_are_everywhere(desk: Desk) -> None:
    before = _everything()
    for name in PATTERNS:
        for ask in (Client().get, Client().post):
            assert reverse("admin:login") in ask(desk.url(name))["Location"], name
    assert _everything() == before


@dataclass(frozen=True)
class Act:
    """What acts: whose it is by the matrix, what is sent, and what must be so before it."""

    action: Action
    body: Callable[[Desk, Client], dict[str, Any]] = lambda _desk, _client: {}
    before: Callable[[Desk], object] = lambda _desk: None


def _earlier(desk: Desk) -> None:
    Issue.objects.filter(pk=desk.issue.pk).update(iso_week="2026-W40", sunday=date(2026, 10, 4))


def _typed(desk: Desk, client: Client) -> dict[str, Any]:
    return form_of(client, desk.url("newsletter_issue_change")) | {
        "act": "save",
        "en-subject": "Another subject",
    }


def _sending(desk: Desk) -> None:
    briefs.approved(desk.issue)
    briefs.sending(desk.issue)


ACTS = {
    "newsletter_issue_compose": Act(Action.COMPOSE_BRIEF, before=_earlier),
    "newsletter_issue_change": Act(Action.COMPOSE_BRIEF, _typed),
    "newsletter_issue_test": Act(
        Action.COMPOSE_BRIEF, lambda *_: {"to": "me@example.org", "language": "en", "plain": ""}
    ),
    "newsletter_issue_approve": Act(
        Action.APPROVE_BRIEF, lambda desk, _client: {"seen": approval.manifest(desk.issue).sha256}
    ),
    "newsletter_issue_steer": Act(Action.STEER_SEND, lambda *_: {"act": "cancel", "remark": "A test."}),
    "newsletter_issue_settle": Act(Action.STEER_SEND, lambda *_: {"arrived": "yes"}, _sending),
    "newsletter_issue_domain": Act(Action.STEER_SEND),
    "newsletter_suppress": Act(Action.SEE_SUBSCRIBER, lambda *_: {"remark": "Asked by telephone."}),
    "newsletter_lift": Act(Action.SEE_SUBSCRIBER),
    "newsletter_unsubscribe": Act(Action.SEE_SUBSCRIBER),
    "newsletter_subscriber_export": Act(
        Action.EXPORT_SUBSCRIBERS,
        lambda *_: {"format": "0", "state": "active", "resource": "", "reason": "Moving to another service"},
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_acts_acts_for_those_of_the_matrix_and_for_nobody_else(
    name: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_sending, "_hand_over", lambda *_: None)
    people, act = {who: _person(who) for who in WHO}, ACTS[name]
    act.before(desk)
    # Whoever may not act sends what somebody else's page held.
    body = act.body(desk, signed_in(site.user("an-editor", Role.EDITOR)))
    acted = {who for who, user in people.items() if _changes(desk.url(name), body, user)}
    assert acted == {who for who, user in people.items() if may(user, act.action)} != set()


def _changes(url: str, body: dict[str, Any], user: User) -> bool:
    """Send a form as somebody, say whether that changed anything, and undo it."""
    client, before = signed_in(user), _everything()
    before_it = transaction.savepoint()
    client.post(url, body)
    changed = _everything() != before
    transaction.savepoint_rollback(before_it)
    return changed


@pytest.mark.parametrize("who", WHO)
def test_what_only_looks_takes_no_post_from_anybody(who: str, desk: Desk) -> None:
    client, before = signed_in(_person(who)), _everything()
    for name in PATTERNS.keys() - ACTS.keys():
        for body in (
            {},
            {"post": "yes", "action": "delete_selected", "_selected_action": "1", "state": "sent"},
        ):
            with transaction.atomic():
                client.post(desk.url(name), body)
    assert _everything() == before
