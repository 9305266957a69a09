"""Celery's filesystem broker, made safe for several workers on one folder. Only the embedded mode uses it.

kombu's own shows a message's file before it is written, and empties an exchange's file before it holds its lock:
whoever reads at that instant finds nothing to parse, and a worker ends by it.
"""

import fcntl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery.worker import state
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel whose messages appear whole, and whose exchanges are read and written in turn."""

    # kombu's own channels do not agree on the argument's name either.
    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        """Write a message aside, then give it the name it is found by."""
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.data_folder_out) / f"{name}.draft"
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.replace(Path(self.data_folder_out) / name)

    def get_table(self, exchange: str) -> Any:
        with self._in_turn():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._in_turn():
            super()._queue_bind(*args)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        with self._in_turn():
            super()._delete(*args, **kwargs)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with (self.control_folder / "turn.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """kombu's filesystem transport over that channel."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Take what waits, except in a worker that was told to stop.

        Celery's blocking loop drains once more after SIGTERM, and its solo pool would then work for another task.
        """
        told: Any = state.should_stop
        if told is not None and told is not False:  # 0 is the exit code of a clean stop
            raise TimeoutError
        super().drain_events(connection, timeout=timeout, **kwargs)
