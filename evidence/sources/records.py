"""The frozen record every outside source and format returns, with its JSON form and its version hash.

Nothing is fetched, judged or printed here: see `pubmed`, `evidence.status` and `evidence.citing`.
"""

import hashlib
import json
from dataclasses import dataclass

from evidence.sources.dates import PartialDate
from evidence.sources.plain import PlainError, canonical_bytes, from_plain, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherId:
    """An identifier outside PMID, DOI and PMCID, under the name its source gives the scheme."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person or a group. `valid` is False for a name a source keeps only as once misprinted."""

    family: str = ""
    given: str = ""
    initials: str = ""
    suffix: str = ""
    collective: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()
    valid: bool = True
    identifiers: tuple[OtherId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Where an article appeared, in every name a catalogue knows it by."""

    title: str = ""
    iso_abbreviation: str = ""
    medline_ta: str = ""
    nlm_id: str = ""
    issn: str = ""
    issn_print: str = ""
    issn_electronic: str = ""
    issn_linking: str = ""
    country: str = ""

    @property
    def issns(self) -> frozenset[str]:
        """Every ISSN known, for matching."""
        known = (self.issn, self.issn_print, self.issn_electronic, self.issn_linking)
        return frozenset(filter(None, known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book a chapter, or the record itself, belongs to."""

    title: str = ""
    publisher: str = ""
    place: str = ""
    editors: tuple[Author, ...] = ()
    edition: str = ""
    volume: str = ""
    series: str = ""
    isbns: tuple[str, ...] = ()
    years: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Pagination as MEDLINE words it (`1489-97`), and its first range in full (1489, 1497)."""

    medline: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEvent:
    """A step in a work's life: received, accepted, entrez, pubmed, medline."""

    event: str
    date: PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractSection:
    """One paragraph of an abstract, with its printed label and NLM's category."""

    text: str
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAbstract:
    """An abstract in another language or of another kind, such as a plain-language summary."""

    sections: tuple[AbstractSection, ...]
    kind: str = ""
    language: str = ""
    copyright: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a controlled vocabulary with its unique identifier."""

    name: str
    ui: str = ""
    major: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshHeading:
    """A MeSH descriptor with its qualifiers; `major` marks a main point of the work."""

    descriptor: str
    ui: str = ""
    major: bool = False
    qualifiers: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A keyword and who gave it (NOTNLM: the author)."""

    text: str
    major: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Money behind the work."""

    number: str = ""
    acronym: str = ""
    agency: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataBank:
    """Numbers under which a register holds the work's trial or data."""

    name: str
    accessions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chemical:
    """A substance indexed for the work."""

    name: str
    ui: str = ""
    registry_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A link to another publication; `kind` is PubMed's RefType (RetractionIn, ErratumFor, CommentOn...).

    Crossref's links are brought under the same names; WithdrawnIn and WithdrawalOf, which PubMed lacks, are ours.
    """

    kind: str
    ref_source: str = ""
    pmid: str = ""
    doi: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRecord:
    """What one source says about one work; an empty field means the source does not say.

    `doi` is normalised to lower case and compared; `doi_spelled` keeps the source's capitals for
    print. `elocation_doi` is the DOI an ELocationID names: it never stands in for `doi`.
    `remarks` are codes of what the reader found odd: `title_missing`, `doi_unreadable:...`.
    """

    source: str
    kind: str = "article"
    pmid: str = ""
    pmid_version: int = 1
    doi: str = ""
    doi_spelled: str = ""
    elocation_doi: str = ""
    pmcid: str = ""
    other_ids: tuple[OtherId, ...] = ()
    title: str = ""
    vernacular_title: str = ""
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    investigators: tuple[Author, ...] = ()
    journal: Journal = Journal()
    book: Book | None = None
    volume: str = ""
    issue: str = ""
    pages: Pages = Pages()
    article_number: str = ""
    pub_model: str = ""
    print_date: PartialDate | None = None
    electronic_date: PartialDate | None = None
    history: tuple[DatedEvent, ...] = ()
    revised: PartialDate | None = None
    completed: PartialDate | None = None
    year: int | None = None
    languages: tuple[str, ...] = ()
    abstract: tuple[AbstractSection, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    copyright: str = ""
    publication_types: tuple[Term, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    supplementary_mesh: tuple[Term, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    grants: tuple[Grant, ...] = ()
    data_banks: tuple[DataBank, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    coi_statement: str = ""
    notices: tuple[Notice, ...] = ()
    reference_count: int = 0
    citation_subsets: tuple[str, ...] = ()
    general_notes: tuple[str, ...] = ()
    publication_status: str = ""
    record_status: str = ""
    owner: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def named_authors(self) -> tuple[Author, ...]:
        """The authors to print and to compare: names marked invalid are left out."""
        return tuple(author for author in self.authors if author.valid)

    @property
    def type_names(self) -> frozenset[str]:
        """The publication types by name."""
        return frozenset(kind.name for kind in self.publication_types)

    @property
    def trial_registrations(self) -> tuple[str, ...]:
        """Trial register numbers, such as NCT00133978, in the source's order."""
        return tuple(
            number for bank in self.data_banks if _is_trial_register(bank.name) for number in bank.accessions
        )

    def date_of(self, event: str) -> PartialDate | None:
        """Return the date of one step in the work's life, such as `received`, or None."""
        return next((step.date for step in self.history if step.event == event), None)

    @property
    def canonical_bytes(self) -> bytes:
        """The one byte form of this record; two equal records have equal bytes."""
        return canonical_bytes(self)

    @property
    def sha256(self) -> str:
        """The version of this record that a manifest pins, in hex."""
        return hashlib.sha256(self.canonical_bytes).hexdigest()

    def to_json(self) -> str:
        """Return the record as JSON; `from_json` gives back an equal record."""
        return json.dumps(to_plain(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "WorkRecord":
        """Read what `to_json` wrote. Raises `PlainError` when it is not such a record."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise PlainError(f"WorkRecord: not JSON: {error}") from error
        return from_plain(cls, data)


# The registers MEDLINE names in DataBankName (NLM, "Databank Sources"), in lower case.
_REGISTERS = (
    *("clinicaltrials", "isrctn", "anzctr", "chictr", "ctri", "drks", "eudract", "irct", "jprn", "umin"),
    *("ntr", "pactr", "rebec", "rpcec", "slctr", "tctr", "kct", "cris", "repec"),
)


def _is_trial_register(name: str) -> bool:
    return name.lower().startswith(_REGISTERS)
