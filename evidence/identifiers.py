"""Reads and normalises the three identifiers of a work: PMID, DOI and PMCID, bare or out of an address.

Pure text work: whether a work of that identifier exists is asked elsewhere (`evidence.sources`).
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class Scheme(StrEnum):
    """The kinds of identifier the project understands."""

    PMID = "pmid"
    DOI = "doi"
    PMCID = "pmcid"


class IdentifierError(ValueError):
    """What was typed is not an identifier of the kind asked for; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A normalised identifier: PMID in digits, DOI in lower case, PMCID as `PMC` and digits."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return self.value

    @property
    def url(self) -> str:
        """The public address of the work under this identifier."""
        return _ADDRESSES[self.scheme].format(self.value)


_ADDRESSES = {
    Scheme.PMID: "https://pubmed.ncbi.nlm.nih.gov/{}/",
    Scheme.DOI: "https://doi.org/{}",
    Scheme.PMCID: "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
}
# Copying from a page or a PDF brings these along; they are never part of an identifier.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_PMID = re.compile(
    r"(?:pmid|pubmed(?:\s*id)?)?\s*:?\s*0*([1-9]\d{0,7})(?:(?<=\d{5})\.[1-9]\d?)?", re.IGNORECASE
)
_PMCID = re.compile(r"(?:pmcid\s*:?\s*)?pmc\s*:?\s*0*([1-9]\d{0,9})(?:\.\d+)?", re.IGNORECASE)
_PMID_ADDRESS = re.compile(
    r"(?://|^)(?:www\.|m\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/"
    r"|pubmed\.gov/|europepmc\.org/(?:article|abstract)/med/)0*([1-9]\d{0,7})(?![\d])",
    re.IGNORECASE,
)
_PMCID_ADDRESS = re.compile(
    r"(?://|^)(?:www\.)?(?:pmc\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pmc|europepmc\.org)"
    r"/(?:articles?/)?(?:pmc/)?pmc0*([1-9]\d{0,9})(?!\d)",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_DOI_LEAD = re.compile(r"(?:(?:urn|info)\s*:\s*)?doi\s*[:：/]?\s*", re.IGNORECASE)
_RESOLVER = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/+", re.IGNORECASE)
_PUBLISHER_TAIL = re.compile(
    r"/(?:full|abstract|abs|pdf|epdf|html|meta|fulltext|full-text|summary)(?:[./+].*)?$|\.pdf$", re.IGNORECASE
)
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_TRAILING = ".,;:!?'\"\u2018\u2019\u201c\u201d\u00bb\u3002\uff0c\uff1b\u3001"
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_LONGEST_DOI = 2048


def parse_pmid(text: str) -> Identifier:
    """Read a PMID: digits, `PMID: 123`, or a PubMed address.

    Leading zeros and a version (`.2`) are dropped. Raises `IdentifierError`.
    """
    plain = _wide_folded(text)
    found = _PMID_ADDRESS.search(plain) or _PMID.fullmatch(plain.strip("[]().,; "))
    if found is None:
        raise IdentifierError(f"{_shown(text)} is not a PMID: give its digits, such as 39397201.")
    return Identifier(Scheme.PMID, found[1])


def parse_pmcid(text: str) -> Identifier:
    """Read a PMCID: `PMC123`, `PMCID: PMC123`, or a PMC address; a version (`.1`) is dropped.

    Raises `IdentifierError`; bare digits are refused, because they would be a PMID.
    """
    plain = _wide_folded(text)
    found = _PMCID_ADDRESS.search(plain) or _PMCID.fullmatch(plain.strip("[]().,; "))
    if found is None:
        raise IdentifierError(
            f"{_shown(text)} is not a PMCID: give it with its letters, such as PMC11471693."
        )
    return Identifier(Scheme.PMCID, f"PMC{found[1]}")


def parse_doi(text: str) -> Identifier:
    """Read a DOI: bare, after `doi:`, or out of an address; the result is in lower case.

    Only ASCII letters are lowered (DOI Handbook: DOIs are case-insensitive in ASCII); every other
    character is kept as it stands. Raises `IdentifierError`.
    """
    return Identifier(Scheme.DOI, spelled_doi(text).translate(_LOWER))


def spelled_doi(text: str) -> str:
    """Return the DOI in the letters it was given in, for print. Raises `IdentifierError`."""
    bare = _bare_doi(_visible(text))
    match = _DOI.fullmatch(_without_trailing_punctuation(bare))
    if match is None or len(bare) > _LONGEST_DOI or any(unicodedata.category(sign) == "Cc" for sign in bare):
        raise IdentifierError(
            f"{_shown(text)} is not a DOI: give it from 10. on, without spaces, such as 10.3390/nu10111564."
        )
    return match[0]


def classify(text: str) -> Identifier | None:
    """Recognise whichever identifier a text is, or return None when it is none of the three."""
    for parse in (parse_doi, parse_pmcid, parse_pmid):
        try:
            return parse(text)
        except IdentifierError:
            continue
    return None


def _visible(text: str) -> str:
    return text.translate(_INVISIBLE).strip()


def _wide_folded(text: str) -> str:
    """Fold full-width digits, letters and colons, as a Chinese keyboard types them."""
    return unicodedata.normalize("NFKC", _visible(text)).strip()


def _bare_doi(text: str) -> str:
    text = _unescaped(text).lstrip("<([\"'\u201c")
    lead = _DOI_LEAD.match(text)
    if lead is not None and not _RESOLVER.match(text):
        text = text[lead.end() :]
    resolver = _RESOLVER.match(text)
    if resolver is not None:
        return unquote(re.split(r"[?#]", text[resolver.end() :], maxsplit=1)[0])
    if text.lower().startswith(("http://", "https://")):
        return _doi_inside_address(text)
    return unquote(text) if "/" not in text else text


def _doi_inside_address(address: str) -> str:
    """Take the DOI out of a publisher's address, without the page names publishers append."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    found = _DOI.search(unquote(parts.path)) or _DOI.search(unquote(parts.query))
    return _PUBLISHER_TAIL.sub("", found[0]) if found else ""


def _unescaped(text: str) -> str:
    """Undo HTML escapes however often they were applied: `&amp;lt;` is met in real records."""
    while (once := html.unescape(text)) != text:
        text = once
    return text


def _without_trailing_punctuation(text: str) -> str:
    while text:
        last = text[-1]
        unbalanced = last in _CLOSERS and text.count(last) > text.count(_CLOSERS[last])
        if last not in _TRAILING and not unbalanced:
            break
        text = text[:-1]
    return text


def _shown(text: str) -> str:
    short = " ".join(text.split())
    return repr(short if len(short) <= 60 else short[:57] + "...")
