"""The public addresses of the brief, under /brief/ in every language. Names read newsletter:thing-action."""

from django.urls import URLPattern

app_name = "newsletter"
urlpatterns: list[URLPattern] = []
