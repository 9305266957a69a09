"""The words of a claim as readers see them: approved revisions only, with the cites of *why* led to study cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from articles.rendering import CitedWork, CiteKey, Resolver, Source, render
from articles.views.frame import HTML_LANGUAGES, language
from evidence.models import ClaimText
from evidence.models.base import LANGUAGES


@dataclass(frozen=True)
class Words:
    """A claim's text in one language; `lang` is empty where it is the page's own."""

    statement: str
    verdict_line: str
    summary: str
    why: SafeString
    lang: str
    numbers: Mapping[str, int]


def approved(claim_id: int) -> dict[str, ClaimText]:
    """Return the newest approved revision in each language the claim has, in one query."""
    rows = ClaimText.objects.approved().filter(claim=claim_id).order_by("number")
    return {text.language: text for text in rows}


def chosen(texts: Mapping[str, ClaimText]) -> ClaimText | None:
    """Return the text in the page's language, or else in another one; None where nothing is approved."""
    own = language()
    order = (own, *(code for code in LANGUAGES if code != own))
    return next((texts[code] for code in order if code in texts), None)


def words(text: ClaimText, exhibits: dict[str, Any]) -> Words:
    """Render a text; its cites are numbered by first use and resolve among the works of the grade alone."""
    rendered = render(Source(body=text.why), _resolver(exhibits), text.language)
    # Safe because the renderer makes it from Markdown without raw HTML and nh3 reduces it to our own tags.
    why = mark_safe(rendered.html["body"])  # noqa: S308
    return Words(
        statement=text.statement,
        verdict_line=text.verdict_line,
        summary=text.summary,
        why=why,
        lang="" if text.language == language() else HTML_LANGUAGES[text.language],
        numbers={reference.work_id: reference.number for reference in rendered.references},
    )


def _resolver(exhibits: dict[str, Any]) -> Resolver:
    named = {row["citekey"]: row["short_name"] for row in (*exhibits["sources"], *exhibits["findings"])}
    identified = {
        (kind, str(row[kind]).lower()): row["citekey"]
        for row in exhibits["findings"]
        for kind in ("pmid", "doi")
        if row[kind]
    }

    def resolve(key: CiteKey) -> CitedWork | None:
        citekey = key.value if key.kind == "key" else identified.get((key.kind, key.value.lower()), "")
        return CitedWork(citekey, named[citekey]) if citekey in named else None

    return resolve
