"""Hostile text: whatever is typed, wherever, readers get only the markup that is ours."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.rendering import CitedWork, CiteKey, Rendered, Source, render
from articles.rendering.sanitising import sanitised
from tests.articles.rendering.desk import read

HOSTILE = Path(__file__).resolve().parents[2] / "data" / "hostile"
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
_TEXT = {"a", "blockquote", "br", "code", "em", "hr", "mark", "p", "pre", "span", "strong"}
OURS = _HEADINGS | _LISTS | _TABLES | _TEXT | {"div", "figure", "figcaption"}
ATTRIBUTES = {
    *("class", "id", "href", "rel", "title", "lang", "start", "scope", "role", "tabindex"),
    *("aria-label", "data-n", "data-l", "data-figure"),
}
ADDRESS = re.compile(r"https?://[^/\\]|mailto:.|/(?![/\\])|#", re.IGNORECASE)


def payloadbox() -> list[str]:
    return (HOSTILE / "payloadbox_xss.txt").read_text(encoding="utf-8", errors="replace").split("\n")


def naughty_strings() -> list[str]:
    return list(json.loads((HOSTILE / "blns.json").read_text(encoding="utf-8")))


def bleach_vectors() -> list[str]:
    files = sorted((HOSTILE / "bleach").glob("*.test"))
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]


def markdown_it_vectors() -> list[str]:
    return [(HOSTILE / "markdown_it_xss.md").read_text(encoding="utf-8")]


def everywhere(payload: str) -> Source:
    """Type the same string in every place an editor can reach."""
    line = " ".join(payload.split())
    return Source(
        short_version=payload,
        body=f"[x]({line}) [x](<{line}>) <{line}> ![{line}]({line}) [x][r]\n\n[r]: {line}\n\n"
        f'[x](/y "{line}") [中{line}]{{lang={line}}}\n\n## {line}\n\n| {line} |\n|---|\n| {line} |\n\n'
        f"```{line}\n{line}\n```\n\n    {line}\n",
        open_questions=f"::: callout {line}\n{payload}\n:::\n\n::: stats {line}\n- {line} | {line} | [@k]\n:::\n\n"
        f"::: quote {line}\n{line}\n-- {line}\n:::\n\n::: figure {line}\nalt: {line}\ncredit: {line}\n{line}\n:::\n\n"
        f"::: used-how {line}\n- {line} | {line} | {line} | {line}\n:::\n\n::: {line}\n{line}\n:::\n",
        verdict=f"[@{line}] [@{{{line}}}] [see {line} @k, {line}; @{line}]\n\n- {payload}\n\n> {payload}\n",
    )


def in_four_places(payload: str) -> Source:
    """Type it as text, as the target of a link, as the title of a block and as the key of a citation."""
    return Source(
        body=f"{payload}\n\n[x]({payload}) [@{payload}] [@{{{payload}}}]\n\n::: callout {payload}\nx\n:::"
    )


def rendered_everywhere(payload: str, places: Callable[[str], Source] = everywhere) -> Rendered:
    """Render it with every key known, and with the same string as the name of the work."""

    def resolve(key: CiteKey) -> CitedWork | None:
        return CitedWork(str(key), payload)

    return render(places(payload), resolve, "en")


def trespasses(html: str) -> Iterator[str]:
    """Name everything in finished HTML that is not ours."""
    page = read(html)
    yield from page.faults
    for tag, attrs in page.elements:
        if tag not in OURS:
            yield f"<{tag}>"
        yield from (f"{tag} {name}" for name in attrs if name not in ATTRIBUTES)
        if "href" in attrs and not ADDRESS.match(attrs["href"]):
            yield attrs["href"]


def found_in(rendered: Rendered) -> list[str]:
    return [fault for html in rendered.html.values() for fault in trespasses(html)]


@pytest.mark.parametrize("part", range(8))
def test_none_of_three_thousand_injections_gets_through(part: int) -> None:
    payloads = sorted(set(payloadbox()))[part::8]
    assert len(payloads) > 400
    found = {payload: found_in(rendered_everywhere(payload, in_four_places)) for payload in payloads}
    assert {payload: faults for payload, faults in found.items() if faults} == {}


@pytest.mark.parametrize("vectors", [naughty_strings, bleach_vectors, markdown_it_vectors])
def test_no_attack_leaves_anything_but_our_own_markup(vectors: Callable[[], list[str]]) -> None:
    payloads = vectors()
    assert payloads
    failures = {payload: found for payload in payloads if (found := found_in(rendered_everywhere(payload)))}
    assert failures == {}


def test_the_reader_of_these_tests_sees_an_attack_that_gets_through() -> None:
    assert list(trespasses('<p onclick="x">a</p><script></script><a href="javascript:x">b</a><b>')) == [
        "<b> never closed",
        "p onclick",
        "<script>",
        "javascript:x",
        "<b>",
    ]


@pytest.mark.parametrize("vectors", [naughty_strings, bleach_vectors, markdown_it_vectors])
def test_the_last_gate_finds_nothing_left_to_do(vectors: Callable[[], list[str]]) -> None:
    for payload in vectors():
        for html in rendered_everywhere(payload).html.values():
            assert sanitised(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ('<p onclick="x" style="y" class="lbl evil">t</p>', '<p class="lbl">t</p>'),
        ('<a href="javascript:x" id="main">t</a>', "<a>t</a>"),
        ('<a href="//evil.example" rel="opener">t</a>', "<a>t</a>"),
        ('<div role="alert" tabindex="5" data-figure="gut">t</div>', '<div data-figure="gut">t</div>'),
        ('<img src="/a.png" onerror="x"><svg></svg><iframe></iframe>t', "t"),
    ],
)
def test_the_last_gate_holds_alone(html: str, left: str) -> None:
    assert sanitised(html) == left


def test_two_readings_of_the_same_text_agree_byte_for_byte() -> None:
    for payload in (*bleach_vectors(), *naughty_strings()[:100]):
        assert rendered_everywhere(payload) == rendered_everywhere(payload)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe"])
def test_characters_no_page_may_hold_become_the_replacement_mark(character: str) -> None:
    found = render(Source(body=f"a{character}b"), lambda _key: None, "en")
    assert found.html["body"] == "<p>a\ufffdb</p>\n"


PIECES = st.sampled_from(
    (
        *'[](){};@|*`<>&#!\\-"\n中「a',
        *(
            "**",
            "\n\n",
            "## ",
            "- ",
            "> ",
            "  ",
            "-- ",
            "[@a; @b",
            "lang=zh",
            "javascript:",
            "/x",
            "http://x.y",
        ),
        *(":::", "::: callout", "::: stats\n- ", "::: quote", "::: figure plate:a\nalt: "),
        "::: used-how\n- a | b | c",
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_mixture_of_marks_renders_to_well_formed_markup_of_ours(body: str) -> None:
    found = render(Source(body=body), lambda key: CitedWork(key.value, key.value), "zh-hant")
    assert found_in(found) == []
    assert sanitised(found.html["body"]) == found.html["body"]
    ids = re.findall(r' id="([^"]+)"', found.html["body"])
    assert len(ids) == len(set(ids))


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_renders(body: str) -> None:
    assert found_in(rendered_everywhere(body)) == []
