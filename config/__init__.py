"""The project: settings, address table, queue, the desk and the rights matrix. No editorial verbs here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
