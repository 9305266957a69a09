"""What was cited beside what the record says: what passes, what is shown, what stops an article."""

import csv
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.matching import Comparison, Verdict, compare, family_name, normalised_title
from evidence.sources.dates import PartialDate
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import Author, Journal, Pages, WorkRecord
from tests.evidence.corpus import DEMONSTRATION, shared_data


def record_of(name: str) -> WorkRecord:
    return parse_pubmed((DEMONSTRATION / f"{name}.xml").read_bytes()).records[0]


def verdicts(comparison: Comparison) -> dict[str, str]:
    return {field.field: field.verdict.value for field in comparison.fields}


def test_the_first_page_about_glutamine_names_a_wrong_first_author_and_article_number() -> None:
    printed = WorkRecord(
        source="pasted",
        pmid="39397201",
        doi="10.1007/s00726-024-03420-7",
        authors=(Author(family="Aghababaei", initials="F"),),
        title="A systematic review and meta-analysis of clinical trials on the effects of glutamine supplementation "
        "on gut permeability in adults",
        journal=Journal(title="Amino Acids"),
        volume="56",
        pages=Pages(medline="55", start="55", end="55"),
        year=2024,
    )
    found = compare(printed, record_of("abbasi2024"))
    assert found.differing == ("first_author", "pages")
    assert not found.is_another_work


def test_the_second_page_names_another_first_author_and_another_title() -> None:
    printed = WorkRecord(
        source="pasted",
        pmid="39397201",
        authors=(Author(family="Achamrah", initials="N"),),
        title="Glutamine and the regulation of intestinal permeability: from bench to bedside",
    )
    found = compare(printed, record_of("abbasi2024"))
    assert found.is_another_work
    assert found.differing == ("first_author", "title")


def test_the_wrong_doi_of_zhou_is_found() -> None:
    printed = WorkRecord(source="pasted", pmid="30108163", doi="10.1136/gutjnl-2018-316406", year=2019)
    found = compare(printed, record_of("zhou2019"))
    assert found.differing == ("doi",)
    assert next(field for field in found.fields if field.field == "doi").found == "10.1136/gutjnl-2017-315136"


@pytest.mark.parametrize("name", [path.stem for path in sorted(DEMONSTRATION.glob("*.xml"))])
def test_a_record_matches_itself_in_every_field(name: str) -> None:
    record = record_of(name)
    found = compare(record, record, beside=record)
    assert set(verdicts(found).values()) == {"same"}


def test_what_was_not_cited_is_not_compared() -> None:
    assert verdicts(compare(WorkRecord(source="pasted", pmid="30108163"), record_of("zhou2019"))) == {
        "pmid": "same"
    }


def cited(**fields: object) -> WorkRecord:
    plain = WorkRecord(
        source="pasted", pmid="30108163", authors=(Author(family="Zhou"),), title="Glutamine for the gut"
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


FOUND = WorkRecord(
    source="pubmed",
    pmid="30108163",
    doi="10.1136/gutjnl-2017-315136",
    authors=(Author(family="Zhou"),),
    title="Glutamine for the gut",
    journal=Journal(title="Gut", medline_ta="Gut", issn="1468-3288", nlm_id="2985108R"),
    volume="68",
    issue="6",
    pages=Pages(medline="996-1002", start="996", end="1002"),
    print_date=PartialDate(year=2019, month=6),
    electronic_date=PartialDate(year=2018, month=8),
    year=2019,
)


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("Glutamine for the Gut.", "same"),
        ("RETRACTED: Glutamine for the gut", "same"),
        ("Retracted Article: Glutamine for the gut", "same"),
        ("<i>Glutamine</i> for the gut (a randomised trial)", "same"),
        ("Glutamíne for the gut", "same"),
        ("Vitamin D and the winter", "another_work"),
    ],
)
def test_a_title_is_compared_by_its_words(title: str, verdict: str) -> None:
    assert verdicts(compare(cited(title=title), FOUND))["title"] == verdict


def test_a_title_between_the_bounds_passes_with_a_note_where_author_and_identifier_agree() -> None:
    near = "Glutamine for the gut wall"
    score = next(field.score for field in compare(cited(title=near), FOUND).fields if field.field == "title")
    assert score is not None
    assert 80 <= score < 92
    assert verdicts(compare(cited(title=near), FOUND))["title"] == "noted"
    assert verdicts(compare(cited(title=near, pmid=""), FOUND))["title"] == "differs"
    assert (
        verdicts(compare(cited(title=near, authors=(Author(family="Smith"),)), FOUND))["title"] == "differs"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("van der Berg", "Berg"),
        ("De Luca", "de luca"),
        ("Müller", "Muller"),
        ("Ødegård", "Odegard"),
        ("O'Brien", "O’Brien"),
    ],
)
def test_particles_and_accents_make_no_other_author(one: str, other: str) -> None:
    found = compare(cited(authors=(Author(family=one),)), replace(FOUND, authors=(Author(family=other),)))
    assert verdicts(found)["first_author"] == "same"


