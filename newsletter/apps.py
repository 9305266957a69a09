"""The newsletter app: the Sunday brief, who reads it and what was sent. Knows articles; nobody knows it."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = _("Sunday brief")

    def ready(self) -> None:
        """Load receivers.py and webhooks.py, whose functions connect themselves to articles' and mail services' bells.

        The mailbox hears bells only where there is one: in the demonstration.
        """
        autodiscover_modules("receivers", "webhooks", *(["mailbox.receivers"] if settings.EMBEDDED else []))
