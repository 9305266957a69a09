"""Findings and positions as tables: exported as coded, imported row by row through the coding verb, into proposals only.

What an import changes is a coding like any other; the grade that follows is proposed, and another person decides.
"""

import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from import_export.fields import Field

from config.refusal import Refused
from evidence.models import Authority, Claim, Finding, GradeSnapshot, Position, Study
from evidence.resources import VerbResource, cell_text
from evidence.verbs import appraising, coding, grading

# Why the grade was proposed, as its page says it in each language.
REASON_EN = "Coded by importing a table."
REASON_ZH_HANT = "由匯入表格編碼。"

FINDING_KEYS = ("claim", "study", "number")
FINDING_VALUES = (
    "role", "outcome_en", "outcome_zh_hant", "summary_en", "summary_zh_hant", "population_en", "population_zh_hant",
    "dose_en", "dose_zh_hant", "route", "design", "quality", "quality_tool", "measure", "better", "estimate", "ci_low",
    "ci_high", "ci_level", "p", "alpha", "mid", "mid_source_en", "mid_source_zh_hant", "n", "direction",
    "direction_reason_en", "direction_reason_zh_hant", "precision", "precision_reason_en", "precision_reason_zh_hant",
    "directness_population", "directness_intervention", "directness_outcome", "group", "funding", "quote",
    "quote_where",
)  # fmt: skip
POSITION_KEYS = ("claim", "authority")
POSITION_VALUES = (
    "stance", "relevance", "relevance_reason_en", "relevance_reason_zh_hant", "summary_en", "summary_zh_hant", "quote",
    "quote_context", "quote_language", "translation_en", "translation_zh_hant", "url", "issued_on", "seen_on",
)  # fmt: skip
# Where an empty cell asks for what follows from the others.
DERIVED = ("direction", "precision")


