"""A task travels through the broker that is configured (Redis in CI) and does its work at the other end."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings

from config.celery import app
from evidence.models import Claim, LiveNotice
from evidence.tasks import sweep_overdue_reviews
from tests import factories


@pytest.mark.django_db
def test_a_task_travels_through_the_broker_and_does_its_work() -> None:
    factories.graded_claim(now=datetime.now(UTC) - timedelta(days=400))
    Claim.objects.update(next_check=date(2020, 1, 1))
    queue = f"test-{uuid.uuid4().hex}"
    sweep_overdue_reviews.apply_async(queue=queue)
    with app.connection_for_read() as connection, connection.SimpleQueue(queue) as arriving:
        assert connection.as_uri().partition("://")[0] == settings.CELERY_BROKER_URL.partition("://")[0]
        message = arriving.get(timeout=10)
        assert message.headers["task"] == sweep_overdue_reviews.name
        app.tasks[message.headers["task"]].apply(args=message.payload[0], throw=True)
        message.ack()
        arriving.queue.delete()
    assert LiveNotice.objects.standing().get().kind == "review_overdue"
