"""Subscribers at the desk: one looked up by address and never a list, what is done for them, and who may."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter import keys
from newsletter.models import (
    ConsentEvent,
    Delivery,
    Subscriber,
    SubscriberExport,
    Suppression,
)
from newsletter.models.subscribers import Following
from newsletter.verbs import importing, looking_up, privacy, subscription
from tests import factories
from tests.admin_pages import messages_of, signed_in
from tests.newsletter.people import ORIGIN, delivery, key, row, subscriber

pytestmark = pytest.mark.django_db

OTHERS = ("writer", "editor", "reviewer", "translator", "superuser")
LOOK_UP = "admin:newsletter_subscriber_changelist"
TABLES = (
    "consentevent", "suppression", "delivery", "receivingdomain", "inboundevent", "subscriberexport",
)  # fmt: skip


@pytest.fixture
def managing() -> Client:
    return signed_in(factories.desk().managing)


def _person(pk: int) -> str:
    return reverse("admin:newsletter_subscriber_change", args=[pk])


def _look_up(client: Client, address: str) -> Any:
    return client.post(reverse(LOOK_UP), {"address": address})


# One person ---------------------------------------------------------------------------------------------


def test_somebody_is_found_by_the_whole_address_however_it_is_written(
    managing: Client, now: datetime
) -> None:
    mei = subscriber("Mei.Lin@example.org", now=now)
    assert _look_up(managing, "  mei.lin@EXAMPLE.org ").url == _person(mei.pk)


@pytest.mark.parametrize("part", ["mei", "mei.lin@", "@example.org", "%", "mei.lin@example.org*"])
def test_part_of_an_address_finds_nobody(managing: Client, now: datetime, part: str) -> None:
    subscriber("mei.lin@example.org", now=now)
    response = _look_up(managing, part)
    assert response.status_code == 200
    assert "mei.lin" not in response.content.decode().replace(f'value="{part}"', "").replace(part, "")


def test_nobody_is_listed_and_no_search_in_a_url_finds_anybody(managing: Client, now: datetime) -> None:
    subscriber(now=now)
    for query in ({}, {"q": "mei@example.org"}, {"state__exact": "active"}, {"all": ""}):
        page = managing.get(reverse(LOOK_UP), query).content.decode()
        assert "mei@example.org" not in page
        assert "Subscribed" in page


def test_an_address_nobody_subscribed_with_is_said_to_be_free_or_barred(
    managing: Client, now: datetime
) -> None:
    assert "not suppressed" in _look_up(managing, "an@example.org").content.decode()
    privacy.erase(subscriber("an@example.org", now=now), now=now)
    page = _look_up(managing, "an@example.org").content.decode()
    assert "Erased at their own wish" in page
    assert "Lift the suppression" not in page


def test_a_person_s_page_tells_preferences_consent_and_what_became_of_every_issue(
    managing: Client, now: datetime
) -> None:
    mei = subscriber(now=now)
    delivery(mei, now=now)
    delivery(mei, now=now, week="2026-W46", state="sent", smtp_code=250, smtp_reply="2.0.0 queued as 4X")
    page = managing.get(_person(mei.pk)).content.decode()
    for said in (
        "mei@example.org",
        "Asia/Taipei",
        ORIGIN,
        "2026-W46",
        "2026-W47",
        "queued as 4X",
        "no such user",
    ):
        assert said in page
    assert keys.message_id(mei.deliveries.earliest("pk").issue_id, mei.pk).strip("<>") in page


def test_a_person_s_page_asks_the_database_little_however_long_they_read(
    managing: Client, now: datetime
) -> None:
    mei = subscriber(now=now)
    with CaptureQueriesContext(connection) as few:
        managing.get(_person(mei.pk))
    for week in range(10, 40):
        delivery(mei, now=now, week=f"2026-W{week}")
    with CaptureQueriesContext(connection) as many:
        managing.get(_person(mei.pk))
    assert len(many) == len(few) <= 12
    assert not [query for query in many if "newsletter_following" in query["sql"]]


def test_looking_up_asks_by_the_fingerprint_and_counts_by_an_index_alone(
    managing: Client, now: datetime
) -> None:
    subscriber(now=now)
    with CaptureQueriesContext(connection) as queries:
        _look_up(managing, "an@example.org")
    said = [query["sql"] for query in queries if "newsletter_subscriber" in query["sql"]]
    assert len(queries) <= 14
    assert not [sql for sql in said if "LIKE" in sql]
    assert len([sql for sql in said if "address_key" in sql]) == 1
    assert len([sql for sql in said if "GROUP BY" in sql and "address" not in sql]) == 1


def test_nothing_of_a_person_is_typed_at_the_desk(managing: Client, now: datetime) -> None:
    mei = subscriber(now=now)
    before = Subscriber.objects.values().get()
    posted = managing.post(
        _person(mei.pk), {"address": "else@example.org", "state": "left", "language": "en"}
    )
    assert posted.status_code == 403
    assert managing.get(reverse("admin:newsletter_subscriber_add")).status_code == 403
    delete = reverse("admin:newsletter_subscriber_delete", args=[mei.pk])
    assert managing.post(delete, {"post": "yes"}).status_code == 403
    assert Subscriber.objects.values().get() == before


# What is done for one person ----------------------------------------------------------------------------


def test_an_address_is_suppressed_with_a_remark_and_what_waits_for_it_is_taken_back(
    managing: Client, now: datetime
) -> None:
    mei = subscriber(now=now)
    waiting = delivery(mei, now=now, state="pending", ended_at=None)
    url = reverse("admin:newsletter_suppress", args=[mei.address_key])
    assert managing.post(url, {"remark": "asked by telephone"})["Location"] == _person(mei.pk)
    made = Suppression.objects.get()
    assert (made.reason, made.remark, made.by) == ("by_hand", "asked by telephone", factories.desk().managing)
    waiting.refresh_from_db()
    assert waiting.state == "suppressed"
    page = managing.get(_person(mei.pk)).content.decode()
    assert "asked by telephone" in page
    managing.post(reverse("admin:newsletter_lift", args=[mei.address_key]))
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("remark", "said"), [("", "in a few words why"), ("mei@example.org asked", "Leave addresses out")]
)
def test_a_suppression_says_why_and_holds_no_address(
    managing: Client, now: datetime, remark: str, said: str
) -> None:
    mei = subscriber(now=now)
    url = reverse("admin:newsletter_suppress", args=[mei.address_key])
    assert said in messages_of(managing.post(url, {"remark": remark}, follow=True))
    assert not Suppression.objects.exists()


def test_an_address_without_a_subscriber_can_be_suppressed_too(managing: Client, now: datetime) -> None:
    found = _look_up(managing, "an@example.org").context["found"]
    url = reverse("admin:newsletter_suppress", args=[found.key])
    assert managing.post(url, {"remark": "never write to her"})["Location"] == reverse(LOOK_UP)
    assert importing.import_row(row("An@example.org"), by=factories.desk().managing, now=now) == "suppressed"


def test_an_erasure_is_not_lifted_by_the_desk(managing: Client, now: datetime) -> None:
    privacy.erase(subscriber(now=now), now=now)
    url = reverse("admin:newsletter_lift", args=[key("mei@example.org")])
    assert "cannot lift it" in messages_of(managing.post(url, follow=True))
    assert Suppression.objects.get().reason == "erased"


def test_somebody_is_unsubscribed_as_they_asked_and_it_is_written_down(
    managing: Client, now: datetime
) -> None:
    mei = subscriber(now=now)
    waiting = delivery(mei, now=now, state="pending", ended_at=None)
    managing.post(reverse("admin:newsletter_unsubscribe", args=[mei.pk]))
    mei.refresh_from_db()
    waiting.refresh_from_db()
    assert (mei.state, waiting.state) == ("left", "suppressed")
    assert list(mei.consents.values_list("kind", "source"))[-1] == ("left", "desk")
    logged = LogEntry.objects.get()
    assert logged.user == factories.desk().managing
    assert "mei" not in logged.object_repr + logged.change_message
    assert (
        "Unsubscribed as the person asked"
        in managing.get(reverse("admin:newsletter_subscriber_history", args=[mei.pk])).content.decode()
    )


def test_looking_changes_nothing(managing: Client, now: datetime) -> None:
    mei = subscriber(now=now)
    for url in (
        reverse("admin:newsletter_suppress", args=[mei.address_key]),
        reverse("admin:newsletter_lift", args=[mei.address_key]),
        reverse("admin:newsletter_unsubscribe", args=[mei.pk]),
    ):
        assert managing.get(url).status_code == 404
        assert managing.head(url).status_code == 404
    assert not Suppression.objects.exists()
    assert Subscriber.objects.get().state == "active"


# Who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_changes_imports_or_exports_a_subscriber(who: str, now: datetime) -> None:
    mei = subscriber(now=now)
    client = signed_in(getattr(factories.desk(), who))
    pages = [
        reverse(LOOK_UP),
        _person(mei.pk),
        reverse("admin:newsletter_subscriber_history", args=[mei.pk]),
        reverse("admin:newsletter_subscriber_import"),
        reverse("admin:newsletter_subscriber_process_import"),
        reverse("admin:newsletter_subscriber_export"),
        reverse("admin:newsletter_followed"),
        reverse("admin:newsletter_suppress", args=[mei.address_key]),
        reverse("admin:newsletter_lift", args=[mei.address_key]),
        reverse("admin:newsletter_unsubscribe", args=[mei.pk]),
    ]
    given = {
        "address": "mei@example.org",
        "remark": "because",
        "reason": "a long enough reason",
        "format": "0",
    }
    for url in pages:
        assert client.post(url, given).status_code == 403, url
        assert client.get(url).status_code in {403, 405}, url
    assert reverse(LOOK_UP) not in client.get(reverse("admin:index")).content.decode()
    assert Subscriber.objects.get().state == "active"
    assert not Suppression.objects.exists()
    assert not SubscriberExport.objects.exists()


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_gets_past_the_verbs(who: str, now: datetime) -> None:
    mei, by = subscriber(now=now), getattr(factories.desk(), who)
    acts: list[Any] = [
        lambda: looking_up.find("mei@example.org", by=by),
        lambda: looking_up.unsubscribe(mei, by=by, now=now),
        lambda: looking_up.suppress_by_hand(mei.address_key, by=by, now=now, remark="because"),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied, match="may not see subscriber"):
            act()
    assert Subscriber.objects.get().state == "active"


@pytest.mark.parametrize("who", [*OTHERS, "managing"])
def test_what_somebody_follows_is_on_no_page_of_the_desk(who: str, now: datetime) -> None:
    mei, claim = subscriber(now=now), factories.graded_claim(now=now)
    delivery(mei, now=now)
    Following.objects.create(subscriber=mei, claim=claim)
    client = signed_in(getattr(factories.desk(), who))
    pages = [
        _person(mei.pk),
        reverse(LOOK_UP),
        reverse("admin:newsletter_followed"),
        reverse("admin:newsletter_subscriber_history", args=[mei.pk]),
        reverse("admin:newsletter_delivery_change", args=[Delivery.objects.get().pk]),
        reverse("admin:newsletter_consentevent_change", args=[ConsentEvent.objects.get().pk]),
        *(reverse(f"admin:newsletter_{table}_changelist") for table in TABLES),
    ]
    for url in pages:
        page = client.get(url).content.decode()
        for text in (claim.code, claim.slug, "Glutamine eases"):
            assert text not in page, url


def test_how_many_follow_a_claim_is_told_from_five_on_and_in_steps(managing: Client, now: datetime) -> None:
    many, few = factories.graded_claim(now=now), factories.claim("sauna-lowers-pressure", now=now)
    importing.take(
        [row(f"p{number}@example.org", number) for number in range(9)], by=factories.desk().managing, now=now
    )
    people = list(Subscriber.objects.all())
    Following.objects.bulk_create(Following(subscriber=one, claim=many) for one in people)
    Following.objects.bulk_create(Following(subscriber=one, claim=few) for one in people[:4])
    page = managing.get(reverse("admin:newsletter_followed"))
    assert page.context["followers"] == [(many, 5)]
    assert few.code not in page.content.decode()
    assert "example.org" not in page.content.decode()
    Following.objects.filter(subscriber=people[0]).delete()
    assert managing.get(reverse("admin:newsletter_followed")).context["followers"] == [(many, 5)]


def test_who_left_is_seen_to_have_left(managing: Client, now: datetime) -> None:
    mei = subscriber(now=now)
    subscription.leave(keys.token(keys.Purpose.UNSUBSCRIBE, mei.pk), source="link", ip="", now=now)
    page = managing.get(_person(mei.pk)).content.decode()
    assert "state subscriber-left" in page
    assert "Unsubscribe them" not in page
