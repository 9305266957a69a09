"""The public addresses. Each name reads app:thing-action; languages come from config/urls.py."""

from django.urls import URLPattern

app_name = "articles"
urlpatterns: list[URLPattern] = []
