"""Delivered mails as a receiver reads them: what each must hold, and every address it leads to. Standard library only.

Used by links.py on a thousand mails that went over SMTP, and by the suite on a few that a stencil made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import cached_property
from html.parser import HTMLParser

ONCE = (
    "From", "To", "Date", "Subject", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive",
    "Auto-Submitted", "Feedback-ID", "MIME-Version", "Content-Type",
)  # fmt: skip
# RFC 2369: several ways, each in brackets; RFC 8058 asks for an https one (http on a test's own machine).
_WAYS = re.compile(
    r"<(https?://[^\s<>]+/leave/(?P<token>\d+-[0-9a-f]{32})/)>,\s*<mailto:leave\+(?P<other>[^@\s]+)@[^\s<>]+>"
)
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^\s<>@]+>")
_URL = re.compile(r"https?://[^\s<>\"'()]+")
_TOKEN = re.compile(r"\d+(?:-\d+)?-[0-9a-f]{32}")
# Attributes and style rules by which a mail can make a reader's program fetch something.
_FETCHING = frozenset({"src", "srcset", "background", "poster", "data", "action", "formaction", "ping"})
_LONGEST = 998  # RFC 5322, 2.1.1


class _Page(HTMLParser):
    """Reads the links of a document, and what it would fetch by itself."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in _FETCHING or name == "href" or (name == "style" and "url(" in (value or "")):
                self.fetched.append(f"{tag} {name}={value}")
        if tag in {"img", "script", "iframe", "form", "object", "embed", "link"}:
            self.fetched.append(tag)


@dataclass(frozen=True)
class Mail:
    """One message as it arrived, and to whom the envelope said."""

    recipient: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The message as Python's modern parser reads it."""
        read = message_from_bytes(self.raw, policy=policy.default)
        if not isinstance(read, EmailMessage):
            raise TypeError("No message.")
        return read

    def text(self, kind: str) -> str:
        """Return the text of one part, empty where there is none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    @property
    def ways_out(self) -> re.Match[str] | None:
        """The two addresses of List-Unsubscribe."""
        return _WAYS.fullmatch(" ".join(str(self.message["List-Unsubscribe"]).split()))

    def links(self) -> set[str]:
        """Return every address of a page in headers, text and HTML."""
        headers = " ".join(str(value) for value in self.message.values())
        written = {link.rstrip(".,;") for link in _URL.findall(f"{headers} {self.text('plain')}")}
        return written | set(_Page(self.text("html")).links)

    def tokens(self) -> set[str]:
        """Return every token in any of its links and addresses."""
        return {token for text in (*self.links(), *self.message.values()) for token in _TOKEN.findall(text)}


def faults(mail: Mail, *, plain: bool) -> list[str]:
    """Return everything that is wrong with a delivered brief; an empty list for one as it should be."""
    return [*_on_the_wire(mail.raw), *_in_headers(mail), *_in_body(mail, plain=plain)]


def _on_the_wire(raw: bytes) -> Iterator[str]:
    lines = raw.split(b"\r\n")
    if any(b"\n" in line or b"\r" in line for line in lines):
        yield "a line that does not end with CRLF"
    if max(map(len, lines)) > _LONGEST:
        yield "a line over 998 octets"
    if not raw.isascii() or b"\x00" in raw:
        yield "an octet that is not seven bits, or a slot nobody filled"
    if any(line.startswith(b".") for line in lines):
        yield "a line that begins with a dot"


def _in_headers(mail: Mail) -> Iterator[str]:
    message = mail.message
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            yield f"{name} stands {len(message.get_all(name, []))} times"
            return
    if str(message["To"]) != mail.recipient:
        yield "To is not who it was sent to"
    if parsedate_to_datetime(str(message["Date"])).tzinfo is None:
        yield "Date has no zone"
    if not _MESSAGE_ID.fullmatch(str(message["Message-ID"])):
        yield f"Message-ID {message['Message-ID']}"
    said = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated"}
    yield from (f"{name}: {message[name]}" for name, value in said.items() if str(message[name]) != value)
    ways = mail.ways_out
    if ways is None:
        yield f"List-Unsubscribe {message['List-Unsubscribe']}"
    elif mail.tokens() != {ways["token"]} or ways["other"] != ways["token"]:
        yield "tokens of more than one reader, or for more than leaving"


def _in_body(mail: Mail, *, plain: bool) -> Iterator[str]:
    message = mail.message
    parts = [part.get_content_type() for part in message.walk()]
    wanted = ["text/plain"] if plain else ["multipart/alternative", "text/plain", "text/html"]
    if parts != wanted:
        yield f"parts {parts}"
    defects = [defect for part in message.walk() for defect in part.defects]
    defects += [defect for value in message.values() for defect in value.defects]
    yield from (f"defect {type(defect).__name__}" for defect in defects)
    page = _Page(mail.text("html"))
    yield from (f"fetches {what}" for what in page.fetched)
    written = {link.rstrip(".,;") for link in _URL.findall(mail.text("plain"))}
    if not plain and set(page.links) != written:
        yield f"links of HTML and text differ: {set(page.links) ^ written}"
