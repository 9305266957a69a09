"""The newsletter's records at the desk: looked at, never changed, without addresses for those who may not see them."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.models import (
    ConsentEvent,
    InboundEvent,
    ReceivingDomain,
    SubscriberExport,
    Suppression,
)
from newsletter.verbs import suppressing
from tests import factories
from tests.admin_pages import signed_in
from tests.newsletter.people import delivery, key, subscriber

pytestmark = pytest.mark.django_db

OTHERS = ("writer", "editor", "reviewer", "translator", "superuser")
PERSONAL = ("consentevent", "suppression")
OPEN = ("delivery", "receivingdomain", "inboundevent", "subscriberexport")


@pytest.fixture
def managing() -> Client:
    return signed_in(factories.desk().managing)


def _everything(now: datetime) -> dict[str, Any]:
    line = delivery(subscriber(now=now), now=now)
    return {
        "delivery": line,
        "consentevent": ConsentEvent.objects.get(),
        "suppression": Suppression.objects.create(
            address_key=key("an@example.org"), reason="bounced", at=now, remark="a remark"
        ),
        "receivingdomain": ReceivingDomain.objects.create(domain="example.org", per_minute=60, free_at=now),
        "inboundevent": InboundEvent.objects.create(key="k", kind="bounce", at=now, delivery=line),
        "subscriberexport": SubscriberExport.objects.create(
            by=factories.desk().managing, at=now, reason="Moving to another service", rows=1
        ),
    }


@pytest.mark.parametrize("who", OTHERS)
def test_no_address_is_on_any_page_of_those_who_may_not_see_one(who: str, now: datetime) -> None:
    rows = _everything(now)
    client = signed_in(getattr(factories.desk(), who))
    for table, found in rows.items():
        for url in (
            reverse(f"admin:newsletter_{table}_changelist"),
            reverse(f"admin:newsletter_{table}_change", args=[found.pk]),
        ):
            response = client.get(url)
            assert response.status_code == (403 if table in PERSONAL else 200), url
            page = response.content.decode()
            assert "mei" not in page, url
            assert "no such user" not in page, url


def test_the_ledger_shows_an_editor_domain_state_and_code(now: datetime) -> None:
    line = delivery(subscriber(now=now), now=now)
    client = signed_in(factories.desk().editor)
    for url in (
        reverse("admin:newsletter_delivery_changelist"),
        reverse("admin:newsletter_delivery_change", args=[line.pk]),
    ):
        page = client.get(url).content.decode()
        assert "example.org" in page
        assert "550" in page
        assert "Refused" in page


def test_the_ledger_shows_the_managing_editor_whose_line_it_is_and_no_list_of_addresses(
    managing: Client, now: datetime
) -> None:
    line = delivery(subscriber(now=now), now=now)
    one = managing.get(reverse("admin:newsletter_delivery_change", args=[line.pk])).content.decode()
    assert "mei@example.org" in one
    assert "no such user" in one
    assert "mei@" not in managing.get(reverse("admin:newsletter_delivery_changelist")).content.decode()


@pytest.mark.parametrize("who", OTHERS)
def test_an_address_cannot_be_found_by_asking_the_ledger_for_it(who: str, now: datetime) -> None:
    delivery(subscriber(now=now), now=now)
    client = signed_in(getattr(factories.desk(), who))
    url = reverse("admin:newsletter_delivery_changelist")
    assert client.get(url, {"q": "mei@example.org"}).context["cl"].result_count == 0
    assert client.get(url, {"q": "example.org"}).context["cl"].result_count == 1
    for lookup in (
        "address",
        "address__startswith",
        "smtp_reply__contains",
        "subscriber__address__startswith",
    ):
        answer = client.get(url, {lookup: "mei"})
        assert answer.status_code in {302, 400}, lookup


@pytest.mark.parametrize("table", [*PERSONAL, *OPEN])
@pytest.mark.parametrize("who", ["managing", "superuser"])
def test_records_are_neither_added_changed_nor_deleted_by_anybody(
    table: str, who: str, now: datetime
) -> None:
    found = _everything(now)[table]
    client = signed_in(getattr(factories.desk(), who))
    for page in ("change", "delete"):
        url = reverse(f"admin:newsletter_{table}_{page}", args=[found.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"admin:newsletter_{table}_add")).status_code == 403
    listed = client.get(reverse(f"admin:newsletter_{table}_changelist"))
    assert listed.status_code == (403 if who == "superuser" and table in PERSONAL else 200)
    if listed.status_code == 200:
        assert not listed.context["cl"].list_editable
        assert listed.context["action_form"] is None


def test_a_list_of_fifty_records_asks_no_more_than_a_list_of_two(managing: Client, now: datetime) -> None:
    urls = [reverse(f"admin:newsletter_{table}_changelist") for table in (*PERSONAL, *OPEN)]

    def asked() -> dict[str, int]:
        counts = {}
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert managing.get(url).status_code == 200
            counts[url] = len(queries)
        return counts

    def fill(start: int, stop: int) -> None:
        for number in range(start, stop):
            line = delivery(subscriber(f"p{number}@example.org", now=now), now=now)
            InboundEvent.objects.create(key=str(number), kind="bounce", at=now, delivery=line)
            ReceivingDomain.objects.create(domain=f"d{number}.example", per_minute=60, free_at=now)
            suppressing.suppress(key(f"s{number}@example.org"), Suppression.Reason.BOUNCED, by=None, now=now)
            SubscriberExport.objects.create(
                by=factories.desk().managing, at=now, reason="Moving to another service", rows=number
            )

    fill(0, 2)
    asked()
    few = asked()
    fill(2, 50)
    assert asked() == few
    assert max(few.values()) <= 12


def test_the_ledger_s_list_never_counts_all_its_rows(
    managing: Client, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("newsletter.admin.records.REACH", 3)
    for number in range(5):
        delivery(subscriber(f"p{number}@example.org", now=now), now=now)
    with CaptureQueriesContext(connection) as queries:
        listed = managing.get(reverse("admin:newsletter_delivery_changelist"))
    assert listed.context["cl"].result_count == 3
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"] and "delivery" in query["sql"]]
    assert counting
    assert all("LIMIT 3" in sql for sql in counting)


def test_the_brief_has_its_own_place_in_the_navigation(managing: Client) -> None:
    groups = {group["app_label"]: group for group in managing.get(reverse("admin:index")).context["app_list"]}
    named = [model["object_name"] for model in groups["brief"]["models"]]
    assert named[:5] == ["Issue", "Subscriber", "Suppression", "Delivery", "ReceivingDomain"]
    assert "newsletter" not in groups
