"""`manage.py recorded_sources`: answer for PubMed and Crossref from the demonstration's records. Embedded mode only."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence.recorded.server import HOST, RecordedServer
from evidence.recorded.shelf import read_shelf


class Command(BaseCommand):
    help = "The demonstration's PubMed and Crossref (EMBEDDED=1 only): recorded replies on 127.0.0.1, until SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another port or folder than the settings'."""
        parser.add_argument("--port", type=int)
        parser.add_argument("--folder", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Answer until told to stop."""
        if not settings.EMBEDDED:
            raise CommandError(
                "Recorded replies are for the demonstration only. Outside it PubMed and Crossref themselves are asked."
            )
        port = options["port"] or settings.RECORDED_PORT
        shelf = read_shelf(options["folder"] or settings.RECORDED_FOLDER)
        try:
            server = RecordedServer(shelf, port)
        except OSError as reason:
            raise CommandError(
                f"Port {port} is taken by another program. Give another one: RECORDED_PORT=…"
            ) from reason
        self._serve(server, verbosity=options["verbosity"])

    def _serve(self, server: RecordedServer, *, verbosity: int) -> None:
        told_to_stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: told_to_stop.set())
        with server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            if verbosity:
                self.stdout.write(
                    f"{len(server.shelf.recorded)} recorded works are answered for at {HOST}:{server.server_port}"
                )
            told_to_stop.wait()
            server.shutdown()
            thread.join()
