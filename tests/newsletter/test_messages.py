"""What leaves the house is a message every mail reader can read, and nobody's but the reader's own."""

import json
import subprocess
import sys
from dataclasses import replace
from email.utils import parseaddr

import pytest
from django.conf import settings
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from newsletter import keys
from newsletter.content import Content, to_plain
from newsletter.keys import Purpose
from newsletter.messages import MAX_HTML_BYTES, Stencil, render
from newsletter.rendering.marks import clean
from newsletter.rendering.preview import SAMPLE_TOKEN
from tests.newsletter.mail import FACTS, READER, all_claims, filled, parsed, part_of
from tests.newsletter.sample_issue import sample_content

LANGUAGES = ("en", "zh-hant")
EVERY = [(language, plain) for language in LANGUAGES for plain in (False, True)]
SOME = effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.text(min_size=1, max_size=200) | st.sampled_from(
    [
        ".",
        "..",
        ". and then",
        "=2E=",
        "=?utf-8?q?no?=",
        "x" * 3000,
        "😀" * 300,
        "שלום עולם",
        "<b>&amp;",
        "\r\n.\r\nMAIL FROM:<a@b>",
        "\x00LEAVE\x00",
        "\ufdd0\ufdd4",
        "From here\x85on",
    ]
)


@pytest.mark.parametrize(("language", "plain"), EVERY)
def test_every_message_bears_every_header(language: str, plain: bool) -> None:
    message = parsed(filled(sample_content(language), plain=plain))
    token = keys.token(Purpose.UNSUBSCRIBE, READER)
    prefix = "" if language == "en" else "/zh-hant"
    site = settings.SITE_URL.rstrip("/")
    assert parseaddr(str(message["From"])) == parseaddr(settings.NEWSLETTER_FROM)
    assert message["To"] == FACTS["to"]
    assert message["Date"].datetime.isoformat() == "2026-11-29T07:00:00+08:00"
    assert message["Message-ID"] == FACTS["message_id"]
    assert message["Subject"] == sample_content(language).subject
    assert message["List-Id"] == f"Wellness Radar Sunday brief <brief.{settings.NEWSLETTER_DOMAIN}>"
    assert message["List-Unsubscribe"] == (
        f"<{site}{prefix}/brief/leave/{token}/>, <mailto:{keys.leave_address(READER)}>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Archive"] == f"<{site}{prefix}/brief/>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (
        message["Feedback-ID"] == f"2026-w48-r1:{'en' if language == 'en' else 'zh-Hant'}:brief:wellnessradar"
    )
    assert message["Content-Language"] == ("en" if language == "en" else "zh-Hant")
    assert message["MIME-Version"] == "1.0"
    assert len(message.keys()) == len({name.lower() for name in message}), "a header stands twice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_comes_first_and_the_html_last(language: str) -> None:
    message = parsed(filled(sample_content(language)))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_wants_plain_text_gets_nothing_else(language: str) -> None:
    rendered = render(sample_content(language), plain=True)
    message = parsed(filled(sample_content(language), plain=True))
    assert message.get_content_type() == "text/plain"
    assert (rendered.html, rendered.html_bytes) == ("", 0)
    assert part_of(message, "plain") == part_of(parsed(filled(sample_content(language))), "plain")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_arrive_to_the_letter(language: str) -> None:
    content = sample_content(language)
    rendered = render(content, plain=False)
    message = parsed(filled(content, follows=all_claims(content)))
    token = keys.token(Purpose.UNSUBSCRIBE, READER)
    assert part_of(message, "html") == rendered.html.replace(SAMPLE_TOKEN, token)
    assert part_of(message, "plain") == rendered.text.replace(SAMPLE_TOKEN, token)


def test_chinese_arrives_intact() -> None:
    content = sample_content("zh-hant")
    message = parsed(filled(content))
    for kind in ("plain", "html"):
        text = part_of(message, kind)
        assert all(line.text in text and line.why in text for line in content.lines())


def test_a_test_says_so_in_its_subject_and_nowhere_else() -> None:
    content = sample_content("zh-hant")
    real, test = filled(content), filled(content, test=True)
    assert parsed(test)["Subject"] == f"[TEST] {content.subject}"
    assert test.replace(b"[TEST] ", b"") == real


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_claims_somebody_follows_stand_in_both_parts_and_only_theirs(language: str) -> None:
    content = sample_content(language)
    mine, other = content.lines()[1], content.lines()[0]
    with_mine, without = parsed(filled(content, follows=[mine.claim])), parsed(filled(content))
    for kind in ("plain", "html"):
        assert part_of(with_mine, kind).count(mine.text) == part_of(without, kind).count(mine.text) + 1
        assert part_of(with_mine, kind).count(other.text) == part_of(without, kind).count(other.text)


@pytest.mark.parametrize(
    "follows", [(), ("CLM-nothing-of-this-issue",), ("CLM-glutamine-seals-a-leaky-gut",)]
)
def test_the_block_of_followed_claims_is_gone_where_none_of_them_changed(follows: tuple[str, ...]) -> None:
    content = sample_content()
    message = parsed(filled(content, follows=follows))
    for kind in ("plain", "html"):
        assert "Claims you follow" not in part_of(message, kind)
    assert "Claims you follow" in part_of(parsed(filled(content, follows=all_claims(content))), "html")


