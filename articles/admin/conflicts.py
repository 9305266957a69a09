"""What to show when a colleague saved an article first: theirs, mine and the difference, field by field."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest

from articles.models import Article, Person
from config.word_diff import word_diff
from evidence.models import Claim

TYPED = (
    "headline", "slug", "dek", "description", "plate", "plate_caption", "short_version", "body", "open_questions",
    "verdict", "disclosure",
)  # fmt: skip


def differences(request: HttpRequest, stored: Article) -> list[dict[str, Any]]:
    """Return a row for each field in which what was typed differs from what the colleague left."""
    rows = [(str(_label(name)), _text(getattr(stored, name)), _typed(request, name)) for name in TYPED]
    rows += [_people(request, stored), _claims(request, stored)]
    return [
        {"label": label, "theirs": theirs, "mine": mine, "parts": word_diff(theirs, mine)}
        for label, theirs, mine in rows
        if theirs != mine
    ]


def _label(name: str) -> Any:
    return next(field.verbose_name for field in Article._meta.fields if field.name == name)


def _typed(request: HttpRequest, name: str) -> str:
    return _text(request.POST.get(name, ""))


def _text(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").strip()


def _people(request: HttpRequest, stored: Article) -> tuple[str, str, str]:
    people = {
        str(person.pk): person
        for person in Person.objects.filter(pk__in=_chosen(request, "bylines", "person"))
    }
    mine = _rows(request, "bylines", lambda row: f"{row('role')}: {people.get(row('person'), row('person'))}")
    links = stored.bylines.select_related("person").order_by("order")
    theirs = [f"{link.role}: {link.person}" for link in links]
    return str(_label_of("people")), "\n".join(theirs), "\n".join(mine)


def _claims(request: HttpRequest, stored: Article) -> tuple[str, str, str]:
    claims = {
        str(claim.pk): claim
        for claim in Claim.objects.filter(pk__in=_chosen(request, "claim_links", "claim"))
    }
    mine = _rows(request, "claim_links", lambda row: str(claims.get(row("claim"), row("claim"))))
    theirs = [str(link.claim) for link in stored.claim_links.select_related("claim").order_by("order")]
    return str(_label_of("claims")), "\n".join(theirs), "\n".join(mine)


def _label_of(name: str) -> Any:
    return next(field.verbose_name for field in Article._meta.many_to_many if field.name == name)


def _chosen(request: HttpRequest, prefix: str, name: str) -> list[str]:
    return [row for row in _rows(request, prefix, lambda value: value(name)) if row.isdigit()]


def _rows(request: HttpRequest, prefix: str, say: Callable[[Callable[[str], str]], str]) -> list[str]:
    """Say each inline row that was typed and not struck out, in the order typed."""
    total = request.POST.get(f"{prefix}-TOTAL_FORMS", "")

    def value(number: int, name: str) -> str:
        return request.POST.get(f"{prefix}-{number}-{name}", "")

    # The browser says how many rows it sends; no more are looked for than it could have sent fields.
    numbers = range(min(int(total), len(request.POST))) if total.isdigit() else range(0)
    typed = [number for number in numbers if not value(number, "DELETE")]
    typed.sort(key=lambda number: int(value(number, "order")) if value(number, "order").isdigit() else 0)
    named = [number for number in typed if value(number, "person") or value(number, "claim")]
    return [say(partial(value, number)) for number in named]
