"""The filesystem broker of `make run`: whole messages, and several workers on one folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from celery.worker import state
from kombu import Connection, Exchange, Queue
from kombu.utils.json import dumps

from config import broker
from config.embedded import make_broker_folders


def connect(root: Path) -> Connection:
    return Connection(
        "filesystem://localhost",
        transport="config.broker:Transport",
        transport_options=make_broker_folders(root),
    )


# Each test has queues of its own: kombu remembers for the whole process which it has bound, whatever the folder.


def bind(root: Path, name: str) -> None:
    with connect(root) as connection:
        Queue(name, Exchange("shared"), routing_key=name)(connection.default_channel).declare()


def test_a_message_is_not_found_before_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        connect(tmp_path) as connection,
        connect(tmp_path) as other,
        other.SimpleQueue("whole") as arriving,
    ):

        def look(message: object) -> str:
            with pytest.raises(Empty):
                arriving.get(block=False)
            return str(dumps(message))

        monkeypatch.setattr(broker, "dumps", look)
        with connection.SimpleQueue("whole") as leaving:
            leaving.put({"slice": 1})
        assert arriving.get(timeout=5).payload == {"slice": 1}


def test_a_worker_takes_only_what_is_for_its_queue(tmp_path: Path) -> None:
    with (
        connect(tmp_path) as one,
        connect(tmp_path) as other,
        one.SimpleQueue("slices") as sender,
        other.SimpleQueue("sweeps") as worker,
    ):
        sender.put({"slice": 1})
        with pytest.raises(Empty):
            worker.get(block=False)
        assert sender.get(timeout=5).payload == {"slice": 1}


def test_a_worker_that_was_told_to_stop_takes_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue("last") as queue:
        queue.put({"slice": 1})
        monkeypatch.setattr(state, "should_stop", 0)
        with pytest.raises(Empty):
            queue.get(timeout=1)
        monkeypatch.setattr(state, "should_stop", None)
        assert queue.get(timeout=5).payload == {"slice": 1}


def test_workers_that_start_at_once_do_not_undo_each_others_bindings(tmp_path: Path) -> None:
    names = [f"queue{number}" for number in range(16)]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: bind(tmp_path, name), names))
    with connect(tmp_path) as connection:
        channel: Any = connection.default_channel
        table = channel.get_table("shared")
    assert sorted(row.queue for row in table) == sorted(names)
