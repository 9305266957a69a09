"""The far end of SMTP on this machine: takes every mail for everybody and puts it into the folder."""

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.mailbox.folder import Keeper

HOST = "127.0.0.1"


class _Taking:
    """What aiosmtpd calls for each message."""

    def __init__(self) -> None:
        self._keeper = Keeper()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one copy for each recipient, as mailbox hosts do."""
        content = envelope.content or b""
        data = content.encode() if isinstance(content, str) else content
        for recipient in envelope.rcpt_tos:
            self._keeper.store(envelope.mail_from or "", recipient, data)
        return "250 2.0.0 In the demonstration's mailbox"


def sink(port: int) -> Controller:
    """Return the sink, not yet started: `start()` returns when it listens, `stop()` when it is over."""
    # Named, because asking the network for our own name may take seconds where there is none.
    return Controller(
        _Taking(), hostname=HOST, port=port, server_hostname="mailbox.localhost", ident="mailbox"
    )
