"""Reads the parts of a Crossref work out of its JSON: words, people, dates, money, updates.

Each function takes whatever JSON holds in that place and returns frozen values, never an exception;
whole works are `crossref`.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidence.identifiers import IdentifierError, parse_doi
from evidence.sources.dates import PartialDate, date_of_parts
from evidence.sources.records import AbstractSection, Author, DataBank, Grant, Journal, Notice, OtherId

Json = Mapping[str, Any]

# Markup publishers deposit in titles and abstracts (JATS, MathML, bits of HTML). Named, because
# "p <0.05 and n> 3" must stay what it is.
_TAG = re.compile(
    r"</?(?:(?:jats|mml):[\w.-]+|i|b|u|em|strong|it|italic|bold|sub|sup|inf|scp|sc|tt|br|p|span|font|title|sec"
    r"|math|m[inos]|mrow|msub|msup|msubsup|mfrac|mtext|mover|mstyle|mspace|msqrt)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<jats:(title|p)\b[^<>]*>(.*?)</jats:\1>", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# Crossref's update types (documentation, "Crossmark: types of update") on the work they befell and on
# the work that announces them, in PubMed's RefTypes; withdrawals have names of our own.
_UPDATES = {
    "retraction": ("RetractionIn", "RetractionOf"),
    "partial_retraction": ("PartialRetractionIn", "PartialRetractionOf"),
    "removal": ("WithdrawnIn", "WithdrawalOf"),
    "withdrawal": ("WithdrawnIn", "WithdrawalOf"),
    "expression_of_concern": ("ExpressionOfConcernIn", "ExpressionOfConcernFor"),
    "correction": ("ErratumIn", "ErratumFor"),
    "erratum": ("ErratumIn", "ErratumFor"),
    "corrigendum": ("ErratumIn", "ErratumFor"),
    "clarification": ("ErratumIn", "ErratumFor"),
    "addendum": ("ErratumIn", "ErratumFor"),
    "new_version": ("UpdateIn", "UpdateOf"),
    "new_edition": ("UpdateIn", "UpdateOf"),
}
_PARTICLES = frozenset({"de", "la"})
_RELATIONS = {"is-preprint-of": "UpdateIn", "has-preprint": "UpdateOf"}
_ISSN_FIELDS = {"print": "issn_print", "electronic": "issn_electronic"}


def text_of(value: object) -> str:
    """Return a string or number as clean text, spaces folded, and an empty string for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # A lone surrogate or a NUL is legal JSON and would be refused by the database.
    clean = _CONTROL.sub("", str(value)).encode("utf-8", "replace").decode("utf-8")
    return " ".join(clean.split())


def worded(value: object) -> str:
    """Return text without markup and with its escapes undone, however often they were applied."""
    text = _CONTROL.sub("", value) if isinstance(value, str) else text_of(value)
    while (once := html.unescape(text)) != text:
        text = once
    return text_of(_TAG.sub("", text))


def list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def dict_of(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def dicts_of(value: object) -> Iterator[Json]:
    return (member for member in list_of(value) if isinstance(member, dict))


def first_wording(value: object) -> str:
    return next(filter(None, map(worded, list_of(value))), "")


def title_of(work: Json) -> str:
    """Return title and subtitle as one, as catalogues print them, without a closing full stop."""
    title, subtitle = first_wording(work.get("title")), first_wording(work.get("subtitle"))
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title.rstrip(' :.')}: {subtitle}" if title else subtitle
    return title[:-1].rstrip() if title.endswith(".") and not title.endswith("..") else title


def people_of(value: object) -> tuple[Author, ...]:
    """Return the people and groups of an author or editor list; an entry without a name is left out."""
    people = map(_person, dicts_of(value))
    return tuple(person for person in people if person.family or person.collective)


def _person(entry: Json) -> Author:
    family, given = worded(entry.get("family")), worded(entry.get("given"))
    orcid = text_of(entry.get("ORCID")).rstrip("/").rsplit("/", 1)[-1]
    return Author(
        # A name in one part, as in Mongolia, is deposited as a given name alone.
        family=family or given,
        given=given if family else "",
        initials=initials_of(given) if family else "",
        suffix=worded(entry.get("suffix")),
        collective="" if family or given else worded(entry.get("name")),
        orcid=orcid,
        affiliations=tuple(
            filter(None, (worded(held.get("name")) for held in dicts_of(entry.get("affiliation"))))
        ),
    )


def initials_of(given: str) -> str:
    """Return the initials PubMed would print: `Gregory G.` GG, `Jean-Paul` JP, `MM` MM; none for Chinese.

    A hyphen counts only in a name of one word, and "de" and "la" not at all: so NLM does it in more than
    99.9 % of the names of its own records.
    """
    whole = re.split(r"[\s.]+", given)
    words = whole[:1] + [word for word in whole[1:] if word.lower() not in _PARTICLES]
    if len(words) == 1 and "-" in words[0]:
        words = [part for part in words[0].split("-") if part][:2]
    return "".join(_initials_of_word(word) for word in words)


