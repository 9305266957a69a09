"""Mail services follow every link before its reader does: looking changes nothing, and only a button acts."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import Subscriber
from tests import factories as site
from tests.newsletter import factories

pytestmark = pytest.mark.django_db
PREFIXES = ["", "/zh-hant"]
# RFC 8058 as mail services send it, and as some of them do.
BODIES: list[dict[str, Any]] = [
    {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
    {"data": {"List-Unsubscribe": "One-Click"}},  # multipart
    {"data": "", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"\xff\x00--no such form", "content_type": "multipart/form-data; boundary=x"},
    {"data": "{}", "content_type": "application/json"},
]


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def links_of(reader: Subscriber, now: datetime) -> list[str]:
    """Every address of the brief that a mail or a page leads to."""
    confirm, manage = (
        keys.token(purpose, reader.pk, now=now) for purpose in (Purpose.CONFIRM, Purpose.MANAGE)
    )
    leave = keys.token(Purpose.UNSUBSCRIBE, reader.pk)
    paths = ["/brief/", "/brief/subscribe/", f"/brief/confirm/{confirm}/", f"/brief/leave/{leave}/"]
    paths += [f"/brief/leave/{leave}", "/brief/preferences/"]
    paths += [f"/brief/preferences/{manage}/{page}" for page in ("", "export/", "erase/")]
    return paths


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("state", ["pending", "active", "left"])
def test_a_scanner_that_opens_everything_changes_nothing(now: datetime, prefix: str, state: str) -> None:
    reader = factories.asked(now=now)
    Subscriber.objects.update(state=state)
    factories.delivery(reader, now=now)
    before = factories.tables()
    scanner = Client(enforce_csrf_checks=True)
    for path in links_of(reader, now):
        for look in (scanner.get, scanner.head, scanner.options):
            assert look(prefix + path).status_code in {200, 405}
        assert scanner.get(prefix + path, {"page": "", "List-Unsubscribe": "One-Click"}).status_code == 200
    assert factories.tables() == before
    assert not scanner.cookies


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.get("content_type", "multipart")))
@pytest.mark.parametrize("slash", ["/", ""])
def test_one_click_lets_go_without_cookie_or_redirect_again_and_again(
    now: datetime, prefix: str, body: dict[str, Any], slash: str
) -> None:
    reader = factories.reader(now=now)
    row = factories.delivery(reader, now=now)
    path = f"{prefix}/brief/leave/{keys.token(Purpose.UNSUBSCRIBE, reader.pk)}{slash}"
    for _again in range(3):
        service = Client(enforce_csrf_checks=True)
        answer = service.post(path, **body)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Location" not in answer.headers
    row.refresh_from_db()
    assert row.state == "suppressed"
    assert Subscriber.objects.get().state == "left"
    assert [event.source for event in reader.consents.filter(kind="left")] == ["one click"]


def test_the_link_to_leave_is_answered_for_somebody_erased(client: Client) -> None:
    path = reverse("newsletter:subscription-leave", args=[keys.token(Purpose.UNSUBSCRIBE, 999)])
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize(
    "path", ["confirm/{}/", "leave/{}/", "leave/{}", "preferences/{}/", "preferences/{}/erase/"]
)
def test_a_forged_link_is_not_found_and_writes_nothing(
    client: Client, now: datetime, method: str, path: str
) -> None:
    reader = factories.reader(now=now)
    before = factories.tables()
    good = keys.token(Purpose.BOUNCE, reader.pk)
    for forged in (f"{reader.pk}-{'0' * 32}", good, f"{reader.pk}-{int(now.timestamp())}-{'0' * 32}", "x"):
        assert getattr(client, method)("/brief/" + path.format(forged)).status_code == 404
    assert factories.tables() == before


def test_pages_that_hold_a_token_are_kept_by_nobody_and_named_to_nobody(
    client: Client, now: datetime
) -> None:
    reader = factories.reader(now=now)
    for path in links_of(reader, now)[2:]:
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        if path != "/brief/preferences/":
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["X-Robots-Tag"] == "noindex"


def test_pages_ask_the_database_little(
    client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    reader = factories.reader(now=now)
    for slug in ("one-claim", "another-claim", "a-third"):
        site.graded_claim(slug, now=now)
    for path in links_of(reader, now)[1:]:
        with django_assert_max_num_queries(9):
            client.get(path)


def test_no_page_of_the_brief_holds_a_script_that_presses_anything(client: Client, now: datetime) -> None:
    reader = factories.reader(now=now)
    for path in links_of(reader, now)[2:6]:
        html = client.get(path).content.decode()
        assert "newsletter/js" not in html
