"""The site's addresses. English at the root, Traditional Chinese under /zh-hant/; the desk under /desk/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config import health

handler404 = "articles.views.errors.not_found"
handler500 = "articles.views.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *i18n_patterns(
        path("desk/", admin.site.urls),
        path("", include("articles.urls")),
        prefix_default_language=False,
    ),
]
