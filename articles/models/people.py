"""The people named on the site: authors and reviewers, with credentials and interests."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Person(models.Model):
    """Somebody who writes or reviews under their name. `user` is their sign-in at the desk, where they have one."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sign-in"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    name = models.CharField(_("name"), max_length=120)
    name_zh_hant = models.CharField(_("name (Chinese)"), max_length=120, blank=True)
    credential = models.CharField(
        _("credential"), max_length=60, blank=True, help_text=_("Such as RD, MD, PhD.")
    )
    awarding_body = models.CharField(_("awarding body"), max_length=160, blank=True)
    role_en = models.CharField(_("role (English)"), max_length=120, blank=True)
    role_zh_hant = models.CharField(_("role (Chinese)"), max_length=120, blank=True)
    orcid = models.CharField(
        _("ORCID"),
        max_length=19,
        blank=True,
        validators=[
            RegexValidator(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", _("An ORCID reads 0000-0000-0000-0000."))
        ],
    )
    conflicts_en = models.TextField(_("conflicts of interest (English)"), blank=True)
    conflicts_zh_hant = models.TextField(_("conflicts of interest (Chinese)"), blank=True)
    conflicts_expire = models.DateField(_("statement valid until"), null=True, blank=True)
    biography_en = models.TextField(_("biography (English)"), blank=True)
    biography_zh_hant = models.TextField(_("biography (Chinese)"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.credential}" if self.credential else self.name
