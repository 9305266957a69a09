"""Twelve hundred references as PubMed prints them: every identifier its own, nearly every part right."""

import re

import pytest

from evidence.sources.pasted import parse_pasted, split_pasted
from tests.evidence.corpus import shared_data

pytestmark = pytest.mark.corpus

ALMOST_ALL = 0.97
# Read here by another way than the reader's: PubMed ends the journal's name with `. 2020 Mon` or `. 2020;`.
SOURCE = re.compile(
    r"[.?\]!] ([^.?]+)\. ((?:19|20)\d\d)(?: [A-Z][a-z]{2}[^;:.]*| \d[^;:.]*)?(?:;([^:;(.]+))?[;:(.]"
)


def references() -> list[str]:
    folder = shared_data() / "references" / "pubmed_summary_text"
    return [
        part for path in sorted(folder.iterdir()) for part in split_pasted(path.read_text(encoding="utf-8"))
    ]


def test_each_of_the_references_is_one() -> None:
    assert len(references()) == 1285


def test_every_identifier_is_the_references_own() -> None:
    for text in references():
        found = parse_pasted(text).record
        assert found.pmid == re.findall(r"PMID: (\d+)", text)[-1]
        before_notes = re.split(
            r"\. (?:Erratum|Comment|Update|Retraction) (?:in|for|on|of): (?=[A-Z])", text
        )[0]
        dois = re.findall(r"\bdoi:\s(10\.\S+?)\.?(?=\s|$)", before_notes)
        assert found.doi == (dois[-1].lower() if dois else "")
        pmcid = re.search(r"PMCID: (PMC\d+)", text)
        assert found.pmcid == (pmcid[1] if pmcid else "")


def test_author_year_journal_and_volume_are_right_nearly_always() -> None:
    right = dict.fromkeys(("author", "year", "journal", "volume"), 0)
    texts = references()
    for text in texts:
        found = parse_pasted(text).record
        body = re.sub(r"^\d+: ", "", text)
        first = re.match(r"([^,.;]+?) [A-Z-]{1,4}(?: (?:Jr|Sr|2nd|3rd))?[,.;]", body)
        source = SOURCE.search(body)
        right["author"] += (found.authors[0].family if found.authors else "") == (first[1] if first else "")
        right["year"] += source is not None and str(found.year) == source[2]
        right["journal"] += source is not None and found.journal.title == source[1]
        right["volume"] += source is not None and found.volume == (source[3] or "").strip()
    rates = {name: count / len(texts) for name, count in right.items()}
    print("pasted references read right:", {name: f"{rate:.1%}" for name, rate in rates.items()})  # noqa: T201
    assert min(rates.values()) >= ALMOST_ALL
