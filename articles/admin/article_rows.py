"""The rows inside an article's page: people, claims, references. They are collected for one call of drafting.save."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from articles.models import ArticleClaim, ArticlePerson, Person, Reference
from articles.verbs import drafting
from config.admin_rights import StackedRows, TabularRows, actor
from evidence.models import Claim


class OfDraft:
    """Rows that whoever may write the draft may write."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change a row: whoever may write the draft."""
        return drafting.may_write(obj, actor(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add a row: whoever may write the draft."""
        return drafting.may_write(obj, actor(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Take a row out: whoever may write the draft."""
        return drafting.may_write(obj, actor(request))


class PersonRows(OfDraft, TabularRows):
    """The byline."""

    model = ArticlePerson
    fields = ("person", "role", "order")
    autocomplete_fields = ("person",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the people along."""
        return super().get_queryset(request).select_related("person")


class ClaimRows(OfDraft, TabularRows):
    """The Radar: claims in order, with the grade and text they are pinned to."""

    model = ArticleClaim
    fields = ("claim", "order", "snapshot", "text")
    readonly_fields = ("snapshot", "text")
    autocomplete_fields = ("claim",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read claims and pins along."""
        return super().get_queryset(request).select_related("claim", "snapshot__claim", "text")


class ReferenceRows(OfDraft, StackedRows):
    """The works the text cites: made from the text, each with the editor's note."""

    model = Reference
    fields = (("study", "record"), "note")
    readonly_fields = ("study", "record")
    max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read works and pinned records along."""
        return super().get_queryset(request).select_related("study", "record")

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody adds a reference: the text does."""
        return False


ROWS = (PersonRows, ClaimRows, ReferenceRows)


def kept(formset: Any) -> list[Any]:
    """Return the rows to keep, in the order typed, then in the order they stand."""
    rows = [row for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
    return sorted(rows, key=lambda row: row.cleaned_data.get("order") or 0)


def people_of(formset: Any) -> list[tuple[Person, str]]:
    """Return the byline as drafting.save takes it."""
    return [(row.cleaned_data["person"], row.cleaned_data["role"]) for row in kept(formset)]


def claims_of(formset: Any) -> list[Claim]:
    """Return the Radar's claims as drafting.save takes them."""
    return [row.cleaned_data["claim"] for row in kept(formset)]


def notes_of(formset: Any) -> Iterable[tuple[int, str]]:
    """Yield the references whose note was changed, by primary key."""
    for row in formset.forms:
        if "note" in row.changed_data:
            yield row.instance.pk, row.cleaned_data["note"]
