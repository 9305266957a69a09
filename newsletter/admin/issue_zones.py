"""Sunday morning rolling westwards: for each hour it comes somewhere, how many readers are there and what became of them.

Data for a drawing and for the table that says the same; the words are the template's.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from newsletter.models import Delivery, Issue, IssueZone
from newsletter.sundays import deadline

NAMED = 3  # a row names the zones with a place to know them by; the rest are counted
# From UTC+14 to UTC-12.
SPAN = timedelta(hours=26)


def rolling(issue: Issue, *, now: datetime) -> dict[str, Any]:
    """Return the mornings in the order they come, each with its zones and counts, and where now is among them."""
    zones: dict[datetime, list[str]] = {}
    for name, when in (
        IssueZone.objects.filter(issue=issue).values_list("time_zone", "send_after").order_by("time_zone")
    ):
        zones.setdefault(when, []).append(name)
    waiting = Q(state__in=Delivery.OPEN)
    counted = (
        Delivery.objects.filter(issue=issue)
        .order_by("send_after")
        .values("send_after")
        .annotate(
            readers=Count("id"), open=Count("id", filter=waiting), sent=Count("id", filter=Q(state="sent"))
        )
    )
    start = deadline(issue.sunday)
    # Brought forward, every morning has come.
    clock = start + SPAN if issue.brought_forward_at else now
    rows = [_row(row, zones.get(row["send_after"], []), start, clock) for row in counted]
    most = max((row["readers"] for row in rows), default=1)
    return {
        "rows": [{**row, "height": max(1, round(40 * row["readers"] / most))} for row in rows],
        "first": start,
        "last": start + SPAN,
        "now": _thousandths(now, start) if start <= now <= start + SPAN else None,
        "hours": [{"x": round(1000 * hour / 26), "long": hour % 6 == 0} for hour in range(27)],
    }


def _row(row: Mapping[str, Any], zones: list[str], start: datetime, now: datetime) -> dict[str, Any]:
    """One morning: its zones, its counts, and whether it is behind us, under way or ahead."""
    stage = "done" if row["open"] == 0 else "now" if row["send_after"] <= now else "ahead"
    return {
        **row,
        "stage": stage,
        "zones": ", ".join(zones[:NAMED]).replace("_", " "),
        "more": max(0, len(zones) - NAMED),
        "x": _thousandths(row["send_after"], start),
        "done": row["readers"] - row["open"],
    }


def _thousandths(when: datetime, start: datetime) -> int:
    """Place a moment on the ruler from the first Sunday morning to the last, kept inside it."""
    return min(1000, max(0, round(1000 * ((when - start) / SPAN))))
