"""Preferences open by a mailed link alone; there a reader changes, takes along and erases what is theirs."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import Subscriber, Suppression
from tests import factories as site
from tests.newsletter import factories
from tests.newsletter.factories import ADDRESS

pytestmark = pytest.mark.django_db
PATH = "/brief/preferences/"


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def anyone() -> Client:
    """A reader's browser without a cookie, with CSRF enforced as in production."""
    return Client(enforce_csrf_checks=True)


def own(reader: Subscriber, now: datetime, page: str = "") -> str:
    return f"{PATH}{keys.token(Purpose.MANAGE, reader.pk, now=now)}/{page}"


def asking(now: datetime, **fields: str) -> dict[str, str]:
    shown = keys.token(Purpose.FORM, 0, now=now - timedelta(seconds=10))
    return {"email": ADDRESS, "website": "", "shown": shown, **fields}


def test_the_link_is_mailed_to_who_is_known_and_the_page_tells_nobody(
    anyone: Client, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    factories.reader(now=now)
    with django_capture_on_commit_callbacks(execute=True):
        known = anyone.post(PATH, asking(now))
        unknown = anyone.post(PATH, asking(now, email="nobody@readers.example"))
    assert known.status_code == 200
    assert known.content == unknown.content
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]


def test_neither_a_trap_nor_haste_mails_a_link(
    anyone: Client, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    factories.reader(now=now)
    before = factories.tables()
    hasty = keys.token(Purpose.FORM, 0, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        for fields in ({"website": "x"}, {"shown": hasty}, {"shown": ""}, {"shown": "forged"}):
            assert anyone.post(PATH, asking(now, **fields)).status_code == 200
    assert mail.outbox == []
    assert factories.tables() == before


def test_asking_for_links_is_limited_and_a_typing_mistake_named(anyone: Client, now: datetime) -> None:
    assert anyone.post(PATH, asking(now, email="no address")).status_code == 400
    for _again in range(5):
        assert anyone.post(PATH, asking(now)).status_code == 200
    assert anyone.post(PATH, asking(now)).status_code == 429


def test_what_was_chosen_is_shown_and_changed(anyone: Client, now: datetime) -> None:
    reader, claim = factories.reader(now=now), site.graded_claim(now=now)
    path = own(reader, now)
    assert 'value="Europe/Amsterdam" selected' in anyone.get(path).content.decode()
    given = {"language": "zh-hant", "time_zone": "Asia/Taipei", "plain": "on", "followed": claim.code}
    html = anyone.post(path, given).content.decode()
    assert "Saved." in html
    assert f'value="{claim.code}" checked' in html
    kept = Subscriber.objects.get()
    assert (kept.language, kept.time_zone, kept.plain) == ("zh-hant", "Asia/Taipei", True)
    assert kept.followed.get() == claim


def test_claims_are_listed_by_hub_in_the_language_of_the_page(anyone: Client, now: datetime) -> None:
    site.topic()
    reader = factories.reader(now=now)
    site.graded_claim(now=now)
    site.claim("not-out", now=now)
    english = anyone.get(own(reader, now)).content.decode()
    chinese = anyone.get("/zh-hant" + own(reader, now)).content.decode()
    assert "Glutamine eases symptoms." in english
    assert "麩醯胺酸可緩解症狀。" in chinese
    assert "腸道</legend>" in chinese
    assert "not-out" not in english


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "fr"), ("time_zone", "Nowhere"), ("followed", "CLM-gut-not-out-001"), ("time_zone", "")],
)
def test_a_choice_that_is_none_is_named_and_changes_nothing(
    anyone: Client, now: datetime, field: str, value: str
) -> None:
    reader = factories.reader(now=now)
    site.claim("not-out", now=now)
    before = factories.tables()
    given = {"language": "en", "time_zone": "Asia/Taipei", "plain": "on"} | {field: value}
    answer = anyone.post(own(reader, now), given)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert factories.tables() == before


def test_a_link_works_for_thirty_minutes(anyone: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    path = own(reader, now)
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert anyone.get(path).status_code == 200
    before = factories.tables()
    with time_machine.travel(now + timedelta(minutes=30, seconds=1), tick=False):
        for page in ("", "export/", "erase/"):
            for method in (anyone.get, anyone.post):
                answer = method(path + page)
                assert answer.status_code == 410
                assert ADDRESS not in answer.content.decode()
    assert factories.tables() == before


def test_a_forwarded_brief_does_not_open_the_preferences(anyone: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.CONFIRM):
        token = keys.token(purpose, reader.pk, now=now)
        assert anyone.get(f"{PATH}{token}/").status_code == 404


def test_the_export_is_a_file_of_everything(anyone: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    factories.delivery(reader, "sent", now=now)
    answer = anyone.get(own(reader, now, "export/"))
    assert answer["Content-Disposition"] == 'attachment; filename="sunday-brief-2026-11-22.json"'
    told = json.loads(answer.content)
    assert told["reader"]["address"] == ADDRESS
    assert told["briefs"][0]["issue__iso_week"] == "2026-W47"


def test_erasing_takes_one_button_that_says_what_it_means(anyone: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    path = own(reader, now, "erase/")
    page = anyone.get(path).content.decode()
    assert "This cannot be undone." in page
    assert Subscriber.objects.exists()
    answer = anyone.post(path)
    assert answer.status_code == 200
    assert ADDRESS not in answer.content.decode()
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == "erased"
    assert anyone.post(path).status_code == 410
