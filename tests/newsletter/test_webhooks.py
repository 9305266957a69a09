"""Mail services report over HTTP, as they really post it: believed with the secret, once, in any order."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from anymail.exceptions import AnymailInsecureWebhookWarning
from django.test import Client
from pytest_django import Settings

from newsletter import keys
from newsletter.models import BounceDay, ConsentEvent, Delivery, InboundEvent, Subscriber, Suppression
from tests.newsletter.factories import delivery, reader, tables
from tests.newsletter.inbound_mail import message

pytestmark = pytest.mark.django_db
SECRET = "services:a long enough secret"
AUTHORIZED = f"Basic {base64.b64encode(SECRET.encode()).decode()}"
SIGNING_KEY = "mailgun-signs-with-this"
GONE = "550 5.1.1 The account does not exist"
KINDS = ("delivered", "deferred", "bounced", "complained")


@pytest.fixture(autouse=True)
def _secret(settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def sent(now: datetime) -> Delivery:
    """What a reader was sent this morning, of which it is not known whether it arrived."""
    row = delivery(reader(now=now), "ambiguous", now=now, began_at=now)
    Delivery.objects.update(message_id=keys.message_id(row.issue_id, row.subscriber_id or 0))
    row.refresh_from_db()
    return row


def post(client: Client, service: str, body: object, *, authorization: str = AUTHORIZED) -> int:
    """Post what a service posts; the answer's status."""
    answer = client.post(
        f"/anymail/{service}/", json.dumps(body), content_type="application/json",
        headers={"Authorization": authorization} if authorization else {},
    )  # fmt: skip
    return answer.status_code


def postmark(
    row: Delivery, kind: str, *, details: str = f"smtp;{GONE}", **fields: object
) -> dict[str, object]:
    """An event as Postmark posts it: one by one, with an identity of Postmark's own for the message."""
    common: dict[str, object] = {
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Tag": "brief",
        "Metadata": {},
    }
    events: dict[str, dict[str, object]] = {
        "delivered": {
            "RecordType": "Delivery", "Recipient": row.address, "DeliveredAt": "2026-11-22T07:01:00Z", "Details": "250 ok",
        },
        "deferred": {
            "RecordType": "Bounce", "ID": 41, "Type": "Transient", "Email": row.address, "Details": "smtp;451 4.7.1 later",
            "BouncedAt": "2026-11-22T07:00:30Z",
        },
        "bounced": {
            "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "Email": row.address, "Details": details,
            "Description": "The server was unable to deliver your message.", "BouncedAt": "2026-11-22T07:02:00Z",
        },
        "complained": {
            "RecordType": "SpamComplaint", "ID": 43, "Type": "SpamComplaint", "Email": row.address,
            "BouncedAt": "2026-11-22T09:00:00Z",
        },
        "unsubscribed": {
            "RecordType": "SubscriptionChange", "Recipient": row.address, "SuppressSending": True,
            "SuppressionReason": "ManualSuppression", "ChangedAt": "2026-11-22T09:10:00Z",
        },
        "opened": {"RecordType": "Open", "Recipient": row.address, "ReceivedAt": "2026-11-22T09:10:00Z"},
    }  # fmt: skip
    return common | events[kind] | fields


def mailgun(row: Delivery, kind: str, *, reply: str = GONE) -> dict[str, object]:
    """An event as Mailgun posts it: signed, and with our own Message-ID among the headers."""
    token = hashlib.sha256(kind.encode()).hexdigest()[:50]
    signature = hmac.new(SIGNING_KEY.encode(), f"1795330800{token}".encode(), "sha256").hexdigest()
    data: dict[str, object] = {
        "id": f"id-{kind}", "timestamp": 1795330800.5, "recipient": row.address,
        "message": {"headers": {"message-id": row.message_id.strip("<>"), "to": row.address}},
        "delivery-status": {"code": 550, "message": reply, "description": ""},
    }  # fmt: skip
    event, severity = {
        "delivered": ("delivered", ""), "deferred": ("failed", "temporary"), "bounced": ("failed", "permanent"),
        "complained": ("complained", ""), "unsubscribed": ("unsubscribed", ""),
    }[kind]  # fmt: skip
    data |= {"event": event} | ({"severity": severity} if severity else {})
    return {
        "signature": {"timestamp": "1795330800", "token": token, "signature": signature},
        "event-data": data,
    }


