"""The evidence app: studies, claims, codings, grades. It knows nothing of articles or mail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = _("Evidence")
