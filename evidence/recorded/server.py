"""Serves the recorded answers on 127.0.0.1, so that the real clients ask over real HTTP. Embedded mode only."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from evidence.recorded.answers import Answer, answer_to, not_recorded
from evidence.recorded.shelf import Shelf, read_shelf

HOST = "127.0.0.1"
_LONGEST_QUESTION = 256 * 1024


class RecordedServer(ThreadingHTTPServer):
    """Listens at once; `serve_forever()` answers until `shutdown()`. Raises `OSError` for a port that is taken."""

    daemon_threads = True
    # Otherwise two of them could listen on one port, and either might answer.
    allow_reuse_port = False

    def __init__(self, shelf: Shelf, port: int) -> None:
        self.shelf = shelf
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: RecordedServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer a question in the address."""
        self._answer("")

    def do_POST(self) -> None:
        """Answer a question in the body."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"\d{1,9}", length, re.ASCII) or int(length) > _LONGEST_QUESTION:
            # Whatever it sends next cannot be told from a new request.
            self.close_connection = True
            self._send(not_recorded("a question of that length"))
            return
        self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def log_message(self, *_: object) -> None:
        """Stay silent: the site's own log says what was asked."""

    def _answer(self, body: str) -> None:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query) + parse_qsl(body))
        self._send(answer_to(self.server.shelf, parts.path, params))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "X-Recorded": "yes",
            **answer.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)


@contextmanager
def answering(folder: Path) -> Iterator[str]:
    """Answer from a folder's records on a port the system chooses, as long as the block lasts; yields the address."""
    with RecordedServer(read_shelf(folder), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
