"""The forms of the subscribers' desk: looking one up, taking a file, asking for an export. Verbs decide."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from import_export.forms import ExportForm, ImportForm

from newsletter.models import Subscriber
from newsletter.verbs.exporting import REASON_LEAST

UPLOAD_MOST = 20 * 1024 * 1024
ENCODINGS = [
    ("utf-8-sig", _("UTF-8 (most programs)")),
    ("cp950", _("Big5 (Excel in Taiwan)")),
    ("big5hkscs", _("Big5-HKSCS (Hong Kong)")),
    ("utf-16", _("UTF-16 (Excel’s “Unicode text”)")),
    ("cp1252", _("Windows-1252 (Excel in Western Europe)")),
]
CSV, WORKBOOK = "0", "1"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class LookUpForm(forms.Form):
    """One address, whole: there is no searching by parts of one."""

    address = forms.CharField(
        label=_("Address"),
        max_length=320,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )


class RemarkForm(forms.Form):
    """Why an address is not to be written to any more."""

    remark = forms.CharField(
        label=_("Why"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=_("Such as: asked by telephone. No address, please: this is kept when a person is erased."),
    )


class SubscriberImportForm(ImportForm):
    """A file of subscribers. Whether it is a workbook shows in its first bytes; a CSV is turned into UTF-8 here."""

    encoding = forms.ChoiceField(
        label=_("Text of a CSV file"),
        choices=ENCODINGS,
        required=False,
        help_text=_("A workbook needs none."),
    )
    format = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    field_order = ["resource", "import_file", "encoding", "format"]

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        library: Any = super()
        library.__init__(formats, resources, **kwargs)
        self.fields["import_file"].widget.attrs.update({"accept": ".csv,.xlsx"})
        self.fields["import_file"].help_text = _("CSV or XLSX, at most 20 MB and 100,000 rows.")

    @property
    def media(self) -> forms.Media:
        """Need no script: the format is read off the file."""
        return forms.Media()

    def clean(self) -> dict[str, Any]:
        """Tell the format, and hand a CSV on as UTF-8. `upload` is what was handed on."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        file = given.get("import_file")
        if file is None:
            return given
        if file.size > UPLOAD_MOST:
            self.add_error("import_file", _("The file is larger than 20 MB. Split it."))
            return given
        content = file.read()
        if content.startswith(OLD_EXCEL):
            self.add_error(
                "import_file", _("This is an old Excel file. Save it as .xlsx or as CSV, and choose that.")
            )
            return given
        given["format"] = WORKBOOK if content.startswith(ZIP) else CSV
        if given["format"] == CSV:
            content = self._as_utf8(content, given.get("encoding") or ENCODINGS[0][0])
        self.upload = given["import_file"] = ContentFile(content, name=file.name)
        return given

    def _as_utf8(self, content: bytes, encoding: str) -> bytes:
        names = dict(ENCODINGS)
        if encoding != ENCODINGS[0][0] and not content.isascii() and _is_utf8(content):
            self.add_error(
                "encoding", _("The file is UTF-8. Choose that, or its Chinese would come out wrong.")
            )
        try:
            return content.decode(encoding).encode()
        except UnicodeError as reason:
            line = content.count(b"\n", 0, getattr(reason, "start", 0)) + 1
            said = _(
                "The file is not %(encoding)s: row %(row)s has a sign that this text cannot hold. Choose another."
            )
            self.add_error("encoding", said % {"encoding": names[encoding], "row": line})
            return b""


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


class SubscriberExportForm(ExportForm):
    """What to export, and why."""

    state = forms.ChoiceField(
        label=_("Who"), choices=[*Subscriber.State.choices, ("", _("Everybody"))], required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        min_length=REASON_LEAST,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("What the addresses are needed for. It is kept with your name and the number of rows."),
    )
    field_order = ["resource", "state", "format", "reason", "export_items"]

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        library: Any = super()
        library.__init__(formats, resources, **kwargs)
        self.fields["state"].initial = Subscriber.State.ACTIVE
        formats_field: Any = self.fields["format"]
        formats_field.choices = [(CSV, _("CSV")), (WORKBOOK, _("Excel workbook (XLSX)"))]
