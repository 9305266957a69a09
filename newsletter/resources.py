"""Subscribers as tables: files read into rows, rows handed to the verb, its answers in import-export's terms.

What becomes of a row is decided in newsletter/verbs/importing.py; exports are written by verbs/exporting.py alone.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import Error, Result, RowResult
from openpyxl.reader.excel import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from tablib.core import Dataset

from config.refusal import Refused
from newsletter.models import Subscriber
from newsletter.verbs import exporting, importing
from newsletter.verbs.import_cells import COLUMNS, Row
from newsletter.verbs.importing import Answer, Outcome

UNPACKED_MOST = 200 * 1024 * 1024
# Of what is neither a sheet nor its texts: styles become a hundred times larger in memory, and are looked at by nobody.
BESIDE_MOST = 4 * 1024 * 1024
SHEETS = ("xl/worksheets/", "xl/sharedStrings.xml")
COLUMNS_MOST = 50
# The heading, the rows, and one more to notice that there are more.
LINES_MOST = importing.ROWS_AT_ONCE + 2
ADDS = frozenset({Outcome.ADDED, Outcome.CONFIRMATION})


class SubscriberResource(Resource):
    """The columns of an import. A field has no attribute to read: nobody's data leaves through here."""

    address = Field(column_name="address")
    language = Field(column_name="language")
    time_zone = Field(column_name="time_zone")
    plain = Field(column_name="plain")
    origin_of_consent = Field(column_name="origin_of_consent")
    consented_at = Field(column_name="consented_at")

    class Meta:
        model = Subscriber
        import_id_fields = ("address",)
        instance_loader_class = BaseInstanceLoader
        # The verb has written by the time a row is looked at; nothing is gained by a savepoint for each.
        use_bulk = True
        use_transactions = False
        report_skipped = False

    @classmethod
    def get_display_name(cls) -> str:
        """Name it as import-export asks of every resource."""
        return _("Subscribers")

    def import_data(self, dataset: Any, dry_run: Any = False, *args: Any, **kwargs: Any) -> Any:  # noqa: FBT002
        """Have the verb weigh the table, or take it, and report its answers; a refusal of the whole is a base error."""
        act = importing.weigh if dry_run else importing.take
        try:
            answers = act(rows_of(dataset), by=kwargs["user"], now=timezone.now())
        except (Refused, PermissionDenied) as reason:
            refused = Result()
            refused.append_base_error(Error(reason))
            return refused
        self.answers = {answer.row.number: answer for answer in answers}
        library: Any = super()
        result = library.import_data(dataset, dry_run, *args, **kwargs)
        result.answers = answers
        result.ignored = ignored(dataset.headers)
        return result

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:  # noqa: ARG002
        """Say what the verb said of this row."""
        result = RowResult()
        result.import_type = RowResult.IMPORT_TYPE_SKIP
        # The heading is the spreadsheet's first row.
        answer: Answer | None = self.answers.get(kwargs["row_number"] + 1)
        if answer is None:
            return result
        if answer.problems:
            result.import_type = RowResult.IMPORT_TYPE_INVALID
            result.validation_error = ValidationError(
                {wrong.field: wrong.message for wrong in answer.problems}
            )
        elif answer.outcome in ADDS:
            result.import_type = RowResult.IMPORT_TYPE_NEW
        return result


def rows_of(dataset: Any) -> list[Row]:
    """Return the rows that hold anything, numbered as a spreadsheet shows them. Raises Refused("columns")."""
    headers = [_text(header).strip().lower() for header in dataset.headers or ()]
    twice = sorted({name for name in COLUMNS if headers.count(name) > 1})
    if "address" not in headers:
        said = _("There is no column “address”. Name the columns in the first row: %(columns)s.")
        raise Refused("columns", said % {"columns": ", ".join(COLUMNS)})
    if twice:
        said = _("A column stands there twice: %(columns)s. Keep one of them.")
        raise Refused("columns", said % {"columns": ", ".join(twice)})
    places = {name: headers.index(name) for name in COLUMNS if name in headers}
    rows = []
    for number, cells in enumerate(dataset, 2):
        texts = {name: exporting.unguarded(_text(cells[place]).strip()) for name, place in places.items()}
        if any(texts.values()):
            rows.append(Row(number=number, **texts))
    return rows


