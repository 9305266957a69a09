"""Studies as tables: the export of what we hold, and the import of identifiers, row by row through the verb."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource

from config.refusal import Refused
from evidence.models import Study
from evidence.verbs import intake_identifiers
from evidence.verbs.intake import Result

COLUMNS = ("pmid", "doi", "pmcid")


class StudyResource(ModelResource):
    """Studies for a spreadsheet. Formulas are escaped by the site's settings."""

    class Meta:
        model = Study
        fields = (
            "citekey", *COLUMNS, "title", "first_author", "short_name", "journal", "year", "standing", "is_notice",
            "added_at",
        )  # fmt: skip
        export_order = fields


class VerbResource(ModelResource):
    """A table whose rows are handed to a verb, one by one: the verb finds, validates and writes; this reports.

    Subclasses say in `take` what becomes of a row.
    """

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_bulk = False
        skip_diff = False

    def take(self, row: Any, *, by: User, now: datetime) -> tuple[Model, bool]:
        """Hand a row to the verb; return what it became, and whether anything changed."""
        raise NotImplementedError

    def get_instance(self, _loader: Any, _row: Any) -> Model | None:
        """Let the verb find the row: matching is its rule, not the table's."""
        return None

    def import_instance(self, instance: Model, row: Any, **kwargs: Any) -> None:
        """Hand the row over; `instance` becomes what the verb made of it."""
        try:
            made, changed = self.take(row, by=kwargs["user"], now=timezone.now())
        except (Refused, PermissionDenied) as refusal:
            raise ValidationError({NON_FIELD_ERRORS: [str(refusal)]}) from refusal
        vars(instance).update(vars(made))
        vars(instance)["_known"] = not changed

    def skip_row(
        self, instance: Model, _original: Any, _row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Report a row that changes nothing as left alone."""
        return not import_validation_errors and bool(vars(instance).get("_known"))

    def validate_instance(
        self,
        _instance: Model,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: ARG002, FBT001, FBT002
    ) -> None:
        """Pass on what the verb said; it has validated the row."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance: Any, is_create: Any, row: Any, **kwargs: Any) -> None:
        """Write nothing: the verb has written."""

    def save_m2m(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Write nothing: the verb has written relations too."""


class StudyIdentifierResource(VerbResource):
    """A table of identifiers: works not known here are announced and await their record; known ones stay as they are.

    Other columns are ignored, so that a file exported here can come back.
    """

    citekey = Field(attribute="citekey", column_name="citekey", readonly=True)
    becomes = Field(column_name="becomes", readonly=True)

    class Meta(VerbResource.Meta):
        model = Study
        fields = ("becomes", "citekey", *COLUMNS)
        import_id_fields = COLUMNS

    def dehydrate_becomes(self, study: Study) -> str:
        """Say in the preview what becomes of the row, and why nothing does."""
        if vars(study).get("_known"):
            return _("known already, stays as it is")
        return _("new; its record will be asked for")

    def before_import(self, dataset: Any, **_kwargs: Any) -> None:
        """Give a table that lacks some identifier columns empty ones; one that lacks all is refused by each row."""
        for name in COLUMNS:
            if name not in (dataset.headers or []):
                dataset.append_col([""] * len(dataset), header=name)

    def take(self, row: Any, *, by: User, now: datetime) -> tuple[Model, bool]:
        """Announce the row's identifiers."""
        typed = {name: cell_text(row.get(name)) for name in COLUMNS}
        study, result = intake_identifiers.announce(by=by, now=now, **typed)
        return study, result is not Result.UNCHANGED


def cell_text(value: Any) -> str:
    """A cell as text; spreadsheets turn a PMID into a number, and its text into 30108163.0."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
