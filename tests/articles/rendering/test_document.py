"""Headings, tables, links, faults with their lines, counting, and the promises about a whole article."""

import pytest
from django.utils import translation

from articles.rendering import CitedWork, CiteKey, Heading, ProblemCode, Source, render, to_text
from tests.articles.rendering.desk import (
    html_of,
    problem_in,
    problems_of,
    read,
    rendered,
    resolve,
    text_of,
    visible,
)


def test_headings_begin_at_h2_and_are_listed_for_the_contents() -> None:
    found = rendered("## A fuel, not a glue\n\n### In *mice*\n")
    assert found.headings == (
        Heading(2, "A fuel, not a glue", "s-a-fuel-not-a-glue", "body"),
        Heading(3, "In mice", "s-in-mice", "body"),
    )
    assert found.html["body"] == (
        '<h2 class="h2" id="s-a-fuel-not-a-glue">A fuel, not a glue</h2>\n<h3 id="s-in-mice">In <em>mice</em></h3>\n'
    )


def test_chinese_headings_have_anchors_of_their_own_words() -> None:
    assert rendered("## 腸道通透性：「腸漏」？").headings[0].anchor == "s-腸道通透性-腸漏"


def test_anchors_are_unique_through_all_parts() -> None:
    found = render(Source(body="## Dose\n\n## Dose\n\n## !?", verdict="### Dose"), resolve, "en")
    assert [heading.anchor for heading in found.headings] == ["s-dose", "s-dose-2", "s-section", "s-dose-3"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# Title", [("heading_too_high", 1)]),
        ("Title\n===", [("heading_too_high", 1)]),
        ("## A\n\n#### B", [("heading_skipped", 3)]),
        ("### A", [("heading_skipped", 1)]),
        ("## A\n\n### B\n\n## C\n\n### D", []),
        ("## A\n\n##", [("heading_empty", 3)]),
        ("## [@zhou2019]", [("heading_empty", 1)]),
        ("One.\nTwo TK.", [("tk_left", 2)]),
        ("TKTK figures", [("tk_left", 1)]),
        ("這裡TK補上", [("tk_left", 1)]),
        ("ATK and TKO are fine", []),
        ("One.\n\nTwo\n<b>three</b>", [("raw_html", 4), ("raw_html", 4)]),
        ("<!-- a note -->", [("raw_html", 1)]),
        (r"p \< 0.05 and a < b and `<b>`", []),
        ("x\ny [z](javascript:alert)", [("link_refused", 2)]),
        ("[z](relative/page)", [("link_refused", 1)]),
        ("[z](//elsewhere.example)", [("link_refused", 1)]),
        ("<ftp://example.org/a>", [("link_refused", 1)]),
        ("[z][ref]\n\n[ref]: data:text/html,x", [("link_refused", 1)]),
        ("[z](/path) [y](#s-dose) [x](https://example.org) <mail@example.org>", []),
        ("Text\n![A gut](/gut.png)", [("image_inline", 2)]),
        ("> - a\n>\n>   [@nobody]", [("cite_unknown", 3)]),
        ("| A |\n|---|\n| b |\n| [@nobody] |", [("cite_unknown", 4)]),
        (("> " * 60) + "deep", [("nested_too_deep", 1)]),
    ],
)
def test_every_fault_is_reported_with_its_line(body: str, expected: list[tuple[str, int]]) -> None:
    assert problems_of(body) == expected


def test_parts_under_a_heading_of_the_page_begin_at_h3() -> None:
    found = render(Source(verdict="## In short\n\n### Fine"), resolve, "en")
    assert found.html["verdict"].startswith('<h3 id="s-in-short">')
    assert [(problem.code, problem.segment) for problem in found.problems] == [
        (ProblemCode.HEADING_TOO_HIGH, "verdict")
    ]


def test_a_heading_without_words_is_not_shown() -> None:
    assert html_of("## \n\nText.") == "<p>Text.</p>\n"


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_fault_has_words_and_a_way_out(code: ProblemCode) -> None:
    problem = type(problem_in("TK", "tk_left"))(code, "body", 1, "100 %")
    assert problem.what.endswith(".")
    assert "%(" not in problem.what + problem.way_out
    assert problem.way_out


def test_faults_come_in_reading_order() -> None:
    found = render(Source(short_version="[@no1]", body="a [@no2]\n\nTK"), resolve, "en")
    assert [(p.segment, p.line) for p in found.problems] == [("short_version", 1), ("body", 1), ("body", 3)]


def test_links_that_leave_the_site_cannot_reach_back() -> None:
    page = read(html_of('[a](https://example.org/ "T") [b](/hub/) [c](#s-x) [d](mailto:a@b.org)'))
    assert page.all("a") == [
        {"href": "https://example.org/", "title": "T", "rel": "noopener"},
        {"href": "/hub/"},
        {"href": "#s-x"},
        {"href": "mailto:a@b.org"},
    ]


