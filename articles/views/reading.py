"""The article page and its old editions. It reads editions, current grades and live notices; never a working copy."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Edition
from articles.views import checks, frame, frozen, plates, radar_rows, reference_files, references
from articles.views.published import live_edition, older_edition
from articles.views.standing import Standing, standing


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the live edition; help on where the address is an old one or only another language has the article."""
    edition = live_edition(slug)
    if edition is None:
        return _elsewhere(request, slug)
    return _show(request, edition, newest=edition)


@require_safe
def article_version(request: HttpRequest, slug: str, major: int, minor: int) -> HttpResponse:
    """Show one edition of an article under its permanent address, with a notice where it is not the newest."""
    newest = live_edition(slug)
    if newest is None:
        raise Http404
    if (major, minor) == (newest.major, newest.minor):
        return _show(request, newest, newest=newest)
    edition = older_edition(newest, major, minor)
    return _show(request, edition, newest=newest)


def _elsewhere(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer for an address without a live edition in this language: moved, not translated, or unknown."""
    known = Edition.objects.published().filter(slug=slug).order_by("-published_at").first()
    if known is None:
        raise Http404
    live = {
        edition.language: edition
        for edition in Edition.objects.live().filter(translation_key=known.translation_key)
    }
    own = live.get(frame.language())
    if own is not None:
        return HttpResponsePermanentRedirect(reverse("articles:article-detail", args=[own.slug]))
    offered = [
        (one, frame.Worded(live[one.code].headline, one.html_lang)) for one in _addresses(list(live.values()))
    ]
    return render(request, "articles/untranslated.html", {"offered": offered}, status=404)


def _addresses(editions: list[Edition]) -> list[frame.Alternate]:
    return frame.alternates("articles:article-detail", {one.language: {"slug": one.slug} for one in editions})


def _show(request: HttpRequest, edition: Edition, *, newest: Edition) -> HttpResponse:
    content = edition.content
    today = standing(
        [claim["code"] for claim in content["claims"]],
        [reference["citekey"] for reference in content["references"]],
    )
    editions = _history(edition)
    translations = (
        Edition.objects.live().filter(translation_key=newest.translation_key).only("language", "slug")
    )
    return frame.page(
        request,
        "articles/article_detail.html",
        lambda: _context(edition, newest, editions, today),
        addresses=_addresses(list(translations)),
        facts=(edition.pk, newest.pk, len(editions), today.facts),
    )


def _history(edition: Edition) -> list[dict[str, Any]]:
    editions = Edition.objects.published().filter(article=edition.article_id).order_by("-major", "-minor")
    return list(editions.values("pk", "major", "minor", "note", "published_at"))


def _context(
    edition: Edition, newest: Edition, editions: list[dict[str, Any]], today: Standing
) -> dict[str, Any]:
    content = edition.content
    shown = radar_rows.rows(content["claims"], today)
    notes = radar_rows.notes(content["claims"], shown, content["references"])
    listed = references.lines(content["references"], today)
    return {
        "edition": edition,
        "newest": newest,
        "is_old": edition.pk != newest.pk,
        "noindex": edition.pk != newest.pk,
        "content": content,
        "hub": frame.worded(content["topic"]["title"]),
        "format": Article.Format(content["format"]).label,
        "authors": _people(content, "author"),
        "reviewers": _people(content, "reviewer"),
        "next_review": _day(content["next_review"]),
        "built": _built(content),
        "hero": plates.hero(content["plate"]),
        "radar": shown,
        "dial": radar_rows.picture(shown),
        "short_version": frozen.segment(content, "short_version"),
        "body": frozen.segment(content, "body", notes),
        "open_questions": frozen.segment(content, "open_questions"),
        "verdict": frozen.segment(content, "verdict"),
        "headings": [one for one in content["headings"] if one["segment"] == "body" and one["level"] == 2],
        "references": listed,
        "fallen": [line for line in listed if line.fallen],
        "badge": checks.of_edition(content["references"], today),
        "files": reference_files.of_edition(edition, is_old=edition.pk != newest.pk),
        "editions": editions,
    }


def _people(content: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [person for person in content["people"] if person["role_on_article"] == role]


def _built(content: dict[str, Any]) -> dict[str, Any]:
    built = content["built"]
    approved_at = built["approved_at"]
    return {
        **built,
        "claims": len(content["claims"]),
        "recorded": sum(1 for one in content["references"] if one["origin"] == "recorded"),
        "searched_through": _day(built["searched_through"]),
        "approved_at": datetime.fromisoformat(approved_at) if approved_at else None,
    }


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
