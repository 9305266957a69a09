"""The form, and the same as JSON: one rule, one limit, one answer for everybody."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import Settings

from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import ConsentEvent, Knock, Subscriber
from newsletter.verbs import subscription
from tests.newsletter import factories
from tests.newsletter.factories import ADDRESS

pytestmark = pytest.mark.django_db
PATH = "/brief/subscribe/"


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def anyone() -> Client:
    """A reader's browser without a cookie, with CSRF enforced as in production."""
    return Client(enforce_csrf_checks=True)


def shown(now: datetime, *, seconds: float = 10) -> str:
    return keys.token(Purpose.FORM, 0, now=now - timedelta(seconds=seconds))


def filled(now: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "email": ADDRESS, "language": "en", "time_zone": "Europe/Amsterdam", "shown": shown(now), "website": "", **fields,
    }  # fmt: skip


def by_form(client: Client, now: datetime, **fields: Any) -> Any:
    return client.post(PATH, filled(now, **fields))


def in_json(client: Client, now: datetime, **fields: Any) -> Any:
    given = {"email": ADDRESS, "language": "en", "time_zone": "Europe/Amsterdam"} | fields
    return client.post(PATH, json.dumps(given), content_type="application/json")


ROUTES = [pytest.param(by_form, id="form"), pytest.param(in_json, id="json")]


# Both routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_asking_is_taken_down_and_mailed(
    anyone: Client, now: datetime, route: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = route(anyone, now)
    assert answer.status_code in {200, 202}
    assert Subscriber.objects.get().state == "pending"
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert not answer.cookies


@pytest.mark.parametrize("route", ROUTES)
def test_known_and_unknown_addresses_are_answered_alike(anyone: Client, now: datetime, route: Any) -> None:
    unknown = route(anyone, now).content
    Subscriber.objects.all().delete()
    for make in (factories.asked, factories.reader):
        make(now=now)
        assert route(anyone, now).content == unknown


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_wrong_is_said_by_field_and_writes_nothing(anyone: Client, now: datetime, route: Any) -> None:
    for field, value in (
        ("email", "no address"),
        ("email", ""),
        ("language", "fr"),
        ("time_zone", "Mars/Olympus"),
    ):
        answer = route(anyone, now, **{field: value})
        assert answer.status_code == 400
        errors = (
            answer.json()["errors"] if "json" in answer["Content-Type"] else answer.context["form"].errors
        )
        assert list(errors) == [field]
    assert not Subscriber.objects.exists()


def test_both_routes_share_the_limits(anyone: Client, now: datetime) -> None:
    for number in range(10):
        assert by_form(anyone, now, email=f"a{number}@readers.example").status_code == 200
        assert in_json(anyone, now, email=f"b{number}@readers.example").status_code == 202
    for route in (by_form, in_json):
        refused = route(anyone, now, email="one.more@readers.example")
        assert refused.status_code == 429
        assert refused["Retry-After"] == "3600"
        assert "hour" in refused.content.decode()
    assert Subscriber.objects.count() == 20


@pytest.mark.parametrize("route", ROUTES)
def test_a_machine_that_fills_the_trap_is_answered_like_everybody_and_nothing_happens(
    anyone: Client, now: datetime, route: Any
) -> None:
    before = factories.tables()
    trapped = route(anyone, now, website="https://buy.example")
    assert factories.tables() == before
    assert trapped.content == route(anyone, now).content


# The page -------------------------------------------------------------------------------------------


def test_the_page_shows_the_form_without_a_cookie(anyone: Client) -> None:
    answer = anyone.get(PATH)
    assert answer.status_code == 200
    assert not answer.cookies
    assert str(subscription.CONSENT) in answer.content.decode()


def test_the_wording_under_the_form_is_what_is_kept(anyone: Client, now: datetime) -> None:
    by_form(anyone, now)
    assert ConsentEvent.objects.get().wording == str(subscription.CONSENT)


def test_no_wording_of_ours_is_claimed_for_what_a_program_asked(anyone: Client, now: datetime) -> None:
    in_json(anyone, now)
    consent = ConsentEvent.objects.get()
    assert (consent.source, consent.wording) == ("json", "")


def test_a_box_with_an_address_alone_leads_to_the_whole_form(anyone: Client) -> None:
    before = factories.tables()
    answer = anyone.post(PATH, {"email": ADDRESS})
    assert answer.status_code == 200
    assert f'value="{ADDRESS}"' in answer.content.decode()
    assert "errorlist" not in answer.content.decode()
    assert factories.tables() == before


