"""Rows of the newsletter for tests, made through the verbs where a verb makes them; the rest is in tests/factories.py."""

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from newsletter import addresses, keys, sundays
from newsletter.keys import Purpose
from newsletter.models import Delivery, Issue, Subscriber
from newsletter.verbs import subscription

ADDRESS = "mei.lin@readers.example"


def asked(address: str = ADDRESS, *, now: datetime, **choices: Any) -> Subscriber:
    """Somebody who asked and has not confirmed."""
    values: dict[str, Any] = {"language": "en", "time_zone": "Europe/Amsterdam", "plain": False} | choices
    return subscription.invite(
        addresses.parse(address), source="form", wording="Yes", ip="203.0.113.9", now=now, **values
    )


def reader(address: str = ADDRESS, *, now: datetime, **choices: Any) -> Subscriber:
    """Somebody who confirmed."""
    made = asked(address, now=now, **choices)
    return subscription.confirm(keys.token(Purpose.CONFIRM, made.pk, now=now), ip="203.0.113.9", now=now)


def delivery(
    subscriber: Subscriber, state: str = "pending", *, now: datetime, weeks: int = 0, **fields: Any
) -> Delivery:
    """One row of the ledger, of the issue so many weeks ago."""
    sunday = date(2026, 11, 22) - timedelta(weeks=weeks)
    issue, _new = Issue.objects.get_or_create(
        iso_week=sundays.iso_week(sunday),
        defaults={
            "sunday": sunday,
            "composed_at": now,
            "cut_until": now,
            "cut_from": now - timedelta(days=7),
        },
    )
    values: dict[str, Any] = {
        "address": subscriber.address,
        "domain": subscriber.domain,
        "language": subscriber.language,
        "plain": subscriber.plain,
        "send_after": now,
        "due_at": now,
    }
    return Delivery.objects.create(issue=issue, subscriber=subscriber, state=state, **values | fields)


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the newsletter, to say that nothing changed."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_app_config("newsletter").get_models()
    }
