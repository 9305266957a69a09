"""Maps one PubMed XML element (article, book, bare citation) to a `WorkRecord`.

Streams, files and their errors are `pubmed`'s; identifiers come from the record's own lists alone.
"""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid, spelled_doi
from evidence.sources.dates import PartialDate, date_of_parts, parse_medline_date
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.records import (
    AbstractSection,
    Author,
    Book,
    Chemical,
    DataBank,
    DatedEvent,
    Grant,
    Journal,
    Keyword,
    MeshHeading,
    Notice,
    OtherAbstract,
    OtherId,
    Term,
    WorkRecord,
)


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


def text_of(parent: Element, path: str) -> str:
    """Return the text under a path, markup removed and its text kept, spaces folded."""
    return _text(parent.find(path))


def pmid_of(holder: Element | None) -> tuple[str, int]:
    """Return a record's own PMID and version. Raises `RecordError`."""
    found = None if holder is None else holder.find("PMID")
    if found is None or not _text(found):
        raise RecordError("pmid_missing")
    try:
        pmid = parse_pmid(_text(found)).value
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
    pii = _elocation(article, "pii")
    pages = pages_of(
        text_of(article, "Pagination/MedlinePgn"),
        text_of(article, "Pagination/StartPage"),
        text_of(article, "Pagination/EndPage"),
    )
    printed = _publication_date(article.find("Journal/JournalIssue/PubDate"))
    online = _date(article.find("ArticleDate"))
    authors = article.find("AuthorList")
    title = _title(article.find("ArticleTitle"))
    others = [
        OtherId(scheme=held.get("Source", ""), value=_text(held)) for held in citation.findall("OtherID")
    ]
    return WorkRecord(
        source="pubmed",
        pmid=pmid,
        pmid_version=version,
        doi=ids.doi,
        doi_spelled=ids.doi_spelled,
        elocation_doi=_elocation_doi(article),
        pmcid=ids.pmcid,
        other_ids=(*ids.others, *others),
        title=title,
        vernacular_title=_title(article.find("VernacularTitle")),
        authors=_authors(authors),
        authors_complete=authors is None or authors.get("CompleteYN", "Y") != "N",
        investigators=_people(citation.findall("InvestigatorList/Investigator")),
        journal=_journal(article, citation),
        volume=text_of(article, "Journal/JournalIssue/Volume"),
        issue=text_of(article, "Journal/JournalIssue/Issue"),
        pages=pages,
        article_number=article_number_of(pii, pages.medline),
        pub_model=article.get("PubModel", ""),
        print_date=printed,
        electronic_date=online,
        history=_history(data),
        revised=_date(citation.find("DateRevised")),
        completed=_date(citation.find("DateCompleted")),
        year=_first_year(printed, online),
        languages=tuple(_texts(article.findall("Language"))),
        abstract=_sections(article.find("Abstract")),
        other_abstracts=_other_abstracts(citation),
        copyright=text_of(article, "Abstract/CopyrightInformation"),
        publication_types=_terms(article.findall("PublicationTypeList/PublicationType")),
        mesh=_mesh(citation),
        supplementary_mesh=_terms(citation.findall("SupplMeshList/SupplMeshName")),
        keywords=_keywords(citation),
        grants=_grants(article),
        data_banks=_data_banks(article),
        chemicals=_chemicals(citation),
        coi_statement=text_of(citation, "CoiStatement"),
        notices=_notices(citation),
        reference_count=_reference_count(citation, data),
        citation_subsets=tuple(_texts(citation.findall("CitationSubset"))),
        general_notes=tuple(_texts(citation.findall("GeneralNote"))),
        publication_status=text_of(data, "PublicationStatus"),
        record_status=citation.get("Status", ""),
        owner=citation.get("Owner", ""),
        remarks=tuple(_remarks(title, pmid, ids, printed)),
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
    book = _book(held)
    chapter = _title(document.find("ArticleTitle"))
    printed = _publication_date(held.find("PubDate"))
    contributed = _date(document.find("ContributionDate"))
    pages = pages_of(text_of(document, "Pagination/MedlinePgn"))
    return WorkRecord(
        source="pubmed",
        kind="chapter" if chapter else "book",
        pmid=pmid,
        pmid_version=version,
        doi=ids.doi,
        doi_spelled=ids.doi_spelled,
        elocation_doi=_elocation_doi(held),
        pmcid=ids.pmcid,
        other_ids=ids.others,
        title=chapter or book.title,
        vernacular_title=_title(document.find("VernacularTitle")),
        authors=_book_authors(document, held),
        investigators=_people(document.findall("InvestigatorList/Investigator")),
        book=book,
        pages=pages,
        print_date=printed,
        electronic_date=contributed,
        history=_history(data),
        revised=_date(document.find("DateRevised")),
        year=_first_year(contributed, printed),
        languages=tuple(_texts(document.findall("Language"))),
        abstract=_sections(document.find("Abstract")),
        copyright=text_of(document, "Abstract/CopyrightInformation"),
        publication_types=_terms(document.findall("PublicationType")),
        keywords=_keywords(document),
        grants=_grants(document),
        reference_count=len(document.findall("ReferenceList//Reference")),
        publication_status=text_of(data, "PublicationStatus"),
        remarks=tuple(_remarks(chapter or book.title, pmid, ids, printed)),
    )


class _Ids:
    """What a record's own ArticleIdList says."""

    def __init__(self, held: Iterable[Element]) -> None:
        self.pmid = self.doi = self.doi_spelled = self.pmcid = ""
        others: list[OtherId] = []
        self.unreadable: list[str] = []
        for element in held:
            scheme, value = element.get("IdType", ""), _text(element)
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


def _remarks(title: str, pmid: str, ids: _Ids, printed: PartialDate | None) -> Iterator[str]:
    if not title:
        yield "title_missing"
    if ids.pmid and ids.pmid != pmid:
        yield f"pmid_differs:{ids.pmid}"
    yield from (f"{scheme}_unreadable" for scheme in ids.unreadable)
    if printed is not None and printed.year is None:
        yield "date_unreadable"


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _texts(elements: Iterable[Element]) -> Iterator[str]:
    return filter(None, map(_text, elements))


def _title(element: Element | None) -> str:
    """Return a title without the full stop that is NLM's own punctuation; an ellipsis stays."""
    text = _text(element)
    return text[:-1].rstrip() if text.endswith(".") and not text.endswith("..") else text


def _elocation(article: Element, kind: str) -> str:
    return next(
        (
            _text(held)
            for held in article.findall("ELocationID")
            if held.get("EIdType") == kind and held.get("ValidYN", "Y") != "N"
        ),
        "",
    )


def _elocation_doi(article: Element) -> str:
    try:
        return parse_doi(_elocation(article, "doi")).value
    except IdentifierError:
        return ""


def _journal(article: Element, citation: Element) -> Journal:
    issns = {held.get("IssnType", ""): _text(held) for held in article.findall("Journal/ISSN")}
    return Journal(
        title=text_of(article, "Journal/Title"),
        iso_abbreviation=text_of(article, "Journal/ISOAbbreviation"),
        medline_ta=text_of(citation, "MedlineJournalInfo/MedlineTA"),
        nlm_id=text_of(citation, "MedlineJournalInfo/NlmUniqueID"),
        issn=issns.get("", ""),
        issn_print=issns.get("Print", ""),
        issn_electronic=issns.get("Electronic", ""),
        issn_linking=text_of(citation, "MedlineJournalInfo/ISSNLinking"),
        country=text_of(citation, "MedlineJournalInfo/Country"),
    )


def _book(held: Element) -> Book:
    begins, ends = text_of(held, "BeginningDate/Year"), text_of(held, "EndingDate/Year")
    return Book(
        title=_title(held.find("BookTitle")),
        publisher=text_of(held, "Publisher/PublisherName"),
        place=text_of(held, "Publisher/PublisherLocation"),
        editors=tuple(
            person
            for names in held.findall("AuthorList")
            if _role(names) == "editors"
            for person in _authors(names)
        ),
        edition=text_of(held, "Edition"),
        volume=text_of(held, "Volume"),
        series=text_of(held, "CollectionTitle"),
        isbns=tuple(_texts(held.findall("Isbn"))),
        years="-".join(filter(None, (begins, ends))) or text_of(held, "PubDate/Year"),
    )


def _role(names: Element) -> str:
    return names.get("Type", "authors").lower()


def _book_authors(document: Element, held: Element) -> tuple[Author, ...]:
    """Return the chapter's authors, or the whole book's when the record is the book."""
    lists = document.findall("AuthorList") or held.findall("AuthorList")
    return tuple(person for names in lists if _role(names) != "editors" for person in _authors(names))


def _authors(names: Element | None) -> tuple[Author, ...]:
    return () if names is None else _people(names.findall("Author"))


def _people(elements: Iterable[Element]) -> tuple[Author, ...]:
    return tuple(_person(element) for element in elements)


def _person(element: Element) -> Author:
    held = [
        OtherId(scheme=name.get("Source", ""), value=_text(name)) for name in element.findall("Identifier")
    ]
    orcid = next((other.value for other in held if other.scheme.upper() == "ORCID"), "")
    # Before 2015 an author had one Affiliation, directly inside Author.
    affiliations = (*element.findall("AffiliationInfo/Affiliation"), *element.findall("Affiliation"))
    return Author(
        family=text_of(element, "LastName"),
        given=text_of(element, "ForeName") or text_of(element, "FirstName"),
        initials=text_of(element, "Initials"),
        suffix=text_of(element, "Suffix"),
        collective=text_of(element, "CollectiveName"),
        orcid=orcid.rstrip("/").rsplit("/", 1)[-1],
        affiliations=tuple(_texts(affiliations)),
        valid=element.get("ValidYN", "Y") != "N",
        identifiers=tuple(other for other in held if other.scheme.upper() != "ORCID"),
    )


def _publication_date(element: Element | None) -> PartialDate | None:
    if element is not None and (free := text_of(element, "MedlineDate")):
        return parse_medline_date(free)
    return _date(element)


def _date(element: Element | None) -> PartialDate | None:
    if element is None or not len(element):
        return None
    return date_of_parts(*(text_of(element, part) for part in ("Year", "Month", "Day", "Season")))


def _first_year(*dates: PartialDate | None) -> int | None:
    return next((date.year for date in dates if date is not None and date.year is not None), None)


def _history(data: Element) -> tuple[DatedEvent, ...]:
    return tuple(
        DatedEvent(event=step.get("PubStatus", ""), date=date)
        for step in data.findall("History/PubMedPubDate")
        if (date := _date(step)) is not None
    )


def _sections(abstract: Element | None) -> tuple[AbstractSection, ...]:
    if abstract is None:
        return ()
    return tuple(
        AbstractSection(text=text, label=part.get("Label", ""), category=part.get("NlmCategory", ""))
        for part in abstract.findall("AbstractText")
        if (text := _text(part))
    )


def _other_abstracts(citation: Element) -> tuple[OtherAbstract, ...]:
    return tuple(
        OtherAbstract(
            sections=_sections(other),
            kind=other.get("Type", ""),
            language=other.get("Language", ""),
            copyright=text_of(other, "CopyrightInformation"),
        )
        for other in citation.findall("OtherAbstract")
    )


def _terms(elements: Iterable[Element]) -> tuple[Term, ...]:
    return tuple(Term(name=_text(held), ui=held.get("UI", ""), major=_is_major(held)) for held in elements)


def _is_major(element: Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _mesh(citation: Element) -> tuple[MeshHeading, ...]:
    return tuple(
        MeshHeading(
            descriptor=_text(descriptor),
            ui=descriptor.get("UI", ""),
            major=_is_major(descriptor),
            qualifiers=_terms(heading.findall("QualifierName")),
        )
        for heading in citation.findall("MeshHeadingList/MeshHeading")
        if (descriptor := heading.find("DescriptorName")) is not None
    )


def _keywords(holder: Element) -> tuple[Keyword, ...]:
    return tuple(
        Keyword(text=text, major=_is_major(word), owner=words.get("Owner", ""))
        for words in holder.findall("KeywordList")
        for word in words.findall("Keyword")
        if (text := _text(word))
    )


def _grants(holder: Element) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            number=text_of(held, "GrantID"),
            acronym=text_of(held, "Acronym"),
            agency=text_of(held, "Agency"),
            country=text_of(held, "Country"),
        )
        for held in holder.findall("GrantList/Grant")
    )


def _data_banks(article: Element) -> tuple[DataBank, ...]:
    return tuple(
        DataBank(
            name=text_of(bank, "DataBankName"),
            accessions=tuple(_texts(bank.findall("AccessionNumberList/AccessionNumber"))),
        )
        for bank in article.findall("DataBankList/DataBank")
    )


def _chemicals(citation: Element) -> tuple[Chemical, ...]:
    return tuple(
        Chemical(
            name=_text(substance),
            ui=substance.get("UI", ""),
            registry_number=text_of(held, "RegistryNumber"),
        )
        for held in citation.findall("ChemicalList/Chemical")
        if (substance := held.find("NameOfSubstance")) is not None
    )


def _notices(citation: Element) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            kind=held.get("RefType", ""),
            ref_source=text_of(held, "RefSource"),
            pmid=text_of(held, "PMID"),
            note=text_of(held, "Note"),
        )
        for held in citation.findall("CommentsCorrectionsList/CommentsCorrections")
    )


def _reference_count(citation: Element, data: Element) -> int:
    stated = text_of(citation, "NumberOfReferences")
    return int(stated) if stated.isdecimal() else len(data.findall("ReferenceList//Reference"))