def brevo(row: Delivery, kind: str, *, reply: str = GONE) -> dict[str, object]:
    """An event as Brevo posts it: no identity of its own, our Message-ID in the middle."""
    event = {
        "delivered": "delivered", "deferred": "deferred", "bounced": "hard_bounce", "complained": "complaint",
        "unsubscribed": "unsubscribe",
    }[kind]  # fmt: skip
    return {
        "event": event, "email": row.address, "id": 1, "ts_epoch": 1795330800000, "message-id": row.message_id,
        "reason": reply, "tag": "brief",
    }  # fmt: skip


SERVICES: dict[str, Callable[[Delivery, str], object]] = {
    "postmark": postmark,
    "mailgun": mailgun,
    "brevo": brevo,
}


def tell(client: Client, service: str, row: Delivery, kind: str) -> None:
    assert post(client, f"{service}/tracking", SERVICES[service](row, kind)) == 200


def end(row: Delivery) -> tuple[object, ...]:
    """Everything a report may change."""
    row.refresh_from_db()
    subscriber = Subscriber.objects.get(deliveries=row)
    return (
        row.state,
        row.smtp_reply,
        subscriber.state,
        list(Suppression.objects.values_list("address_key", "reason")),
        BounceDay.objects.count(),
        ConsentEvent.objects.filter(kind="left").count(),
        sorted(InboundEvent.objects.values_list("kind", "status", "delivery_id")),
    )


@pytest.mark.parametrize("service", SERVICES)
def test_replayed_three_times_in_every_order_it_ends_the_same(
    service: str, client: Client, sent: Delivery
) -> None:
    subscriber = Subscriber.objects.get()
    ends = []
    for order in itertools.permutations(KINDS):
        for kind in order * 3:
            tell(client, service, sent, kind)
        ends.append(end(sent))
        for table in (InboundEvent, Suppression, BounceDay):
            table.objects.all().delete()
        ConsentEvent.objects.erase(subscriber.pk)
        Subscriber.objects.update(state="active", left_at=None)
        Delivery.objects.update(state="ambiguous", smtp_reply="")
    assert len(ends) == 24
    assert all(one == ends[0] for one in ends)
    barred = [(subscriber.address_key, "complained")]
    told = [("bounced", "5.1.1", sent.pk), ("complained", "", sent.pk)]
    assert ends[0] == ("failed", "5.1.1", "left", barred, 0, 1, told)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("delivered", ("sent", "active", "")),
        ("deferred", ("ambiguous", "active", "")),
        ("bounced", ("failed", "active", "bounced")),
        ("complained", ("sent", "left", "complained")),
        ("unsubscribed", ("ambiguous", "left", "")),
    ],
)
def test_every_service_is_understood(
    service: str, kind: str, after: tuple[str, str, str], client: Client, sent: Delivery
) -> None:
    tell(client, service, sent, kind)
    state, _reply, person, barred, days, _left, _told = end(sent)
    assert (state, person, barred[0][1] if barred else "") == after  # type: ignore[index]
    assert days == 0


@pytest.mark.parametrize("reply", ["550 5.7.1 blocked", "550 blocked by 5.1.1.1", "552 5.2.2 full"])
def test_a_refusal_that_says_nothing_of_the_address_bars_nobody(
    reply: str, client: Client, sent: Delivery
) -> None:
    assert post(client, "brevo/tracking", brevo(sent, "bounced", reply=reply)) == 200
    assert end(sent)[0] == "failed"
    assert not Suppression.objects.exists()


