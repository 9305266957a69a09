"""Blocks: what each shows, what it hands to the gate, and how it fails without losing a word."""

import pytest

from articles.rendering import Figure, StatRow, place_pictures
from tests.articles.rendering.desk import html_of, problem_in, problems_of, read, rendered, text_of, visible

FIGURE = """::: figure plate:gut
The small intestine, *cut across* [@zhou2019].

A second paragraph.
alt: One layer of cells, "brush" side up
credit: Plate: Wellness Radar, CC BY 4.0
:::"""


def test_a_callout_shows_its_title_and_any_markdown_within() -> None:
    html = html_of("::: callout A *question* to ask\nText with **weight**.\n\n- one\n:::\n\nAfter.")
    assert html.startswith('<div class="callout" role="note">\n<p class="lbl">A <em>question</em> to ask</p>')
    assert "<strong>weight</strong>" in html
    assert html.endswith("<li>one</li>\n</ul>\n</div>\n<p>After.</p>\n")


def test_a_callout_needs_no_title_and_no_blank_line_before_it() -> None:
    html = html_of("Before\n::: callout\nText.\n:::\nafter")
    assert html == '<p>Before</p>\n<div class="callout" role="note">\n<p>Text.</p>\n</div>\n<p>after</p>\n'


def test_stat_cards_are_a_list_of_numbers_with_what_they_count() -> None:
    page = read(
        html_of("::: stats\n- 43 of 54 | responded | [@zhou2019]\n- −0.00 | change [@abbasi2024]\n:::")
    )
    assert [tag for tag, _ in page.elements][:4] == ["dl", "div", "dt", "span"]
    assert (len(page.all("dt")), len(page.all("dd"))) == (2, 2)
    assert visible("::: stats\n- 43 of 54 | responded | [@zhou2019]\n:::") == "responded [1] 43 of 54"


def test_the_gate_gets_each_number_with_its_works_and_line() -> None:
    body = (
        "Intro.\n\n::: stats\n"
        "- 43 of 54 | *responded* on glutamine | [@zhou2019; @pmid:30108163; @abbasi2024]\n"
        "- 0.91 | hazard ratio [@heyland2022]\n:::"
    )
    assert rendered(body).stat_rows == (
        StatRow("43 of 54", "responded on glutamine", ("study-1", "study-2"), "body", 4),
        StatRow("0.91", "hazard ratio", ("study-3",), "body", 5),
    )


def test_a_row_of_stat_cards_may_hold_an_escaped_bar() -> None:
    (row,) = rendered(r"::: stats" + "\n- 5 | a \\| b | [@zhou2019]\n:::").stat_rows
    assert row.label == "a | b"


@pytest.mark.parametrize("row", ["43 of 54", "- 43 of 54", "- 43 | | [@zhou2019]", "- a | b | c | d"])
def test_a_malformed_row_of_stat_cards_is_reported_and_still_shown(row: str) -> None:
    body = f"::: stats\n- 3 | people | [@zhou2019]\n{row}\n:::"
    assert problems_of(body) == [("stats_row_malformed", 3)]
    assert row.partition("|")[0].strip(" -") in visible(body)


def test_a_number_without_a_source_is_reported() -> None:
    assert problem_in("::: stats\n- 43 of 54 | responded\n:::", "stats_row_uncited").detail == "43 of 54"


def test_a_quote_names_who_said_it() -> None:
    html = html_of("::: quote\nIt did not *help*.\n-- Heyland, NEJM [@heyland2022]\n:::")
    assert html.startswith(
        '<figure class="pull">\n<blockquote>\n<p>It did not <em>help</em>.</p>\n</blockquote>'
    )
    assert "<figcaption>Heyland, NEJM <span" in html


def test_a_quote_of_a_chinese_source_may_use_the_chinese_dash() -> None:
    assert "<figcaption>衛福部</figcaption>" in html_of("::: quote\n證據不足。\n—— 衛福部\n:::")


def test_a_quote_without_attribution_is_reported() -> None:
    assert problems_of("Text.\n\n::: quote\nSomebody said this.\n:::") == [("quote_unattributed", 3)]


def test_words_of_the_article_itself_may_be_pulled_out_without_attribution() -> None:
    words = "A cell rescued from starvation tells you"
    body = f"{words} *little*. So there.\n\n::: quote\n{words} little.\n:::"
    assert problems_of(body) == []


def test_a_figure_leaves_a_frame_with_its_alternative_text_for_the_picture() -> None:
    html = html_of(FIGURE)
    assert (
        '<div class="frame" data-figure="plate:gut">'
        '<p class="vh">One layer of cells, "brush" side up</p></div>' in html
    )
    assert "<p>The small intestine, <em>cut across</em> <span" in html
    assert "<p>A second paragraph.</p>" in html
    assert '<p class="credit">Plate: Wellness Radar, CC BY 4.0</p>' in html


def test_the_gate_gets_each_figure_with_its_line() -> None:
    assert rendered(f"Intro.\n\n{FIGURE}").figures == (
        Figure(
            "plate:gut", 'One layer of cells, "brush" side up', "Plate: Wellness Radar, CC BY 4.0", "body", 3
        ),
    )


