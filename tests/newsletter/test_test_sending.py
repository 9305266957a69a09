"""A test message is what readers will get, to the byte, with [TEST] before its subject; it leaves the trail no address."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from config.refusal import Refused
from config.rights import Role
from newsletter import keys, messages
from newsletter.models import Issue, Suppression
from newsletter.verbs import approval, composing, test_sending
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY
from tests.newsletter.smtp_faults import Fault, FaultyRelay, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def relay(settings: Settings) -> Iterator[FaultyRelay]:
    with FaultyRelay() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.NEWSLETTER_CONNECT_SECONDS = settings.NEWSLETTER_COMMAND_SECONDS = 5.0
        yield server


def send(issue: Issue, *, to: str = "Editor@Example.ORG", language: str = "en", plain: bool = False) -> None:
    test_sending.test_send(issue, by=briefs.editor(), now=FRIDAY, to=to, language=language, plain=plain)


def unlike(first: bytes, second: bytes) -> list[bytes]:
    """The lines in which two messages differ, those of the first."""
    return [one for one, other in zip(first.splitlines(), second.splitlines(), strict=True) if one != other]


@pytest.mark.parametrize("language", ["en", "zh-hant"])
@pytest.mark.parametrize("plain", [False, True])
def test_it_sends_the_bytes_of_readers_with_test_before_the_subject(
    relay: FaultyRelay, language: str, plain: bool
) -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    send(issue, language=language, plain=plain)
    (received,) = relay.received
    assert received.recipient == "Editor@example.org"
    rendered = approval.manifest(issue).renditions[language, plain]
    reader = messages.Stencil(rendered.wire, rendered.followed).fill(
        to="reader@example.org", date="Sun, 29 Nov 2026 07:00:00 +0000", message_id="<a@b>", subscriber_id=0
    )
    names = [line.split(b":")[0] for line in unlike(received.message, reader)]
    assert names == [b"To", b"Date", b"Subject", b"Message-ID"]
    assert b"Subject: [TEST] " in received.message


def test_two_tests_are_two_messages_to_a_mailbox(relay: FaultyRelay) -> None:
    issue = briefs.with_news()
    send(issue)
    send(issue)
    first, second = (message.message for message in relay.received)
    assert [line.split(b":")[0] for line in unlike(first, second)] == [b"Message-ID"]


def test_the_trail_says_who_sent_a_test_and_to_which_domain_alone(relay: FaultyRelay) -> None:
    issue = briefs.with_news()
    send(issue)
    event = issue.events.get(kind="test_sent")
    assert event.by == briefs.editor()
    assert event.detail == {"domain": "example.org", "language": "en", "plain": False, "revision": 1}
    assert issue.state == "draft"


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT])
def test_a_refusal_of_the_relay_is_said_in_its_own_words(relay: FaultyRelay, stage: Stage) -> None:
    issue = briefs.with_news()
    relay.next(stage, b"550 5.7.1 Not from you\r\n")
    with pytest.raises(Refused, match="Not from you") as refusal:
        send(issue)
    assert refusal.value.code == "not_sent"
    assert not issue.events.filter(kind="test_sent").exists()


def test_a_relay_that_is_not_there_is_said_too(relay: FaultyRelay) -> None:
    issue = briefs.with_news()
    relay.next(Stage.BANNER, Fault.DROP)
    with pytest.raises(Refused) as refusal:
        send(issue)
    assert refusal.value.code == "not_sent"


@pytest.mark.parametrize("to", ["", "nobody", "a@b@c", "editor@example.org\r\nBcc: all@example.org"])
def test_what_is_no_address_is_refused_before_the_relay_hears_of_it(relay: FaultyRelay, to: str) -> None:
    issue = briefs.with_news()
    with pytest.raises(Refused) as refusal:
        send(issue, to=to)
    assert refusal.value.code == "address"
    assert not relay.received


def test_an_address_that_must_not_be_written_to_gets_no_test_either(relay: FaultyRelay) -> None:
    issue = briefs.with_news()
    Suppression.objects.create(
        address_key=keys.address_key("editor@example.org"), reason=Suppression.Reason.ERASED, at=FRIDAY
    )
    with pytest.raises(Refused) as refusal:
        send(issue)
    assert refusal.value.code == "suppressed"
    assert not relay.received


def test_an_incomplete_issue_is_not_tested_but_says_what_it_lacks(relay: FaultyRelay) -> None:
    issue = briefs.with_news()
    composing.write(issue, "en", by=briefs.editor(), now=FRIDAY, subject="", opening="")
    with pytest.raises(Refused) as refusal:
        send(issue)
    assert refusal.value.code == "incomplete"


@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN, None])
def test_nobody_but_editors_sends_a_test_superusers_included(relay: FaultyRelay, role: Role | None) -> None:
    issue = briefs.with_news()
    person = factories.user("root", is_superuser=True) if role is None else factories.user("somebody", role)
    with pytest.raises(PermissionDenied):
        test_sending.test_send(issue, by=person, now=FRIDAY, to="a@example.org", language="en", plain=True)
    assert not relay.received
