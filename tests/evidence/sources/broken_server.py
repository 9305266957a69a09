"""A far end that breaks HTTP itself, as no well-behaved test server can: it says bytes and hangs up."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class BrokenServer:
    """Answers each connection with the next of its scripts, and with the last one for ever after."""

    def __init__(self, *scripts: bytes) -> None:
        self._scripts = list(scripts)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.asked = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(self._scripts[min(self.asked, len(self._scripts) - 1)])
                self.asked += 1

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(2)


@contextmanager
def saying(*scripts: bytes) -> Iterator[BrokenServer]:
    server = BrokenServer(*scripts)
    try:
        yield server
    finally:
        server.close()
