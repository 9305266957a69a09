"""The articles app: articles, editions, people, hubs and everything the public reads. It knows evidence, not mail."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Writing")

    def ready(self) -> None:
        """Load receivers.py, whose functions connect themselves to evidence's bells."""
        autodiscover_modules("receivers")
