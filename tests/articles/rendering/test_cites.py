"""Citations: numbers by first use, one number a work, groups that never run together."""

import pytest

from articles.rendering import CitedReference, CitedWork, CiteKey, Source, render
from articles.rendering.numbering import letters
from tests.articles.rendering.desk import (
    ZHOU,
    html_of,
    problem_in,
    problems_of,
    read,
    rendered,
    resolve,
    visible,
)


def test_a_citation_is_a_link_to_its_reference_that_says_what_it_is() -> None:
    (link,) = read(html_of("It helped.[@zhou2019]")).all("a")
    assert link == {
        "class": "cite",
        "id": "cite-1-a",
        "href": "#ref-1",
        "aria-label": "Reference 1: Zhou 2019",
        "data-n": "1",
    }


def test_numbers_follow_first_use_through_all_parts_in_reading_order() -> None:
    source = Source(
        short_version="[@heyland2022]",
        body="[@zhou2019]",
        open_questions="[@heyland2022]",
        verdict="[@abbasi2024]",
    )
    found = [(ref.number, ref.work_id, ref.occurrences) for ref in render(source, resolve, "en").references]
    assert found == [
        (1, "study-3", ("cite-1-a", "cite-1-b")),
        (2, "study-1", ("cite-2-a",)),
        (3, "study-2", ("cite-3-a",)),
    ]


def test_a_work_cited_under_three_keys_is_one_reference() -> None:
    found = rendered("[@zhou2019] [@pmid:30108163] [@doi:10.1136/gutjnl-2017-315136]").references
    keys = ("zhou2019", "pmid:30108163", "doi:10.1136/gutjnl-2017-315136")
    assert found == (CitedReference(1, "study-1", keys, ("cite-1-a", "cite-1-b", "cite-1-c")),)


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("zhou2019", "key", "zhou2019"),
        ("pmid:30108163", "pmid", "30108163"),
        ("PMID:30108163", "pmid", "30108163"),
        ("pmcid:PMC5987952", "pmcid", "PMC5987952"),
        ("doi:10.1/x", "doi", "10.1/x"),
        ("tag:Gupta2015", "key", "tag:Gupta2015"),
    ],
)
def test_a_key_tells_its_kind(typed: str, kind: str, value: str) -> None:
    assert CiteKey.parse(typed) == CiteKey(kind, value)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[@zhou2019]", "[1]"),
        ("[-@zhou2019]", "[1]"),
        ("[@zhou2019; @abbasi2024]", "[1,2]"),
        ("[@zhou2019; @abbasi2024; @heyland2022]", "[1–3]"),
        ("[@zhou2019;\n@abbasi2024;\n@heyland2022]", "[1–3]"),
        ("[@zhou2019; @abbasi2024;; @heyland2022;]", "[1–3]"),
        ("[@zhou2019; @pmid:30108163]", "[1]"),
        ("[@zhou2019] [@abbasi2024] [@zhou2019; @heyland2022; @heyland2013]", "[1] [2] [1,3,4]"),
        ("[@zhou2019][@abbasi2024]", "[1][2]"),
        ("[@zhou2019] [@abbasi2024; @zhou2019]", "[1] [1,2]"),
        ("[see @zhou2019, p. 4; @abbasi2024]", "[see 1, p. 4; 2]"),
        ("[@zhou2019 pp. 4-6]", "[1 pp. 4-6]"),
        ("[@zhou2019，第4頁]", "[1，第4頁]"),
        ("[@doi:10.1016/S0140-6736(18)31310-2]", "[1]"),
        ("[@{doi:10.1002/a;b[1]}]", "[1]"),
        ("[(see @zhou2019)]", "[(see 1)]"),
        ("[@nobody2020]", "[?nobody2020]"),
        ("[@zhou2019; @nobody2020]", "[1,?nobody2020]"),
    ],
)
def test_groups_read_to_the_eye_and_when_copied(typed: str, shown: str) -> None:
    assert visible(f"Text {typed}.") == f"Text {shown}."
    assert " ".join(rendered(f"Text {typed}.").text["body"].split()) == f"Text {shown}."


def test_every_work_within_a_range_can_be_reached_and_returned_from() -> None:
    body = "[@zhou2019; @abbasi2024; @heyland2022; @heyland2013]"
    links = read(html_of(body)).all("a")
    assert [link["href"] for link in links] == ["#ref-1", "#ref-2", "#ref-3", "#ref-4"]
    assert [link["class"] for link in links] == ["cite", "cite cite-mid", "cite cite-mid", "cite"]
    assert links[1]["aria-label"] == "Reference 2: Abbasi 2024"
    anchors = {anchor for ref in rendered(body).references for anchor in ref.occurrences}
    assert anchors == {link["id"] for link in links}


