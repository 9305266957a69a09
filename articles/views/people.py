"""The page of a person who writes or reviews here, and the pages about the site itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from articles.models import Edition, Person
from articles.views import frame
from articles.views.cards import cards
from articles.views.changes import todays_grades
from evidence.models.base import in_language

SHOWN = ("name", "name_zh_hant", "credential", "awarding_body", "orcid")
IN_BOTH = ("role", "conflicts", "biography")


@require_safe
def person_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who somebody is, what they declare, and the live editions that name them."""
    person = get_object_or_404(Person, slug=slug)
    editions = Edition.objects.live().filter(language=frame.language(), people=person)
    shown = cards(editions, {one.code: one.grade for one in todays_grades()})
    words = {name: in_language(person, name) for name in IN_BOTH}
    plain = {name: getattr(person, name) for name in SHOWN}
    return frame.page(
        request,
        "articles/person_detail.html",
        lambda: {"person": plain, "words": words, "articles": shown},
        addresses=frame.in_both("articles:person-detail", slug=slug),
        facts=(plain, words, [(card.pk, card.grades) for card in shown]),
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what the site is, and name the people whose names stand on what is published."""
    named = Person.objects.filter(editions__in=Edition.objects.live()).distinct()
    fields = ("slug", "name", "name_zh_hant", "credential", "role_en", "role_zh_hant")
    people: list[dict[str, Any]] = [dict(row) for row in named.values(*fields)]
    return frame.page(
        request,
        "articles/about.html",
        lambda: {"people": people},
        addresses=frame.in_both("articles:about"),
        facts=(people,),
    )


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what this site knows about its readers."""
    return frame.page(
        request, "articles/privacy.html", dict, addresses=frame.in_both("articles:privacy"), facts=()
    )
