"""The public addresses of the brief, under /brief/ in every language. Names read newsletter:thing-action."""

from django.urls import path, re_path

from newsletter import feeds
from newsletter.views import archive, preferences, subscribing

app_name = "newsletter"
urlpatterns = [
    path("subscribe/", subscribing.subscribe, name="subscribe"),
    path("confirm/<str:token>/", subscribing.confirm, name="subscription-confirm"),
    path("leave/<str:token>/", subscribing.leave, name="subscription-leave"),
    # Without the slash too: a one-click POST follows no redirect, and mail services trim addresses.
    path("leave/<str:token>", subscribing.leave),
    path("preferences/", preferences.ask, name="preferences-ask"),
    path("preferences/<str:token>/", preferences.change, name="preferences-change"),
    path("preferences/<str:token>/export/", preferences.export, name="preferences-export"),
    path("preferences/<str:token>/erase/", preferences.erase, name="preferences-erase"),
    path("", archive.issue_list, name="issue-list"),
    path("feed.xml", feeds.rss, name="issue-rss"),
    path("feed.json", feeds.json_feed, name="issue-json"),
    re_path(r"^(?P<iso_week>[0-9]{4}-[wW][0-9]{2})/$", archive.issue_detail, name="issue-detail"),
]
