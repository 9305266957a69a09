"""The front page and the hubs: live editions, today's grades and what changed about them."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from articles.drawing.dial import mini_dial
from articles.drawing.geometry import GRADES
from articles.models import Edition, Topic
from articles.models.editions import EditionQuerySet
from articles.views import frame, hub_claims, plates
from articles.views.cards import Card, cards
from articles.views.changes import Today, changes, todays_grades
from articles.views.radar_rows import grade_word
from articles.words.numbers import listed
from evidence.models.base import in_language

LATEST = 6
CHANGES = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the lead, the latest articles, what changed, and every hub as it stands today."""
    today = todays_grades()
    moved = changes(most=CHANGES)
    shown = cards(_live_editions(), {one.code: one.grade for one in today}, most=LATEST + 1)
    topics = list(Topic.objects.order_by("order", "code"))
    return frame.page(
        request,
        "articles/home.html",
        lambda: _home(shown, moved, topics, today),
        addresses=frame.in_both("articles:home"),
        facts=([card.pk for card in shown], today, moved, [topic.pk for topic in topics]),
    )


@require_safe
def hub_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a hub: introduction, articles, its claims (those of one grade with ?grade=), its newest regrades."""
    topic = get_object_or_404(Topic, slug=slug)
    claims = hub_claims.claims_of(topic.code)
    moved = changes(most=CHANGES, topic=topic.code)
    shown = cards(_live_editions().filter(topic=topic), {one.code: one.grade for one in claims})
    wanted = request.GET.get("grade", "")
    return frame.page(
        request,
        "articles/hub_detail.html",
        lambda: {
            "topic": topic,
            "title": in_language(topic, "title"),
            "introduction": in_language(topic, "introduction"),
            "articles": shown,
            "claims": [one for one in claims if wanted not in GRADES or one.grade == wanted],
            "filters": _filters(claims, wanted),
            "all_claims": len(claims),
            "changes": moved,
            "dial": _mini(topic, [one.grade for one in claims]),
        },
        addresses=frame.in_both("articles:hub-detail", slug=slug),
        facts=(
            [card.pk for card in shown],
            [in_language(topic, "title"), in_language(topic, "introduction")],
            claims,
            moved,
        ),
    )


def _live_editions() -> EditionQuerySet:
    return Edition.objects.live().filter(language=frame.language())


def _home(shown: list[Card], moved: list[Any], topics: list[Topic], today: list[Today]) -> dict[str, Any]:
    lead = next((card for card in shown if card.format == "long_read"), shown[0] if shown else None)
    return {
        "lead": lead,
        "ornament": plates.ornament(lead.plate, lead.slug) if lead else None,
        "latest": [card for card in shown if card is not lead][:LATEST],
        "changes": moved,
        "hub_rows": [
            _hub_row(topic, [one.grade for one in today if one.topic == topic.code]) for topic in topics
        ],
        "grades": GRADES,
        "claims_graded": len(today),
    }


def _hub_row(topic: Topic, grades: list[str]) -> dict[str, Any]:
    return {
        "title": in_language(topic, "title"),
        "slug": topic.slug,
        "count": len(grades),
        "firm": sum(1 for grade in grades if grade in ("strong", "moderate")),
        "dial": _mini(topic, grades),
    }


def _mini(topic: Topic, grades: list[str]) -> Any:
    counted = Counter(grades)
    said = listed(f"{grade_word(grade)} {counted[grade]}" for grade in GRADES if counted[grade])
    return mini_dial(grades, title=in_language(topic, "title"), desc=said, prefix=f"hub-{topic.code}")


def _filters(claims: list[hub_claims.HubClaim], wanted: str) -> list[dict[str, Any]]:
    counted = Counter(one.grade for one in claims)
    return [
        {"grade": grade, "count": counted[grade], "current": grade == wanted}
        for grade in GRADES
        if counted[grade]
    ]
