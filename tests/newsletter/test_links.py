"""Thirty mails of an approved issue: each holds every header it must, and following every link changes nothing.

`make bars` does the same with a thousand that went over SMTP, the real site and a browser (tools/sending/links.py).
"""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.test import Client

from newsletter import keys
from newsletter.messages import Stencil
from newsletter.models import Revision, Subscriber
from tests.newsletter import briefs, factories
from tools.sending.mails import Mail, faults

pytestmark = pytest.mark.django_db
READERS = 30
SUNDAY = briefs.FRIDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def _on_sunday() -> Any:
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.fixture
def mails() -> list[Mail]:
    """What thirty readers get: two languages, every fifth in plain text, every third with the claims they follow."""
    issue = briefs.with_news()
    revision = briefs.approved(issue)
    briefs.sending(issue, state="sent", now=SUNDAY)
    return [_mail(revision, number) for number in range(READERS)]


def _mail(revision: Revision, number: int) -> Mail:
    reader = factories.reader(
        f"reader-{number}@readers.example",
        now=SUNDAY - timedelta(days=30),
        language="zh-hant" if number % 2 else "en",
        plain=number % 5 == 0,
    )
    rendition = revision.renditions.get(language=reader.language, plain=reader.plain)
    assert rendition.followed
    wire = Stencil(bytes(rendition.wire), rendition.followed).fill(
        to=reader.address,
        date=format_datetime(SUNDAY),
        message_id=keys.message_id(revision.issue_id, reader.pk),
        subscriber_id=reader.pk,
        follows=list(rendition.followed) if number % 3 == 0 else (),
    )
    return Mail(reader.address, wire)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the site."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
    }


def test_every_mail_holds_every_header_and_nothing_of_another_reader(mails: list[Mail]) -> None:
    assert {mail.recipient: faults(mail, plain=number % 5 == 0) for number, mail in enumerate(mails)} == {
        mail.recipient: [] for mail in mails
    }
    assert len({mail.ways_out["token"] for mail in mails if mail.ways_out}) == READERS


def test_a_mail_that_lacks_something_is_noticed(mails: list[Mail]) -> None:
    good = mails[1]
    for lacking in ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated"):
        raw = good.raw.replace(f"{lacking}\r\n".encode(), b"")
        assert faults(Mail(good.recipient, raw), plain=False)
    assert faults(Mail("somebody.else@readers.example", good.raw), plain=False)
    picture = good.raw.replace(b"<table", b"<img src=3D'https://x.example/p.gif'><table", 1)
    assert faults(Mail(good.recipient, picture), plain=False)


def test_every_link_of_every_mail_can_be_looked_at_by_anybody_and_nothing_changes(mails: list[Mail]) -> None:
    addresses = {link for mail in mails for link in mail.links()}
    addresses |= {address.rstrip("/") for address in addresses if "/leave/" in address}
    assert all(address.startswith(f"{settings.SITE_URL}/") for address in addresses)
    assert sum("/leave/" in address for address in addresses) == 2 * READERS
    before = everything()
    for address in sorted(addresses):
        scanner = Client(enforce_csrf_checks=True)
        path = urlsplit(address).path
        assert scanner.get(path).status_code == 200, path
        assert scanner.head(path).status_code == 200, path
        assert scanner.options(path).status_code in {200, 405}, path
        assert not scanner.cookies
    assert everything() == before


def test_then_one_post_changes_one_reader(mails: list[Mail]) -> None:
    way_out = mails[7].ways_out
    assert way_out is not None
    before = everything()
    assert Client(enforce_csrf_checks=True).post(urlsplit(way_out[1]).path).status_code == 200
    after = everything()
    assert {label for label in after if after[label] != before[label]} == {
        "newsletter.Subscriber",
        "newsletter.ConsentEvent",
    }
    assert list(Subscriber.objects.filter(state="left").values_list("address", flat=True)) == [
        mails[7].recipient
    ]
