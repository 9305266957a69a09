"""Compares what was cited with what a source's record says, field by field. Pure: it asks nobody and saves nothing.

The rules are specs/sources.md, "Matching". What a difference means for an article is the gate's affair.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from evidence.citing import LATIN
from evidence.sources.pagination import full_pages
from evidence.sources.records import Journal, WorkRecord

TITLE_PASSES = 92.0
TITLE_IS_ANOTHER_BELOW = 80.0
AUTHOR_PASSES = 90.0
JOURNAL_PASSES = 92.0


class Verdict(StrEnum):
    """How one field compares."""

    SAME = "same"
    NOTED = "noted"  # near enough to be the same work, far enough to be shown
    DIFFERS = "differs"
    ANOTHER = "another_work"
    UNKNOWN = "unknown"  # cited, and the record does not say


@dataclass(frozen=True, slots=True)
class Compared:
    """One field beside the record's. `score` is rapidfuzz's ratio, 0 to 100, where words were compared."""

    field: str
    cited: str
    found: str
    verdict: Verdict
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every field that was cited, in the order of a printed reference."""

    fields: tuple[Compared, ...]

    @property
    def is_another_work(self) -> bool:
        """Whether the title is that of another work."""
        return any(field.verdict is Verdict.ANOTHER for field in self.fields)

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields that differ."""
        wrong = (Verdict.DIFFERS, Verdict.ANOTHER)
        return tuple(field.field for field in self.fields if field.verdict in wrong)

    @property
    def noted(self) -> tuple[str, ...]:
        """The fields that deserve a look and stand in nobody's way."""
        mild = (Verdict.NOTED, Verdict.UNKNOWN)
        return tuple(field.field for field in self.fields if field.verdict in mild)


def compare(cited: WorkRecord, found: WorkRecord, *, beside: WorkRecord | None = None) -> Comparison:
    """Compare each field that `cited` gives with the record `found`; what was not cited is not compared.

    `beside` is Crossref's record of the same work: its year counts as another date of issue, and the DOI must be
    one and the same in all three. A title between the two bounds passes with a note only where first author and an
    identifier agree; alone it is a difference that a person must look at.
    """
    fields = [compared for rule in _RULES if (compared := rule(cited, found, beside)) is not None]
    return Comparison(tuple(_settled(fields)))


def normalised_title(title: str) -> str:
    """Return a title as it is compared: no tags, no RETRACTED mark, no trailing parenthesis, no punctuation."""
    plain = re.sub(r"<[^<>]{1,80}>", "", title)
    plain = _MARK.sub("", plain.strip())
    plain = re.sub(r"\s*\([^()]*\)\s*[.?!]?\s*$", "", plain) or plain
    return _letters(plain)


def title_key(title: str) -> str:
    """Return what equal titles share, short enough to index: SHA-1 in hex of the normalised title, "" without one."""
    plain = normalised_title(title)
    return hashlib.sha1(plain.encode("utf-8", "replace"), usedforsecurity=False).hexdigest() if plain else ""


def family_name(name: str) -> str:
    """Return a family name as it is compared: particles, marks and case put aside."""
    words = [word for word in _letters(name).split() if word not in _PARTICLES]
    return " ".join(words) or _letters(name)


_MARK = re.compile(
    r"^\W*(?:retracted|withdrawn|removed)(?:\s+(?:article|paper|publication|chapter))?\s*[:\]]\s*",
    re.IGNORECASE,
)
# Words that belong to a family name in one catalogue and not in the next.
_PARTICLES = frozenset(
    {
        "af", "al", "ap", "av", "bin", "d", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "des", "di",
        "do", "dos", "du", "e", "el", "en", "het", "ibn", "la", "le", "les", "lo", "los", "of", "san", "st", "t", "te",
        "ten", "ter", "the", "van", "vande", "vander", "ver", "vom", "von", "y", "zu", "zum", "zur",
    }
)  # fmt: skip


