"""A sender that is told to stop hears it, and so does whoever listened before."""

import os
import signal
import threading

from newsletter.verbs import stopping


def test_it_hears_sigterm_and_passes_it_on() -> None:
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        with stopping.until_told() as told:
            assert not told()
            os.kill(os.getpid(), signal.SIGTERM)
            assert told()
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_process_that_nobody_listened_in_ends_by_the_signal_after_its_message() -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with stopping.until_told() as told:
            os.kill(os.getpid(), signal.SIGTERM)
            os.write(1, b"") if told() else os._exit(3)
        os._exit(4)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM


def test_outside_the_main_thread_nobody_is_told_and_nothing_breaks() -> None:
    answers: list[bool] = []

    def look() -> None:
        with stopping.until_told() as told:
            answers.append(told())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert answers == [False]
