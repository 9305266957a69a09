"""Exporting subscribers: by whom, with what reason, what is in it and what never is."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl.reader.excel import load_workbook

from config.refusal import Refused
from newsletter import keys
from newsletter.models import Subscriber, SubscriberExport, Suppression
from newsletter.models.subscribers import Following
from newsletter.resources import CsvTable, rows_of
from newsletter.verbs import exporting, importing, privacy, subscription, suppressing
from newsletter.verbs.exporting import Form
from tests import factories
from tests.newsletter.people import ORIGIN, key, row, subscriber

pytestmark = pytest.mark.django_db
REASON = "Moving to another service"


def _export(now: datetime, form: Form = Form.CSV, state: str = "", **given: Any) -> bytes:
    out = BytesIO()
    values: dict[str, Any] = {"by": factories.desk().managing, "now": now, "reason": REASON}
    exporting.export(out, form, state=state, **values | given)
    return out.getvalue()


def _csv(text: str) -> Any:
    table: Any = CsvTable
    return table().create_dataset(text)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_an_export_is_in_the_log_with_who_why_and_how_many(now: datetime) -> None:
    subscriber("mei@example.org", now=now)
    subscriber("an@example.org", now=now)
    assert len(_rows(_export(now))) == 2
    logged = SubscriberExport.objects.get()
    assert (logged.by.username, logged.at, logged.reason, logged.rows) == ("managing", now, REASON, 2)


@pytest.mark.parametrize("who", ["writer", "editor", "reviewer", "translator", "superuser"])
@pytest.mark.parametrize("form", list(Form))
def test_only_the_managing_editor_exports(who: str, form: Form, now: datetime) -> None:
    subscriber(now=now)
    out = BytesIO()
    with pytest.raises(PermissionDenied):
        exporting.export(out, form, state="", by=getattr(factories.desk(), who), now=now, reason=REASON)
    assert out.getvalue() == b""
    assert not SubscriberExport.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": " too few  "}, "at least 10 characters"),
        ({"reason": "for mei@example.org, who asked"}, "Leave addresses out"),
        ({"state": "everyone"}, "no such group"),
    ],
)
def test_without_a_reason_to_keep_nothing_is_written(given: dict[str, str], said: str, now: datetime) -> None:
    subscriber(now=now)
    with pytest.raises(Refused, match=said):
        _export(now, **given)  # type: ignore[arg-type]
    assert not SubscriberExport.objects.exists()


def test_the_log_of_exports_is_never_rewritten(now: datetime) -> None:
    _export(now)
    with pytest.raises(TypeError, match="append-only"):
        SubscriberExport.objects.all().delete()
    with pytest.raises(TypeError, match="append-only"):
        SubscriberExport.objects.get().save()


def test_an_export_holds_preferences_dates_and_the_origin(now: datetime) -> None:
    subscriber(now=now, plain="1", language="zh-hant")
    (found,) = _rows(_export(now))
    assert found == {
        "address": "mei@example.org",
        "state": "active",
        "language": "zh-hant",
        "time_zone": "Asia/Taipei",
        "plain": "1",
        "origin_of_consent": ORIGIN,
        "consented_at": "2026-03-01T00:00:00+00:00",
        "asked_at": "2026-03-01T00:00:00+00:00",
        "left_at": "",
        "suppressed": "",
    }


@pytest.mark.parametrize("form", list(Form))
def test_what_somebody_follows_is_in_no_export(form: Form, now: datetime) -> None:
    person, claim = subscriber(now=now), factories.graded_claim(now=now)
    before = _export(now, form)
    Following.objects.create(subscriber=person, claim=claim)
    after = _export(now, form)
    if form is Form.CSV:
        assert after == before
    else:
        assert _cells(after) == _cells(before)


def _cells(content: bytes) -> list[Any]:
    return list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_an_export_names_the_text_a_reader_agreed_to_and_nothing_for_who_never_confirmed(
    now: datetime,
) -> None:
    for name in ("mei", "an"):
        subscription.ask(
            f"{name}@example.org",
            language="en",
            time_zone="UTC",
            source="form",
            wording="Yes.",
            ip="",
            now=now,
        )
    mei = Subscriber.objects.get(address_key=key("mei@example.org"))
    subscription.confirm(keys.token(keys.Purpose.CONFIRM, mei.pk, now=now), ip="", now=now)
    origins = {found["address"]: found["origin_of_consent"] for found in _rows(_export(now))}
    assert origins["mei@example.org"].startswith("confirmation: Send me the Sunday brief")
    assert origins["an@example.org"] == ""


@pytest.mark.parametrize(
    "origin", ["=CMD|' /C calc'!A0", "+1-800-FLOWERS", "-1+1 on a sheet", "@SUM(A1:A9)", "'=quoted'"]
)
@pytest.mark.parametrize("form", list(Form))
def test_no_cell_is_a_formula_to_a_spreadsheet_and_every_text_comes_back(
    origin: str, form: Form, now: datetime
) -> None:
    subscriber("=1+1@example.org", now=now, origin_of_consent=origin)
    content = _export(now, form)
    cells: Any = _rows(content)[0].values() if form is Form.CSV else _cells(content)[1]
    assert not [cell for cell in cells if str(cell or "").startswith(("=", "+", "-", "@", "\t", "\r"))]
    if form is Form.CSV:
        (came_back,) = rows_of(_csv(content.decode("utf-8-sig")))
        assert (came_back.address, came_back.origin_of_consent) == ("=1+1@example.org", origin)


def test_excel_is_told_that_a_csv_is_utf_8(now: datetime) -> None:
    subscriber(now=now, origin_of_consent="臺中講座報名表")
    content = _export(now)
    assert content.startswith(b"\xef\xbb\xbf")
    assert _rows(content)[0]["origin_of_consent"] == "臺中講座報名表"


def test_a_group_is_exported_alone(now: datetime) -> None:
    gone = subscriber("gone@example.org", now=now)
    subscriber("here@example.org", now=now)
    subscription.leave(keys.token(keys.Purpose.UNSUBSCRIBE, gone.pk), source="link", ip="", now=now)
    assert [found["address"] for found in _rows(_export(now, state="active"))] == ["here@example.org"]
    assert [found["address"] for found in _rows(_export(now, state="left"))] == ["gone@example.org"]
    assert len(_rows(_export(now))) == 2


def test_an_export_comes_back_here_and_changes_nothing(now: datetime) -> None:
    subscriber("mei@example.org", now=now)
    gone = subscriber("gone@example.org", now=now)
    subscription.leave(keys.token(keys.Purpose.UNSUBSCRIBE, gone.pk), source="link", ip="", now=now)
    before = list(Subscriber.objects.order_by("pk").values())
    rows = rows_of(_csv(_export(now).decode("utf-8-sig")))
    answers = importing.take(rows, by=factories.desk().managing, now=now)
    assert [answer.outcome for answer in answers] == ["unchanged", "refused"]
    assert list(Subscriber.objects.order_by("pk").values()) == before


def test_an_export_taken_to_an_empty_house_brings_back_nobody_who_left_or_is_barred(now: datetime) -> None:
    for name in ("stays", "leaves", "barred", "asked"):
        if name == "asked":
            importing.import_row(
                row("asked@example.org", origin_of_consent="", consented_at=""),
                by=factories.desk().managing, now=now,
            )  # fmt: skip
        else:
            subscriber(f"{name}@example.org", now=now)
    leaver = Subscriber.objects.get(address_key=key("leaves@example.org"))
    subscription.leave(keys.token(keys.Purpose.UNSUBSCRIBE, leaver.pk), source="link", ip="", now=now)
    suppressing.suppress(key("barred@example.org"), Suppression.Reason.COMPLAINED, by=None, now=now)
    rows = rows_of(_csv(_export(now).decode("utf-8-sig")))
    Subscriber.objects.all().delete()
    Suppression.objects.all().delete()
    answers = importing.take(rows, by=factories.desk().managing, now=now)
    assert {answer.row.address.split("@")[0]: answer.outcome.value for answer in answers} == {
        "stays": "added", "leaves": "refused", "barred": "suppressed", "asked": "confirmation",
    }  # fmt: skip


def test_who_was_erased_is_in_no_export(now: datetime) -> None:
    privacy.erase(subscriber(now=now), now=now)
    assert _rows(_export(now)) == []


def test_a_workbook_too_large_to_open_is_refused_for_a_csv(now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "WORKBOOK_ROWS", 0)
    subscriber(now=now)
    with pytest.raises(Refused, match="Take CSV"):
        _export(now, Form.XLSX)
    assert len(_rows(_export(now))) == 1


def test_an_export_walks_along_the_table_in_chunks(now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 10)
    rows = [row(f"p{number}@example.org", number) for number in range(35)]
    importing.take(rows, by=factories.desk().managing, now=now)
    with CaptureQueriesContext(connection) as queries:
        content = _export(now)
    assert len({found["address"] for found in _rows(content)}) == 35
    # Three for each chunk, and what it takes to know who asks and to log it.
    assert len([query for query in queries if "newsletter_" in query["sql"]]) == 4 * 3 + 2
