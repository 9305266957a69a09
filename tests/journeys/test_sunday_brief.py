"""Way (b): what changed becomes an issue, a second person approves it, and every reader has it once on their Sunday."""

import email
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from config.refusal import Refused
from newsletter import keys, sundays
from newsletter.models import Delivery, Issue, IssueEvent, Subscriber
from newsletter.verbs import approval, composing, steering, subscription, test_sending, ticking
from tests import factories
from tests.newsletter import briefs, senders
from tests.newsletter.briefs import FRIDAY, LONG_AGO, MONDAY, SUNDAY
from tests.newsletter.factories import reader
from tests.newsletter.smtp_faults import FaultyRelay, Received

pytestmark = pytest.mark.django_db
SATURDAY_HALF_PAST_FOUR = datetime(2026, 11, 28, 16, 30, tzinfo=UTC)
EVERYWHERE_MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
HOMES = {
    "tarawa@readers.example": ("en", "Pacific/Kiritimati"),
    "mei.lin@readers.example": ("zh-hant", "Asia/Taipei"),
    "anneke@readers.example": ("en", "Europe/Amsterdam"),
    "kalani@readers.example": ("en", "Pacific/Honolulu"),
}

SUBJECTS = {"en": "Read again: glutamine", "zh-hant": "重讀麩醯胺酸"}
STATEMENTS = {"en": "Glutamine heals the gut.", "zh-hant": "麩醯胺酸能修補腸道。"}


@pytest.fixture
def relay(settings: Settings) -> Iterator[FaultyRelay]:
    with FaultyRelay() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


def test_from_what_changed_to_a_readers_sunday_and_out_again(relay: FaultyRelay, client: Client) -> None:
    readers = {
        address: reader(address, now=LONG_AGO, language=language, time_zone=zone, plain=zone.startswith("Eu"))
        for address, (language, zone) in HOMES.items()
    }
    issue = composed_by_the_clock(follower=readers["mei.lin@readers.example"])
    worded_tested_and_approved(issue, relay)
    opened_and_begun(issue)
    delivered = sent_as_mornings_come(issue, relay, leaving=readers["kalani@readers.example"])
    for address in ("tarawa@readers.example", "mei.lin@readers.example", "anneke@readers.example"):
        read(delivered[address], readers[address], issue)
    left_by_one_click(client, delivered["mei.lin@readers.example"], readers["mei.lin@readers.example"])
    nothing_is_lost(issue, relay)
    the_archive_shows_it(client, delivered["anneke@readers.example"])


def composed_by_the_clock(*, follower: Subscriber) -> Issue:
    """A claim is graded lower on Monday and an article comes out; on Friday the tick makes an issue of it."""
    editor = briefs.editor()
    moved = briefs.claim("glutamine-heals-the-gut", pmid="32000009")
    for language, statement in STATEMENTS.items():
        factories.words(moved, language, now=LONG_AGO, statement=statement)
    subscription.change(
        follower,
        language=follower.language,
        time_zone=follower.time_zone,
        plain=follower.plain,
        followed=[moved],
        ip="",
        now=LONG_AGO,
    )
    briefs.regrade(moved, now=MONDAY)
    factories.published_article(now=MONDAY)

    assert ticking.tick(now=FRIDAY - timedelta(minutes=1)) == 0
    assert not Issue.objects.exists()
    ticking.tick(now=FRIDAY)
    issue = Issue.objects.get()
    assert (issue.state, issue.sunday) == (Issue.State.DRAFT, SUNDAY)
    assert Counter(issue.lines.values_list("kind", flat=True)) == {"regrade": 1, "edition": 1, "spotlight": 1}
    assert [letter.to for letter in mail.outbox] == [[editor.email]]
    return issue


def worded_tested_and_approved(issue: Issue, relay: FaultyRelay) -> None:
    """The editor writes and sends a test; what is approved is what the second person saw, and never by the editor."""
    editor = briefs.editor()
    for language, subject in SUBJECTS.items():
        composing.write(
            issue, language, by=editor, now=FRIDAY, subject=subject, opening="Good morning. 早安。"
        )
    test_sending.test_send(
        issue, by=editor, now=FRIDAY, to="editor@example.org", language="zh-hant", plain=False
    )
    test = parsed(relay.received.pop())
    assert test["Subject"] == f"[TEST] {SUBJECTS['zh-hant']}"

    seen = approval.manifest(issue).sha256
    with pytest.raises(Refused, match="Another person approves it"):
        approval.approve(issue, by=editor, now=FRIDAY, seen=seen)
    revision = approval.approve(issue, by=briefs.approver(), now=FRIDAY, seen=seen)
    assert (issue.state, revision.manifest_sha256) == (Issue.State.APPROVED, seen)


