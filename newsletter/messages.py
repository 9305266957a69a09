"""Content -> the bytes of a message with named slots, and the Stencil that fills them: microseconds, no template.

What a message looks like lives in newsletter/rendering/; who gets one, and when, in newsletter/verbs/. Bodies are
quoted-printable (RFC 2045, 6.7): seven bits, short lines, and a slot can stand on a line of its own between two
soft breaks. A leading dot is written =2E, so that no line of the message begins with one and the dot-stuffing of
RFC 5321, 4.5.2 has nothing left to do, before filling and after.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.quoprimime import body_encode

from django.conf import settings

from newsletter import keys
from newsletter.content import Content
from newsletter.rendering import frame, marks
from newsletter.rendering.html import html
from newsletter.rendering.preview import SAMPLE_TOKEN
from newsletter.rendering.text import text

MAX_HTML_BYTES = 90 * 1024  # Gmail clips at 102

_SOFT = b"=\r\n"
_WIDTH = 72  # leaves room for a soft break and for a leading dot written =2E within 76 (RFC 2045, 6.7)
_SLOT = re.compile(rb"\x00([A-Z_]+)\x00")
# The block of those who follow a claim: dropped whole, or kept with its lines where LINES stands.
_BLOCK = re.compile(
    rb"\x00BEGIN_(TEXT|HTML)\x00(?P<head>.*?)\x00LINES_\1\x00(?P<tail>.*?)\x00END_\1\x00", re.DOTALL
)
_PERSONAL = ("TO", "DATE", "MESSAGE_ID", "LEAVE", "TEST")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True)
class Rendered:
    """An issue in one language and kind. `html` and `text` are as whoever follows every changed claim gets them."""

    language: str
    plain: bool
    wire: bytes
    followed: dict[str, dict[str, str]]  # by claim: {"text": ..., "html": ...}, encoded for the wire
    sha256: str
    html: str
    text: str
    html_bytes: int


@dataclass(frozen=True)
class _Part:
    """A body of the message: encoded with its slots, one encoded line a followed claim, and as it is read."""

    kind: str  # TEXT or HTML
    wire: bytes
    lines: tuple[bytes, ...]
    shown: str


def render(content: Content, *, plain: bool) -> Rendered:
    """Return the message of an issue: the same bytes for the same content, whenever and however often."""
    content = marks.clean(content)
    parts = [_part("TEXT", text(content))]
    if not plain:
        parts.append(_part("HTML", html(content)))
    wire = _headers(content) + _body(parts, content)
    followed = {
        code: {"html": ""} | {part.kind.lower(): part.lines[at].decode("ascii") for part in parts}
        for at, code in enumerate(frame.followed(content))
    }
    shown = "" if plain else parts[1].shown
    return Rendered(
        language=content.language,
        plain=plain,
        wire=wire,
        followed=followed,
        sha256=_sha256(wire, followed),
        html=shown,
        text=parts[0].shown,
        html_bytes=len(shown.encode()),
    )


class Stencil:
    """A rendition split once at its slots; `fill` joins it for one person."""

    def __init__(self, wire: bytes, followed: Mapping[str, Mapping[str, str]]) -> None:
        self._without = _Sheet(_BLOCK.sub(b"", wire))
        self._with = _Sheet(_BLOCK.sub(b"\\g<head>\x00LINES_\\1\x00\\g<tail>", wire))
        self._lines = {
            code: (lines["text"].encode("ascii"), lines["html"].encode("ascii"))
            for code, lines in followed.items()
        }

    def fill(
        self,
        *,
        to: str,
        date: str,
        message_id: str,
        subscriber_id: int,
        follows: Sequence[str] = (),
        test: bool = False,
    ) -> bytes:
        """Return the message for one person; `follows` are codes of claims, those the issue is silent on ignored.

        Raises ValueError for a value that is not one line of ASCII: it could write headers of its own.
        """
        values = {
            "TO": _one_line(to),
            "DATE": _one_line(date),
            "MESSAGE_ID": _one_line(message_id),
            "LEAVE": keys.token(keys.Purpose.UNSUBSCRIBE, subscriber_id).encode(),
            "TEST": b"[TEST] " if test else b"",
        }
        lines = [pair for code, pair in self._lines.items() if code in follows] if follows else []
        if not lines:
            return self._without.filled(values)
        values["LINES_TEXT"] = b"".join([in_text for in_text, _in_html in lines])
        values["LINES_HTML"] = b"".join([in_html for _in_text, in_html in lines])
        return self._with.filled(values)


class _Sheet:
    """Fixed bytes and the places between them that a slot fills."""

    def __init__(self, wire: bytes) -> None:
        self._pieces = _SLOT.split(wire)
        self._slots = [(at, self._pieces[at].decode()) for at in range(1, len(self._pieces), 2)]
        unknown = {name for _at, name in self._slots} - {*_PERSONAL, "LINES_TEXT", "LINES_HTML"}
        if unknown or b"\x00" in b"".join(self._pieces):
            raise ValueError(f"The message holds slots nobody fills: {sorted(unknown)}.")

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        pieces = self._pieces.copy()
        for at, name in self._slots:
            pieces[at] = values[name]
        return b"".join(pieces)


def _one_line(value: str) -> bytes:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("A slot takes one line of printable ASCII.")
    return value.encode()


def _slot(name: str) -> bytes:
    return b"\x00%b\x00" % name.encode()


def _sha256(wire: bytes, followed: dict[str, dict[str, str]]) -> str:
    lines = json.dumps(followed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(wire + lines.encode()).hexdigest()


def _part(kind: str, rendered: str) -> _Part:
    apart = marks.take_apart(rendered)
    wire = _quoted(apart.before)
    if apart.lines:
        wire += (
            _SOFT
            + _slot(f"BEGIN_{kind}")
            + _quoted(apart.head)
            + _SOFT
            + _slot(f"LINES_{kind}")
            + _quoted(apart.tail)
            + _SOFT
            + _slot(f"END_{kind}")
            + _quoted(apart.after)
        )
    lines = tuple(_quoted(line) + _SOFT for line in apart.lines)
    return _Part(kind, wire, lines, apart.filled(leave=SAMPLE_TOKEN, lines=apart.lines))


def _quoted(body: str) -> bytes:
    """Return a stretch of a body encoded, each slot in it on a line of its own between soft breaks."""
    slot = _SOFT + _slot("LEAVE") + _SOFT
    return slot.join(_encoded(stretch) for stretch in body.split(marks.LEAVE))


def _encoded(stretch: str) -> bytes:
    octets = stretch.encode().decode("latin-1")
    return _LEADING_DOT.sub(b"=2E", body_encode(octets, _WIDTH, "\r\n").encode("ascii"))


def _body(parts: Sequence[_Part], content: Content) -> bytes:
    """Return the part alone, or both as alternatives, the plainest first (RFC 2046, 5.1.4)."""
    if len(parts) == 1:
        return _entity(parts[0])
    # "=_" cannot occur in quoted-printable, so the boundary cannot occur in a body.
    digest = hashlib.sha256(b"".join(part.wire for part in parts)).hexdigest()[:24]
    boundary = f"=_{content.iso_week.lower()}_{digest}".encode()
    head = b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % boundary
    entities = b"".join(b"--%b\r\n%b\r\n" % (boundary, _entity(part)) for part in parts)
    return head + entities + b"--%b--\r\n" % boundary


def _entity(part: _Part) -> bytes:
    kind = b"plain" if part.kind == "TEXT" else b"html"
    return (
        b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b'
        % (kind, part.wire)
    )


def _headers(content: Content) -> bytes:
    """Return every header but those of the body. Lists: RFC 2369, 2919, 8058; Auto-Submitted: RFC 3834."""
    addresses = frame.addresses(content.language)
    leave = addresses["leave"].replace(marks.LEAVE, "\x00LEAVE\x00")
    by_mail = f"leave+\x00LEAVE\x00@{settings.NEWSLETTER_BOUNCE_DOMAIN}"
    week = f"{content.iso_week.lower()}-r{content.revision}"
    language = frame.HTML_LANGUAGES[content.language]
    lines = [
        str(policy.SMTP.fold("From", settings.NEWSLETTER_FROM)).rstrip("\r\n"),
        "To: \x00TO\x00",
        "Date: \x00DATE\x00",
        f"Subject: \x00TEST\x00{_subject(content.subject)}",
        "Message-ID: \x00MESSAGE_ID\x00",
        f"List-Id: Wellness Radar Sunday brief <brief.{settings.NEWSLETTER_DOMAIN}>",
        f"List-Unsubscribe: <{leave}>,\r\n <mailto:{by_mail}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Archive: <{addresses['list']}>",
        "Auto-Submitted: auto-generated",
        f"Feedback-ID: {week}:{language}:brief:wellnessradar",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _subject(subject: str) -> str:
    """Return a subject folded, in encoded words where it needs them (RFC 2047), with room for [TEST] before it."""
    # What reads like an encoded word must not be read as one.
    charset = "us-ascii" if subject.isascii() and "=?" not in subject else "utf-8"
    return Header(subject, charset, header_name="Subject: [TEST]").encode(linesep="\r\n")
