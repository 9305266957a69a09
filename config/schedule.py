"""The week on one page: what beat starts and when. Every tick is idempotent, so two beats do no harm."""

from typing import Any

from celery.schedules import crontab

WEEK: dict[str, dict[str, Any]] = {
    "say which reviews are overdue": {
        "task": "evidence.tasks.sweep_overdue_reviews",
        "schedule": crontab(minute="*/15"),
    },
    "say which radars show an older grade": {
        "task": "articles.tasks.sweep_superseded_grades",
        "schedule": crontab(minute="7,22,37,52"),
    },
    "recompute every stored verdict": {
        "task": "evidence.tasks.replay_grades",
        "schedule": crontab(minute=30, hour=3),
    },
}
