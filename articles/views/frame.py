"""What public pages share: their address in each language, the languages of words, the answer with its ETag."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from articles import context
from articles.views import caching
from evidence.models.base import LANGUAGES

HTML_LANGUAGES = {"en": "en", "zh-hant": "zh-Hant"}
# A language is named in itself, so that whoever needs it can read it.
LABELS = {"en": "English", "zh-hant": "繁體中文"}


@dataclass(frozen=True)
class Alternate:
    """The address of a page in one language."""

    code: str
    html_lang: str
    label: str
    path: str


@dataclass(frozen=True)
class Worded:
    """Words with their language; `lang` is empty where it is the page's own."""

    text: str
    lang: str = ""


def language() -> str:
    """Return the code of the page's language, one of LANGUAGES."""
    code = (translation.get_language() or "en").lower()
    return code if code in LANGUAGES else "en"


def worded(texts: Mapping[str, str]) -> Worded:
    """Return the text in the page's language, or else in another one, marked as such."""
    own = language()
    for code in (own, *(other for other in LANGUAGES if other != own)):
        if texts.get(code):
            return Worded(texts[code], "" if code == own else HTML_LANGUAGES[code])
    return Worded("")


def alternates(route: str, arguments: Mapping[str, Mapping[str, Any]]) -> list[Alternate]:
    """Return the addresses of a page; `arguments` holds those of its route by language."""
    found = []
    for code in LANGUAGES:
        if code in arguments:
            with translation.override(code):
                path = reverse(route, kwargs=dict(arguments[code]))
            found.append(Alternate(code, HTML_LANGUAGES[code], LABELS[code], path))
    return found


def in_both(route: str, **arguments: Any) -> list[Alternate]:
    """Return the addresses of a page that exists in every language under the same arguments."""
    return alternates(route, dict.fromkeys(LANGUAGES, arguments))


def page(
    request: HttpRequest,
    template: str,
    build: Callable[[], dict[str, Any]],
    *,
    addresses: list[Alternate],
    facts: tuple[object, ...],
) -> HttpResponse:
    """Answer with a public page, or 304 while none of its `facts` (nor the navigation's) has changed.

    `build` makes the rest of the context and is not called for a 304. The canonical address is the one in the
    page's own language.
    """
    own = language()
    hubs = context.hubs()
    shared = {
        "hubs": hubs,
        "alternates": addresses,
        "canonical": next((one.path for one in addresses if one.code == own), request.path),
    }
    return caching.answer(
        request,
        lambda: render(request, template, {**shared, **build()}),
        template,
        request.get_full_path(),
        [(hub.title, hub.url) for hub in hubs],
        [one.path for one in addresses],
        *facts,
    )
