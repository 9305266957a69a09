"""A mail as a mail program reads it: its subject, its parts, its headers, and the way out it offers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_ONE_CLICK = "list-unsubscribe=one-click"
_WAY_OUT = re.compile(r"<(https?://[^<>\s]+)>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# In a URL all is ASCII; closing brackets and full stops at its end belong to the sentence.
_LINK = re.compile(r"https?://(?:(?![<>\"'`])[!-~])+(?<![.,;:!?)\]}])")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """The bytes of a mail, read."""

    data: bytes

    @cached_property
    def _message(self) -> "Message[str, str]":
        return message_from_bytes(self.data, policy=policy.compat32)

    @property
    def subject(self) -> str:
        """The subject in words."""
        return self._header("Subject")

    @property
    def language(self) -> str:
        """The language the mail says it is in; empty where it says none."""
        said = self._header("Content-Language").partition(",")[0].strip()
        return said if _LANGUAGE.fullmatch(said) else ""

    @property
    def headers(self) -> Iterator[tuple[str, str]]:
        """Every header in its order, in words."""
        return ((name, _words(value)) for name, value in self._message.items())

    @property
    def text(self) -> str:
        """The text part; empty where there is none."""
        return self._part("text/plain")

    @property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self._part("text/html")

    @property
    def source(self) -> str:
        """What travelled, byte for byte, where it can be shown."""
        return self.data.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def one_click(self) -> str:
        """The address a mail program posts to for whoever presses its own Unsubscribe (RFC 8058); empty without."""
        way_out = _WAY_OUT.search(self._header("List-Unsubscribe"))
        offered = self._header("List-Unsubscribe-Post").strip().lower() == _ONE_CLICK
        return way_out[1] if way_out and offered else ""

    def _header(self, name: str) -> str:
        return _words(self._message.get(name, ""))

    def _part(self, kind: str) -> str:
        for part in self._message.walk():
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                return _decoded(part)
        return ""


def linked(text: str) -> SafeString:
    """Return the text as HTML in which addresses of pages can be clicked and nothing else is."""
    pieces: list[str] = []
    done = 0
    for link in _LINK.finditer(text):
        address = escape(link[0])
        pieces += [escape(text[done : link.start()]), f'<a href="{address}">{address}</a>']
        done = link.end()
    return mark_safe("".join([*pieces, escape(text[done:])]))  # noqa: S308 - every piece is escaped above


def framed(html: str) -> str:
    """Return a mail's HTML so that its links leave the frame it is shown in."""
    base = '<base target="_top">'
    head = _HEAD.search(html)
    return f"{html[: head.end()]}{base}{html[head.end() :]}" if head else f"{base}{html}"


def _words(value: Any) -> str:
    """Decode a header's encoded words; one that is broken is shown as it stands."""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return str(value)


def _decoded(part: "Message[str, str]") -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        text = data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")
