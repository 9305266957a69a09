"""The Celery application. Tasks live in the apps' tasks.py; when they run stands in config/schedule.py."""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from config.schedule import WEEK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("wellness")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = WEEK
app.autodiscover_tasks()


@setup_logging.connect
def _log_like_the_site(**_kwargs: Any) -> None:
    """Keep Celery from installing handlers of its own: worker lines read like the site's."""
    structlog.get_logger("config.celery").debug("logging as configured", level=settings.LOG_LEVEL)
