"""Hubs: the subjects under which articles and claims are found."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Topic(models.Model):
    """A hub. `code` is what claims of the evidence app carry, so that evidence need not know this table."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_en = models.CharField(_("title (English)"), max_length=80)
    title_zh_hant = models.CharField(_("title (Chinese)"), max_length=80)
    introduction_en = models.TextField(_("introduction (English)"), blank=True)
    introduction_zh_hant = models.TextField(_("introduction (Chinese)"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("hub")
        verbose_name_plural = _("hubs")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.title_en