def ignored(dataset_headers: Iterable[Any]) -> list[str]:
    """Return the columns an import does not read, so that a misspelt one is noticed."""
    known = {*COLUMNS, *exporting.COLUMNS, ""}
    return [name for header in dataset_headers if (name := _text(header).strip()).lower() not in known]


class CsvTable(CSV):
    """A CSV file with every line kept in its place, so that a row has the number a spreadsheet gives it."""

    def create_dataset(self, in_stream: str, **_kwargs: Any) -> Any:
        """Read the lines. Raises Refused("file") naming the row that has more cells than the heading."""
        try:
            reader = csv.reader(StringIO(in_stream, newline=""), strict=True)
            lines = list(islice(reader, LINES_MOST))
        except csv.Error as reason:
            said = _("The file is no CSV: %(reason)s. Save it anew from the spreadsheet.") % {
                "reason": reason
            }
            raise Refused("file", said) from reason
        return _dataset(lines)


class Workbook(XLSX):
    """The first sheet of a workbook, as values: a formula counts as what it last showed."""

    def create_dataset(self, in_stream: bytes, **_kwargs: Any) -> Any:
        """Read the sheet. Raises Refused("file") for what is none, or unpacks to more than a sheet of people can."""
        try:
            _require_small(in_stream)
            book = load_workbook(BytesIO(in_stream), read_only=True, data_only=True)
            # A sheet of one cell may claim a million rows of sixteen thousand columns, and each would be filled.
            bounds: Any = {"max_row": LINES_MOST, "max_col": COLUMNS_MOST + 1}
            lines = [list(cells) for cells in book.worksheets[0].iter_rows(values_only=True, **bounds)]
        except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as reason:
            said = _("The file is no workbook that can be read. Save it anew as .xlsx, or as CSV.")
            raise Refused("file", said) from reason
        return _dataset(lines)


FORMATS = (CsvTable, Workbook)


def _require_small(content: bytes) -> None:
    """Refuse a workbook that would fill the memory. A part that says it is smaller than it is fails to be read."""
    with ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
    beside = sum(part.file_size for part in parts if not part.filename.startswith(SHEETS))
    if sum(part.file_size for part in parts) > UNPACKED_MOST:
        raise Refused("file", _("The workbook unpacks to more than 200 MB. Split it, or save it as CSV."))
    if beside > BESIDE_MOST:
        said = _("The workbook holds pictures, or far more styles than rows of people need. Save it as CSV.")
        raise Refused("file", said)


def _dataset(lines: Sequence[Sequence[Any]]) -> Any:
    if len(lines) < 2:
        raise Refused("file", _("The file holds no rows under its heading. Add them, one person a row."))
    if len(lines) == LINES_MOST:
        said = _("The file has more than %(most)s rows, empty ones counted. Split it into several.")
        raise Refused("file", said % {"most": importing.ROWS_AT_ONCE})
    width = max((at for at, cell in enumerate(lines[0], 1) if _text(cell).strip()), default=0)
    if width > COLUMNS_MOST:
        said = _("The heading has more than %(most)s columns. Keep those named here: %(columns)s.")
        raise Refused("file", said % {"most": COLUMNS_MOST, "columns": ", ".join(COLUMNS)})
    data: Any = Dataset(headers=[_text(cell) for cell in lines[0][:width]])
    for number, cells in enumerate(lines[1:], 2):
        if any(_text(cell).strip() for cell in cells[width:]):
            said = _(
                "Row %(row)s has more cells than the heading has columns. Put a text that holds a comma into "
                "quotation marks, or save the file anew from the spreadsheet."
            )
            raise Refused("file", said % {"row": number})
        data.append([*cells[:width], *[""] * (width - len(cells))])
    return data


def _text(value: Any) -> str:
    """A cell as text: spreadsheets have dates, truths and numbers of their own."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
