"""The printed reference, as AMA wants it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from evidence.citing import default_citekey, first_author_and_year, reference, reference_text, short_name
from evidence.sources.dates import PartialDate
from evidence.sources.pagination import pages_of
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import Author, Book, Journal, WorkRecord
from tests.evidence.corpus import DEMONSTRATION, SAMPLES

GUT = WorkRecord(
    source="pubmed",
    pmid="1",
    title="A trial",
    authors=(Author(family="Zhou", initials="Q"), Author(family="Verne", initials="GN")),
    journal=Journal(medline_ta="Gut"),
    volume="68",
    issue="6",
    pages=pages_of("996-1002"),
    year=2019,
)


GOLDEN = {
    "abbasi2024": (
        "Abbasi F, Haghighat Lari MM, Khosravi GR, et al."
        " A systematic review and meta-analysis of clinical trials on the effects of glutamine"
        " supplementation on gut permeability in adults."
        " Amino Acids. 2024;56(1):60. doi:10.1007/s00726-024-03420-7"
    ),
    "zhou2019": (
        "Zhou Q, Verne ML, Fields JZ, et al. Randomised placebo-controlled trial of dietary glutamine"
        " supplements for postinfectious irritable bowel syndrome. Gut. 2019;68(6):996-1002."
        " doi:10.1136/gutjnl-2017-315136"
    ),
    "heyland2013": (
        "Heyland D, Muscedere J, Wischmeyer PE, et al. A randomized trial of glutamine and antioxidants"
        " in critically ill patients. N Engl J Med. 2013;368(16):1489-1497. doi:10.1056/NEJMoa1212722"
    ),
    "camilleri2019": (
        "Camilleri M. Leaky gut: mechanisms, measurement and clinical implications in humans. Gut."
        " 2019;68(8):1516-1526. doi:10.1136/gutjnl-2019-318427"
    ),
    "kim2017": (
        "Kim MH, Kim H. The Roles of Glutamine in the Intestine and Its Implication in Intestinal Diseases."
        " Int J Mol Sci. 2017;18(5):1051. doi:10.3390/ijms18051051"
    ),
}


def people(count: int) -> tuple[Author, ...]:
    return tuple(Author(family=f"Name{chr(65 + number)}", initials="A") for number in range(count))


def demonstration(citekey: str) -> WorkRecord:
    return parse_pubmed((DEMONSTRATION / f"{citekey}.xml").read_bytes()).records[0]


@pytest.mark.parametrize(("citekey", "printed"), GOLDEN.items())
def test_the_glutamine_references_are_printed_as_the_record_says(citekey: str, printed: str) -> None:
    assert reference_text(demonstration(citekey)) == printed


@pytest.mark.parametrize("path", sorted(DEMONSTRATION.glob("*.xml")), ids=lambda path: path.stem)
def test_the_key_of_a_demonstration_record_is_its_file_name(path: Path) -> None:
    assert default_citekey(demonstration(path.stem)) == path.stem


def test_pages_can_italicise_the_journal_alone() -> None:
    parts = reference(GUT)
    assert [part.text for part in parts if part.italic] == ["Gut."]
    assert "".join(part.text for part in parts) == "Zhou Q, Verne GN. A trial. Gut. 2019;68(6):996-1002."


def test_five_authors_are_all_printed_and_the_sixth_cuts_the_list_to_three() -> None:
    five, six = (reference_text(dataclasses.replace(GUT, authors=people(count))) for count in (5, 6))
    assert five.startswith("NameA A, NameB A, NameC A, NameD A, NameE A. ")
    assert six.startswith("NameA A, NameB A, NameC A, et al. A trial.")


@pytest.mark.parametrize(
    ("author", "printed"),
    [
        (Author(family="Hambrick", initials="GW", suffix="Jr"), "Hambrick GW Jr"),
        (Author(family="Doe", initials="J", suffix="3rd"), "Doe J III"),
        (Author(family="Doe", initials="J", suffix=", PhD"), "Doe J"),
        (Author(family="Cavaillon", given="Jean-Marc"), "Cavaillon JM"),
        (Author(family="Doe", initials="J. M."), "Doe JM"),
        (Author(family="Brunet"), "Brunet"),
        (Author(given="Plato"), "Plato"),
        (Author(collective="U.S. Preventive Services Task Force"), "U.S. Preventive Services Task Force"),
    ],
)
def test_names_of_every_shape(author: Author, printed: str) -> None:
    assert reference_text(dataclasses.replace(GUT, authors=(author,))).startswith(f"{printed}. A trial.")


def test_a_group_stands_after_the_people_it_wrote_with() -> None:
    authors = (Author(family="Nygren", initials="P"), Author(collective="SBU Group"))
    assert reference_text(dataclasses.replace(GUT, authors=authors)).startswith("Nygren P; SBU Group. ")


def test_a_work_without_authors_begins_with_its_title() -> None:
    assert reference_text(dataclasses.replace(GUT, authors=())) == "A trial. Gut. 2019;68(6):996-1002."


def test_names_marked_invalid_are_not_printed() -> None:
    authors = (Author(family="Wrong", valid=False), Author(family="Right", initials="R"))
    assert reference_text(dataclasses.replace(GUT, authors=authors)).startswith("Right R. ")


def test_an_incomplete_list_says_so() -> None:
    assert reference_text(dataclasses.replace(GUT, authors_complete=False)).startswith(
        "Zhou Q, Verne GN, et al. A trial."
    )


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("Where do we stand?", "Where do we stand? Gut."),
        ("Stop!", "Stop! Gut."),
        ('He asked "why?"', 'He asked "why?" Gut.'),
        ("A review (part 1)", "A review (part 1). Gut."),
        ("[A translated title]", "[A translated title]. Gut."),
    ],
)
def test_a_title_that_closes_itself_gets_no_full_stop(title: str, printed: str) -> None:
    assert printed in reference_text(dataclasses.replace(GUT, title=title))


def test_a_title_in_another_language_stands_before_its_translation() -> None:
    record = dataclasses.replace(GUT, title="[Autism]", vernacular_title="Autismo")
    assert "Autismo [Autism]. Gut." in reference_text(record)
    unknown = dataclasses.replace(GUT, title="[Not Available]", vernacular_title="Autismo")
    assert " Autismo. Gut." in reference_text(unknown)


@pytest.mark.parametrize(
    ("changed", "source"),
    [
        ({"issue": ""}, "2019;68:996-1002."),
        ({"volume": ""}, "2019;(6):996-1002."),
        ({"volume": "", "issue": ""}, "2019:996-1002."),
        ({"pages": pages_of("")}, "2019;68(6)."),
        ({"pages": pages_of(""), "article_number": "E1051"}, "2019;68(6):E1051."),
        ({"pages": pages_of("1489-97")}, "2019;68(6):1489-1497."),
        ({"issue": "Suppl 3"}, "2019;68(suppl 3):996-1002."),
        ({"volume": "68 Suppl 1", "issue": ""}, "2019;68(suppl 1):996-1002."),
        ({"issue": "12 Pt 1"}, "2019;68(12 pt 1):996-1002."),
        ({"year": None}, "68(6):996-1002."),
    ],
)
def test_the_source_in_every_shape(changed: dict[str, Any], source: str) -> None:
    assert reference_text(dataclasses.replace(GUT, **changed)).endswith(f"Gut. {source}")


def test_an_article_ahead_of_print_says_when_it_came_online() -> None:
    ahead = dataclasses.replace(
        GUT,
        volume="",
        issue="",
        pages=pages_of(""),
        publication_status="aheadofprint",
        electronic_date=PartialDate(year=2019, month=5, day=10),
    )
    assert reference_text(ahead).endswith("Gut. Published online May 10, 2019.")


def test_a_preprint_is_called_one() -> None:
    preprint = parse_pubmed((SAMPLES / "update_2021_preprint_and_version.xml").read_bytes()).records[0]
    assert "bioRxiv. Preprint posted online October 28, 2020. doi:10.1101/" in reference_text(preprint)


def test_a_chapter_names_its_book_and_editors() -> None:
    chapter = parse_pubmed((SAMPLES / "efetch_20301546.xml").read_bytes()).records[0]
    assert reference_text(chapter) == (
        "Gauvreau C, Brisson JD, Dupré N."
        " Hereditary Motor and Sensory Neuropathy with Agenesis of the Corpus Callosum."
        " In: Adam MP, Bick S, Mirzaa GM, et al, eds. GeneReviews®."
        " University of Washington, Seattle; 1993-2026."
    )


def test_a_whole_book_is_printed_with_edition_and_publisher() -> None:
    book = Book(title="Gut health", publisher="A Press", edition="2nd ed", volume="1", years="2020")
    record = WorkRecord(
        source="pubmed", kind="book", authors=people(1), title="Gut health", book=book, year=2020
    )
    assert reference_text(record) == "NameA A. Gut health. Vol 1. 2nd ed. A Press; 2020."


def test_a_journal_without_nlms_abbreviation_loses_the_full_stops_of_its_own() -> None:
    record = dataclasses.replace(GUT, journal=Journal(iso_abbreviation="J. Dairy Sci."))
    assert "J Dairy Sci. 2019" in reference_text(record)
    assert "Gut and Liver. 2019" in reference_text(
        dataclasses.replace(GUT, journal=Journal(title="Gut and Liver"))
    )


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "NameA 2019"), (2, "NameA and NameB 2019"), (3, "NameA et al. 2019"), (0, "A trial 2019")],
)
def test_the_short_name_counts_the_authors(count: int, name: str) -> None:
    assert short_name(dataclasses.replace(GUT, authors=people(count))) == name


def test_notes_name_the_first_author_and_the_year() -> None:
    assert first_author_and_year(GUT) == "Zhou 2019"


@pytest.mark.parametrize(
    ("family", "key"),
    [
        ("Zhou", "zhou2019"),
        ("Völker", "volker2019"),
        ("van den Berg", "vandenberg2019"),
        ("Ørsted", "orsted2019"),
        ("Łukasz", "lukasz2019"),
        ("O'Connor", "oconnor2019"),
        ("周", "pmid1"),
    ],
)
def test_the_key_is_plain_letters_and_the_year(family: str, key: str) -> None:
    assert default_citekey(dataclasses.replace(GUT, authors=(Author(family=family),))) == key


def test_a_group_gives_its_first_word_to_the_key() -> None:
    group = (Author(collective="The Centers for Disease Control"),)
    assert default_citekey(dataclasses.replace(GUT, authors=group)) == "centers2019"


def test_a_key_is_never_empty() -> None:
    assert default_citekey(WorkRecord(source="ris", year=2020)) == "work2020"