def test_every_occurrence_is_an_anchor_on_the_page_and_no_anchor_comes_twice() -> None:
    found = rendered("## A [@zhou2019]\n\n[@zhou2019; @abbasi2024] [see @zhou2019] [@abbasi2024]")
    anchors = [link["id"] for link in read(found.html["body"]).all("a")]
    assert sorted(anchors) == sorted(a for ref in found.references for a in ref.occurrences)
    assert len(set(anchors)) == len(anchors)


def test_backlinks_go_on_after_z() -> None:
    assert [letters(n) for n in (1, 26, 27, 52, 53)] == ["a", "z", "aa", "az", "ba"]


@pytest.mark.parametrize(
    "typed",
    [
        r"\[@zhou2019]",
        "`[@zhou2019]`",
        "    [@zhou2019]",
        "```\n[@zhou2019]\n```",
        "lin@zhou2019.org",
        "@zhou2019",
    ],
)
def test_what_is_escaped_or_code_or_an_address_is_no_citation(typed: str) -> None:
    assert rendered(typed).references == ()
    assert "@zhou2019" in visible(typed)


@pytest.mark.parametrize(
    "body",
    [
        "## Heading [@zhou2019]",
        "| A | B |\n|---|---|\n| x | y [@zhou2019] |",
        "- item [@zhou2019]",
        "> quoted [@zhou2019]",
        "**strong [@zhou2019]**",
        "::: callout A title [@zhou2019]\nText\n:::",
        "::: callout\nText [@zhou2019]\n:::",
        "::: stats\n- 3 | people | [@zhou2019]\n:::",
        "::: quote\nWords.\n-- Zhou [@zhou2019]\n:::",
        "::: figure plate:gut\nCaption [@zhou2019]\nalt: A gut\ncredit: Us\n:::",
        "::: used-how\n- 5 g | adults | little | [@zhou2019]\n:::",
        "[引文 [@zhou2019]]{lang=zh-Hant}",
        "![a picture [@zhou2019]](/a.png)",
    ],
)
def test_citations_are_found_wherever_text_stands(body: str) -> None:
    assert [ref.work_id for ref in rendered(body).references] == ["study-1"]
    assert "[1]" in visible(body)


def test_a_citation_inside_a_link_wins_over_the_link() -> None:
    page = read(html_of("[read [@zhou2019] here](https://example.org/)"))
    assert [link["href"] for link in page.all("a")] == ["#ref-1"]
    assert page.faults == []


def test_a_heading_in_the_contents_leaves_its_citation_out() -> None:
    (heading,) = rendered("## The trial [@zhou2019]").headings
    assert heading.text == "The trial"


def test_an_unknown_key_is_marked_and_reported_with_its_line() -> None:
    body = "First line.\nSecond [@zhou2019; @nobody2020].\n"
    assert '<mark class="cite-unknown">?nobody2020</mark>' in html_of(body)
    problem = problem_in(body, "cite_unknown")
    assert (problem.segment, problem.line, problem.detail) == ("body", 2, "nobody2020")
    assert "nobody2020" in problem.what
    assert problem.way_out == "Add the study, or correct the key."


@pytest.mark.parametrize(
    "typed",
    [
        "[@zhou2019, @abbasi2024]",
        "[@ zhou2019]",
        "[@zhou2019",
        "[@zhou2019; and others]",
        "see @pmid:30108163 here",
    ],
)
def test_what_was_meant_as_a_citation_and_is_none_is_reported_and_stays_readable(typed: str) -> None:
    body = f"Text.\n\nMore\n{typed}\n"
    assert problems_of(body) == [("cite_malformed", 4)]
    assert typed in visible(body)


def test_a_hostile_label_stays_inside_its_attribute() -> None:
    (link,) = read(html_of("[@{doi:10.1002/a;b[1]}]")).all("a")
    assert link["aria-label"] == 'Reference 1: O"Neil <b>1998'


def test_the_resolver_is_asked_with_the_key_as_typed() -> None:
    asked: list[CiteKey] = []

    def remember(key: CiteKey) -> CitedWork:
        asked.append(key)
        return ZHOU

    render(Source(body="[@PMID:0030108163; @doi:10.1/AbC]"), remember, "en")
    assert asked == [CiteKey("pmid", "0030108163"), CiteKey("doi", "10.1/AbC")]
