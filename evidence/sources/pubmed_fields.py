"""Maps one PubMed XML element (article, book, bare citation) to a `WorkRecord`.

Streams, files and their errors are `pubmed`'s; identifiers come from the record's own lists alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid, spelled_doi
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.pubmed_parts import (
    abstract_sections,
    authors_in,
    book_authors,
    book_in,
    chemicals_in,
    data_banks,
    date_in,
    elocation,
    elocation_doi,
    first_year,
    grants_in,
    history_in,
    journal_in,
    keywords_in,
    mesh_in,
    notices_in,
    other_abstracts,
    people_in,
    publication_date,
    reference_count,
    terms_in,
    text_in,
    text_of,
    texts_in,
    title_in,
)
from evidence.sources.records import OtherId, WorkRecord


class RecordError(ValueError):
    """One record cannot be read; `args[0]` is the code of the reason."""


_NOTHING = Element("nothing")


def record_of(element: Element) -> WorkRecord:
    """Map a PubmedArticle, a bare MedlineCitation or a PubmedBookArticle.

    Raises `RecordError` with the code `pmid_missing`, `pmid_unreadable` or `article_missing`.
    """
    if element.tag == "PubmedBookArticle":
        return _book_record(element)
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    data = element.find("PubmedData")
    return _article_record(citation, _NOTHING if data is None else data)


def pmid_of(holder: Element | None) -> tuple[str, int]:
    """Return a record's own PMID and version. Raises `RecordError`."""
    found = None if holder is None else holder.find("PMID")
    if found is None or not text_in(found):
        raise RecordError("pmid_missing")
    try:
        pmid = parse_pmid(text_in(found)).value
    except IdentifierError as error:
        raise RecordError("pmid_unreadable") from error
    version = found.get("Version", "1")
    return pmid, int(version) if version.isdecimal() else 1


def _article_record(citation: Element | None, data: Element) -> WorkRecord:
    pmid, version = pmid_of(citation)
    article = None if citation is None else citation.find("Article")
    if citation is None or article is None:
        raise RecordError("article_missing")
    ids = _Ids(data.findall("ArticleIdList/ArticleId"))
    identified = WorkRecord(
        source="pubmed",
        pmid=pmid,
        pmid_version=version,
        doi=ids.doi,
        doi_spelled=ids.doi_spelled,
        elocation_doi=elocation_doi(article),
        pmcid=ids.pmcid,
        other_ids=(*ids.others, *_numbers_of_other_owners(citation)),
        title=title_in(article.find("ArticleTitle")),
        vernacular_title=title_in(article.find("VernacularTitle")),
    )
    cited = _cited(identified, article, citation)
    return _indexed(replace(cited, remarks=tuple(_remarks(cited, ids))), article, citation, data)


def _cited(record: WorkRecord, article: Element, citation: Element) -> WorkRecord:
    """Add what a printed reference shows: people, journal, place in it, dates."""
    pages = pages_of(
        text_of(article, "Pagination/MedlinePgn"),
        text_of(article, "Pagination/StartPage"),
        text_of(article, "Pagination/EndPage"),
    )
    printed = publication_date(article.find("Journal/JournalIssue/PubDate"))
    online = date_in(article.find("ArticleDate"))
    names = article.find("AuthorList")
    return replace(
        record,
        authors=authors_in(names),
        authors_complete=names is None or names.get("CompleteYN", "Y") != "N",
        investigators=people_in(citation.findall("InvestigatorList/Investigator")),
        journal=journal_in(article, citation),
        volume=text_of(article, "Journal/JournalIssue/Volume"),
        issue=text_of(article, "Journal/JournalIssue/Issue"),
        pages=pages,
        article_number=article_number_of(elocation(article, "pii"), pages.medline),
        pub_model=article.get("PubModel", ""),
        print_date=printed,
        electronic_date=online,
        year=first_year(printed, online),
        languages=tuple(texts_in(article.findall("Language"))),
        publication_types=terms_in(article.findall("PublicationTypeList/PublicationType")),
    )


