"""What editors find when they read NBIB, RIS, CSL-JSON and BibTeX, whole, odd or broken."""

import gzip
import io
import random

import pytest

from evidence.sources.dates import PartialDate
from evidence.sources.files import read_references
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Author, Keyword, Notice, WorkRecord
from evidence.status import Status, status_of
from tests.evidence.corpus import SAMPLES
from tests.evidence.sources.formats import ALL, BIBTEX, CSL, NBIB, RIS, Format

MADE_UP = WorkRecord(
    source="made up",
    pmid="123",
    doi="10.1234/ab",
    title="A made-up trial",
    authors=(Author(family="van Loon", given="Ada B"), Author(collective="TRIAL Group")),
    year=2019,
)


def read(data: str | bytes) -> list[object]:
    return list(read_references(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def codes(data: str | bytes) -> list[str]:
    return [item.code for item in read(data) if isinstance(item, ParseProblem)]


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_told_by_its_content_in_any_encoding_plain_or_packed(
    form: Format, encoding: str, packed: bool
) -> None:
    data = form.write([MADE_UP]).encode(encoding)
    assert read(gzip.compress(data, mtime=0) if packed else data) == [form.mapped(MADE_UP)]


def test_pubmed_xml_is_read_by_the_same_door() -> None:
    (found,) = read((SAMPLES / "efetch_39345789.xml").read_bytes())
    assert isinstance(found, WorkRecord)
    assert found.source == "pubmed"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "empty"),
        (" \r\n ", "empty"),
        ("<!DOCTYPE html><html><body>Not found", "web_page"),
        ("A shopping list: 5 eggs", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n", "unknown_format"),
        (b"PK\x03\x04\x14\x00", "unknown_format"),
        (gzip.compress(b"TY  - JOUR\nTI  - A title\nER  - \n", mtime=0)[:-9], "broken_gzip"),
        ("[]", "no_references"),
        ('[{"title": "x"', "broken_json"),
        ("[" * 200_000, "broken_json"),
        ("[1, 2]", "broken_item"),
        ("@article{a, title = {x}", "broken_entry"),
        ("@comment{nothing}", "no_references"),
        ("TY  - JOUR\nTI  - A title that ends in the", "broken_off"),
        ("TY  - JOUR\nER  - \n", "nothing_stated"),
        ("PMID- \nOWN - NLM\n", "nothing_stated"),
        ("TY  - JOUR\nTI  - " + "x" * 5_000_000, "record_too_long"),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_reason_and_way_out(data: str | bytes, code: str) -> None:
    assert code in codes(data)
    assert all(item.reason and item.way_out for item in read(data) if isinstance(item, ParseProblem))


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (RIS, "TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nER  - \nTY  - JOUR\nTI  - Three\nER  - \n"),
        (NBIB, "PMID- 1\nTI  - One.\n\nOWN - NLM\n\nPMID- 3\nTI  - Three.\n"),
        (CSL, '[{"title": "One"}, 7, {"title": "Three"}]'),
        (BIBTEX, "@article{a, title={One}}\n@article{b, title={Tw\n@article{c, title={Three}}\n"),
    ],
    ids=["ris", "nbib", "csl", "bibtex"],
)
def test_one_bad_record_leaves_the_others(form: Format, data: str) -> None:
    assert [record.title for record in form.records(data)] == ["One", "Three"]
    assert [found.ordinal for found in form.problems(data)] == [2]


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_no_bytes_make_a_reader_raise(form: Format) -> None:
    whole = form.write([MADE_UP, MADE_UP]).encode()
    dice = random.Random(20261128)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 9)] = dice.randbytes(dice.randint(0, 4))
        for item in form.items(bytes(data)):
            assert isinstance(item, WorkRecord | ParseProblem)
        read(bytes(data[: dice.randrange(len(data))]))


def test_older_programs_windows_letters_are_read() -> None:
    (found,) = RIS.records("TY  - JOUR\nTI  - Über Glutamin\nAU  - Müller, Jörg\nER  - \n".encode("cp1252"))
    assert (found.title, found.authors[0].family) == ("Über Glutamin", "Müller")


def test_ris_keeps_authors_in_order_whatever_their_tag_and_joins_broken_titles() -> None:
    (found,) = RIS.records(
        "TY  - JOUR\nA1  - Georgiev, Danko\nAU  - Bello, Leon\nT1  - A title\nin two lines\nER  - \n"
    )
    assert [author.family for author in found.authors] == ["Georgiev", "Bello"]
    assert found.title == "A title in two lines"