def test_pictures_are_placed_into_stored_html_and_their_absence_leaves_the_words() -> None:
    html = html_of(FIGURE)
    asked: list[tuple[str, str]] = []

    def draw(key: str, alt: str) -> str:
        asked.append((key, alt))
        return "<svg></svg>"

    assert '<div class="frame" data-figure="plate:gut"><svg></svg></div>' in place_pictures(html, draw)
    assert asked == [("plate:gut", 'One layer of cells, "brush" side up')]
    assert place_pictures(html, lambda _key, _alt: None) == html


def test_a_decorative_figure_says_so_and_has_no_alternative_text() -> None:
    body = "::: figure dawn\nalt: decorative\ncredit: Us\nCaption\n:::"
    assert problems_of(body) == []
    assert '<div class="frame" data-figure="dawn"></div>' in html_of(body)


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("Caption\nalt: A gut", "credit"),
        ("Caption\ncredit: Us", "alt"),
        ("alt: A gut\ncredit: Us", "caption"),
        ("alt:\ncredit:", "alt, credit, caption"),
    ],
)
def test_an_incomplete_figure_says_what_it_lacks(lines: str, missing: str) -> None:
    assert problem_in(f"::: figure gut\n{lines}\n:::", "figure_incomplete").detail == missing


@pytest.mark.parametrize("key", ["", "Plate:Gut", "plate:", "../gut", 'x" onload="y', "two words"])
def test_a_figure_needs_a_proper_key(key: str) -> None:
    body = f"::: figure {key}\nCaption\nalt: A gut\ncredit: Us\n:::"
    assert problems_of(body) == [("figure_key_malformed", 1)]
    assert rendered(body).figures[0].key == ""


def test_uses_are_a_table_with_headers_that_a_phone_can_stack() -> None:
    body = (
        "::: used-how How people used it\n- 15 g a day | IBS after infection | one trial | [@zhou2019]\n:::"
    )
    page = read(html_of(body))
    assert [attrs["class"] for attrs in page.all("table")] == ["tbl stack used-how"]
    assert len(page.all("th", scope="col")) == 4
    assert len(page.all("th", scope="row")) == 1
    labels = [attrs["data-l"] for attrs in page.all("td")]
    assert labels == ["For whom", "What the evidence says", "Source"]
    assert "<caption>How people used it</caption>" in html_of(body)


def test_a_use_without_a_source_or_with_too_few_cells_is_reported() -> None:
    body = "::: used-how\n- 5 g | adults | nothing to cite\n- 5 g | adults\n:::"
    assert problems_of(body) == [("used_how_row_uncited", 2), ("used_how_row_malformed", 3)]
    assert visible(body).endswith("- 5 g | adults")


def test_an_unknown_block_is_reported_and_loses_nothing() -> None:
    body = "::: calout Mind this\nText **within**.\n:::\n\nAfter."
    assert problem_in(body, "directive_unknown").detail == "calout"
    assert visible(body) == "calout Mind this Text within. After."


def test_an_unclosed_block_is_reported_where_it_opens_and_ends_with_the_text() -> None:
    body = "Text.\n\n::: callout\nMore.\n\nMost.\n"
    assert problems_of(body) == [("directive_unclosed", 3)]
    assert visible(body) == "Text. More. Most."


def test_a_closing_mark_without_a_block_is_reported() -> None:
    assert problems_of("Text.\n:::\nMore.") == [("directive_not_open", 2)]


@pytest.mark.parametrize("name", ["callout", "stats", "quote", "used-how"])
def test_an_empty_block_is_reported(name: str) -> None:
    assert ("directive_empty", 1) in problems_of(f"::: {name}\n:::")


def test_a_block_may_stand_in_another_and_in_a_list() -> None:
    body = "- item\n\n  ::: callout Outer\n  ::: stats\n  - 3 | people | [@zhou2019]\n  :::\n  Text.\n  :::\n- next"
    page = read(html_of(body))
    assert problems_of(body) == []
    assert [tag for tag, _ in page.elements][:6] == ["ul", "li", "p", "div", "p", "dl"]
    assert visible(body) == "item Outer people [1] 3 Text. next"


def test_a_fence_of_code_within_a_block_does_not_close_it() -> None:
    body = "::: callout\n```\n:::\n```\nText.\n:::"
    assert problems_of(body) == []
    assert visible(body) == "::: Text."


def test_blocks_in_code_are_code() -> None:
    assert visible("```\n::: callout\n```") == "::: callout"


def test_plain_text_keeps_the_words_of_every_block() -> None:
    body = (
        f"::: callout Ask\nWhy?\n:::\n::: stats\n- 3 | people | [@zhou2019]\n:::\n{FIGURE}\n"
        "::: quote\nWords.\n-- Who [@abbasi2024]\n:::\n"
        "::: used-how Uses\n- 5 g | adults | little | [@abbasi2024]\n:::"
    )
    assert text_of(body).split("\n") == [
        *("Ask", "", "Why?", "", "people [1]: 3", ""),
        *('One layer of cells, "brush" side up', "", "The small intestine, cut across [1].", ""),
        *("A second paragraph.", "", "Plate: Wellness Radar, CC BY 4.0", "", "Words.", "", "Who [2]", ""),
        *("Uses", "Dose | For whom | What the evidence says | Source", "5 g | adults | little | [2]"),
    ]
