"""Tables of subscribers as files: CSV and workbooks read into rows, and the verb's answers in import-export's terms."""

import tracemalloc
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl.workbook.workbook import Workbook as Book

from config.refusal import Refused
from newsletter import resources
from newsletter.models import Subscriber
from newsletter.resources import CsvTable, SubscriberResource, Workbook, rows_of
from newsletter.verbs.import_cells import COLUMNS
from tests import factories
from tests.newsletter.people import ORIGIN, subscriber

RESOURCE: Any = SubscriberResource


def _csv(text: str) -> Any:
    table: Any = CsvTable
    return table().create_dataset(text)


def _xlsx(content: bytes) -> Any:
    workbook: Any = Workbook
    return workbook().create_dataset(content)


def _workbook(*lines: list[Any]) -> bytes:
    book, out = Book(), BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def test_headings_are_read_whatever_their_case_and_order() -> None:
    rows = rows_of(_csv(" Time_Zone ,ADDRESS\nAsia/Taipei, mei@example.org \n"))
    assert [(row.address, row.time_zone) for row in rows] == [("mei@example.org", "Asia/Taipei")]


def test_a_row_bears_the_number_a_spreadsheet_shows_though_lines_are_empty() -> None:
    rows = rows_of(_csv("address,plain\n\nmei@example.org,\n,\nan@example.org,1\n"))
    assert [(row.number, row.address) for row in rows] == [(3, "mei@example.org"), (5, "an@example.org")]


def test_a_text_over_several_lines_is_one_row() -> None:
    rows = rows_of(
        _csv('address,origin_of_consent\nmei@example.org,"a sheet,\nin Taichung"\nan@example.org,\n')
    )
    assert [(row.number, row.origin_of_consent) for row in rows] == [(2, "a sheet,\nin Taichung"), (3, "")]


def test_a_workbook_s_dates_truths_and_numbers_are_read_as_texts() -> None:
    content = _workbook(
        ["address", "plain", "consented_at", "origin_of_consent"],
        ["mei@example.org", True, date(2026, 3, 1), ORIGIN],
        ["an@example.org", 0.0, datetime(2026, 3, 1, 8, 30), None],  # noqa: DTZ001  spreadsheets know no zones
        [None, None, None, None],
    )
    first, second = rows_of(_xlsx(content))
    assert (first.plain, first.consented_at, first.origin_of_consent) == ("1", "2026-03-01T00:00:00", ORIGIN)
    assert (second.plain, second.consented_at, second.origin_of_consent) == ("0", "2026-03-01T08:30:00", "")


def test_a_workbook_s_formula_counts_as_nothing_but_what_it_showed() -> None:
    content = _workbook(["address", "origin_of_consent"], ["mei@example.org", '=CMD("calc")'])
    assert rows_of(_xlsx(content))[0].origin_of_consent == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail,plain\nmei@example.org,1\n", "no column “address”"),
        ("address;plain\nmei@example.org;1\n", "no column “address”"),
        ("address,plain,Address\na@example.org,1,b@example.org\n", "twice: address"),
        ("address,plain\nmei@example.org,1\nan@example.org,1,a,b\n", "Row 3 has more cells"),
        ("address\n", "no rows under its heading"),
        ("", "no rows under its heading"),
        ('address\n"mei@example.org\n', "no CSV"),
    ],
)
def test_a_table_that_cannot_be_read_says_where_and_the_way_out(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        rows_of(_csv(text))


def test_a_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(monkeypatch: Any) -> None:
    monkeypatch.setattr(resources, "UNPACKED_MOST", 1000)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "0" * 1001)
    with pytest.raises(Refused, match="unpacks to more than"):
        _xlsx(packed.getvalue())


def _with_sheet(rows: str) -> bytes:
    """A workbook whose sheet claims every cell a sheet can have, and holds these rows under its heading."""
    source, out = ZipFile(BytesIO(_workbook(["address"]))), BytesIO()
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>address</t></is></c></row>'
        f"{rows}</sheetData></worksheet>"
    )
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return out.getvalue()


def _cell(place: str) -> str:
    return f'<row r="{place.lstrip("ABCDEFXZ")}"><c r="{place}" t="inlineStr"><is><t>mei@example.org</t></is></c></row>'


def test_a_sheet_that_claims_a_million_empty_rows_is_refused_without_filling_the_memory() -> None:
    tracemalloc.start()
    with pytest.raises(Refused, match="more than 100000 rows"):
        _xlsx(_with_sheet(_cell("A1048576")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 * 1024 * 1024


def test_a_sheet_that_claims_more_than_it_holds_is_read_as_it_is() -> None:
    assert [(row.number, row.address) for row in rows_of(_xlsx(_with_sheet(_cell("A3"))))] == [
        (3, "mei@example.org")
    ]


def test_a_workbook_of_styles_alone_is_refused_before_it_is_read(monkeypatch: Any) -> None:
    monkeypatch.setattr(resources, "BESIDE_MOST", 1000)
    with pytest.raises(Refused, match="far more styles"):
        _xlsx(_workbook(["address"], ["mei@example.org"]))


def test_a_file_of_empty_lines_or_of_columns_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="more than 100000 rows"):
        _csv("address\n" + "\n" * 200_000)
    with pytest.raises(Refused, match="more than 50 columns"):
        _csv("address" + ",x" * 50 + "\nmei@example.org\n")
    assert (
        rows_of(_csv("address" + "," * 500 + "\nmei@example.org" + "," * 500 + "\n"))[0].address
        == "mei@example.org"
    )


@pytest.mark.parametrize("content", [b"address\n", b"PK\x03\x04 and no more", _workbook()[:500]])
def test_what_is_no_workbook_is_refused_with_the_way_out(content: bytes) -> None:
    with pytest.raises(Refused, match="Save it anew"):
        _xlsx(content)


def test_a_misspelt_column_is_noticed() -> None:
    dataset = _csv("Address,Origin,state,asked_at,\na@example.org,x,,,\n")
    assert resources.ignored(dataset.headers) == ["Origin"]


@pytest.mark.django_db
def test_the_resource_asks_the_verb_and_leaves_bad_rows_with_their_numbers(now: datetime) -> None:
    managing = factories.desk().managing
    dataset = _csv("address,time_zone\nmei@example.org,Asia/Taipei\nan@example.org,Mars\n")
    result = RESOURCE().import_data(dataset, user=managing)
    assert [(bad.number, list(bad.field_specific_errors)) for bad in result.invalid_rows] == [
        (2, ["time_zone"])
    ]
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("who", ["editor", "superuser"])
def test_the_resource_lets_nobody_else_in(who: str, dry_run: bool) -> None:
    dataset = _csv(
        f"address,origin_of_consent,consented_at\nmei@example.org,{ORIGIN!r},2026-03-01\n".replace("'", '"')
    )
    result = RESOURCE().import_data(dataset, dry_run, user=getattr(factories.desk(), who))
    assert "may not see subscriber" in str(result.base_errors[0].error)
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_nobody_s_data_leaves_through_the_resource_itself(now: datetime) -> None:
    subscriber(now=now)
    exported = RESOURCE().export(Subscriber.objects.all())
    assert not any(any(cells) for cells in exported)


def test_every_column_of_the_resource_is_one_the_rows_have() -> None:
    assert set(RESOURCE.fields) <= set(COLUMNS)
