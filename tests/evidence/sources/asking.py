"""Settings for asking the server of a test: every pause and time-out is short."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence.sources.http import HttpSettings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    """Sunday noon, whenever it is asked."""
    return NOON


def quick(folder: Path, **changes: Any) -> HttpSettings:
    """Ask twice at most, and wait for nothing longer than a fraction of a second."""
    settings = HttpSettings(
        folder=folder,
        connect_seconds=1,
        read_seconds=0.3,
        attempts=3,
        total_seconds=5,
        first_pause=0.01,
        longest_pause=0.02,
        pause_jitter=0,
        longest_retry_after=2,
        largest_body=100_000,
    )
    return replace(settings, **changes)
