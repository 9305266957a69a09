"""What every public page needs besides its own subject: the hubs of the navigation and facts about the site."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from articles.models import Topic
from evidence.models.base import in_language


@dataclass(frozen=True)
class Hub:
    """One hub in the navigation, in the language of the page."""

    code: str
    title: str
    url: str


def hubs() -> list[Hub]:
    """Return the hubs in their order, in the active language."""
    return [
        Hub(topic.code, in_language(topic, "title"), reverse("articles:hub-detail", args=[topic.slug]))
        for topic in Topic.objects.order_by("order", "code")
    ]


def site(_request: HttpRequest) -> dict[str, Any]:
    """Give templates `hubs` (asked for only when a page shows them), `demonstration` and `site_url`."""
    return {
        "hubs": SimpleLazyObject(hubs),
        "demonstration": settings.EMBEDDED,
        "site_url": settings.SITE_URL.rstrip("/"),
    }
