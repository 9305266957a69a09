"""Identifiers as editors paste them, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.identifiers import (
    Identifier,
    IdentifierError,
    Scheme,
    classify,
    parse_doi,
    parse_pmcid,
    parse_pmid,
    spelled_doi,
)


@pytest.mark.parametrize(
    "typed",
    [
        "39397201",
        " 39397201 ",
        "PMID: 39397201",
        "PMID39397201",
        "pmid：３９３９７２０１",
        "[PMID: 39397201]",
        "0039397201",
        "39397201.2",
        "https://pubmed.ncbi.nlm.nih.gov/39397201/",
        "pubmed.ncbi.nlm.nih.gov/39397201/?from_term=glutamine",
        "https://www.ncbi.nlm.nih.gov/pubmed/39397201",
        "https://europepmc.org/article/MED/39397201",
        "\u200b39397201",
    ],
)
def test_it_reads_a_pmid_however_it_was_pasted(typed: str) -> None:
    assert classify(typed) == Identifier(Scheme.PMID, "39397201")


@pytest.mark.parametrize(
    "typed",
    [
        "PMC11471693",
        "pmc11471693",
        "PMCID: PMC11471693",
        "PMC11471693.1",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC11471693/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC11471693/?report=reader",
        "https://europepmc.org/article/PMC/PMC11471693",
        "https://europepmc.org/articles/PMC11471693",
    ],
)
def test_it_reads_a_pmcid_however_it_was_pasted(typed: str) -> None:
    assert classify(typed) == Identifier(Scheme.PMCID, "PMC11471693")


@pytest.mark.parametrize(
    "typed",
    [
        "10.1056/NEJMoa1212722",
        "doi:10.1056/NEJMoa1212722",
        "DOI: 10.1056/nejmoa1212722.",
        "doi：10.1056/NEJMoa1212722",
        "https://doi.org/10.1056/NEJMoa1212722",
        "http://dx.doi.org/10.1056%2FNEJMoa1212722",
        "doi.org/10.1056/NEJMoa1212722?utm_source=brief",
        "<https://doi.org/10.1056/NEJMoa1212722>",
        "(doi:10.1056/NEJMoa1212722).",
        "doi:https://doi.org/10.1056/NEJMoa1212722",
        "https://www.nejm.org/doi/full/10.1056/NEJMoa1212722",
        "https://www.nejm.org/doi/10.1056/NEJMoa1212722/pdf",
        "10.1056%2FNEJMoa1212722",
        "10.1056/NEJMoa1212722，",
    ],
)
def test_it_reads_a_doi_however_it_was_pasted(typed: str) -> None:
    assert classify(typed) == Identifier(Scheme.DOI, "10.1056/nejmoa1212722")


@pytest.mark.parametrize(
    "doi",
    [
        "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        "10.1016/s0140-6736(98)01134-9",
        "10.1016/s0140-6736(05)",
        "10.1000.10/123",
        "10.1207/s15327752jpa8502_07",
        "10.1234/été#1",
        "10.1175/1520-0485(2002)032<0870:ct>2.0.co;2",
    ],
)
def test_it_keeps_the_odd_characters_a_doi_may_hold(doi: str) -> None:
    assert parse_doi(doi).value == doi


def test_it_undoes_the_escapes_of_web_pages() -> None:
    assert (
        parse_doi("10.1175/1520(2002)032&amp;lt;0870:ct&gt;2.0.co;2").value
        == "10.1175/1520(2002)032<0870:ct>2.0.co;2"
    )


def test_it_keeps_the_capitals_of_a_doi_for_print() -> None:
    assert spelled_doi("https://doi.org/10.1056/NEJMoa1212722") == "10.1056/NEJMoa1212722"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "glutamine",
        "0",
        "123456789",
        "10.1056",
        "10.1056/",
        "PMC",
        "NCT00133978",
        "10.1/x",
        "https://[broken",
        "12 34",
    ],
)
def test_it_takes_nothing_else_for_an_identifier(typed: str) -> None:
    assert classify(typed) is None


def test_a_refusal_says_what_would_be_right() -> None:
    with pytest.raises(IdentifierError, match="39397201"):
        parse_pmid("glutamine")
    with pytest.raises(IdentifierError, match="with its letters"):
        parse_pmcid("11471693")
    with pytest.raises(IdentifierError, match="without spaces"):
        parse_doi("10.1056/ nejm")


def test_an_identifier_knows_its_public_address() -> None:
    assert parse_doi("10.3390/NU10111564").url == "https://doi.org/10.3390/nu10111564"
    assert parse_pmid("1").url == "https://pubmed.ncbi.nlm.nih.gov/1/"
    assert parse_pmcid("PMC1").url == "https://pmc.ncbi.nlm.nih.gov/articles/PMC1/"


@given(st.text(max_size=80))
def test_whatever_is_typed_it_answers_and_its_answer_is_stable(typed: str) -> None:
    found = classify(typed)
    assert found is None or classify(found.value) == found


@given(
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="&%"),
        min_size=1,
        max_size=40,
    )
)
def test_reading_a_doi_twice_changes_nothing_more(suffix: str) -> None:
    found = classify(f"10.1234/{suffix}")
    assert found is None or parse_doi(found.value) == found
