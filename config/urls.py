"""The site's addresses. English at the root, Traditional Chinese under /zh-hant/; the desk under /desk/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from config import health

handler404 = "articles.views.errors.not_found"
handler500 = "articles.views.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    # Browsers ask for it where a page names no icon, such as a downloaded file's tab.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("articles/img/favicon.svg"))),
    # Mail services speak no language: newsletter/webhooks.py hears what they report here.
    path("anymail/", include("anymail.urls")),
    *i18n_patterns(
        path("desk/", admin.site.urls),
        path("brief/", include("newsletter.urls")),
        # The demonstration sends its mails to a mailbox of its own.
        *([path("mailbox/", include("newsletter.mailbox.urls"))] if settings.EMBEDDED else []),
        path("", include("articles.urls")),
        prefix_default_language=False,
    ),
]
