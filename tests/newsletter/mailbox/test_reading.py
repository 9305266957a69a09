"""A mail as a mail program reads it, broken ones included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mailbox.reading import Letter, framed, linked
from tests.newsletter.mailbox.conftest import mail


def test_it_reads_words_in_any_language() -> None:
    letter = Letter(mail(subject="週日簡報", text="讀者好", html="<p>讀者好</p>", Content_Language="zh-Hant"))
    assert (letter.subject, letter.text.strip(), letter.html.strip()) == (
        "週日簡報",
        "讀者好",
        "<p>讀者好</p>",
    )
    assert letter.language == "zh-Hant"
    assert ("Subject", "週日簡報") in list(letter.headers)


@pytest.mark.parametrize(
    ("headers", "way_out"),
    [
        (
            {
                "List_Unsubscribe": "<https://x.example/leave/t>, <mailto:leave@x.example>",
                "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
            },
            "https://x.example/leave/t",
        ),
        (
            {
                "List_Unsubscribe": "<mailto:leave@x.example>, <http://x.example/l>",
                "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
            },
            "http://x.example/l",
        ),
        ({"List_Unsubscribe": "<https://x.example/leave/t>"}, ""),
        ({"List_Unsubscribe": "<javascript:alert(1)>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_it_offers_the_way_out_a_mail_program_would(headers: dict[str, str], way_out: str) -> None:
    assert Letter(mail(**headers)).one_click == way_out


@given(st.binary(max_size=400))
def test_no_bytes_are_too_broken_to_look_at(data: bytes) -> None:
    letter = Letter(data)
    for part in (letter.subject, letter.text, letter.html, letter.source, letter.language, letter.one_click):
        assert isinstance(part, str)
    assert len(list(letter.headers)) >= 0


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?x-none?B?AAAA?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xe9\r\n",
        b"Subject: =?utf-8?B?A?=\r\n\r\nhello\r\n",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary\r\n",
        b'Content-Language: "><b>\r\n\r\nhello\r\n',
    ],
)
def test_a_broken_header_or_charset_is_shown_as_it_stands(raw: bytes) -> None:
    letter = Letter(raw)
    assert (letter.subject or letter.text or letter.source) != ""
    assert letter.language == ""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://x.example/a?b=1&c=2.", 'See <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.'),
        ("(<https://x.example/>)", '(&lt;<a href="https://x.example/">https://x.example/</a>&gt;)'),
        ("見https://x.example/a。好", '見<a href="https://x.example/a">https://x.example/a</a>。好'),
        ("javascript:alert(1) <script>", "javascript:alert(1) &lt;script&gt;"),
        ('https://x.example/"onclick="x', '<a href="https://x.example/">https://x.example/</a>&quot;onclick=&quot;x'),
    ],
)  # fmt: skip
def test_only_addresses_of_pages_can_be_clicked(text: str, html: str) -> None:
    assert linked(text) == html


@given(st.text(alphabet="ht ps:/x.<>&\"'()。一", max_size=60))
def test_text_never_becomes_a_tag(text: str) -> None:
    assert linked(text).replace("<a href=", "").replace("</a>", "").count("<") == 0


def test_links_of_a_mail_leave_its_frame() -> None:
    assert framed('<!doctype html><html><head lang="x"><title>t</title></head>').startswith(
        '<!doctype html><html><head lang="x"><base target="_top"><title>'
    )
    assert framed("<p>hello") == '<base target="_top"><p>hello'
