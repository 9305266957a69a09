"""The brief as RSS and as JSON Feed 1.1, one of each per language: whole issues, no token, nothing about a reader."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.views import caching, frame
from newsletter.views.past import Past, facts, newest_first, past

MOST = 20

if TYPE_CHECKING:
    _IssueFeed = Feed[Past, None]
else:  # Django's class takes no parameters at run time
    _IssueFeed = Feed


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    """Answer with the newest issues as RSS 2.0, or 304."""
    return caching.answer(request, lambda: _Rss()(request), "rss", facts(newest_first()[:MOST]))


@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    """Answer with the newest issues as JSON Feed 1.1 (jsonfeed.org/version/1.1), or 304."""
    return caching.answer(request, _json, "json", facts(newest_first()[:MOST]))


class _Rss(_IssueFeed):
    feed_type = Rss201rev2Feed

    def __init__(self) -> None:
        self.language = frame.HTML_LANGUAGES[frame.language()]

    def title(self) -> str:
        return _title()

    def description(self) -> str:
        return _description()

    def link(self) -> str:
        return _absolute("newsletter:issue-list")

    def feed_url(self) -> str:
        return _absolute("newsletter:issue-rss")

    def items(self) -> Sequence[Past]:
        return _issues()

    def item_title(self, item: Past) -> str:
        return item.content.subject

    def item_description(self, item: Past) -> str:
        return _whole(item)

    def item_link(self, item: Past) -> str:
        return item.content.archive_url

    def item_guid(self, item: Past) -> str:
        return item.content.archive_url

    def item_pubdate(self, item: Past) -> datetime:
        return item.began_at


def _json() -> HttpResponse:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(),
        "description": _description(),
        "home_page_url": _absolute("newsletter:issue-list"),
        "feed_url": _absolute("newsletter:issue-json"),
        "language": frame.HTML_LANGUAGES[frame.language()],
        "items": [_item(issue) for issue in _issues()],
    }
    return JsonResponse(
        body, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False, "indent": 1}
    )


def _item(issue: Past) -> dict[str, str]:
    item = {
        "id": issue.content.archive_url,
        "url": issue.content.archive_url,
        "title": issue.content.subject,
        "content_html": _whole(issue),
        "date_published": issue.began_at.isoformat(),
    }
    if issue.content.revision > 1:
        item["date_modified"] = issue.approved_at.isoformat()
    return item


def _issues() -> list[Past]:
    return [past(issue) for issue in newest_first()[:MOST]]


def _whole(issue: Past) -> str:
    return render_to_string("newsletter/_issue_in_feed.html", {"issue": issue})


def _title() -> str:
    return _("Wellness Radar: the Sunday brief")


def _description() -> str:
    return _("What changed in the evidence this week, every line with its reference.")


def _absolute(route: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(route)
