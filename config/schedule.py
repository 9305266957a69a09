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
    "end overrides whose day has come": {
        "task": "evidence.tasks.sweep_overrides",
        "schedule": crontab(minute="*/15"),
    },
    "propose regrades of what was coded": {
        "task": "evidence.tasks.propose_for_coding",
        "schedule": crontab(minute="4-59/10"),
    },
    # New studies, failed tries and what is ninety days old; each comes when its own time has come.
    "check the citations that are due": {
        "task": "evidence.tasks.check_due",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "check the works on live pages": {
        "task": "articles.tasks.check_works_shown",
        "schedule": crontab(minute=20, hour=2),
    },
    "fetch the Retraction Watch list": {
        "task": "evidence.tasks.load_retraction_watch",
        "schedule": crontab(minute=50, hour=1),
    },
    "recompute every stored verdict": {
        "task": "evidence.tasks.replay_grades",
        "schedule": crontab(minute=30, hour=3),
    },
    "go on with imports that nobody works on": {
        "task": "evidence.tasks.go_on_with_imports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget imports that nobody confirmed": {
        "task": "evidence.tasks.forget_imports",
        "schedule": crontab(minute=40),
    },
    # Friday's composing, Saturday's deadline, Sunday's sending: the tick knows what hour it is.
    "look after the Sunday brief": {
        "task": "newsletter.tasks.tick",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "forget what the brief need not know": {
        "task": "newsletter.tasks.forget",
        "schedule": crontab(minute=10),
    },
}
