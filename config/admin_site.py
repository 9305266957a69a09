"""The desk: Django's admin under our name, with a second factor outside the embedded mode.

What may be done there is decided by config/rights.py through the verbs; this module only opens the door.
"""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.forms import OTPAuthenticationForm

from config.rights import Action, may


class DeskSite(AdminSite):
    """The admin site as the desk. Whoever holds a role may enter; outside EMBEDDED only after a second factor."""

    site_header = _("Desk")
    site_title = _("Desk · Wellness Radar")
    index_title = _("Desk")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        if not settings.EMBEDDED:
            self.login_form = OTPAuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff who hold a role (or administer the machine) and gave their second factor."""
        user: Any = request.user
        entitled = user.is_active and user.is_staff and (user.is_superuser or may(user, Action.SEE_DESK))
        return bool(entitled and (settings.EMBEDDED or user.is_verified()))
