"""Reads the parts of a PubMed record that articles and books share: names, dates, abstracts, terms, links.

Each function takes an XML element and returns frozen values; whole records are `pubmed_fields`.
"""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from evidence.identifiers import IdentifierError, parse_doi
from evidence.sources.dates import PartialDate, date_of_parts, parse_medline_date
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
)


def text_of(parent: Element, path: str) -> str:
    """Return the text under a path, markup removed and its text kept, spaces folded."""
    return text_in(parent.find(path))


def text_in(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def texts_in(elements: Iterable[Element]) -> Iterator[str]:
    return filter(None, map(text_in, elements))


def title_in(element: Element | None) -> str:
    """Return a title without the full stop that is NLM's own punctuation; an ellipsis stays."""
    text = text_in(element)
    return text[:-1].rstrip() if text.endswith(".") and not text.endswith("..") else text


def elocation(article: Element, kind: str) -> str:
    return next(
        (
            text_in(held)
            for held in article.findall("ELocationID")
            if held.get("EIdType") == kind and held.get("ValidYN", "Y") != "N"
        ),
        "",
    )


def elocation_doi(article: Element) -> str:
    try:
        return parse_doi(elocation(article, "doi")).value
    except IdentifierError:
        return ""


def journal_in(article: Element, citation: Element) -> Journal:
    issns = {held.get("IssnType", ""): text_in(held) for held in article.findall("Journal/ISSN")}
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


def book_in(held: Element) -> Book:
    begins, ends = text_of(held, "BeginningDate/Year"), text_of(held, "EndingDate/Year")
    return Book(
        title=title_in(held.find("BookTitle")),
        publisher=text_of(held, "Publisher/PublisherName"),
        place=text_of(held, "Publisher/PublisherLocation"),
        editors=tuple(
            person
            for names in held.findall("AuthorList")
            if _role(names) == "editors"
            for person in authors_in(names)
        ),
        edition=text_of(held, "Edition"),
        volume=text_of(held, "Volume"),
        series=text_of(held, "CollectionTitle"),
        isbns=tuple(texts_in(held.findall("Isbn"))),
        years="-".join(filter(None, (begins, ends))) or text_of(held, "PubDate/Year"),
    )


def _role(names: Element) -> str:
    return names.get("Type", "authors").lower()


def book_authors(document: Element, held: Element) -> tuple[Author, ...]:
    """Return the chapter's authors, or the whole book's when the record is the book."""
    lists = document.findall("AuthorList") or held.findall("AuthorList")
    return tuple(person for names in lists if _role(names) != "editors" for person in authors_in(names))


def authors_in(names: Element | None) -> tuple[Author, ...]:
    return () if names is None else people_in(names.findall("Author"))


def people_in(elements: Iterable[Element]) -> tuple[Author, ...]:
    return tuple(_person(element) for element in elements)


def _person(element: Element) -> Author:
    held = [
        OtherId(scheme=name.get("Source", ""), value=text_in(name)) for name in element.findall("Identifier")
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
        affiliations=tuple(texts_in(affiliations)),
        valid=element.get("ValidYN", "Y") != "N",
        identifiers=tuple(other for other in held if other.scheme.upper() != "ORCID"),
    )


def publication_date(element: Element | None) -> PartialDate | None:
    if element is not None and (free := text_of(element, "MedlineDate")):
        return parse_medline_date(free)
    return date_in(element)


def date_in(element: Element | None) -> PartialDate | None:
    if element is None or not len(element):
        return None
    return date_of_parts(*(text_of(element, part) for part in ("Year", "Month", "Day", "Season")))


def first_year(*dates: PartialDate | None) -> int | None:
    return next((date.year for date in dates if date is not None and date.year is not None), None)


def history_in(data: Element) -> tuple[DatedEvent, ...]:
    return tuple(
        DatedEvent(event=step.get("PubStatus", ""), date=date)
        for step in data.findall("History/PubMedPubDate")
        if (date := date_in(step)) is not None
    )


def abstract_sections(abstract: Element | None) -> tuple[AbstractSection, ...]:
    if abstract is None:
        return ()
    return tuple(
        AbstractSection(text=text, label=part.get("Label", ""), category=part.get("NlmCategory", ""))
        for part in abstract.findall("AbstractText")
        if (text := text_in(part))
    )


def other_abstracts(citation: Element) -> tuple[OtherAbstract, ...]:
    return tuple(
        OtherAbstract(
            sections=abstract_sections(other),
            kind=other.get("Type", ""),
            language=other.get("Language", ""),
            copyright=text_of(other, "CopyrightInformation"),
        )
        for other in citation.findall("OtherAbstract")
    )


def terms_in(elements: Iterable[Element]) -> tuple[Term, ...]:
    return tuple(Term(name=text_in(held), ui=held.get("UI", ""), major=_is_major(held)) for held in elements)


def _is_major(element: Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def mesh_in(citation: Element) -> tuple[MeshHeading, ...]:
    return tuple(
        MeshHeading(
            descriptor=text_in(descriptor),
            ui=descriptor.get("UI", ""),
            major=_is_major(descriptor),
            qualifiers=terms_in(heading.findall("QualifierName")),
        )
        for heading in citation.findall("MeshHeadingList/MeshHeading")
        if (descriptor := heading.find("DescriptorName")) is not None
    )


def keywords_in(holder: Element) -> tuple[Keyword, ...]:
    return tuple(
        Keyword(text=text, major=_is_major(word), owner=words.get("Owner", ""))
        for words in holder.findall("KeywordList")
        for word in words.findall("Keyword")
        if (text := text_in(word))
    )


def grants_in(holder: Element) -> tuple[Grant, ...]:
    return tuple(
        Grant(
            number=text_of(held, "GrantID"),
            acronym=text_of(held, "Acronym"),
            agency=text_of(held, "Agency"),
            country=text_of(held, "Country"),
        )
        for held in holder.findall("GrantList/Grant")
    )


def data_banks(article: Element) -> tuple[DataBank, ...]:
    return tuple(
        DataBank(
            name=text_of(bank, "DataBankName"),
            accessions=tuple(texts_in(bank.findall("AccessionNumberList/AccessionNumber"))),
        )
        for bank in article.findall("DataBankList/DataBank")
    )


def chemicals_in(citation: Element) -> tuple[Chemical, ...]:
    return tuple(
        Chemical(
            name=text_in(substance),
            ui=substance.get("UI", ""),
            registry_number=text_of(held, "RegistryNumber"),
        )
        for held in citation.findall("ChemicalList/Chemical")
        if (substance := held.find("NameOfSubstance")) is not None
    )


def notices_in(citation: Element) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            kind=held.get("RefType", ""),
            ref_source=text_of(held, "RefSource"),
            pmid=text_of(held, "PMID"),
            note=text_of(held, "Note"),
        )
        for held in citation.findall("CommentsCorrectionsList/CommentsCorrections")
    )


def reference_count(citation: Element, data: Element) -> int:
    stated = text_of(citation, "NumberOfReferences")
    return int(stated) if stated.isdecimal() else len(data.findall("ReferenceList//Reference"))
