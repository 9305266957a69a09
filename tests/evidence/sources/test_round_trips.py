"""What is written as NBIB, RIS, CSL-JSON or BibTeX comes back unchanged, whatever signs it holds."""

import io
import json

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.sources.dates import PartialDate
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import (
    AbstractSection,
    Author,
    Book,
    Journal,
    Keyword,
    Notice,
    Pages,
    Term,
    WorkRecord,
)
from tests.evidence.corpus import SAMPLES
from tests.evidence.sources.formats import ALL, BIBTEX, CSL, Format, assert_comes_back

SIGNS = "abzé ßÅ中文字Ω{}%&_$#~^\\\"'`-–.,;:/()[]<>@=*|?!0123456789\n\t\r"
PIECES = ["--", "``", "''", "?`", "<i>", "</i>", "&amp;", "&lt;", " and ", "et al", "Jr", "TY  - ", "ER  -"]
texts = st.lists(st.text(SIGNS, max_size=8) | st.sampled_from(PIECES), max_size=4).map("".join)
words = st.text("abcÉ中-' {}%&$\\", min_size=1, max_size=8)
digits = st.integers(1, 99_999_999).map(str)
dois = st.text("abXY09.-_()/", min_size=1, max_size=10).map(lambda tail: f"10.1234/{tail}x")
days = st.builds(
    PartialDate, year=st.integers(1800, 2100), month=st.integers(1, 12) | st.none(), day=st.integers(1, 28)
)
dates = days | st.sampled_from(
    [
        None,
        PartialDate(year=2000, season="Spring"),
        PartialDate(year=2018, month=5, end_month=6, text="May-Jun"),
        PartialDate(year=1998, month=12, end_year=1999, end_month=1, text="1998 Dec-1999 Jan"),
        PartialDate(text="undated"),
    ]
)
people = st.builds(
    Author,
    family=words,
    given=words | st.just(""),
    initials=st.sampled_from(["", "A", "AB", "ABC"]),
    suffix=st.sampled_from(["", "", "Jr", "3rd", "MD"]),
) | st.builds(Author, collective=words)
books = st.builds(
    Book,
    title=texts,
    publisher=texts,
    place=texts,
    editors=st.lists(people, max_size=2).map(tuple),
    edition=texts,
    volume=texts,
    series=texts,
    isbns=st.lists(st.sampled_from(["9783642002304", "0-19-852663-6"]), unique=True).map(tuple),
)
journals = st.builds(
    Journal,
    title=texts,
    iso_abbreviation=texts,
    medline_ta=texts,
    nlm_id=st.sampled_from(["", "0413066"]),
    issn=st.sampled_from(["", "1234-5678"]),
    issn_print=st.sampled_from(["", "0092-8674"]),
    issn_electronic=st.sampled_from(["", "1097-417X"]),
)
pages = st.sampled_from(["", "60", "1489-97", "e13-e20", "S12-S15", "12-5; discussion 20", "iv-x", "5–9"])
notices = st.builds(
    Notice,
    kind=st.sampled_from(["RetractionIn", "ErratumFor", "UpdateOf", "CommentOn", "Unknown"]),
    ref_source=texts,
    pmid=digits | st.just(""),
)


@st.composite
def works(draw: st.DrawFn) -> WorkRecord:
    kind = draw(st.sampled_from(["article", "preprint", "book", "chapter", "report", "conference", "odd"]))
    doi = draw(dois | st.just(""))
    return WorkRecord(
        source="pubmed",
        kind=kind,
        pmid=draw(digits),
        doi=doi.lower(),
        doi_spelled=doi,
        pmcid=draw(st.sampled_from(["", "PMC123"])),
        title=draw(texts),
        vernacular_title=draw(texts),
        authors=tuple(draw(st.lists(people, max_size=4))),
        authors_complete=draw(st.booleans()),
        journal=draw(journals),
        book=draw(books) if kind in ("book", "chapter", "report") else None,
        volume=draw(texts),
        issue=draw(texts),
        pages=Pages(medline=draw(pages)),
        article_number=draw(st.sampled_from(["", "e123", "111004"])),
        print_date=draw(dates),
        electronic_date=draw(dates),
        year=draw(st.integers(1800, 2100) | st.none()),
        languages=draw(st.sampled_from([(), ("eng",), ("eng", "fre")])),
        abstract=tuple(AbstractSection(text=text, label="AIM") for text in draw(st.lists(texts, max_size=2))),
        publication_types=draw(st.sampled_from([(), (Term(name="Journal Article", ui="D016428"),)])),
        keywords=tuple(Keyword(text=text) for text in draw(st.lists(texts, max_size=3))),
        notices=tuple(draw(st.lists(notices, max_size=2))),
    )


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
@given(record=works())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_record_comes_back_as_the_format_carries_it(form: Format, record: WorkRecord) -> None:
    assert_comes_back(form, [record])


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_pubmeds_own_odd_records_come_back(form: Format) -> None:
    records = [
        record for path in sorted(SAMPLES.glob("*.xml")) for record in parse_pubmed(path.read_bytes()).records
    ]
    assert len(records) > 10
    assert_comes_back(form, records)


def odd() -> WorkRecord:
    return WorkRecord(
        source="pubmed",
        title="50 % of {braces} & $5_000 \\ ~ ^ #1 – 麩醯胺酸",
        authors=(Author(family="von der Linde", given="Ann-Marie"), Author(collective="A and B Group")),
        journal=Journal(title="Gut & Liver"),
        year=2019,
    )


def test_bibtex_of_odd_signs_is_read_by_bibtexparser_itself() -> None:
    library = parse_string(BIBTEX.write([odd(), odd()]))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["vonderlinde2019", "vonderlinde2019b"]
    assert "von der Linde, Ann-Marie and {A and B Group}" in library.entries[0]["author"]


def test_csl_is_the_schemas_own_form() -> None:
    record = WorkRecord(
        source="pubmed",
        pmid="39397201",
        doi="10.1007/s00726-024-03420-7",
        doi_spelled="10.1007/s00726-024-03420-7",
        title="A systematic review",
        authors=(Author(family="Abbasi", given="Fatemeh", initials="F"),),
        journal=Journal(title="Amino acids", medline_ta="Amino Acids", issn_electronic="1438-2199"),
        volume="56",
        issue="1",
        pages=Pages(medline="60", start="60", end="60"),
        print_date=PartialDate(year=2024, month=10, day=12),
    )
    (item,) = json.loads(CSL.write([record]))
    assert item == {
        "id": "abbasi2024",
        "type": "article-journal",
        "title": "A systematic review",
        "author": [{"family": "Abbasi", "given": "Fatemeh"}],
        "container-title": "Amino acids",
        "container-title-short": "Amino Acids",
        "ISSN": "1438-2199",
        "volume": "56",
        "issue": "1",
        "issued": {"date-parts": [[2024, 10, 12]]},
        "page": "60",
        "DOI": "10.1007/s00726-024-03420-7",
        "PMID": "39397201",
    }


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_nothing_to_write_is_not_an_error(form: Format) -> None:
    assert not form.records(form.write([]))
    assert list(form.read(io.BytesIO(b"")))
