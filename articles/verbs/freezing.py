"""What an edition keeps: all its page shows, as data, so that nothing later can change what was read."""

import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from articles.models import Article, ArticleClaim, ArticleEvent, Person, Reference
from articles.rendering import Rendered
from articles.verbs import checks, citing
from articles.verbs.trail import PERSON_FIELDS
from evidence import citing as printing
from evidence.citations import counted, works
from evidence.flags import flags
from evidence.models import ClaimEvent, Study
from evidence.models.base import both_languages
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord

# The key of a drawing of people, alone or with the cite key of the work it draws: plate:people-zhou2019.
PEOPLE = "plate:people"


def content(
    article: Article, *, approval: ArticleEvent | None, published_by: User, now: datetime
) -> dict[str, Any]:
    """Return the frozen page: text and HTML by segment, references, claims as pinned, people, provenance."""
    rendered, studies = citing.render_article(article)
    links = list(article.claim_links.select_related("claim", "snapshot", "text").order_by("order"))
    findings = [finding for link in links if link.snapshot for finding in link.snapshot.exhibits["findings"]]
    return {
        "headline": article.headline,
        "dek": article.dek,
        "description": article.description,
        "format": article.format,
        "plate": article.plate,
        "plate_caption": article.plate_caption,
        "disclosure": article.disclosure,
        "next_review": article.next_review.isoformat() if article.next_review else None,
        "topic": {
            "code": article.topic.code,
            "slug": article.topic.slug,
            "title": both_languages(article.topic, "title"),
        },
        "source": {name: getattr(article, name) for name in citing.SEGMENTS},
        "html": rendered.html,
        "headings": [
            {"level": h.level, "text": h.text, "anchor": h.anchor, "segment": h.segment}
            for h in rendered.headings
        ],
        "words": rendered.words,
        "reading_minutes": rendered.reading_minutes,
        "figures": _figures(rendered, findings),
        "references": _references(article, rendered, studies, findings),
        "claims": [_claim(link) for link in links],
        "people": [
            {"role_on_article": link.role, **_person(link.person)}
            for link in article.bylines.select_related("person").order_by("role", "order")
        ],
        "built": _provenance(article, links, approval, published_by, now),
    }


def _references(
    article: Article, rendered: Rendered, studies: dict[str, Study], findings: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    notes: dict[str, Reference] = {
        reference.study.citekey: reference
        for reference in article.references.select_related("study", "record")
    }
    checked = checks.of_works([studies[cited.work_id] for cited in rendered.references])
    return [
        {
            "number": cited.number,
            "citekey": cited.work_id,
            "occurrences": list(cited.occurrences),
            "short_name": str(studies[cited.work_id]),
            "standing": studies[cited.work_id].standing,
            "note": notes[cited.work_id].note,
            "record_sha256": getattr(notes[cited.work_id].record, "sha256", ""),
            "origin": getattr(notes[cited.work_id].record, "origin", ""),
            "record": getattr(notes[cited.work_id].record, "content", {}),
            **_printed(notes[cited.work_id]),
            "studied": _studied(cited.work_id, findings),
            "check": checked[cited.work_id],
        }
        for cited in rendered.references
    ]


def _printed(reference: Reference) -> dict[str, Any]:
    """The reference as AMA prints it, from the pinned record, so that a page need not read records again."""
    if reference.record is None:
        raise ValueError(f"{reference.study.citekey} is not pinned: the gate should have blocked this")
    record = from_plain(WorkRecord, reference.record.content)
    return {
        "printed": [{"role": part.role, "text": part.text} for part in printing.reference(record)],
        "authors": printing.authors_line(record.named_authors, complete=record.authors_complete),
        "title": record.title or record.vernacular_title,
        "journal": printing.journal_name(record.journal),
        "year": record.year,
        "doi": record.doi_spelled or record.doi,
        "pmid": record.pmid,
        "pmcid": record.pmcid,
    }


def _studied(citekey: str, findings: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the article's claims coded of a work, for its card: design, number of people, finding."""
    coded = next((finding for finding in findings if finding["citekey"] == citekey), None)
    return coded and {
        name: coded[name] for name in ("design", "n", "outcome", "summary", "direction", "funding")
    }


def _figures(rendered: Rendered, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """The counts behind each drawing of people: of the work its key names, or of the first with counts."""
    counted = [
        finding for finding in findings if finding["arms"] and all("events" in arm for arm in finding["arms"])
    ]
    wanted = {figure.key for figure in rendered.figures if figure.key.startswith(PEOPLE)}
    drawn = {
        key: next((finding for finding in counted if key in {PEOPLE, f"{PEOPLE}-{finding['citekey']}"}), None)
        for key in sorted(wanted)
    }
    return {
        key: {"citekey": finding["citekey"], "arms": [_arm(arm) for arm in finding["arms"]]}
        for key, finding in drawn.items()
        if finding is not None
    }


def _arm(arm: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": {"en": arm["label_en"], "zh-hant": arm["label_zh_hant"]},
        "events": arm["events"],
        "n": arm["n"],
    }


def _claim(link: ArticleClaim) -> dict[str, Any]:
    """The Radar's row, as pinned."""
    snapshot, text = link.snapshot, link.text
    if snapshot is None or text is None:
        raise ValueError(f"{link.claim.slug} is not pinned: the gate should have blocked this")
    cites, newest_year = counted(snapshot.exhibits)
    return {
        "code": link.claim.code,
        "slug": link.claim.slug,
        "statement": text.statement,
        "verdict_line": text.verdict_line,
        "text_sha256": text.sha256,
        "snapshot": snapshot.number,
        "engine": snapshot.engine_version,
        "dossier_sha256": snapshot.dossier_sha256,
        "verdict_json": snapshot.verdict_json,
        "grade": snapshot.reader_grade,
        "flags": flags(json.loads(snapshot.verdict_json), json.loads(snapshot.dossier_json)),
        "works": sorted(works(snapshot.exhibits)),
        "cites": cites,
        "newest_year": newest_year,
    }


def _person(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in PERSON_FIELDS}


def _provenance(
    article: Article,
    links: list[ArticleClaim],
    approval: ArticleEvent | None,
    published_by: User,
    now: datetime,
) -> dict[str, Any]:
    """How this article was built, from the trail: who drafted, coded, approved, how far was searched."""
    claims = [link.claim for link in links]
    coders = ClaimEvent.objects.filter(claim__in=claims, kind=ClaimEvent.Kind.CODED).values_list(
        "by_id", flat=True
    )
    graders = ClaimEvent.objects.filter(claim__in=claims, kind=ClaimEvent.Kind.APPROVED).values_list(
        "by_id", flat=True
    )
    searched = [claim.searched_through for claim in claims if claim.searched_through]
    return {
        "works": article.references.count(),
        "findings": sum(claim.findings.count() for claim in claims),
        "searched_through": min(searched).isoformat() if searched else None,
        "drafted_by": _names({article.written_by_id}),
        "coded_by": _names(set(coders)),
        "graded_by": _names(set(graders)),
        "approved_by": _names({approval.by_id} if approval else set()),
        "approved_at": approval.at.isoformat() if approval else None,
        "published_by": _names({published_by.pk}),
        "published_at": now.isoformat(),
    }


def _names(users: set[int | None]) -> list[dict[str, str]]:
    """The public names behind sign-ins; somebody without a Person row is counted but not named."""
    people = Person.objects.filter(user__in=[pk for pk in users if pk is not None]).order_by("name")
    return [
        {"slug": person.slug, "name": str(person), "name_zh_hant": person.name_zh_hant} for person in people
    ]
