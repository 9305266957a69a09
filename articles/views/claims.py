"""The pages of claims and of their grades. They read published grades, approved texts, live editions and notices."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.views import caching, checks, claim_texts, frame, reference_files
from articles.views.claim_parts import Notices, current_of, history_of, notices_on, showing
from articles.views.claim_texts import Words
from articles.views.exhibits import (
    changes,
    history,
    instrument,
    layers,
    overrides,
    positions,
    question,
    studies,
)
from articles.views.exhibits.graded import Graded
from articles.words.codes import meaning
from evidence.models import GradeSnapshot, Study


@require_safe
def claim_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a claim with today's grade: why, the whole trail, its evidence, its history, and how to check it."""
    published = history_of(slug)
    current = current_of(published)
    if current is None:
        raise Http404
    texts = claim_texts.approved(current.claim_id)
    notices = notices_on(current.claim, current)
    shown_in = showing(current.claim, current)
    works = checks.works_of(current.exhibits)
    return frame.page(
        request,
        "articles/claim_detail.html",
        lambda: {
            **_grade_context(current, _words(texts, current), notices, works),
            "files": reference_files.of_claim(slug),
            "graph": history.picture(published),
            "history": history.lines(published),
            "shown_in": shown_in,
            "other_path": _other_path(slug, texts),
        },
        addresses=frame.in_both("articles:claim-detail", slug=slug),
        facts=(
            current.pk,
            _pins(texts),
            notices.facts,
            [one.number for one in published],
            shown_in,
            checks.facts(works),
        ),
    )


@require_safe
def grade_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one published grade of a claim, current or superseded, with its complete trail."""
    snapshot, current = _grade(slug, number)
    texts = claim_texts.approved(snapshot.claim_id)
    notices = notices_on(snapshot.claim, snapshot)
    works = checks.works_of(snapshot.exhibits)
    return frame.page(
        request,
        "articles/grade_detail.html",
        lambda: {
            **_grade_context(snapshot, _words(texts, snapshot), notices, works),
            "current": current,
            "is_old": snapshot.pk != current.pk,
            "noindex": snapshot.pk != current.pk,
            "line": history.lines([snapshot])[0],
        },
        addresses=frame.in_both("articles:grade-detail", slug=slug, number=number),
        facts=(
            snapshot.pk, snapshot.state, current.pk, _pins(texts), notices.facts, checks.facts(works),
        ),
    )  # fmt: skip


@require_safe
def grade_dossier(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the stored dossier for download, byte for byte: its sha256 is the one the verdict names."""
    snapshot, _current = _grade(slug, number)
    return _download(request, snapshot.dossier_json, "dossier.json")


@require_safe
def grade_verdict(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the stored verdict for download, byte for byte: the line the engine printed."""
    snapshot, _current = _grade(slug, number)
    return _download(request, snapshot.verdict_json, "verdict.json")


def _grade(slug: str, number: int) -> tuple[GradeSnapshot, GradeSnapshot]:
    """Return the published grade asked for, and today's. A proposal is as unknown as a number never given."""
    published = history_of(slug)
    snapshot = next((one for one in published if one.number == number), None)
    current = current_of(published)
    if snapshot is None or current is None:
        raise Http404
    return snapshot, current


def _download(request: HttpRequest, stored: str, name: str) -> HttpResponse:
    def build() -> HttpResponse:
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(stored.encode(), content_type="application/json", headers=disposition)

    return caching.answer(request, build, name, stored)


def _words(texts: dict[str, Any], snapshot: GradeSnapshot) -> Words:
    text = claim_texts.chosen(texts)
    if text is None:
        raise Http404
    return claim_texts.words(text, snapshot.exhibits)


def _pins(texts: dict[str, Any]) -> list[str]:
    return sorted(text.sha256 for text in texts.values())


def _other_path(slug: str, texts: dict[str, Any]) -> str:
    """The address in the language the claim is written in, where the page's own is missing."""
    own = frame.language()
    if own in texts:
        return ""
    others = [one for one in frame.in_both("articles:claim-detail", slug=slug) if one.code in texts]
    return others[0].path if others else ""


def _grade_context(
    snapshot: GradeSnapshot, words: Words, notices: Notices, works: list[Study]
) -> dict[str, Any]:
    """What the pages of a claim and of a grade both show."""
    graded = Graded.of(snapshot)
    return {
        "claim": snapshot.claim,
        "snapshot": snapshot,
        "words": words,
        "question": question.question(graded),
        "notices": notices,
        "override": overrides.shown(notices.override, graded),
        "instrument": instrument.instrument(graded),
        "layers": layers.bars(graded),
        "behind": layers.behind(graded),
        "effects": studies.effects_plot(graded),
        "trail": graded.told(),
        "studies": studies.cards(graded, words.numbers, notices.retracted),
        "sources": studies.sources(graded, words.numbers),
        "badge": checks.of_grade(snapshot.exhibits, works),
        "positions": positions.positions(graded),
        "changes": changes.changes(graded),
        "left_out": [_left_out(row) for row in snapshot.left_out],
    }


def _left_out(row: dict[str, str]) -> dict[str, str]:
    return {"name": row["short_name"], "reason": meaning("left_out", row["reason"])}
