"""What becomes of a reference that an editor pastes from a page, an article or PubMed."""

import time

import pytest

from evidence.sources.pasted import parse_pasted, split_pasted

ABBASI = (
    "Abbasi F, Haghighat Lari MM, Khosravi GR, Mansouri E, Payandeh N, Milajerdi A. A systematic review and "
    "meta-analysis of clinical trials on the effects of glutamine supplementation on gut permeability in adults. "
    "Amino Acids. 2024;56(1):60. PMC11471693."
)
# The references of specs/sources.md: first author, year, journal, volume, issue, pages, DOI, PMID, PMCID.
PRINTED = [
    (ABBASI, ("Abbasi", 2024, "Amino Acids", "56", "1", "60", "", "", "PMC11471693")),
    (
        ("Zhou Q, Verne ML, Fields JZ, et al. Randomised placebo-controlled trial. Gut 2019;68(6):996-1002. "
        "doi:10.1136/gutjnl-2017-315136. PMID: 30108163; PMCID: PMC9549483"),
        ("Zhou", 2019, "Gut", "68", "6", "996-1002", "10.1136/gutjnl-2017-315136", "30108163", "PMC9549483"),
    ),
    (
        ("[3] Heyland D, Muscedere J. A randomized trial of glutamine. N Engl J Med 2013;368(16):1489-97. "
        "doi: 10.1056/NEJMoa1212722. Erratum in: N Engl J Med. 2013 May 9;368(19):1853. PMID: 23594003."),
        ("Heyland", 2013, "N Engl J Med", "368", "16", "1489-97", "10.1056/nejmoa1212722", "23594003", ""),
    ),
    (
        ("4. Heyland, D. K., Wibbenmeyer, L., & Pollack, J. (2022). A Randomized Trial of Enteral Glutamine for "
        "Burns. New England Journal of Medicine, 387(11), 1001–1010. https://doi.org/10.1056/NEJMoa2203364"),
        ("Heyland", 2022, "New England Journal of Medicine", "387", "11", "1001-1010", "10.1056/nejmoa2203364",
         "", ""),
    ),
    (
        ("Camilleri M. Leaky gut: mechanisms, measurement and clinical implications in humans. Gut "
        "2019;68(8):1516-26. PMID 31076401"),
        ("Camilleri", 2019, "Gut", "68", "8", "1516-26", "", "31076401", ""),
    ),
    (
        "Cruzat V, Macedo Rogero M. Glutamine: Metabolism. Nutrients 2018;10(11):1564. PMC6266414",
        ("Cruzat", 2018, "Nutrients", "10", "11", "1564", "", "", "PMC6266414"),
    ),
    (
        ("Kim MH, Kim H. The Roles of Glutamine in the Intestine. Int. J. Mol. Sci. 2017;18(5):1051. "
        "doi: 10.3390/ijms18051051"),
        ("Kim", 2017, "Int. J. Mol. Sci", "18", "5", "1051", "10.3390/ijms18051051", "", ""),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PRINTED)
def test_a_printed_reference_is_read_into_its_parts(text: str, expected: tuple[object, ...]) -> None:
    found = parse_pasted(text).record
    assert (
        found.authors[0].family, found.year, found.journal.title, found.volume, found.issue,
        found.pages.medline, found.doi, found.pmid, found.pmcid,
    ) == expected  # fmt: skip
    assert found.source == "pasted"


def test_it_says_which_fields_it_could_find() -> None:
    found = parse_pasted(ABBASI)
    assert found.found == ("authors", "title", "journal", "year", "volume", "issue", "pages", "pmcid")
    assert parse_pasted("10.3390/nu10111564").found == ("doi",)
    assert parse_pasted("something else").found == ("title",)
    assert not parse_pasted(" ").found


def test_a_corrections_own_notes_lend_it_no_identifier() -> None:
    found = parse_pasted(
        "Khan KM. A reply. Gut. 2020 Oct;1(2):3. Erratum for: Gut. 2019;1:1. doi: 10.1234/other. PMID: 99."
    ).record
    assert (found.doi, found.pmid) == ("", "99")


def test_several_pasted_at_once_are_told_apart() -> None:
    first, second = "Abbasi F. One. Gut. 2020 Sep\n5. doi: 10.1234/a. PMID: 1.", "Kim MH. Two. Gut. 2021."
    for text in (f"1: {first}\n\n2: {second}", f"1. {first.replace('5. doi', '5 doi')}\n2. {second}"):
        assert [parse_pasted(part).record.authors[0].family for part in split_pasted(text)] == [
            "Abbasi",
            "Kim",
        ]
    assert len(split_pasted(f"{ABBASI}\n{second}")) == 2
    assert split_pasted("  ") == []


def test_a_hostile_paste_costs_no_time() -> None:
    began = time.monotonic()
    for text in (
        "(" * 20_000,
        "2020;" * 4_000,
        "A B. " * 4_000,
        "2020 (1) " * 2_000,
        "a, " * 6_000 + "(2020). x.",
    ):
        parse_pasted(text)
    assert time.monotonic() - began < 5