def test_a_soft_bounce_that_was_given_up_on_counts_half_a_point(client: Client, sent: Delivery) -> None:
    body = postmark(sent, "bounced", details="smtp;452 4.2.2 mailbox full", Type="SoftBounce")
    assert post(client, "postmark/tracking", body) == 200
    assert (end(sent)[0], BounceDay.objects.count()) == ("failed", 1)


def test_what_expired_at_the_service_counts_half_a_point(client: Client, sent: Delivery) -> None:
    fields = {
        "event": "bounced",
        "code": "499",
        "error": "Too old",
        "recipient": sent.address,
        "timestamp": "1795330800",
    }
    token = {"token": "t" * 50, "Message-Id": sent.message_id}
    token["signature"] = hmac.new(
        SIGNING_KEY.encode(), f"1795330800{token['token']}".encode(), "sha256"
    ).hexdigest()
    answer = client.post("/anymail/mailgun/tracking/", fields | token, headers={"Authorization": AUTHORIZED})
    assert answer.status_code == 200
    assert (end(sent)[0], BounceDay.objects.count()) == ("failed", 1)


def test_an_opening_is_nobodys_business(client: Client, sent: Delivery) -> None:
    before = tables()
    assert post(client, "postmark/tracking", postmark(sent, "opened")) == 200
    assert tables() == before


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("authorization", ["", "Basic c2VydmljZXM6d3Jvbmc=", "Bearer x"])
def test_without_the_secret_nobody_is_believed(
    service: str, authorization: str, client: Client, sent: Delivery
) -> None:
    before = tables()
    body = SERVICES[service](sent, "complained")
    assert post(client, f"{service}/tracking", body, authorization=authorization) == 400
    assert tables() == before


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "unset", [{}, {"WEBHOOK_SECRET": ""}, {"WEBHOOK_SECRET": None}, {"WEBHOOK_SECRET": []}]
)
def test_while_no_secret_is_set_every_service_is_refused(
    service: str, unset: dict[str, Any], client: Client, sent: Delivery, settings: Settings
) -> None:
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY, **unset}
    before = tables()
    assert post(client, f"{service}/tracking", SERVICES[service](sent, "complained")) == 403
    assert post(client, f"{service}/tracking", SERVICES[service](sent, "complained"), authorization="") == 403
    assert tables() == before


def test_anymail_itself_would_only_warn(client: Client, sent: Delivery, settings: Settings) -> None:
    settings.ANYMAIL = {}
    with pytest.warns(AnymailInsecureWebhookWarning):
        assert post(client, "postmark/tracking", postmark(sent, "complained")) == 403


def test_a_signature_of_somebody_else_is_refused(client: Client, sent: Delivery, settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "another"}
    assert post(client, "mailgun/tracking", mailgun(sent, "complained")) == 400


def test_mail_that_a_service_takes_in_is_read_like_mail_from_the_pipe(client: Client, sent: Delivery) -> None:
    raw = message("gone", bounce=keys.bounce_address(sent.pk)).decode()
    body = {
        "FromFull": {"Email": "x@y.example"},
        "MessageID": "m",
        "Headers": [],
        "RawEmail": raw,
        "OriginalRecipient": "",
    }
    assert post(client, "postmark/inbound", body) == 200
    assert end(sent)[0] == "failed"
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
def test_mail_that_a_service_takes_in_needs_the_secret_too(
    client: Client, sent: Delivery, settings: Settings
) -> None:
    raw = message("gone", bounce=keys.bounce_address(sent.pk)).decode()
    body = {
        "FromFull": {"Email": "x@y.example"},
        "MessageID": "m",
        "Headers": [],
        "RawEmail": raw,
        "OriginalRecipient": "",
    }
    before = tables()
    assert post(client, "postmark/inbound", body, authorization="") == 400
    settings.ANYMAIL = {}
    assert post(client, "postmark/inbound", body) == 403
    assert tables() == before


def test_the_addresses_for_services_have_no_language(client: Client) -> None:
    assert client.head("/zh-hant/anymail/postmark/tracking/").status_code == 404
