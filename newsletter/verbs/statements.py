"""Moments in bare SQL statements: the one thing that drivers of both databases give and take differently."""

from datetime import UTC, datetime
from typing import cast

from django.db import connection


def stored(moment: datetime) -> datetime | str:
    """Return a moment as the database's own driver takes it."""
    return cast("datetime | str", connection.ops.adapt_datetimefield_value(moment))


def read(moment: datetime | str) -> datetime:
    """Return a moment as a bare statement gives it: PostgreSQL an aware one, SQLite its text in UTC."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found if found.tzinfo else found.replace(tzinfo=UTC)
