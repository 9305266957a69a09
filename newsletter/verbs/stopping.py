"""Being told to stop: SIGTERM lets the message in hand be finished and the rest be given back.

Works inside a Celery worker and inside a command alike. Nothing here sends.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def until_told() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGTERM has come; whoever listened before hears it as well."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals reach the main thread alone
        return
    told = threading.Event()
    before = signal.getsignal(signal.SIGTERM)

    def hear(number: int, frame: FrameType | None) -> None:
        told.set()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, hear)
    try:
        yield told.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
        if told.is_set() and before is signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGTERM)