@pytest.mark.parametrize(("language", "plain"), EVERY)
def test_the_bytes_are_short_lines_of_ascii_ended_by_crlf(language: str, plain: bool) -> None:
    content = sample_content(language)
    wire = filled(content, plain=plain, follows=all_claims(content))
    assert wire.isascii()
    assert wire.endswith(b"\r\n")
    assert b"\x00" not in wire
    for line in wire.removesuffix(b"\r\n").split(b"\r\n"):
        assert b"\r" not in line
        assert b"\n" not in line
        assert not line.startswith(b"."), "SMTP would take it for the end or eat the dot"
        assert len(line) <= 78 or line.startswith((b"List-Unsubscribe:", b" <mailto:"))


@given(words=st.lists(WORDS, min_size=4, max_size=4), follows=st.booleans())
@example(words=[".", "..x", "=" * 200, "." * 500], follows=True)
@SOME
def test_whatever_an_editor_writes_arrives_and_nothing_leaks_out_of_it(
    words: list[str], follows: bool
) -> None:
    content = _saying(*words)
    wire = filled(content, follows=all_claims(content) if follows else ())
    stuffed = b"".join(
        b"." + line if line.startswith(b".") else line for line in wire.splitlines(keepends=True)
    )
    assert stuffed == wire
    message = parsed(wire)
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert b"\x00" not in wire
    said = clean(content)
    assert str(message["Subject"]).split() == said.subject.split()
    text = part_of(message, "plain")
    for paragraph in (*said.opening, *(line.why for line in said.lines())):
        assert paragraph in text
    rendered = render(content, plain=False)
    if follows:
        token = keys.token(Purpose.UNSUBSCRIBE, READER)
        assert part_of(message, "html") == rendered.html.replace(SAMPLE_TOKEN, token)


def _saying(subject: str, opening: str, text: str, why: str) -> Content:
    content = sample_content()
    section = content.sections[0]
    lines = tuple(replace(line, text=text, why=why) for line in section.lines)
    return replace(
        content, subject=subject[:150], opening=(opening,), sections=(replace(section, lines=lines),)
    )


@pytest.mark.parametrize(
    "value", ["a@b.example\r\nBcc: c@d.example", "a@b.example\n", "å@b.example", "a\x00"]
)
@pytest.mark.parametrize("slot", ["to", "date", "message_id"])
def test_a_value_that_could_write_headers_of_its_own_is_refused(slot: str, value: str) -> None:
    with pytest.raises(ValueError, match="one line of printable ASCII"):
        filled(sample_content(), facts={slot: value})


def test_a_stencil_refuses_a_slot_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="slots nobody fills"):
        Stencil(b"To: \x00TO\x00\r\nX: \x00SECRET\x00\r\n", {})


def test_the_same_content_gives_the_same_bytes_in_every_process() -> None:
    contents = [sample_content(language) for language in LANGUAGES]
    here = [render(content, plain=False).sha256 for content in contents]
    program = (
        "import json, sys, django; django.setup()\n"
        "from newsletter.content import from_plain\n"
        "from newsletter.messages import render\n"
        "print(*[render(from_plain(one), plain=False).sha256 for one in json.load(sys.stdin)])"
    )
    given_contents = json.dumps([to_plain(content) for content in contents])
    there = subprocess.run(
        [sys.executable, "-c", program], input=given_contents, capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == here


def test_the_hash_covers_the_lines_of_those_who_follow_a_claim() -> None:
    content = sample_content()
    spotlight = content.sections[-1].lines[0]
    reclaimed = replace(
        content,
        sections=(
            *content.sections[:-1],
            replace(content.sections[-1], lines=(replace(spotlight, claim=""),)),
        ),
    )
    one, other = render(content, plain=False), render(reclaimed, plain=False)
    assert (one.wire, one.followed, one.sha256) == (other.wire, other.followed, other.sha256)
    section = content.sections[0]
    moved = replace(section.lines[0], claim="CLM-another")
    other = render(
        replace(content, sections=(replace(section, lines=(moved, *section.lines[1:])),)), plain=False
    )
    assert set(other.followed) != set(one.followed)
    assert other.sha256 != one.sha256


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_heavy_week_stays_below_where_mail_gets_clipped(language: str) -> None:
    content = sample_content(language, lines=30, works=60)
    rendered = render(content, plain=False)
    message = parsed(filled(content, follows=all_claims(content)))
    assert len(content.lines()) == 30
    assert len(part_of(message, "html").encode()) <= rendered.html_bytes <= MAX_HTML_BYTES
    assert rendered.html_bytes == len(rendered.html.encode())


def test_the_message_holds_one_token_and_it_opens_nothing_but_the_way_out() -> None:
    message = parsed(filled(sample_content()))
    token = keys.token(Purpose.UNSUBSCRIBE, READER)
    for kind in ("plain", "html"):
        text = part_of(message, kind)
        assert text.count(token) == 1
        assert f"/brief/leave/{token}/" in text
