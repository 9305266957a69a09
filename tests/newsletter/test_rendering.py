"""The brief as mail is legible by every light, alike in HTML and text, and asks nothing of any other server."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils.translation import override

from newsletter.content import Content
from newsletter.rendering import frame
from newsletter.rendering.preview import SAMPLE_TOKEN, Scheme, preview
from tests.newsletter.letters import Eye, contrast
from tests.newsletter.sample_issue import sample_content

LANGUAGES = ("en", "zh-hant")
GRADES = ("strong", "moderate", "emerging", "weak", "unsupported", "against")
ERRATUM = ("The first copies said moderate.",)


def every_colour(language: str = "en") -> Content:
    """An issue that shows every grade on the page, on the panel of followed claims and in the spotlight."""
    content = sample_content(language, revision=2, erratum=ERRATUM)
    section, spotlight = content.sections[0], content.sections[-1]
    lines = tuple(
        replace(section.lines[0], claim=f"CLM-{grade}", grade=grade, previous_grade=GRADES[number - 1])
        for number, grade in enumerate(GRADES)
    )
    spots = tuple(replace(spotlight.lines[0], grade=grade) for grade in GRADES)
    return replace(content, sections=(replace(section, lines=lines), replace(spotlight, lines=spots)))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_out_from_its_ground(language: str, dark: bool) -> None:
    eye = Eye(preview(every_colour(language)).html, dark=dark)
    assert len({(piece.colour, piece.ground) for piece in eye.pieces}) > 12
    faint = {
        (piece.text[:30], piece.colour, piece.ground, round(contrast(piece.colour, piece.ground), 2))
        for piece in eye.pieces
        if contrast(piece.colour, piece.ground) < 4.5
    }
    assert not faint


def test_nothing_stays_as_it_was_by_day_when_it_is_dark() -> None:
    document = preview(every_colour()).html
    day, night = Eye(document, dark=False), Eye(document, dark=True)
    plate = {"#0e1c33"}
    unmoved = [
        one.text
        for one, other in zip(day.pieces, night.pieces, strict=True)
        if one.colour == other.colour and one.ground not in plate
    ]
    assert not unmoved


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_loads_nothing_and_watches_nobody(language: str) -> None:
    document = preview(every_colour(language)).html
    eye = Eye(document, dark=False)
    assert {tag for tag, _given in eye.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "div", "table", "tbody", "tr", "td",
        "h1", "h2", "p", "a", "b", "span", "br",
    }  # fmt: skip
    assert not [
        name
        for _tag, given in eye.tags
        for name in given
        if name in {"src", "srcset", "background", "onclick"}
    ]
    for trace in ("url(", "@import", "@font-face", "utm", "<script", "<img", "http-equiv"):
        assert trace not in document


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_our_own_pages_and_say_where(language: str) -> None:
    shown = preview(sample_content(language))
    site = urlsplit(settings.SITE_URL).netloc
    links = Eye(shown.html, dark=False).links
    assert len(links) > 20
    for href, words in links:
        assert urlsplit(href).netloc in {site, "doi.org"}
        assert not urlsplit(href).query
        assert words.strip()
        assert not words.startswith("http") or words == href
    assert set(re.findall(r"https?://\S+", shown.text)) == {href for href, _words in links}


@pytest.mark.parametrize("language", LANGUAGES)
def test_references_bear_the_same_numbers_in_html_and_text(language: str) -> None:
    content = sample_content(language)
    shown = preview(content)
    in_html = re.sub(r"<[^>]+>", "", shown.html.split("<body", 1)[1])
    assert re.findall(r"\[\d+\]", in_html) == re.findall(r"\[\d+\]", shown.text)
    for reference in content.references:
        assert f"[{reference.number}] {reference.text}" in in_html
        assert f"[{reference.number}] {reference.text}\n{reference.url}" in shown.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_its_references_behind_it(language: str) -> None:
    content = sample_content(language)
    text = preview(content, follows=False).text
    for line in content.lines():
        numbers = " ".join(f"[{number}]" for number in line.refs)
        assert f"{line.why} {numbers}\n{line.url}" in text


def test_a_reference_that_is_not_in_the_list_stops_the_rendering() -> None:
    content = sample_content()
    with pytest.raises(KeyError):
        preview(replace(content, references=content.references[:-1]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grade_is_never_colour_alone(language: str) -> None:
    shown = preview(every_colour(language))
    with override(language):
        marks = [frame.grade(code) for code in GRADES]
    for mark in marks:
        assert mark is not None
        assert f"{mark.shape} {mark.word}" in shown.text
        assert f"{mark.shape}&nbsp;{mark.word}" in shown.html
    assert len(set(frame.SHAPES.values())) == 6


@pytest.mark.parametrize(("language", "code"), [("en", "en"), ("zh-hant", "zh-Hant")])
def test_it_says_what_language_it_is_in(language: str, code: str) -> None:
    eye = Eye(preview(sample_content(language)).html, dark=False)
    marked = [(tag, given["lang"]) for tag, given in eye.tags if "lang" in given]
    assert marked[:2] == [("html", code), ("main", code)]
    # Printed references are English, and a voice that reads Chinese must not spell them out.
    assert [tag for tag, lang in marked[2:]] == ["a"] * (9 if language == "zh-hant" else 0)
    assert {lang for tag, lang in marked[2:]} <= {"en"}


def test_it_tells_mail_readers_that_it_knows_the_dark() -> None:
    document = preview(sample_content()).html
    assert '<meta name="color-scheme" content="light dark">' in document
    assert "@media (prefers-color-scheme: dark)" in document


def test_an_erratum_stands_before_everything_else_and_is_named() -> None:
    shown = preview(sample_content(revision=2, erratum=ERRATUM))
    for text in (shown.text, shown.html.split("<h1", 1)[1]):
        assert text.index("Erratum") < text.index(ERRATUM[0]) < text.index("Good morning.")
        assert "Erratum" not in preview(sample_content()).text
    assert "Revision 2" in shown.text
    assert "Revision" not in preview(sample_content()).html


def test_what_editors_write_is_text_and_never_markup() -> None:
    content = replace(sample_content(), opening=('<img src="https://spy.example/x.gif">& so on',))
    shown = preview(content)
    assert "<img" not in shown.html
    assert "&lt;img" in shown.html
    assert "<img" in shown.text


def test_the_foot_says_why_one_gets_it_and_how_to_leave_without_a_token_for_anything_else() -> None:
    shown = preview(sample_content("zh-hant"))
    site = settings.SITE_URL.rstrip("/") + "/zh-hant"
    for part in shown:
        assert f"{site}/brief/leave/{SAMPLE_TOKEN}/" in part
        assert f"{site}/brief/preferences/" in part
        assert f"{site}/brief/2026-w48/" in part
        assert part.count(SAMPLE_TOKEN) == 1


def test_the_postal_address_of_the_sender_is_printed_where_one_is_set(settings: object) -> None:
    settings.NEWSLETTER_POSTAL_ADDRESS = "1 Radar Road, Taipei"  # type: ignore[attr-defined]
    assert all("1 Radar Road, Taipei" in part for part in preview(sample_content()))


def test_a_follower_is_told_of_a_regrade_before_other_news_of_the_same_claim_and_of_no_spotlight() -> None:
    content = sample_content()
    section = content.sections[0]
    news = replace(section.lines[3], claim="CLM-one", text="A trial fell")
    moved = replace(section.lines[0], claim="CLM-one", text="The claim moved")
    content = replace(content, sections=(replace(section, lines=(news, moved)), content.sections[-1]))
    assert {code: line.text for code, line in frame.followed(content).items()} == {
        "CLM-one": "The claim moved"
    }


@pytest.mark.parametrize(("scheme", "query"), [(Scheme.DARK, "@media all"), (Scheme.LIGHT, "@media not all")])
def test_the_desk_sees_it_dark_or_light_whatever_its_own_screen(scheme: Scheme, query: str) -> None:
    own, forced = preview(sample_content()).html, preview(sample_content(), scheme=scheme).html
    assert forced == own.replace("@media (prefers-color-scheme: dark)", query)
    assert forced != own
