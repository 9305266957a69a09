"""The demonstration's recorded records: read from a folder of PubMed XML, looked up by number or by words.

Nothing here answers over HTTP, and nothing here is asked outside the embedded mode.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import tostring

from defusedxml.ElementTree import fromstring
from rapidfuzz import fuzz, utils

from evidence.sources.pubmed import parse_pubmed
from evidence.sources.pubmed_parts import text_of
from evidence.sources.records import WorkRecord

_LIKELY = 70.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record, as PubMed's XML and as read from it."""

    xml: bytes
    record: WorkRecord

    @property
    def words(self) -> str:
        """What a search for words looks through, in lower case."""
        record = self.record
        names = " ".join(f"{author.family} {author.collective}" for author in record.authors)
        abstract = " ".join(section.text for section in record.abstract)
        mesh = " ".join(heading.descriptor for heading in record.mesh)
        return f"{record.title} {names} {abstract} {mesh} {record.journal.title}".lower()

    @property
    def printed(self) -> str:
        """What a printed reference would say."""
        record = self.record
        names = " ".join(author.family or author.collective for author in record.authors[:6])
        return f"{names} {record.title} {record.journal.title} {record.year or ''}"


class Shelf:
    """Every recorded record, in the order of the files' names."""

    def __init__(self, recorded: tuple[Recorded, ...]) -> None:
        self.recorded = recorded
        self._by_pmid = {held.record.pmid: held for held in recorded}
        self._by_doi = {held.record.doi: held for held in recorded if held.record.doi}

    def by_pmid(self, pmid: str) -> Recorded | None:
        """Return the record of a PMID, if it was recorded."""
        return self._by_pmid.get(pmid)

    def by_doi(self, doi: str) -> Recorded | None:
        """Return the record of a DOI in lower case, if it was recorded."""
        return self._by_doi.get(doi)

    def likely(self, text: str) -> list[Recorded]:
        """Return what a printed reference may mean, the likeliest first."""
        scored = [
            (fuzz.token_set_ratio(text, held.printed, processor=utils.default_process), held)
            for held in self.recorded
        ]
        ranked = sorted(scored, key=lambda pair: -pair[0])
        return [held for score, held in ranked if score >= _LIKELY]


def read_shelf(folder: Path) -> Shelf:
    """Read every PubMed XML file below a folder. Raises `OSError` or `ParseError` for a file that is broken."""
    return Shelf(tuple(held for path in sorted(folder.rglob("*.xml")) for held in _read(path)))


def _read(path: Path) -> Iterator[Recorded]:
    records = {record.pmid: record for record in parse_pubmed(path.read_bytes()).records}
    for element in fromstring(path.read_bytes()).iter("PubmedArticle"):
        record = records.get(text_of(element, "MedlineCitation/PMID"))
        if record is not None:
            element.tail = "\n"
            yield Recorded(tostring(element, encoding="utf-8"), record)
