"""The brief's week by the clock: any number of beats and crons make one issue, one delivery each, one telling."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from structlog.testing import capture_logs

from config.rights import Role
from config.schedule import WEEK
from newsletter import sundays, tasks
from newsletter.models import Delivery, Issue, IssueEvent
from newsletter.verbs import composing, ticking
from tests import factories
from tests.newsletter import senders
from tests.newsletter.smtp_faults import FaultyRelay
from tools.sending import ground

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
DEADLINE = sundays.deadline(senders.SUNDAY)
SECOND = timedelta(seconds=1)


@pytest.fixture
def managing() -> User:
    return factories.user("managing", Role.MANAGING, email="managing@desk.example")


@pytest.fixture
def approved(managing: User) -> Issue:
    ground.audience(5, now=FRIDAY)
    return ground.approved_issue(by=managing, now=FRIDAY, sunday=senders.SUNDAY)


def state(issue: Issue) -> str:
    issue.refresh_from_db()
    return issue.state


def test_the_issue_is_composed_on_friday_and_once_however_many_ticks_there_are() -> None:
    factories.published_article(now=FRIDAY - timedelta(days=1))
    assert ticking.compose_if_due(now=FRIDAY - SECOND) is None
    made = [ticking.compose_if_due(now=FRIDAY + timedelta(seconds=30 * n)) for n in range(3)]
    assert [issue is not None for issue in made] == [True, False, False]
    issue = Issue.objects.get()
    assert (issue.sunday, issue.state) == (senders.SUNDAY, Issue.State.DRAFT)


def test_an_empty_week_sends_nothing_and_tells_the_editors(managing: User) -> None:
    senders.tick(FRIDAY)
    senders.tick(FRIDAY + timedelta(minutes=1))
    assert Issue.objects.get().state == Issue.State.EMPTY
    assert [(sent.to, "no brief goes out" in sent.body) for sent in mail.outbox] == [([managing.email], True)]
    senders.tick(DEADLINE + SECOND)
    assert state(Issue.objects.get(sunday=senders.SUNDAY)) == Issue.State.EMPTY


def test_what_nobody_approved_by_saturday_17_00_utc_does_not_go_and_the_editors_are_told(
    managing: User,
) -> None:
    factories.published_article(now=FRIDAY - timedelta(days=1))
    issue = composing.compose(senders.SUNDAY, by=None, now=FRIDAY)
    senders.tick(DEADLINE - SECOND)
    assert state(issue) == Issue.State.DRAFT
    senders.tick(DEADLINE)
    senders.tick(DEADLINE + SECOND)
    assert state(issue) == Issue.State.MISSED
    assert not Delivery.objects.exists()
    assert sum("Not approved in time" in sent.subject for sent in mail.outbox) == 1
    assert all(sent.to == [managing.email] for sent in mail.outbox)


def test_the_ledger_opens_half_an_hour_before_the_first_sunday_morning(approved: Issue) -> None:
    opens = sundays.opens_at(senders.SUNDAY)
    assert not ticking.open_if_due(approved, now=opens - SECOND)
    assert not Delivery.objects.exists()
    assert not ticking.open_if_due(approved, now=opens)
    assert (state(approved), approved.audience) == (Issue.State.APPROVED, 5)
    assert ticking.open_if_due(approved, now=DEADLINE)
    assert (state(approved), approved.began_at) == (Issue.State.SENDING, DEADLINE)


def test_two_beats_and_a_cron_at_once_make_one_delivery_each(approved: Issue) -> None:
    now = DEADLINE
    with FaultyRelay() as relay:
        while now < DEADLINE + timedelta(hours=22):
            for _source in range(3):
                senders.tick(now)
                senders.run(relay, now=now)
            now += timedelta(hours=7)
    assert len(relay.received) == len({received.recipient for received in relay.received}) == 5
    assert state(approved) == Issue.State.SENT
    kinds = list(approved.events.values_list("kind", flat=True))
    assert [kinds.count(kind) for kind in ("opened", "began", "ended")] == [1, 1, 1]


def test_an_approval_that_fell_after_the_ledger_was_opened_sends_nothing(approved: Issue) -> None:
    ticking.open_if_due(approved, now=sundays.opens_at(senders.SUNDAY))
    Issue.objects.filter(pk=approved.pk).update(state=Issue.State.DRAFT, live_revision=None)
    senders.tick(DEADLINE)
    assert state(approved) == Issue.State.MISSED
    assert set(senders.states(approved).values()) == {"cancelled"}


def test_what_was_on_its_way_when_an_issue_was_cancelled_and_came_back_is_not_tried_again(
    approved: Issue,
) -> None:
    ticking.open_if_due(approved, now=DEADLINE)
    Delivery.objects.update(state="deferred")
    Issue.objects.filter(pk=approved.pk).update(state=Issue.State.CANCELLED)
    senders.tick(DEADLINE + SECOND)
    assert set(senders.states(approved).values()) == {"cancelled"}


def test_an_issue_with_doubtful_rows_to_be_sent_again_is_not_ended(approved: Issue) -> None:
    ticking.open_if_due(approved, now=DEADLINE)
    Delivery.objects.update(state="sent")
    doubtful = Delivery.objects.earliest("id")
    Delivery.objects.filter(pk=doubtful.pk).update(state="ambiguous", doubts=1)
    senders.tick(DEADLINE + SECOND)
    assert state(approved) == Issue.State.SENDING
    doubtful.refresh_from_db()
    assert doubtful.state == "pending"


def test_editors_are_told_once_and_a_relay_that_is_down_only_delays_it(
    managing: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.published_article(now=FRIDAY - timedelta(days=1))
    composing.compose(senders.SUNDAY, by=None, now=FRIDAY)
    with monkeypatch.context() as down:
        down.setattr(
            mail.EmailMessage, "send", lambda _message: (_ for _ in ()).throw(ConnectionRefusedError())
        )
        senders.tick(FRIDAY + SECOND)
    assert mail.outbox == []
    for minute in range(3):
        senders.tick(FRIDAY + timedelta(minutes=minute))
    told = [message for message in mail.outbox if "Composed" in message.subject]
    assert [message.to for message in told] == [[managing.email]]
    assert f"/desk/newsletter/issue/{Issue.objects.get().pk}/change/" in told[0].body


def test_every_event_that_tells_the_editors_has_its_sentence(managing: User, approved: Issue) -> None:
    details: dict[str, dict[str, object]] = {
        "domain_paused": {"domain": "blocking.example", "refused": 11, "of": 60},
        "relay_refused": {"reply": "AUTH: 535 5.7.8 no"},
        "ended": {"counts": {"sent": 5, "failed": 0}},
    }
    for kind in IssueEvent.TELLS:
        IssueEvent.objects.create(issue=approved, kind=kind, at=FRIDAY, detail=details.get(kind, {}))
    senders.tick(FRIDAY - timedelta(days=1))
    assert len(mail.outbox) == len(IssueEvent.TELLS)
    assert all(len(message.body.splitlines()[0]) > 20 for message in mail.outbox)
    said = "\n".join(str(message.body) for message in mail.outbox)
    assert "blocking.example refused 11 of its last 60 messages." in said
    assert "535 5.7.8" in said
    assert "Sent: 5" in said
    assert "Refused: 0" not in said


def test_beat_looks_after_the_brief_every_half_minute_and_forgets_every_hour() -> None:
    entries = {entry["task"]: entry for entry in WEEK.values()}
    assert entries[tasks.tick.name]["schedule"] == 30.0
    assert tasks.forget.name in entries
    assert tasks.forget() == 0
    assert tasks.tick() == 0


def test_a_cron_without_any_worker_does_it_all_by_one_command(
    approved: Issue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ticking.open_if_due(approved, now=DEADLINE)
    Delivery.objects.update(due_at=FRIDAY)
    with FaultyRelay() as relay:
        monkeypatch.setattr("newsletter.smtp.Relay.from_settings", lambda: senders.relay_of(relay))
        call_command("newsletter_tick", "--no-send")
        assert relay.received == []
        call_command("newsletter_tick")
        assert len(relay.received) == 5
    assert "5 messages sent." in capsys.readouterr().out


def test_a_part_of_the_tick_that_fails_is_an_error_in_the_log_and_stops_no_other(
    approved: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking.open_if_due(approved, now=DEADLINE)
    Delivery.objects.update(state="claimed", worker="dead")

    def broken(**_named: object) -> None:
        raise RuntimeError("a bug in composing")

    monkeypatch.setattr(ticking, "begin_what_is_due", broken)
    broken.__name__ = "begin_what_is_due"
    with capture_logs() as logs:
        assert ticking.tick(now=DEADLINE + SECOND) >= 1
    assert [(line["log_level"], line["part"]) for line in logs if "part" in line] == [
        ("error", "begin_what_is_due")
    ]
    assert set(senders.states(approved).values()) == {"pending"}
