"""Reading what comes back by mail: bounces (RFC 3464 and older kinds), complaints (RFC 5965), requests to leave.

Pure: bytes in, a frozen Report out, never an exception, whatever a stranger sends. Whether a token is genuine, and
what follows from a report, is decided in newsletter/verbs/bounces.py.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr
from enum import StrEnum

from flufl.bounce import all_failures

LIMIT = 1024 * 1024  # what says anything stands in front; behind it is the message that was returned
WORDS = 48 * 1024  # guessing at words takes time that grows with the square of their length
NAMES_RECIPIENT = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To")
ORIGINALS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
# RFC 5965, 7.3, leaves out: "not-spam" praises, "auth-failure" (RFC 6591) and "virus" were written by machines.
COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")

_TOKEN = re.compile(r"(?<![a-z0-9._+-])(bounce|leave)\+(\d{1,18}-[0-9a-f]{32})@", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
# The receiver's own words: an SMTP reply with the enhanced code behind its three digits (RFC 2034; some put a #).
_REPLY = re.compile(r"(?<!\d)[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_MAILER = re.compile(r"mailer.?daemon|postmaster|mail delivery (sub)?system", re.IGNORECASE)
_AWAY = re.compile(
    r"out of (the )?office|auto(matic|mated)?[- ]?(re(ply|sponse|sponder)|antwort)|on vacation|abwesen|"
    r"r[ée]ponse automatique|absence du bureau|respuesta autom|risposta automatica|fuera de la oficina|"
    r"自動(回覆|回復|応答|返信)|自动(回复|答复)|不在(辦公室|办公室)|休假",
    re.IGNORECASE,
)


class _Text(Compat32):
    """The old, forgiving reading of headers, except that one with bad bytes is a text like the others."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002  its base asks for both
        """Return a header as text: bytes nobody declared are UTF-8 nowadays, or replaced."""
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_POLICY = _Text()


class Kind(StrEnum):
    """What a message is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    VACATION = "vacation"  # any answer by a machine that says nothing of delivery
    OTHER = "other"


@dataclass(frozen=True)
class Token:
    """What looks like a token of ours, and where it stood; anybody can write one down."""

    name: str  # "bounce" or "leave"
    text: str
    where: str  # "recipient", or "original" for a header of the message complained about


@dataclass(frozen=True)
class Report:
    """What one message says. `name` is the same whenever the same message comes again."""

    kind: Kind
    name: str
    tokens: tuple[Token, ...] = ()
    status: str = ""  # RFC 3463, where a machine stated one; never guessed from prose
    temporary: bool = False  # still being tried, or so it says
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Failure:
    addresses: tuple[str, ...]
    temporary: bool
    status: str = ""


def read(raw: bytes, recipient: str = "") -> Report:
    """Say what a message is. `recipient` is the envelope's, if the mail server gave it."""
    name = hashlib.sha256(raw).hexdigest()
    try:
        message = message_from_bytes(raw[:LIMIT], policy=_POLICY)
        name = _name(message, raw)
        return _judge(message, raw[:WORDS], name, tuple(_recipient_tokens(message, recipient)))
    except RecursionError:  # parts in parts in parts: no mail server writes that
        return Report(Kind.OTHER, name)


def status_in(text: str) -> str:
    """Return the enhanced status code (RFC 3463) of a refusal in an SMTP reply, or nothing."""
    found = _REPLY.search(text) or _STATUS.search(text)
    return found[1] if found else ""


