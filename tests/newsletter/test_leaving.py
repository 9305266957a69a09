"""Leaving takes effect at once, by a link that never expires; preferences are their reader's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from config.refusal import Refused
from newsletter import keys
from newsletter.keys import BadToken, Purpose
from newsletter.models import Delivery, Subscriber
from newsletter.verbs import subscription
from tests import factories as site
from tests.newsletter import factories
from tests.newsletter.factories import ADDRESS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
State = Subscriber.State


# Leaving --------------------------------------------------------------------------------------------


def test_leaving_takes_back_what_waits_and_nothing_that_went(now: datetime) -> None:
    reader = factories.reader(now=now)
    rows = {
        state: factories.delivery(
            reader, state, now=now, weeks=week, worker="w" if state == "claimed" else ""
        )
        for week, state in enumerate(["pending", "deferred", "claimed", "sent", "failed"])
    }
    left = subscription.leave(keys.token(Purpose.UNSUBSCRIBE, reader.pk), source="one click", ip="", now=now)
    assert left is not None
    assert left.state == State.LEFT
    states = {state: Delivery.objects.get(pk=row.pk).state for state, row in rows.items()}
    assert states == {
        "pending": "suppressed", "deferred": "suppressed", "claimed": "claimed", "sent": "sent", "failed": "failed",
    }  # fmt: skip


def test_leaving_again_and_again_is_one_leave(now: datetime) -> None:
    reader = factories.reader(now=now)
    token = keys.token(Purpose.UNSUBSCRIBE, reader.pk)
    for hours in range(3):
        subscription.leave(token, source="one click", ip="", now=now + timedelta(hours=hours))
    assert reader.consents.filter(kind="left").count() == 1
    assert Subscriber.objects.get().left_at == now


def test_a_brief_that_was_put_in_line_while_somebody_left_is_taken_back_by_the_next_press(
    now: datetime,
) -> None:
    reader = factories.reader(now=now)
    token = keys.token(Purpose.UNSUBSCRIBE, reader.pk)
    subscription.leave(token, source="one click", ip="", now=now)
    late = factories.delivery(reader, now=now)
    subscription.leave(token, source="one click", ip="", now=now)
    late.refresh_from_db()
    assert late.state == "suppressed"


def test_the_link_to_leave_works_for_ever(now: datetime) -> None:
    reader = factories.reader(now=now)
    token = keys.token(Purpose.UNSUBSCRIBE, reader.pk)
    assert subscription.leave(token, source="one click", ip="", now=now + 4000 * DAY)


def test_a_forged_link_lets_nobody_go(now: datetime) -> None:
    reader = factories.reader(now=now)
    before = factories.tables()
    for forged in (f"{reader.pk}-{'0' * 32}", "", "x", keys.token(Purpose.BOUNCE, reader.pk)):
        with pytest.raises(BadToken):
            subscription.leave(forged, source="one click", ip="", now=now)
    assert factories.tables() == before


def test_the_link_of_somebody_erased_is_answered_and_finds_nobody(now: datetime) -> None:
    assert (
        subscription.leave(keys.token(Purpose.UNSUBSCRIBE, 999), source="one click", ip="", now=now) is None
    )


# Preferences ----------------------------------------------------------------------------------------


def test_a_link_to_the_preferences_goes_to_a_known_address_and_nowhere_else(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    factories.reader(now=now)
    with django_capture_on_commit_callbacks(execute=True):
        subscription.request_link(ADDRESS, language="en", ip="", now=now)
        subscription.request_link("nobody@readers.example", language="en", ip="", now=now)
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert "/brief/preferences/" in letter.body


def test_asking_for_links_is_limited_like_asking_for_the_brief(now: datetime) -> None:
    for _again in range(5):
        subscription.request_link(ADDRESS, language="en", ip="", now=now)
    with pytest.raises(Refused):
        subscription.ask(
            ADDRESS, language="en", time_zone="UTC", source="form", wording="Yes", ip="203.0.113.9", now=now
        )


def change(reader: Subscriber, *, now: datetime, **fields: Any) -> None:
    values: dict[str, Any] = {
        "language": "en", "time_zone": "Europe/Amsterdam", "plain": False, "followed": [],
    }  # fmt: skip
    subscription.change(reader, ip="203.0.113.9", now=now, **values | fields)


def test_preferences_are_changed_and_the_change_is_noted_without_what_is_followed(now: datetime) -> None:
    reader, claim = factories.reader(now=now), site.graded_claim(now=now)
    change(reader, now=now, language="zh-hant", time_zone="Asia/Taipei", plain=True, followed=[claim])
    kept = Subscriber.objects.get()
    assert (kept.language, kept.time_zone, kept.plain) == ("zh-hant", "Asia/Taipei", True)
    assert list(kept.followed.all()) == [claim]
    noted = kept.consents.get(kind="changed")
    assert (noted.source, noted.wording) == ("preferences", "")


def test_unfollowing_forgets_the_claim(now: datetime) -> None:
    reader, claim = factories.reader(now=now), site.graded_claim(now=now)
    change(reader, now=now, followed=[claim])
    change(reader, now=now, followed=[])
    assert not reader.followed.exists()


def test_saving_what_is_already_so_notes_nothing(now: datetime) -> None:
    reader = factories.reader(now=now)
    change(reader, now=now)
    assert not reader.consents.filter(kind="changed").exists()


def test_a_claim_that_is_not_published_cannot_be_followed(now: datetime) -> None:
    reader, draft = factories.reader(now=now), site.claim("not-out", now=now)
    with pytest.raises(Refused) as refusal:
        change(reader, now=now, followed=[draft])
    assert refusal.value.code == "followed"
    assert not reader.followed.exists()


@pytest.mark.parametrize(("field", "value"), [("language", "fr"), ("time_zone", "Nowhere")])
def test_a_choice_that_is_none_is_refused(now: datetime, field: str, value: str) -> None:
    reader = factories.reader(now=now)
    with pytest.raises(Refused) as refusal:
        change(reader, now=now, **{field: value})
    assert refusal.value.code == field


def test_who_was_erased_meanwhile_is_not_brought_back_by_saving(now: datetime) -> None:
    reader = factories.reader(now=now)
    Subscriber.objects.all().delete()
    with pytest.raises(Refused) as refusal:
        change(reader, now=now)
    assert refusal.value.code == "gone"
    assert not Subscriber.objects.exists()
