"""The newsletter app: the Sunday brief, who reads it and what was sent. Knows articles; nobody knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Connects the signals when the app is ready."""

    name = "newsletter"
    verbose_name = _("Sunday brief")