def _letters(text: str) -> str:
    """Fold to lower-case letters and digits with single spaces: accents off, punctuation to spaces (NFKD)."""
    plain = unicodedata.normalize("NFKD", text.translate(LATIN))
    kept = (sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join("".join(kept).casefold().split())


def _title(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    given = cited.title or cited.vernacular_title
    if not _letters(given):
        return None
    known = [title for title in (found.title, found.vernacular_title) if _letters(title)]
    if not known:
        return Compared("title", given, "", Verdict.UNKNOWN)
    scored = [(_title_score(given, title), title) for title in known]
    score, nearest = max(scored, key=lambda pair: pair[0])
    verdict = Verdict.SAME if score >= TITLE_PASSES else Verdict.NOTED
    return Compared(
        "title",
        given,
        nearest,
        Verdict.ANOTHER if score < TITLE_IS_ANOTHER_BELOW else verdict,
        round(score, 1),
    )


def _title_score(given: str, known: str) -> float:
    """Compare with and without a trailing parenthesis: catalogues add one, and some titles end in their own."""
    return max(
        fuzz.ratio(normalised_title(given), normalised_title(known)),
        fuzz.ratio(_letters(given), _letters(known)),
    )


def _first_author(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    given, known = _first(cited), _first(found)
    if not _letters(given):
        return None
    if not _letters(known):
        return Compared("first_author", given, "", Verdict.UNKNOWN)
    score = fuzz.ratio(family_name(given), family_name(known))
    verdict = Verdict.SAME if score >= AUTHOR_PASSES else Verdict.DIFFERS
    return Compared("first_author", given, known, verdict, round(score, 1))


def _first(record: WorkRecord) -> str:
    author = next(iter(record.named_authors), None)
    return "" if author is None else author.family or author.collective or author.given


def _journal(cited: WorkRecord, found: WorkRecord, beside: WorkRecord | None) -> Compared | None:
    given, known = _journal_shown(cited), _journal_shown(found)
    if not given:
        return None
    if not known:
        return Compared("journal", given, "", Verdict.UNKNOWN)
    journals = [found.journal] if beside is None else [found.journal, beside.journal]
    same = any(_same_journal(cited.journal, journal) for journal in journals)
    return Compared("journal", given, known, Verdict.SAME if same else Verdict.DIFFERS)


def _journal_shown(record: WorkRecord) -> str:
    journal = record.journal
    named = (
        journal.medline_ta,
        journal.iso_abbreviation,
        journal.title,
        *sorted(journal.issns),
        journal.nlm_id,
    )
    return next(filter(None, named), "")


def _same_journal(cited: Journal, found: Journal) -> bool:
    if cited.nlm_id and found.nlm_id:
        return cited.nlm_id == found.nlm_id
    if cited.issns & found.issns:
        return True
    return any(_same_journal_name(given, known) for given in _names(cited) for known in _names(found))


def _names(journal: Journal) -> Iterator[str]:
    yield from filter(None, (journal.title, journal.iso_abbreviation, journal.medline_ta))


def _same_journal_name(given: str, known: str) -> bool:
    """One name abbreviates the other, is it with a subtitle dropped, or is nearly it letter for letter."""
    one, other = _journal_words(given), _journal_words(known)
    if fuzz.ratio(" ".join(one), " ".join(other)) >= JOURNAL_PASSES:
        return True
    return _abbreviates(one, other) or _abbreviates(other, one)


def _journal_words(name: str) -> list[str]:
    # A place or subtitle that catalogues put behind the name: `Gut (London)`, `Nutrients : open access`.
    bare = re.split(r"\s?[:=/;]\s|\s*[(\[]", name, maxsplit=1)[0] or name
    return _letters(re.sub(r"[-\u2010](?=\w)", "", bare.replace("&", " and "))).split()


def _abbreviates(short: list[str], full: list[str]) -> bool:
    if len(short) == 1 and len(full) > 1 and short[0] == "".join(word[0] for word in full):
        # JAMA, PNAS: the first letters alone.
        return True
    return bool(short) and _words_match(short, full)


def _words_match(short: list[str], full: list[str]) -> bool:
    """Every word of the one abbreviates the next of the other; articles and prepositions may be left out of it."""
    if not short or not full:
        return not short and all(word in _LEFT_OUT for word in full)
    if _abbreviates_word(short[0], full[0]) and _words_match(short[1:], full[1:]):
        return True
    return full[0] in _LEFT_OUT and _words_match(short, full[1:])


def _abbreviates_word(part: str, word: str) -> bool:
    letters = iter(word)
    return word.startswith(part) or (part in _CONTRACTIONS and all(letter in letters for letter in part))


_LEFT_OUT = frozenset(
    {
        "a", "am", "an", "and", "at", "by", "d", "da", "das", "de", "del", "dell", "della", "der", "des", "di", "die",
        "do", "du", "e", "el", "en", "et", "for", "from", "fur", "het", "i", "im", "in", "l", "la", "le", "les", "los",
        "och", "of", "og", "on", "the", "to", "u", "und", "van", "von", "with", "y", "zum", "zur",
    }
)  # fmt: skip
# NLM's abbreviations that are not the beginning of their word.
_CONTRACTIONS = frozenset({"alsk", "dept", "dtsch", "govt", "intl", "jpn", "natl"})


def _year(cited: WorkRecord, found: WorkRecord, beside: WorkRecord | None) -> Compared | None:
    if cited.year is None:
        return None
    known = sorted(_years(found) | (set() if beside is None else _years(beside)))
    if not known:
        return Compared("year", str(cited.year), "", Verdict.UNKNOWN)
    verdict = Verdict.SAME if cited.year in known else Verdict.DIFFERS
    return Compared("year", str(cited.year), "/".join(map(str, known)), verdict)


def _years(record: WorkRecord) -> set[int]:
    dates = (record.print_date, record.electronic_date)
    return {year for year in (record.year, *(date.year for date in dates if date)) if year is not None}


def _volume(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    return _equal("volume", cited.volume, found.volume, _number)


def _issue(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    compared = _equal("issue", cited.issue, found.issue, _number)
    # Publishers count issues in more than one way (6 and Suppl 6); no index finds a work by them.
    if compared is not None and compared.verdict is Verdict.DIFFERS:
        return Compared("issue", compared.cited, compared.found, Verdict.NOTED)
    return compared


def _pages(cited: WorkRecord, found: WorkRecord, beside: WorkRecord | None) -> Compared | None:
    """Pages or article number: one says where the work stands as well as the other."""
    given = cited.pages.medline or cited.pages.start or cited.article_number
    if not _number(given):
        return None
    sources = [found] if beside is None else [found, beside]
    known = list(dict.fromkeys(place for source in sources for place in _places(source) if place))
    if not known:
        return Compared("pages", given, "", Verdict.UNKNOWN)
    asked = {_number(full_pages(place)) for place in _places(cited) if place}
    same = any(_same_place(one, _number(full_pages(other))) for one in asked for other in known)
    return Compared("pages", given, known[0], Verdict.SAME if same else Verdict.DIFFERS)


def _places(record: WorkRecord) -> tuple[str, str]:
    return (record.pages.medline or record.pages.start, record.article_number)


def _same_place(one: str, other: str) -> bool:
    """The same range, or one of them names the first page alone."""
    first, _dash, last = one.partition("-")
    beginning, _dash, end = other.partition("-")
    return first == beginning and (last == end or not last or not end)


def _number(text: str) -> str:
    """Fold a volume or a page: `Vol. 056` and `56` are one, and so are all dashes."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    plain = re.sub(r"^(?:volume|vol|no|number|pp?|pages?|art(?:icle)?(?: no)?)\b[.\s:]*", "", plain.strip())
    return re.sub(r"\b0+(?=\d)", "", re.sub(r"[\s.]+", "", plain))


_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def _equal(field: str, given: str, known: str, fold: Callable[[str], str]) -> Compared | None:
    if not fold(given):
        return None
    if not fold(known):
        return Compared(field, given, "", Verdict.UNKNOWN)
    return Compared(field, given, known, Verdict.SAME if fold(given) == fold(known) else Verdict.DIFFERS)


def _doi(cited: WorkRecord, found: WorkRecord, beside: WorkRecord | None) -> Compared | None:
    """PubMed's DOI, the cited DOI and Crossref's DOI are one."""
    theirs = "" if beside is None else beside.doi
    if not cited.doi:
        return None
    known = found.doi or theirs
    if not known:
        return Compared("doi", cited.doi, "", Verdict.UNKNOWN)
    agree = cited.doi == known and (not theirs or theirs == known)
    shown = known if not theirs or theirs == known else f"{known} / {theirs}"
    return Compared("doi", cited.doi, shown, Verdict.SAME if agree else Verdict.DIFFERS)


def _pmid(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    return _equal("pmid", cited.pmid, found.pmid, str)


def _pmcid(cited: WorkRecord, found: WorkRecord, _beside: WorkRecord | None) -> Compared | None:
    return _equal("pmcid", cited.pmcid, found.pmcid, str)


_Rule = Callable[[WorkRecord, WorkRecord, WorkRecord | None], Compared | None]
_RULES: tuple[_Rule, ...] = (
    _first_author, _title, _journal, _year, _volume, _issue, _pages, _doi, _pmid, _pmcid,
)  # fmt: skip


def _settled(fields: Iterable[Compared]) -> Iterator[Compared]:
    """Let a title between the bounds pass with its note only where author and an identifier vouch for the work."""
    found = {field.field: field for field in fields}
    same = {name for name, field in found.items() if field.verdict is Verdict.SAME}
    vouched = "first_author" in same and bool(same & {"doi", "pmid", "pmcid"})
    for name, field in found.items():
        if name == "title" and field.verdict is Verdict.NOTED and not vouched:
            yield Compared(name, field.cited, field.found, Verdict.DIFFERS, field.score)
        else:
            yield field