def _initials_of_word(word: str) -> str:
    letters = word.lstrip("-'’ʼ\"(")
    if not letters or letters[0].lower() == letters[0].upper():
        return ""
    # Some publishers deposit initials for a given name.
    return letters if letters.isalpha() and letters.isupper() and len(letters) <= 3 else letters[0].upper()


def journal_of(work: Json) -> Journal:
    typed = {
        _ISSN_FIELDS[kind]: text_of(held.get("value"))
        for held in reversed(list(dicts_of(work.get("issn-type"))))
        if (kind := text_of(held.get("type"))) in _ISSN_FIELDS
    }
    known = set(typed.values())
    others = [issn for held in list_of(work.get("ISSN")) if (issn := text_of(held)) not in known]
    return Journal(
        title=first_wording(work.get("container-title")),
        iso_abbreviation=first_wording(work.get("short-container-title")),
        issn=next(filter(None, others), ""),
        **typed,
    )


def date_in(value: object) -> PartialDate | None:
    """Return a `date-parts` date; None where it holds no year, as in `[[null]]`."""
    parts = list_of(dict_of(value).get("date-parts"))
    members = [text_of(part) for part in list_of(parts[0] if parts else None)][:3]
    date = date_of_parts(*(members or [""]))
    return date if date.year is not None else None


def abstract_of(value: object) -> tuple[AbstractSection, ...]:
    """Return the paragraphs of a JATS abstract under their headings, its own heading left out."""
    if not isinstance(value, str):
        return ()
    sections, label = [], ""
    for block in _BLOCK.finditer(value):
        text = worded(block[2])
        if block[1].lower() == "title":
            label = "" if text.casefold() in ("abstract", "summary") else text
        elif text:
            sections.append(AbstractSection(text=text, label=label))
            label = ""
    if sections:
        return tuple(sections)
    return (AbstractSection(text=whole),) if (whole := worded(value)) else ()


def grants_of(value: object) -> tuple[Grant, ...]:
    return tuple(
        Grant(number=number, agency=worded(funder.get("name")))
        for funder in dicts_of(value)
        for number in [text_of(award) for award in list_of(funder.get("award"))] or [""]
    )


def trials_of(value: object) -> tuple[DataBank, ...]:
    """Return trial numbers by register; Crossref names registers by DOI (10.18810/clinical-trials-gov)."""
    return tuple(
        DataBank(
            name=text_of(trial.get("registry")).rpartition("/")[2].replace("-", ""),
            accessions=(number.upper(),),
        )
        for trial in dicts_of(value)
        if (number := text_of(trial.get("clinical-trial-number")))
    )


def other_ids_of(work: Json) -> tuple[OtherId, ...]:
    numbers = (text_of(value) for value in list_of(work.get("alternative-id")))
    return tuple(OtherId(scheme="publisher", value=number) for number in numbers if number)


def isbns_of(value: object) -> tuple[str, ...]:
    return tuple(
        number
        for held in list_of(value)
        if (number := text_of(held).rpartition("/")[2])  # once deposited as an address
    )


def doi_in(value: object) -> str:
    try:
        return parse_doi(text_of(value)).value
    except IdentifierError:
        return ""


def notices_of(work: Json, own_doi: str) -> tuple[Notice, ...]:
    """Return every update and preprint link, one notice each, exact repetitions once."""
    return tuple(dict.fromkeys([*_updates(work, own_doi), *_preprint_links(work, own_doi)]))


def _updates(work: Json, own_doi: str) -> Iterator[Notice]:
    for field, announces in (("updated-by", False), ("update-to", True)):
        for entry in dicts_of(work.get(field)):
            doi = doi_in(entry.get("DOI"))
            itself = bool(doi) and doi == own_doi
            kind = re.sub(r"[\s-]+", "_", text_of(entry.get("type")).lower())
            if itself and kind in ("new_version", "new_edition"):
                continue
            # update-to that names the work's own DOI says what befell the work itself.
            befell, announced = _UPDATES.get(kind, (kind or "update", kind or "update"))
            yield _notice(announced if announces and not itself else befell, entry, doi)


def _notice(kind: str, entry: Json, doi: str) -> Notice:
    date = date_in(entry.get("updated"))
    record = text_of(entry.get("record-id"))
    return Notice(
        kind=kind,
        ref_source=", ".join(filter(None, (worded(entry.get("label")), date.iso if date else ""))),
        doi=doi,
        note=" ".join(filter(None, (text_of(entry.get("source")), record))),
    )


def _preprint_links(work: Json, own_doi: str) -> Iterator[Notice]:
    relations = dict_of(work.get("relation"))
    for name, kind in _RELATIONS.items():
        for entry in dicts_of(relations.get(name)):
            doi = doi_in(entry.get("id"))
            if doi and doi != own_doi:
                yield Notice(kind=kind, ref_source=name, doi=doi, note=text_of(entry.get("asserted-by")))
