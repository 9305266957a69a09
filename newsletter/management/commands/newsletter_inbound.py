"""`manage.py newsletter_inbound < message`: what a mail server pipes mail for the bounce domain into.

Reading is reports.py's, acting verbs/bounces.py's. Here are the exit codes: 0 is taken, 75 is try again later.
"""

import sys
from typing import Any, BinaryIO

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from newsletter import reports
from newsletter.reports import Report
from newsletter.verbs import bounces
from newsletter.verbs.bounces import Taken

EX_TEMPFAIL = 75  # sysexits.h: the mail server keeps the message and tries again
CHUNK = 64 * 1024
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Read one message from standard input: a bounce, a complaint or a request to leave. Ends with 0 when it is "
        "taken, whatever it is, and with 75 when it should be tried again."
    )
    # A mail server waits for each message; `manage.py check` is for people.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the envelope's recipient."""
        parser.add_argument(
            "--to",
            default="",
            metavar="ADDRESS",
            help="The recipient in the envelope, if the mail server gives it; else the headers are searched.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, act, say what was done without naming anybody."""
        raw = _read_all(sys.stdin.buffer)
        try:
            report = reports.read(raw, options["to"])
            taken = bounces.take(report, now=timezone.now())
        except Exception as reason:
            # Whatever went wrong is ours, most likely the database: the message must outlive it.
            log.exception("report not taken")
            message = f"Not taken, try again later: {type(reason).__name__}."
            raise CommandError(message, returncode=EX_TEMPFAIL) from reason
        self.stdout.write(_sentence(report, taken))


def _read_all(stream: BinaryIO) -> bytes:
    """Read what matters and let the rest flow by: a pipe that closes early looks like a failure to the server."""
    raw = stream.read(reports.LIMIT)
    while stream.read(CHUNK):
        pass
    return raw


def _sentence(report: Report, taken: Taken) -> str:
    about = f"delivery {taken.delivery.pk}" if taken.delivery else ""
    about = about or (f"subscriber {taken.subscriber.pk}" if taken.subscriber else "")
    if not about:
        return f"Read as: {report.kind}. It holds no valid token of ours for that, so nothing follows."
    status = f" ({report.status})" if report.status else ""
    if not taken.new:
        return f"Read as: {report.kind}{status}, about {about}. It was taken before; nothing follows."
    return f"Read as: {report.kind}{status}, about {about}. {'Acted upon.' if taken.acted else 'Nothing changes.'}"