class CodedResource(VerbResource):
    """A table of coded evidence; `keys` name the row, the other columns are its values, absent ones stay as they are."""

    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def before_import(self, dataset: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Refuse a table that lacks a key or has a column nobody knows, by name."""
        self.touched: dict[int, Claim] = {}
        headers = set(dataset.headers or [])
        missing = [name for name in self.keys if name not in headers and name != "number"]
        unknown = sorted(headers - {*self.keys, *self.others})
        if missing:
            raise Refused(
                "columns",
                _("The table lacks the column %(names)s. Export one from here to see all of them.")
                % {"names": ", ".join(missing)},
            )
        if unknown:
            raise Refused(
                "columns",
                _(
                    "The table has columns nobody knows here: %(names)s. Take them out, or name them as the export does."
                )
                % {"names": ", ".join(unknown)},
            )

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Propose a grade for each claim that the table changed: never more than a proposal."""
        if kwargs.get("dry_run") or result.has_errors() or result.has_validation_errors():
            return
        for claim in self.touched.values():
            first = not claim.grades.exists()
            trigger = GradeSnapshot.Trigger.FIRST if first else GradeSnapshot.Trigger.NEW_FINDING
            grading.propose(
                claim,
                by=kwargs["user"],
                now=self.taken_at,
                trigger=trigger,
                reason_en=REASON_EN,
                reason_zh_hant=REASON_ZH_HANT,
            )

    def written(
        self, row: Finding | Position, *, by: User, now: datetime, **options: Any
    ) -> tuple[Model, bool]:
        """Write a row through the verb and remember its claim."""
        changed = coding.save(row, by=by, now=now, **options)
        if changed:
            self.touched[row.claim_id] = row.claim
            self.taken_at = now
        return row, changed


class FindingResource(CodedResource):
    """Findings, one a row, known by claim, study and number."""

    keys = FINDING_KEYS
    others = (*FINDING_VALUES, "arms", "appraisal", "includes")
    claim = Field(attribute="claim__code", column_name="claim")
    study = Field(attribute="study__citekey", column_name="study")
    arms = Field(column_name="arms")
    appraisal = Field(column_name="appraisal")
    includes = Field(column_name="includes")

    class Meta(VerbResource.Meta):
        model = Finding
        fields = export_order = (*FINDING_KEYS, *FINDING_VALUES, "arms", "appraisal", "includes")
        import_id_fields = ("claim", "study")

    def get_queryset(self) -> Any:
        """Read along what a row names."""
        library: Any = super()
        return library.get_queryset().select_related("claim", "study").prefetch_related("includes")

    def dehydrate_arms(self, finding: Finding) -> str:
        """Write the arms as JSON."""
        return json.dumps(finding.arms, ensure_ascii=False) if finding.arms else ""

    def dehydrate_appraisal(self, finding: Finding) -> str:
        """Write the tool's answers as JSON."""
        return json.dumps(finding.appraisal, ensure_ascii=False, sort_keys=True) if finding.appraisal else ""

    def dehydrate_includes(self, finding: Finding) -> str:
        """Name the pooled studies by cite key."""
        return " ".join(sorted(study.citekey for study in finding.includes.all()))

    def take(self, row: Any, *, by: User, now: datetime) -> tuple[Model, bool]:
        """Code the row's finding: a known one is changed, another added."""
        claim, study = _claim(row), _named(Study, "citekey", "study", row)
        number = _whole(row, "number", 1)
        finding = Finding.objects.filter(claim=claim, study=study, number=number).first()
        finding = finding or Finding(claim=claim, study=study, number=number)
        for name in FINDING_VALUES:
            if name in row and name != "n":
                setattr(finding, name, _printed(row[name]))
        finding.n = _whole(row, "n", finding.n)
        finding.arms = _json(row, "arms", finding.arms, [])
        finding.appraisal = _json(row, "appraisal", finding.appraisal, {})
        _derive(finding)
        return self.written(finding, by=by, now=now, includes=_pooled(row))


class PositionResource(CodedResource):
    """Positions, one a row, known by claim and authority."""

    keys = POSITION_KEYS
    others = POSITION_VALUES
    claim = Field(attribute="claim__code", column_name="claim")
    authority = Field(attribute="authority__code", column_name="authority")

    class Meta(VerbResource.Meta):
        model = Position
        fields = export_order = (*POSITION_KEYS, *POSITION_VALUES)
        import_id_fields = POSITION_KEYS

    def get_queryset(self) -> Any:
        """Read along what a row names."""
        library: Any = super()
        return library.get_queryset().select_related("claim", "authority")

    def take(self, row: Any, *, by: User, now: datetime) -> tuple[Model, bool]:
        """Code the row's position: a known one is changed, another added."""
        claim, authority = _claim(row), _named(Authority, "code", "authority", row)
        position = Position.objects.filter(claim=claim, authority=authority).first()
        position = position or Position(claim=claim, authority=authority)
        for name in POSITION_VALUES:
            if name in row:
                value = cell_text(row[name])
                setattr(position, name, (value[:10] or None) if name.endswith("_on") else value)
        # Dates are text until they are cleaned; compared before that they would always differ.
        position.clean_fields(exclude=["claim", "authority"])
        return self.written(position, by=by, now=now)


def _claim(row: Any) -> Claim:
    claim: Claim = _named(Claim, "code", "claim", row)
    return claim


def _named(model: Any, key: str, column: str, row: Any) -> Any:
    """Return the row that a cell names. Raises ValidationError for that column."""
    said = cell_text(row.get(column)).strip()
    found = model.objects.filter(**{key: said}).first()
    if found is None:
        raise ValidationError(
            {
                column: _("There is no %(kind)s “%(said)s” here. Add it first, or correct the cell.")
                % {"kind": model._meta.verbose_name, "said": said}
            }
        )
    return found


def _printed(value: Any) -> str:
    """A cell as it was printed: a number keeps its places, so 2.0 does not become 2."""
    return "" if value is None else str(value)


def _whole(row: Any, column: str, otherwise: int) -> int:
    said = cell_text(row.get(column)).strip()
    if not said:
        return otherwise
    if not (said.isascii() and said.isdecimal()):
        raise ValidationError({column: _("“%(said)s” is no whole number.") % {"said": said}})
    return int(said)


def _json(row: Any, column: str, held: Any, empty: Any) -> Any:
    if column not in row:
        return held
    said = cell_text(row[column]).strip()
    try:
        value = json.loads(said) if said else empty
    except ValueError as wrong:
        raise ValidationError({column: _("Not readable as JSON: %(why)s") % {"why": wrong}}) from wrong
    if not isinstance(value, type(empty)):
        raise ValidationError({column: _("Not what the export writes here. Compare with an exported row.")})
    return value


def _pooled(row: Any) -> list[Study] | None:
    """The studies a review pools; None leaves them as they are."""
    if "includes" not in row:
        return None
    return [
        _named(Study, "citekey", "includes", {"includes": key}) for key in cell_text(row["includes"]).split()
    ]


def _derive(finding: Finding) -> None:
    """Fill what was left empty from the numbers and answers, once they can be read."""
    finding.clean_fields(exclude=["claim", "study", "coded_by", "coded_at", *DERIVED, "quality"])
    for name, value in coding.derive(finding).items():
        setattr(finding, name, getattr(finding, name) or value)
    finding.quality = finding.quality or appraising.derived_quality(finding) or "unrated"
