"""Tokens open what they are for, nothing else, and no longer than they should."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from newsletter import keys
from newsletter.keys import BadToken, Purpose


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_names_its_subject_and_no_address(purpose: Purpose, now: datetime) -> None:
    token = keys.token(purpose, 17, now=now)
    assert keys.read(purpose, token, now=now) == 17
    assert len(token) <= 75
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("other", Purpose)
def test_a_token_for_one_purpose_opens_nothing_else(purpose: Purpose, other: Purpose, now: datetime) -> None:
    if purpose is other:
        return
    with pytest.raises(BadToken) as refused:
        keys.read(other, keys.token(purpose, 17, now=now), now=now)
    assert not refused.value.expired


@pytest.mark.parametrize(
    ("purpose", "lasts"), [(Purpose.CONFIRM, timedelta(days=7)), (Purpose.MANAGE, timedelta(minutes=30))]
)
def test_a_link_lasts_as_long_as_promised(purpose: Purpose, lasts: timedelta, now: datetime) -> None:
    token = keys.token(purpose, 17, now=now)
    assert keys.read(purpose, token, now=now + lasts) == 17
    with pytest.raises(BadToken) as refused:
        keys.read(purpose, token, now=now + lasts + timedelta(seconds=1))
    assert refused.value.expired


def test_leaving_never_expires(now: datetime) -> None:
    token = keys.token(Purpose.UNSUBSCRIBE, 17)
    assert keys.read(Purpose.UNSUBSCRIBE, token, now=now + timedelta(days=365 * 50)) == 17


def test_a_rotated_key_still_verifies_and_a_dropped_one_does_not(settings: Settings, now: datetime) -> None:
    settings.NEWSLETTER_KEYS = ["old"]
    token = keys.token(Purpose.UNSUBSCRIBE, 17)
    settings.NEWSLETTER_KEYS = ["new", "old"]
    assert keys.read(Purpose.UNSUBSCRIBE, token, now=now) == 17
    assert keys.token(Purpose.UNSUBSCRIBE, 17) != token
    settings.NEWSLETTER_KEYS = ["new"]
    with pytest.raises(BadToken):
        keys.read(Purpose.UNSUBSCRIBE, token, now=now)


def test_suppressions_and_message_ids_outlive_every_rotation(settings: Settings) -> None:
    before = keys.address_key("mei@example.org"), keys.message_id(1, 2)
    settings.NEWSLETTER_KEYS = ["another"]
    assert (keys.address_key("mei@example.org"), keys.message_id(1, 2)) == before


@given(st.text(max_size=90))
def test_what_anybody_makes_up_is_refused_and_nothing_worse(made_up: str) -> None:
    now = datetime.fromisoformat("2026-11-22T09:00:00+00:00")
    with pytest.raises(BadToken):
        keys.read(Purpose.UNSUBSCRIBE, made_up, now=now)


def test_a_token_whose_number_was_changed_is_refused(now: datetime) -> None:
    token = keys.token(Purpose.UNSUBSCRIBE, 17)
    with pytest.raises(BadToken):
        keys.read(Purpose.UNSUBSCRIBE, token.replace("17-", "18-", 1), now=now)


def test_a_mail_server_that_folds_case_does_not_break_a_token(now: datetime) -> None:
    assert keys.read(Purpose.BOUNCE, keys.token(Purpose.BOUNCE, 17).upper(), now=now) == 17