def test_a_name_of_particles_alone_is_still_a_name() -> None:
    assert family_name("Te") == "te"


@pytest.mark.parametrize(
    ("year", "verdict"), [(2018, "same"), (2019, "same"), (2017, "differs"), (2020, "differs")]
)
def test_a_year_is_that_of_print_or_of_going_online(year: int, verdict: str) -> None:
    assert verdicts(compare(cited(year=year), FOUND))["year"] == verdict


def test_crossrefs_year_of_issue_counts_too() -> None:
    beside = replace(FOUND, source="crossref", year=2020)
    assert verdicts(compare(cited(year=2020), FOUND, beside=beside))["year"] == "same"


@pytest.mark.parametrize(
    ("journal", "verdict"),
    [
        (Journal(nlm_id="2985108R", title="Whatever"), "same"),
        (Journal(nlm_id="0123456", title="Gut"), "differs"),
        (Journal(title="Gut"), "same"),
        (Journal(title="Nature"), "differs"),
        (Journal(title="The Lancet", issn="1468-3288"), "same"),
    ],
)
def test_a_journal_is_told_by_its_number_before_its_name(journal: Journal, verdict: str) -> None:
    assert verdicts(compare(cited(journal=journal), FOUND))["journal"] == verdict


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("N Engl J Med", "The New England journal of medicine"),
        (
            "Proc. Natl. Acad. Sci. U.S.A.",
            "Proceedings of the National Academy of Sciences of the United States of America",
        ),
        ("JAMA", "JAMA"),
        ("PNAS USA", "PNAS USA"),
        ("Clin Nutr", "Clinical nutrition (Edinburgh, Scotland)"),
        ("Am J Clin Nutr", "American Journal of Clinical Nutrition"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_the_journal(given: str, known: str) -> None:
    found = replace(FOUND, journal=Journal(title=known))
    assert verdicts(compare(cited(journal=Journal(title=given)), found))["journal"] == "same"


@pytest.mark.parametrize(
    ("pages", "verdict"),
    [
        ("996-1002", "same"),
        ("996–1002", "same"),
        ("996", "same"),
        ("pp. 996-1002", "same"),
        ("997-1002", "differs"),
    ],
)
def test_pages_are_compared_in_full_or_by_their_first(pages: str, verdict: str) -> None:
    assert verdicts(compare(cited(pages=Pages(medline=pages)), FOUND))["pages"] == verdict


def test_an_article_number_cited_as_a_page_is_the_place() -> None:
    found = replace(FOUND, pages=Pages(), article_number="60")
    assert verdicts(compare(cited(pages=Pages(medline="60")), found))["pages"] == "same"
    assert verdicts(compare(cited(pages=Pages(medline="55")), found))["pages"] == "differs"


def test_another_issue_of_the_same_volume_is_noted_and_stops_nobody() -> None:
    found = compare(cited(volume="68", issue="7"), FOUND)
    assert found.differing == ()
    assert found.noted == ("issue",)


def test_the_doi_is_one_in_all_three_places() -> None:
    doi = FOUND.doi
    assert verdicts(compare(cited(doi=doi), FOUND, beside=FOUND))["doi"] == "same"
    assert (
        verdicts(compare(cited(doi=doi), FOUND, beside=replace(FOUND, doi="10.1/other")))["doi"] == "differs"
    )
    assert verdicts(compare(cited(doi=doi), replace(FOUND, doi=""), beside=FOUND))["doi"] == "same"
    assert verdicts(compare(cited(doi=doi), replace(FOUND, doi="")))["doi"] == "unknown"


@given(title=st.text(max_size=80), name=st.text(max_size=20), place=st.text(max_size=12))
def test_nothing_somebody_types_makes_comparing_fail(title: str, name: str, place: str) -> None:
    typed = cited(
        title=title,
        authors=(Author(family=name),),
        volume=place,
        pages=Pages(medline=place),
        journal=Journal(title=name),
    )
    assert all(isinstance(field.verdict, Verdict) for field in compare(typed, FOUND).fields)
    assert "<" not in normalised_title("<b>x</b>")


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "least"), [("medicus", 0.92), ("entrez", 0.84)])
def test_the_abbreviations_of_catalogues_are_recognised(name: str, least: float) -> None:
    path = shared_data() / "journals" / f"journal_abbreviations_{name}.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row[:2] for row in csv.reader(file) if len(row) > 1]
    pairs = [
        (cited(journal=Journal(title=short)), replace(FOUND, journal=Journal(title=full)))
        for full, short in rows
    ]
    right = sum(verdicts(compare(one, other)).get("journal") == "same" for one, other in pairs)
    assert right / len(rows) > least
    others = zip(pairs, pairs[1:] + pairs[:1], strict=True)
    wrong = sum(verdicts(compare(one[0], other[1])).get("journal") == "same" for one, other in others)
    assert wrong / len(rows) < 0.02
