"""`python -m tools.sending.sink PORT LOG [--delay SECONDS]`: an SMTP server that writes a message down before it
answers for it, so that what it logged is what a real receiver would have delivered. Keeps no bodies.
"""

import argparse
import asyncio
import os
import re
import signal
import time

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Log:
    """One line a message: monotonic seconds, Message-ID, recipient, size; written through before the answer."""

    def __init__(self, path: str, delay: float) -> None:
        self.file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self.delay = delay

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write the message down, wait as long as a slow relay would, then answer."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(content)
        line = f"{time.monotonic():.6f} {found.group(1).decode() if found else '-'} {envelope.rcpt_tos[0]} {len(content)}\n"
        os.write(self.file, line.encode())
        if self.delay:
            await asyncio.sleep(self.delay)
        return "250 2.0.0 taken"


async def serve(port: int, log: Log) -> None:
    """Serve until SIGTERM."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(
        lambda: SMTP(log, enable_SMTPUTF8=False, loop=loop, hostname="sink.example"), "127.0.0.1", port
    )
    async with server:
        await ended.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("log")
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(serve(given.port, Log(given.log, given.delay)))


if __name__ == "__main__":
    main()