def _judge(message: Message, words: bytes, name: str, tokens: tuple[Token, ...]) -> Report:
    """Read what a machine stated in fields made for it; where there are none, go by headers and words."""
    parts = list(_parts(message))
    blocks = [block for part in parts for block in _recipient_blocks(part)]
    if blocks:
        return _delivery_report(blocks, name, tokens)
    feedback = next((part for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if feedback is not None:
        return _feedback_report(feedback, parts, name, tokens)
    return _written(message, words, name, tokens)


def _written(message: Message, words: bytes, name: str, tokens: tuple[Token, ...]) -> Report:
    """Tell the rest apart, the surest sign first. A mail server's bounce may call itself an automatic reply."""
    failure = None
    if _from_a_mailer(message):
        kind, failure = Kind.OTHER, _told_in_words(words)
    elif _answers_by_itself(message):
        kind = Kind.VACATION
    elif any(token.name == "leave" for token in tokens):
        kind = Kind.UNSUBSCRIBE
    elif _AWAY.search(_subject(message)):
        kind = Kind.VACATION
    else:
        # Precedence says little, since bounces carry it too (RFC 3834, 2): it is asked last.
        bulk = _header(message, "Precedence").lower() in ("bulk", "junk")
        kind, failure = Kind.VACATION if bulk else Kind.OTHER, _told_in_words(words)
    if failure is not None:
        return Report(Kind.BOUNCE, name, tokens, "", failure.temporary, failure.addresses)
    return Report(kind, name, tokens)


# Delivery status notifications ----------------------------------------------------------------------------


def _delivery_report(blocks: list[Message], name: str, tokens: tuple[Token, ...]) -> Report:
    failures = [failure for failure in map(_failure, blocks) if failure is not None]
    if not failures:  # delivered, relayed, expanded: good news
        return Report(Kind.OTHER, name, tokens)
    final = [failure for failure in failures if not failure.temporary]
    counted = final or failures
    addresses = tuple(dict.fromkeys(address for failure in counted for address in failure.addresses))
    return Report(Kind.BOUNCE, name, tokens, counted[0].status, not final, addresses)


def _failure(block: Message) -> _Failure | None:
    """Read the fields about one recipient (RFC 3464, 2.3); None unless they tell of a failure or a delay."""
    action, status = _header(block, "Action").lower(), _block_status(block)
    delayed = action.startswith("delay") or (not action and status.startswith("4"))
    # OpenSMTPD writes "error".
    failed = action.startswith(("fail", "error")) or (not action and status.startswith("5"))
    if not (delayed or failed):
        return None
    fields = (_header(block, "Original-Recipient"), _header(block, "Final-Recipient"))
    return _Failure(next((found for found in map(_addresses, fields) if found), ()), delayed, status)


def _block_status(block: Message) -> str:
    """Return the status code, the receiver's own rather than the reporting server's translation of it.

    Servers put a bare 550 down as 5.0.0 or even 5.1.1; where the reply itself has a code, that is what was meant.
    """
    spoken = _REPLY.search(_header(block, "Diagnostic-Code"))
    stated = _STATUS.search(_header(block, "Status"))
    if spoken and not spoken[1].endswith(".0.0"):
        return spoken[1]
    return stated[1] if stated else (spoken[1] if spoken else "")


def _addresses(field: str) -> tuple[str, ...]:
    """Return the address of "rfc822; somebody@example.org"; some leave out the type."""
    address = parseaddr(field.rpartition(";")[2].strip())[1]
    return (address,) if "@" in address and address.isascii() else ()


def _recipient_blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields of a delivery status that speak of a recipient."""
    if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
        for block in _submessages(part):
            groups = (block, *_groups(block))
            yield from (
                group for group in groups if "Final-Recipient" in group or "Original-Recipient" in group
            )


def _groups(block: Message) -> Iterator[Message]:
    """Yield the further groups of fields where the parser took them for a body (RFC 6533's type)."""
    body = _body(block).replace(b"\r\n", b"\n")
    yield from (message_from_bytes(group, policy=_POLICY) for group in body.split(b"\n\n") if group.strip())


# Complaints -----------------------------------------------------------------------------------------------


def _feedback_report(
    feedback: Message, parts: Sequence[Message], name: str, tokens: tuple[Token, ...]
) -> Report:
    """Read a complaint; it is sent to a desk, so that what names the reader is the message complained about."""
    fields = next(iter(_submessages(feedback)), feedback)
    if _header(fields, "Feedback-Type").lower() not in COMPLAINTS:
        return Report(Kind.OTHER, name, tokens)
    said = [_header(fields, "Original-Mail-From")]
    for part in parts:
        said += [value for original in _originals(part) for value in _telling_headers(original)]
    return Report(Kind.COMPLAINT, name, (*tokens, *_tokens(said, "original")))


def _originals(part: Message) -> Iterator[Message]:
    if part.get_content_type() not in ORIGINALS:
        return
    yield from _submessages(part)
    if part.get_content_maintype() == "text":
        yield message_from_bytes(_body(part), policy=_POLICY)


def _telling_headers(original: Message) -> list[str]:
    telling = ("return-path", "list-unsubscribe", "errors-to")
    return [
        str(value) for key, value in original.items() if key.lower() in telling or key[:2] in ("X-", "x-")
    ]


# What headers and words tell --------------------------------------------------------------------------------


def _recipient_tokens(message: Message, recipient: str) -> Iterator[Token]:
    """Yield the tokens in the addresses it came to; the envelope's counts first, since headers are only written."""
    written = [str(value) for header in NAMES_RECIPIENT for value in message.get_all(header, [])]
    yield from _tokens([recipient, *written], "recipient")


def _tokens(texts: Sequence[str], where: str) -> list[Token]:
    found = [Token(hit[1].lower(), hit[2].lower(), where) for text in texts for hit in _TOKEN.finditer(text)]
    return list(dict.fromkeys(found))


def _answers_by_itself(message: Message) -> bool:
    """Say whether a header declares an automatic answer (RFC 3834, and what came before it)."""
    if _header(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return True
    if _header(message, "Precedence").lower() in ("auto_reply", "auto-reply"):
        return True
    return any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))


def _from_a_mailer(message: Message) -> bool:
    """Say whether a mail server wrote it: Exim's and Postfix's bounces call themselves auto-replied as well."""
    return bool(message.get("X-Failed-Recipients") or _MAILER.search(_header(message, "From")))


def _told_in_words(words: bytes) -> _Failure | None:
    """Read a bounce that is none of RFC 3464's, as qmail, Exchange or Yahoo write it; it has no status code."""
    try:
        temporary, permanent = all_failures(message_from_bytes(words, policy=_POLICY))
    except Exception:  # noqa: BLE001  a library of guesses, and a stranger's mail: whatever fails in it tells nothing
        return None
    if not (temporary or permanent):
        return None
    addresses = sorted(address.decode("ascii", "replace") for address in permanent or temporary)
    return _Failure(tuple(addresses), temporary=not permanent)


def _subject(message: Message) -> str:
    raw = _header(message, "Subject")
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    return "".join(text if isinstance(text, str) else _decoded(text, charset) for text, charset in pieces)


def _decoded(text: bytes, charset: str | None) -> str:
    try:
        return text.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):
        return text.decode("ascii", "replace")


# Parts ----------------------------------------------------------------------------------------------------


def _parts(message: Message) -> Iterator[Message]:
    """Yield the message and its parts, without looking inside a message that was attached."""
    yield message
    if message.get_content_maintype() == "multipart":
        for part in _submessages(message):
            yield from _parts(part)


def _submessages(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return [inner for inner in payload if isinstance(inner, Message)]


def _body(part: Message) -> bytes:
    """Return what stands in a part, as bytes: as text, it would be at the mercy of the charset it claims."""
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _header(message: Message, name: str) -> str:
    """Return a header on one line, an empty text where it is missing."""
    return " ".join(message.get(name, "").split())


def _name(message: Message, raw: bytes) -> str:
    """Return what names a message: its Message-ID, or its body's hash, since servers on the way add headers."""
    given = _header(message, "Message-ID")
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2] or raw
    return hashlib.sha256(given.encode("utf-8", "replace") if given else body).hexdigest()