@pytest.mark.parametrize(
    "line",
    ["AN  - 30108163\nDB  - PubMed", "U1  - 30108163[pmid]", "N1  - PMID: 30108163", "C2  - 30108163 [PMID]",
     "UR  - https://pubmed.ncbi.nlm.nih.gov/30108163/"],
)  # fmt: skip
def test_ris_hides_the_pmid_in_many_places(line: str) -> None:
    assert RIS.records(f"TY  - JOUR\nTI  - A title\n{line}\nER  - \n")[0].pmid == "30108163"


def test_an_accession_number_of_another_database_is_no_pmid() -> None:
    assert not RIS.records("TY  - JOUR\nTI  - A title\nAN  - 2019456789\nDB  - Embase\nER  - \n")[0].pmid


def test_ris_tells_the_day_of_publication_from_the_day_it_was_looked_at() -> None:
    (found,) = RIS.records("TY  - JOUR\nTI  - A title\nPY  - 2009\nDA  - 2022/12/29/\nER  - \n")
    assert found.print_date == PartialDate(year=2009)
    (found,) = RIS.records("TY  - JOUR\nTI  - A title\nPY  - 2022\nDA  - 2022/12/29/\nER  - \n")
    assert found.print_date == PartialDate(year=2022, month=12, day=29)


def test_csl_notes_and_addresses_give_their_identifiers() -> None:
    (found,) = CSL.records(
        '[{"type": "article-journal", "title": "A <i>title</i>", "URL": "https://doi.org/10.1234/AB",'
        ' "note": "PMID: 123\\nPMCID: PMC456", "author": [{"family": "Berg", "non-dropping-particle": "van den",'
        ' "given": "Ada"}, "Plato"], "issued": {"date-parts": [["2018", 5], [2018, 6]]}}]'
    )
    assert (found.pmid, found.pmcid, found.doi, found.doi_spelled) == (
        "123",
        "PMC456",
        "10.1234/ab",
        "10.1234/AB",
    )
    assert found.title == "A title"
    assert [author.family or author.collective for author in found.authors] == ["van den Berg", "Plato"]
    assert found.print_date is not None
    assert (found.print_date.month, found.print_date.end_month) == (5, 6)


def test_bibtex_resolves_strings_accents_and_crossrefs() -> None:
    first, second = BIBTEX.records(
        '@string{gut = "Gut \\& Liver"}\n'
        '@inproceedings{a, author = {P{\\"a}ckert, M. and {WHO Group} and others}, title = {50% of {DNA}},'
        ' crossref = {b}, journal = gut # " {A}", month = "10~" # jan, note = {{PMID:} 123}}\n'
        "@proceedings{b, title = {The Proceedings}, year = 2006}\n"
    )
    assert first.title == "50% of DNA"
    assert first.authors[0].family == "Päckert"
    assert (first.authors[1].collective, first.authors_complete) == ("WHO Group", False)
    assert (first.journal.title, first.year, first.pmid) == ("Gut & Liver A", 2006, "123")
    assert first.print_date == PartialDate(year=2006, month=1, day=10)
    assert second.kind == "book"


def test_nbib_says_that_a_work_was_retracted_and_where() -> None:
    (found,) = NBIB.records(
        "PMID- 1\nTI  - A title.\nFAU - Gout, I\nAU  - Gout I\nAU  - et al.\nPT  - Journal Article\n"
        "OT  - *gut\nRIN - Gut. 2020;1:1. PMID: 2\nCIN - Gut. 2019;1:2\n"
        "AID - 10.1234/AB [doi]\nAID - S0092(93)9 [pii]\nDP  - 1993 Oct 8\n"
    )
    assert found.notices == (
        Notice(kind="RetractionIn", ref_source="Gut. 2020;1:1.", pmid="2"),
        Notice(kind="CommentIn", ref_source="Gut. 2019;1:2"),
    )
    assert status_of(found).status is Status.RETRACTED
    assert (found.doi_spelled, found.authors_complete) == ("10.1234/AB", False)
    assert found.keywords == (Keyword(text="gut", major=True),)


def test_a_preprint_is_one_for_the_status_of_a_work_in_every_format() -> None:
    preprint = WorkRecord(source="made up", kind="preprint", pmid="1", title="A title")
    for form in ALL:
        (found,) = form.records(form.write([preprint]))
        assert status_of(found).status is Status.PREPRINT