def test_a_refused_link_and_a_loose_picture_keep_their_words() -> None:
    assert visible("[the *label*](javascript:x) ![the *picture*](/a.png)") == "the label the picture"


def test_a_picture_in_a_link_makes_no_link_within_a_link() -> None:
    page = read(html_of("[![[in](/b) [@zhou2019]](/c.png)](/d)"))
    assert [attrs["href"] for attrs in page.all("a")] == ["/d"]
    assert page.faults == []


def test_a_table_names_its_headers_and_stacks_without_inline_styles() -> None:
    html = html_of("| Study [@zhou2019] | n |  |\n|---|--:|:-:|\n| Zhou | 106 | x |\n|  | 7 | y |")
    page = read(html)
    assert [attrs.get("scope") for attrs in page.all("th")] == ["col", "col", "row"]
    assert page.all("td", data_l="n", class_="is-end") == [{"class": "is-end", "data-l": "n"}] * 2
    assert page.all("td", data_l="Study") == [{"data-l": "Study"}]
    assert "style=" not in html


def test_what_scrolls_can_be_reached_by_keyboard() -> None:
    page = read(html_of("| A |\n|---|\n| b |\n\n    code"))
    assert page.all("div", class_="scroll")[0]["tabindex"] == "0"
    assert page.all("pre") == [{"tabindex": "0"}]


def test_text_in_another_language_says_which() -> None:
    assert html_of("He wrote [*證據*不足]{lang=zh-Hant}.") == (
        '<p>He wrote <span lang="zh-Hant"><em>證據</em>不足</span>.</p>\n'
    )
    assert '<span lang="en">JAMA</span>' in html_of('見[JAMA]{lang="en"}。')


@pytest.mark.parametrize(
    "attribute", ["{lang=x onclick=y}", "{class=big}", '{lang="en}', "{lang=}", "{onclick=x}"]
)
def test_a_span_takes_no_other_attribute(attribute: str) -> None:
    assert html_of(f"[text]{attribute}").startswith("<p>[text]{")


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("他說**「重點」**是", "他說<strong>「重點」</strong>是"),
        ("**注意：**請看", "<strong>注意：</strong>請看"),
        ("這是*很（非常）*重要", "這是<em>很（非常）</em>重要"),
        ("三*四*五", "三<em>四</em>五"),
        ("第一行\n第二行", "第一行第二行"),
        ("第一行\nEnglish", "第一行\nEnglish"),
    ],
)
def test_chinese_is_set_without_spaces(typed: str, html: str) -> None:
    assert html_of(typed) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Two words.[@zhou2019]", 2),
        ("It’s 3.5 mg, well-known", 4),
        ("麩醯胺酸與腸道。", 7),
        ("在 Gut 期刊", 4),
        ("## Heading\n\n::: callout Title\nIn it.\n:::", 4),
        ("", 0),
    ],
)
def test_words_are_counted_and_chinese_characters_each(body: str, words: int) -> None:
    assert rendered(body).words == words


def test_reading_time_is_rounded_up_to_minutes() -> None:
    assert [rendered("word " * n).reading_minutes for n in (0, 1, 238, 239)] == [0, 1, 1, 2]
    assert [rendered("字" * n).reading_minutes for n in (255, 256)] == [1, 2]


def test_plain_text_keeps_lists_code_and_citations() -> None:
    body = "3. a\n4. b [@zhou2019; @abbasi2024]\n   - c\n\n> said\n\n```\nx  y\n```\n\nline\\\nbreak"
    assert text_of(body) == "3. a\n4. b [1,2]\n- c\n\nsaid\n\nx  y\n\nline\nbreak"


def test_the_text_of_an_article_joins_its_parts() -> None:
    found = render(Source(short_version="One.", body="Two.", verdict="Three."), resolve, "en")
    assert to_text(found) == "One.\n\nTwo.\n\nThree."


def test_labels_are_asked_for_in_the_language_of_the_article_which_then_is_put_back() -> None:
    seen: list[str | None] = []

    def remember(_key: CiteKey) -> CitedWork | None:
        seen.append(translation.get_language())
        return None

    with translation.override("en"):
        render(Source(body="[@x]"), remember, "zh-hant")
        assert seen == ["zh-hant"]
        assert translation.get_language() == "en"


def test_line_endings_of_other_systems_change_nothing() -> None:
    body = "::: stats\n- 3 | people | [@zhou2019]\n:::\n\nTK\n"
    assert rendered(body.replace("\n", "\r\n")) == rendered(body)
