"""Messages as a mail reader takes them apart: the standard library's parser over the very bytes."""

from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

from newsletter.content import Content
from newsletter.messages import Stencil, render

READER = 7
FACTS = {
    "to": "mei@example.org",
    "date": "Sun, 29 Nov 2026 07:00:00 +0800",
    "message_id": "<ab12@radar.example>",
}


def filled(
    content: Content,
    *,
    plain: bool = False,
    follows: Sequence[str] = (),
    test: bool = False,
    facts: Mapping[str, str] = FACTS,
) -> bytes:
    """The message of an issue as one reader gets it; `facts` are those that differ from the usual ones."""
    rendered = render(content, plain=plain)
    to, date, message_id = (FACTS | dict(facts)).values()
    return Stencil(rendered.wire, rendered.followed).fill(
        to=to, date=date, message_id=message_id, subscriber_id=READER, follows=follows, test=test
    )


def parsed(wire: bytes) -> EmailMessage:
    """A message as Python's modern parser reads it; any defect fails."""
    message = message_from_bytes(wire, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message


def part_of(message: EmailMessage, kind: str) -> str:
    """The text of one part, with the line ends the site wrote."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def all_claims(content: Content) -> list[str]:
    """Every claim that an issue has a line on."""
    return [line.claim for line in content.lines() if line.claim]