def test_who_was_too_fast_presses_once_more_and_loses_nothing(anyone: Client, now: datetime) -> None:
    fields = filled(now, shown=shown(now, seconds=1), time_zone="Asia/Taipei")
    answer = anyone.post(PATH, fields)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert not Knock.objects.exists()
    assert f'value="{ADDRESS}"' in html
    assert 'value="Asia/Taipei" selected' in html
    assert f'name="shown" value="{fields["shown"]}"' in html
    with time_machine.travel(now + timedelta(seconds=2), tick=False):
        anyone.post(PATH, fields)
    assert Subscriber.objects.get().time_zone == "Asia/Taipei"


@pytest.mark.parametrize("stale", ["1-1-00000000000000000000000000000000", "forged"])
def test_a_form_that_was_open_for_days_is_shown_again_as_it_was_filled(
    anyone: Client, now: datetime, stale: str
) -> None:
    old = shown(now, seconds=2 * 86400)
    for token in (old, stale):
        html = by_form(anyone, now, shown=token).content.decode()
        assert f'value="{ADDRESS}"' in html
        assert f'value="{token}"' not in html
    assert not Subscriber.objects.exists()


def test_the_form_begins_in_the_language_of_its_page(anyone: Client) -> None:
    assert anyone.get("/zh-hant" + PATH).context["form"]["language"].value() == "zh-hant"
    assert anyone.get(PATH).context["form"]["language"].value() == "en"


def test_a_zone_only_old_browsers_name_is_taken(anyone: Client, now: datetime) -> None:
    by_form(anyone, now, time_zone="Singapore")
    assert Subscriber.objects.get().time_zone == "Singapore"


# JSON -----------------------------------------------------------------------------------------------


def test_a_program_may_give_the_address_alone(anyone: Client) -> None:
    answer = anyone.post("/zh-hant" + PATH, json.dumps({"email": ADDRESS}), content_type="application/json")
    assert answer.status_code == 202
    made = Subscriber.objects.get()
    assert (made.language, made.time_zone, made.plain) == ("zh-hant", "UTC", False)


@pytest.mark.parametrize("body", [" ", "[]", '"x"', "{", "[" * 100_000, b"\xff"])
def test_what_is_no_object_is_refused_and_not_a_fault(anyone: Client, body: Any) -> None:
    answer = anyone.post(PATH, body, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["body"]


@pytest.mark.parametrize("value", [None, 7, ["a@b.example"], {"a": 1}, "a\x00@b.example", "\ud800@b.example"])
def test_an_address_of_the_wrong_kind_is_refused_and_not_a_fault(
    anyone: Client, now: datetime, value: Any
) -> None:
    answer = in_json(anyone, now, email=value)
    assert answer.status_code == 400
    assert "email" in answer.json()["errors"]


# Whose address --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "kept"),
    [
        (0, "198.51.100.7", "203.0.113.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.9.9.9, 198.51.100.7", "198.51.100.7"),
        (2, "10.9.9.9, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "203.0.113.9"),
        (1, "not an address", "203.0.113.9"),
        (1, "", "203.0.113.9"),
    ],
)
def test_the_network_address_is_the_one_our_own_proxies_heard(
    now: datetime, settings: Settings, proxies: int, forwarded: str, kept: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    Client().post(PATH, filled(now), REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": forwarded})
    assert ConsentEvent.objects.get().ip == kept


# Confirming and leaving -----------------------------------------------------------------------------


def test_one_button_confirms(anyone: Client, now: datetime) -> None:
    asked = factories.asked(now=now)
    path = f"/brief/confirm/{keys.token(Purpose.CONFIRM, asked.pk, now=now)}/"
    page = anyone.get(path).content.decode()
    assert page.count("<button class=") - page.count('<button class="theme"') == 1
    assert Subscriber.objects.get().state == "pending"
    for _again in range(2):
        assert anyone.post(path).status_code == 200
    assert Subscriber.objects.get().state == "active"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_confirmation_that_has_run_out_says_how_to_go_on(
    anyone: Client, now: datetime, method: str
) -> None:
    asked = factories.asked(now=now)
    path = f"/brief/confirm/{keys.token(Purpose.CONFIRM, asked.pk, now=now - timedelta(days=8))}/"
    answer = getattr(anyone, method)(path)
    assert answer.status_code == 410
    assert PATH in answer.content.decode()


def test_leaving_by_the_page_is_told_apart_from_one_click(anyone: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    path = f"/brief/leave/{keys.token(Purpose.UNSUBSCRIBE, reader.pk)}/"
    assert 'action="?page"' in anyone.get(path).content.decode()
    anyone.post(path + "?page")
    assert reader.consents.get(kind="left").source == "leave page"
