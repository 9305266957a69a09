"""What several tables share: append-only rows and the texts kept in both languages. No tables of its own."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import get_language

LANGUAGES = ("en", "zh-hant")


class AppendOnlyError(TypeError):
    """Raised by an attempt to change or delete a row on which trust rests."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows can be added and read; changing or deleting them in bulk is refused."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: the audit trail is never rewritten."""
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only and are never updated.")

    def delete(self) -> NoReturn:
        """Refuse: the audit trail is never shortened."""
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only and are never deleted.")


class AppendOnly(models.Model):
    """A row that is written once. A second save or a delete raises AppendOnlyError."""

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Insert the row; refuse to write it again."""
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are append-only and are never updated.")
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: the audit trail is never shortened."""
        raise AppendOnlyError(f"{type(self).__name__} rows are append-only and are never deleted.")


def in_language(row: object, field: str, language: str | None = None) -> str:
    """Return `field` of `row` in the language asked for (default: the active one).

    An empty translation gives an empty string, never another language's words: no Chinese on an English page.
    """
    code = (language or get_language() or "en").replace("-", "_")
    return str(getattr(row, f"{field}_{code}"))


def both_languages(row: object, field: str) -> dict[str, str]:
    """Return `{"en": …, "zh-hant": …}` of a field kept in both languages, as it is frozen into a snapshot."""
    return {language: in_language(row, field, language) for language in LANGUAGES}