def opened_and_begun(issue: Issue) -> None:
    """The ledger is whole before the first Sunday morning, and nothing is begun until that comes."""
    ticking.tick(now=SATURDAY_HALF_PAST_FOUR)
    issue.refresh_from_db()
    assert (issue.state, issue.audience) == (Issue.State.APPROVED, len(HOMES))
    ticking.tick(now=sundays.deadline(SUNDAY))
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING


def sent_as_mornings_come(
    issue: Issue, relay: FaultyRelay, *, leaving: Subscriber
) -> dict[str, EmailMessage]:
    """Slices send to whoever has Sunday morning; whoever leaves before theirs gets nothing."""
    order = []
    for address, (_language, zone) in HOMES.items():
        if address == leaving.address:
            token = keys.token(keys.Purpose.UNSUBSCRIBE, leaving.pk)
            subscription.leave(token, source="leave page", ip="", now=EVERYWHERE_MONDAY)
        morning = sundays.send_after(SUNDAY, zone)
        ticking.tick(now=morning)
        senders.run(relay, now=morning + timedelta(seconds=1))
        senders.run(relay, now=morning + timedelta(seconds=2))
        order.append(len(relay.received))
        adds_up(issue)
    assert order == [1, 2, 3, 3]
    return {received.recipient: parsed(received) for received in relay.received}


def read(message: EmailMessage, by: Subscriber, issue: Issue) -> None:
    """A reader finds what was approved, in their language and form, with the claims they follow first."""
    assert message["To"] == by.address
    assert message["Message-ID"] == keys.message_id(issue.pk, by.pk)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Subject"] == SUBJECTS[by.language]
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == (["text/plain"] if by.plain else ["text/plain", "text/html"])
    for part in message.walk():
        assert not part.defects
        if not part.is_multipart():
            said = part.get_content()
            assert said.count(STATEMENTS[by.language]) == (2 if by.followed.exists() else 1)
            assert keys.token(keys.Purpose.UNSUBSCRIBE, by.pk) in said


def left_by_one_click(client: Client, message: EmailMessage, who: Subscriber) -> None:
    """The mail's own header, posted to as a mail service does, lets go at once; looking at the address does not."""
    address = re.findall(r"<(https?://[^>]+)>", message["List-Unsubscribe"])[0]
    path = urlsplit(address).path
    assert path.startswith("/zh-hant/brief/leave/")
    assert client.get(path).status_code == 200
    who.refresh_from_db()
    assert who.state == Subscriber.State.ACTIVE
    answer = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, len(answer.cookies)) == (200, 0)
    who.refresh_from_db()
    assert who.state == Subscriber.State.LEFT


def nothing_is_lost(issue: Issue, relay: FaultyRelay) -> None:
    """The next tick ends the issue: every reader is accounted for, and nobody has it twice."""
    ticking.tick(now=EVERYWHERE_MONDAY)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    assert adds_up(issue) == {"sent": 3, "suppressed": 1}
    assert set(Counter(received.recipient for received in relay.received).values()) == {1}
    assert issue.events.filter(kind=IssueEvent.Kind.ENDED).count() == 1


def the_archive_shows_it(client: Client, message: EmailMessage) -> None:
    """The page a mail names shows the same issue to everybody, in both languages, and holds no token."""
    said = message.get_content()
    path = urlsplit(re.findall(r"https?://\S+/brief/2026-w48/", said)[0]).path
    for address, subject in ((path, SUBJECTS["en"]), (f"/zh-hant{path}", SUBJECTS["zh-hant"])):
        page = client.get(address).content.decode()
        assert subject in page
        assert "leave/" not in page
    assert "2026-w48" in client.get("/brief/").content.decode()
    assert "2026-w48" in client.get("/brief/feed.xml").content.decode()


def parsed(received: Received) -> EmailMessage:
    message = email.message_from_bytes(received.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def adds_up(issue: Issue) -> dict[str, int]:
    """The states with rows in them; together they are always the audience."""
    counts: dict[str, int] = steering.progress(issue, now=EVERYWHERE_MONDAY)["counts"]
    assert sum(counts.values()) == issue.audience == Delivery.objects.filter(issue=issue).count()
    return {state: count for state, count in counts.items() if count}
