"""The desk as an app: Django's admin with our site in its place. Loaded before models, so nothing else lives here."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Registers DeskSite as the default admin site."""

    default_site = "config.admin_site.DeskSite"
