"""Tables of subscribers at the desk: previewed, confirmed, forgotten; and exported with a reason."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl.reader.excel import load_workbook

from newsletter.models import (
    ConsentEvent,
    Subscriber,
    SubscriberExport,
    Suppression,
)
from newsletter.verbs import importing, suppressing
from tests import factories
from tests.admin_pages import form_of, messages_of, signed_in
from tests.newsletter.people import ORIGIN, key, subscriber

pytestmark = pytest.mark.django_db

HEADING = "address,language,time_zone,plain,origin_of_consent,consented_at\n"


@pytest.fixture
def managing() -> Client:
    return signed_in(factories.desk().managing)


def _preview(client: Client, content: bytes | str, **given: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("people.csv", raw)
    sent = {"import_file": file, "encoding": "utf-8-sig", **given}
    return client.post(reverse("admin:newsletter_subscriber_import"), sent)


def _confirm(client: Client, preview: Any) -> Any:
    form = preview.context["confirm_form"]
    return client.post(reverse("admin:newsletter_subscriber_process_import"), form.initial, follow=True)


def _kept() -> list[Any]:
    return list(importing.uploads().iterdir())


@pytest.fixture(autouse=True)
def _no_uploads() -> Any:
    for file in _kept():
        file.unlink()
    yield
    assert not _kept()


def test_a_table_is_previewed_without_effect_and_imported_once_confirmed(
    managing: Client, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    subscriber("known@example.org", now=now)
    for name in ("one", "two", "three"):
        suppressing.suppress(key(f"{name}@example.org"), Suppression.Reason.BOUNCED, by=None, now=now)
    table = HEADING + "".join(
        f"{name}@example.org,,,,{ORIGIN},2026-03-01\n".replace(ORIGIN, f'"{ORIGIN}"')
        for name in ("known", "one", "two", "three", "new")
    )
    table += "asked@example.org,zh-hant,Asia/Taipei,1,,\n"
    with django_capture_on_commit_callbacks(execute=True):
        preview = _preview(managing, table)
    counts = {kind.code: kind.count for kind in preview.context["preview"].kinds}
    assert counts == {"added": 1, "confirmation": 1, "unchanged": 1, "suppressed": 3}
    assert "3</b> are left out: suppressed addresses" in preview.content.decode()
    assert Subscriber.objects.count() == 1
    assert not mail.outbox
    with django_capture_on_commit_callbacks(execute=True):
        done = messages_of(_confirm(managing, preview))
    assert "1 person is added." in done
    assert "3 suppressed addresses are left out." in done
    assert dict(Subscriber.objects.values_list("address", "state")) == {
        "known@example.org": "active", "new@example.org": "active", "asked@example.org": "pending",
    }  # fmt: skip
    assert [sent.to for sent in mail.outbox] == [["asked@example.org"]]


def test_no_trace_of_the_addresses_stays_outside_their_own_rows(managing: Client, now: datetime) -> None:
    _confirm(managing, _preview(managing, f'{HEADING}mei@example.org,,,,"{ORIGIN}",2026-03-01\n'))
    assert not _kept()
    assert not LogEntry.objects.filter(object_repr__contains="mei").exists()
    assert str(Subscriber.objects.get()) == f"subscriber {Subscriber.objects.get().pk}"


def test_a_bad_row_is_shown_with_its_place_and_the_file_is_not_kept(managing: Client) -> None:
    preview = _preview(managing, f"{HEADING}mei@example.org,fr,Taipei,,,\n")
    page = preview.content.decode()
    assert "confirm_form" not in preview.context
    for said in (
        "<td>2</td>",
        "<code>time_zone</code>",
        "<td>Taipei</td>",
        "Asia/Taipei",
        "Write en or zh-hant",
    ):
        assert said in page
    assert not _kept()


def test_what_became_bad_since_the_preview_is_not_imported(
    managing: Client, now: datetime, monkeypatch: Any
) -> None:
    table = f'{HEADING}mei@example.org,,,,"{ORIGIN}",2026-03-01\nan@example.org,,,,,\n'
    preview = _preview(managing, table)
    monkeypatch.setattr(importing, "ASKED_AT_ONCE", 0)
    page = _confirm(managing, preview).content.decode()
    assert "Nothing was imported" in page
    assert "at most 0 people" in page
    assert not Subscriber.objects.exists()


def test_a_confirmation_that_comes_twice_or_too_late_says_so(managing: Client) -> None:
    preview = _preview(managing, f'{HEADING}mei@example.org,,,,"{ORIGIN}",2026-03-01\n')
    _confirm(managing, preview)
    assert "no longer here" in messages_of(_confirm(managing, preview))
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "passwd", "", "a" * 31])
def test_a_confirmation_cannot_name_another_file(managing: Client, name: str) -> None:
    url = reverse("admin:newsletter_subscriber_process_import")
    given = {"import_file_name": name, "original_file_name": "x", "format": "0", "resource": ""}
    response = managing.post(url, given, follow=True)
    assert "no longer here" in messages_of(response) or "import_file_name" in response.context["errors"]


def test_an_upload_abandoned_an_hour_ago_is_forgotten_by_whoever_imports_next(managing: Client) -> None:
    with_addresses = _preview(managing, f"{HEADING}mei@example.org,,,,,\n")
    assert "confirm_form" in with_addresses.context
    assert len(_kept()) == 1
    assert importing.forget_abandoned_uploads(timezone.now() + timedelta(minutes=59)) == 0
    assert importing.forget_abandoned_uploads(timezone.now() + timedelta(minutes=61)) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16"])
def test_chinese_comes_in_whole_from_every_encoding_offered(managing: Client, encoding: str) -> None:
    content = f"{HEADING}mei@example.org,zh-TW,Asia/Taipei,是,臺中講座報名表,2026/3/1\n".encode(encoding)
    chosen = "utf-8-sig" if encoding == "utf-8" else encoding
    _confirm(managing, _preview(managing, content, encoding=chosen))
    assert ConsentEvent.objects.get().wording == "臺中講座報名表"
    assert Subscriber.objects.get().plain is True


@pytest.mark.parametrize(("written", "chosen", "said"), [
    ("cp950", "utf-8-sig", "The file is not UTF-8"),
    ("utf-8", "cp950", "The file is UTF-8. Choose that"),
    ("utf-16", "utf-8-sig", "The file is not UTF-8"),
])  # fmt: skip
def test_the_wrong_encoding_is_named_before_anything_is_garbled(
    managing: Client, written: str, chosen: str, said: str
) -> None:
    content = f"{HEADING}mei@example.org,,,,臺中講座報名表,2026-03-01\n".encode(written)
    response = _preview(managing, content, encoding=chosen)
    assert "confirm_form" not in response.context
    assert said in response.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"mail\nmei@example.org\n", "no column"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        (b"PK\x03\x04 torn", "no workbook that can be read"),
        (b"address\nmei@example.org,too,many\n", "Row 2 has more cells"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_the_way_out(
    managing: Client, content: bytes, said: str
) -> None:
    assert said in _preview(managing, content).content.decode()
    assert not _kept()


def test_a_file_too_large_is_refused_before_it_is_read(managing: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsletter.admin.subscriber_forms.UPLOAD_MOST", 10)
    assert "larger than 20 MB" in _preview(managing, HEADING).content.decode()


def test_of_a_large_table_the_preview_shows_the_first_rows_and_counts_the_rest(managing: Client) -> None:
    table = HEADING + "".join(f"p{n}@example.org,,,,Sign-up sheet,2026-03-01\n" for n in range(120))
    preview = _preview(managing, table)
    page = preview.content.decode()
    assert "120</b> are added" in page
    assert "and 70 more" in page
    assert page.count("@example.org") == 50
    importing.forget_abandoned_uploads(timezone.now() + timedelta(hours=2))


# Tables out ---------------------------------------------------------------------------------------------


def _export(client: Client, **given: str) -> Any:
    url = reverse("admin:newsletter_subscriber_export")
    return client.post(url, {**form_of(client, url), "reason": "Moving to another service", **given})


def test_an_export_is_handed_over_with_its_log_written(managing: Client, now: datetime) -> None:
    subscriber(now=now)
    sent = _export(managing, format="0")
    assert SubscriberExport.objects.get().reason == "Moving to another service"
    content = b"".join(sent.streaming_content).decode("utf-8-sig")
    assert [found["address"] for found in csv.DictReader(StringIO(content))] == ["mei@example.org"]
    assert "attachment" in sent["Content-Disposition"]
    again = _preview(managing, content)
    assert {kind.code: kind.count for kind in again.context["preview"].kinds} == {"unchanged": 1}
    _confirm(managing, again)


def test_a_workbook_is_offered_too(managing: Client, now: datetime) -> None:
    subscriber(now=now)
    content = b"".join(_export(managing, format="1", state="").streaming_content)
    heading, person = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    assert dict(zip(heading, person, strict=True))["address"] == "mei@example.org"


@pytest.mark.parametrize("reason", ["", "short", "          "])
def test_without_a_reason_nothing_is_exported(managing: Client, now: datetime, reason: str) -> None:
    subscriber(now=now)
    response = _export(managing, format="0", reason=reason)
    assert "mei@example.org" not in response.content.decode()
    assert response.context["form"].errors["reason"]
    assert not SubscriberExport.objects.exists()


def test_a_reason_that_holds_an_address_is_refused_by_the_verb_and_said(
    managing: Client, now: datetime
) -> None:
    response = _export(managing, format="0", reason="for mei@example.org, who asked")
    assert "Leave addresses out" in messages_of(response)
    assert not SubscriberExport.objects.exists()