def _indexed(record: WorkRecord, article: Element, citation: Element, data: Element) -> WorkRecord:
    """Add what the catalogue says beyond the reference: abstract, terms, money, links, history."""
    return replace(
        record,
        history=history_in(data),
        revised=date_in(citation.find("DateRevised")),
        completed=date_in(citation.find("DateCompleted")),
        abstract=abstract_sections(article.find("Abstract")),
        other_abstracts=other_abstracts(citation),
        copyright=text_of(article, "Abstract/CopyrightInformation"),
        mesh=mesh_in(citation),
        supplementary_mesh=terms_in(citation.findall("SupplMeshList/SupplMeshName")),
        keywords=keywords_in(citation),
        grants=grants_in(article),
        data_banks=data_banks(article),
        chemicals=chemicals_in(citation),
        coi_statement=text_of(citation, "CoiStatement"),
        notices=notices_in(citation),
        reference_count=reference_count(citation, data),
        citation_subsets=tuple(texts_in(citation.findall("CitationSubset"))),
        general_notes=tuple(texts_in(citation.findall("GeneralNote"))),
        publication_status=text_of(data, "PublicationStatus"),
        record_status=citation.get("Status", ""),
        owner=citation.get("Owner", ""),
    )


def _book_record(element: Element) -> WorkRecord:
    document = element.find("BookDocument")
    pmid, version = pmid_of(document)
    if document is None or (held := document.find("Book")) is None:
        raise RecordError("article_missing")
    data = element.find("PubmedBookData")
    data = _NOTHING if data is None else data
    # Only the two lists of the document itself: its ReferenceList nests other works' lists.
    ids = _Ids([*document.findall("ArticleIdList/ArticleId"), *data.findall("ArticleIdList/ArticleId")])
    book = book_in(held)
    chapter = title_in(document.find("ArticleTitle"))
    identified = WorkRecord(
        source="pubmed",
        kind="chapter" if chapter else "book",
        pmid=pmid,
        pmid_version=version,
        doi=ids.doi,
        doi_spelled=ids.doi_spelled,
        elocation_doi=elocation_doi(held),
        pmcid=ids.pmcid,
        other_ids=ids.others,
        title=chapter or book.title,
        vernacular_title=title_in(document.find("VernacularTitle")),
        authors=book_authors(document, held),
        book=book,
        print_date=publication_date(held.find("PubDate")),
    )
    return _described_book(replace(identified, remarks=tuple(_remarks(identified, ids))), document, data)


def _described_book(record: WorkRecord, document: Element, data: Element) -> WorkRecord:
    contributed = date_in(document.find("ContributionDate"))
    return replace(
        record,
        investigators=people_in(document.findall("InvestigatorList/Investigator")),
        pages=pages_of(text_of(document, "Pagination/MedlinePgn")),
        electronic_date=contributed,
        history=history_in(data),
        revised=date_in(document.find("DateRevised")),
        year=first_year(contributed, record.print_date),
        languages=tuple(texts_in(document.findall("Language"))),
        abstract=abstract_sections(document.find("Abstract")),
        copyright=text_of(document, "Abstract/CopyrightInformation"),
        publication_types=terms_in(document.findall("PublicationType")),
        keywords=keywords_in(document),
        grants=grants_in(document),
        reference_count=len(document.findall("ReferenceList//Reference")),
        publication_status=text_of(data, "PublicationStatus"),
    )


def _numbers_of_other_owners(citation: Element) -> Iterator[OtherId]:
    for held in citation.findall("OtherID"):
        yield OtherId(scheme=held.get("Source", ""), value=text_in(held))


class _Ids:
    """What a record's own ArticleIdList says."""

    def __init__(self, held: Iterable[Element]) -> None:
        self.pmid = self.doi = self.doi_spelled = self.pmcid = ""
        others: list[OtherId] = []
        self.unreadable: list[str] = []
        for element in held:
            scheme, value = element.get("IdType", ""), text_in(element)
            if not value or self._take(scheme, value):
                continue
            others.append(OtherId(scheme=scheme, value=value))
        self.others = tuple(others)

    def _take(self, scheme: str, value: str) -> bool:
        """Keep the first readable identifier of a known scheme; say whether the value is dealt with."""
        try:
            if scheme == "pubmed":
                self.pmid = self.pmid or parse_pmid(value).value
            elif scheme == "doi" and not self.doi:
                self.doi, self.doi_spelled = parse_doi(value).value, spelled_doi(value)
            elif scheme in ("pmc", "pmcid") and not self.pmcid:
                self.pmcid = parse_pmcid(value).value
            else:
                return False
        except IdentifierError:
            self.unreadable.append(scheme)
            return False
        return True


def _remarks(record: WorkRecord, ids: _Ids) -> Iterator[str]:
    if not record.title:
        yield "title_missing"
    if ids.pmid and ids.pmid != record.pmid:
        yield f"pmid_differs:{ids.pmid}"
    yield from (f"{scheme}_unreadable" for scheme in ids.unreadable)
    if record.print_date is not None and record.print_date.year is None:
        yield "date_unreadable"
