"""`make kill-test`: real processes, real SIGKILL, and a count of every message against every reader.

The bound that is held: nothing lost, at most one duplicate per connection and hard kill, never a third copy, and
the states adding up to the audience at every moment that is looked at.
"""

import argparse
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tools.sending.field import Field

COUNT = "SELECT state, COUNT(*) FROM newsletter_delivery GROUP BY state"
AUDIENCE = "SELECT audience, state FROM newsletter_issue"
OPEN = {"pending", "claimed", "sending", "deferred"}
DELAY = 0.012  # seconds a message: slow enough for a kill to find senders at work
REVIVED_WITHIN = 45.0  # seconds


@dataclass
class Watch:
    """What was seen of the ledger while all this went on."""

    looks: int = 0
    wrong: list[str] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    issue: str = ""


class Trial:
    """One send with things going wrong; `faults` is how often each of them is to happen."""

    def __init__(self, ground: Field, recipients: int) -> None:
        self.field = ground
        self.recipients = recipients
        self.watch = Watch()
        self.over = threading.Event()
        self.hard_kills = 0
        self.revivals: list[float] = []
        self.senders: list[subprocess.Popen[bytes]] = []

    def begin(self, *, beats: int = 2) -> None:
        """Prepare the issue and start beats, the tick's worker and the senders."""
        self.field.run("-m", "tools.sending.prepare", str(self.recipients))
        for _beat in range(beats):
            self.field.beat()
        self.field.worker("celery")
        self.senders = [self.field.worker("newsletter") for _sender in range(self.field.senders)]
        threading.Thread(target=self._look, daemon=True).start()

    def done(self) -> int:
        """Return how many messages have arrived."""
        return len(self.field.received())

    def wait_for(self, number: int, *, seconds: float = 240.0) -> None:
        """Wait until so many messages have arrived."""
        ends = time.monotonic() + seconds
        while self.done() < number:
            if time.monotonic() > ends:
                raise TimeoutError(f"Only {self.done()} of {number} arrived: {self.watch.last}")
            time.sleep(0.05)

    def kill_sender(self) -> None:
        """SIGKILL one sender, any, and start another in its place, as an init system would."""
        at = random.randrange(len(self.senders))  # noqa: S311
        self.senders[at].kill()
        self.senders[at].wait()
        self.hard_kills += 1
        self.senders[at] = self.field.worker("newsletter")

    def kill_all_senders(self) -> None:
        """SIGKILL every sender at once, start others, and measure until the next message arrives."""
        for sender in self.senders:
            sender.kill()
        for sender in self.senders:
            sender.wait()
        self.hard_kills += len(self.senders)
        start, before = time.monotonic(), self.done()
        self.senders = [self.field.worker("newsletter") for _sender in self.senders]
        while self.done() == before:
            if time.monotonic() - start > REVIVED_WITHIN * 3:
                raise TimeoutError("Nothing was sent after the whole worker was killed.")
            time.sleep(0.05)
        self.revivals.append(time.monotonic() - start)

    def stop_past_the_lease(self) -> None:
        """SIGSTOP a sender for longer than its lease, then let it go on."""
        sender = random.choice(self.senders)  # noqa: S311
        sender.send_signal(signal.SIGSTOP)
        time.sleep(8.0)
        sender.send_signal(signal.SIGCONT)

    def kill_redis(self) -> None:
        """Kill the broker with everything in it, and start an empty one."""
        if self.field.redis:
            self.field.redis.kill()
            time.sleep(1.0)
            self.field.redis.start()

    def restart_postgres(self) -> None:
        """Restart the database under everybody's feet."""
        if self.field.postgres:
            self.field.postgres.stop("immediate")
            time.sleep(1.0)
            self.field.postgres.start()

    def finish(self, *, seconds: float = 420.0) -> None:
        """Wait until the issue is sent to the end."""
        ends = time.monotonic() + seconds
        while self.watch.issue != "sent":
            if time.monotonic() > ends:
                raise TimeoutError(f"Not finished: {self.watch.last}, issue {self.watch.issue}")
            time.sleep(0.2)
        self.over.set()

    def judge(self, *, hold: bool) -> dict[str, object]:
        """Count, and return what was found; `bad` names every broken promise."""
        copies = Counter(recipient for _at, _id, recipient in self.field.received())
        doubles = sum(count - 1 for count in copies.values() if count > 1)
        doubtful = self.watch.last.get("ambiguous", 0)
        lost = self.recipients - len(copies)
        bad = [*self.watch.wrong]
        if lost > (doubtful if hold else 0):
            bad.append(f"{lost} lost")
        if doubles > (0 if hold else self.hard_kills):
            bad.append(f"{doubles} duplicates after {self.hard_kills} kills of one connection each")
        if max(copies.values()) > 2:
            bad.append(f"{max(copies.values())} copies to one reader")
        if not hold and doubtful:
            bad.append(f"{doubtful} still doubtful")
        if set(self.watch.last) & OPEN:
            bad.append(f"open rows at the end: {self.watch.last}")
        bad += [
            f"nothing sent for {took:.0f} s after a whole kill"
            for took in self.revivals
            if took > REVIVED_WITHIN
        ]
        return {
            "recipients": self.recipients, "kills": self.hard_kills, "lost": lost, "duplicates": doubles,
            "doubtful": doubtful, "looks": self.watch.looks, "next message after a whole kill, s":
            [round(took, 1) for took in self.revivals], "states": self.watch.last, "bad": bad,
        }  # fmt: skip

    def _look(self) -> None:
        """Look at the ledger again and again: the states must always add up to the audience."""
        while not self.over.wait(0.3):
            try:
                states, issue = self._rows(COUNT), self._rows(AUDIENCE)
            except (psycopg.Error, sqlite3.OperationalError):
                continue  # it is being restarted, or busy
            self.watch.looks += 1
            self.watch.last = {str(state): int(count) for state, count in states}
            audience, self.watch.issue = (issue[0][0], str(issue[0][1])) if issue else (None, "")
            if audience is not None and sum(self.watch.last.values()) != int(audience):
                self.watch.wrong.append(f"states {self.watch.last} do not add up to {audience}")

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self.field.postgres:
            with psycopg.connect(self.field.postgres.url, connect_timeout=2) as connection:
                return connection.execute(statement.encode()).fetchall()
        path = self.field.folder / "var" / "wellness.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as file:
            return file.execute(statement).fetchall()


def storm(trial: Trial, kills: int) -> None:
    """Kill one sender after the other while there is something to kill."""
    gap = trial.recipients / (kills + 2)
    for number in range(1, kills + 1):
        trial.wait_for(int(gap * number))
        trial.kill_sender()


TRIALS: dict[str, tuple[str, Callable[[Trial, int], None], bool]] = {
    "postgresql": ("postgresql", storm, False),
    "sqlite": ("sqlite", storm, False),
    "hold": ("postgresql", storm, True),
    "whole": ("postgresql", lambda trial, kills: _each(trial, kills, trial.kill_all_senders), False),
    "redis": (
        "postgresql",
        lambda trial, kills: _each(trial, kills, trial.kill_redis, trial.kill_sender),
        False,
    ),
    "restart": ("postgresql", lambda trial, kills: _each(trial, kills, trial.restart_postgres), False),
    "stop": (
        "postgresql",
        lambda trial, kills: _each(trial, kills, trial.stop_past_the_lease, trial.kill_sender),
        False,
    ),
}


def _each(trial: Trial, times: int, *acts: Callable[[], None]) -> None:
    gap = trial.recipients / (times + 2)
    for number, act in zip(range(1, times + 1), itertools.cycle(acts), strict=False):
        trial.wait_for(int(gap * number))
        act()


def run(name: str, *, kills: int, recipients: int) -> dict[str, object]:
    """Run one trial and return what was found."""
    database, faults, hold = TRIALS[name]
    environment = {"NEWSLETTER_LEASE_SECONDS": "4", "NEWSLETTER_AMBIGUOUS": "hold" if hold else "resend_once"}
    with Field(database, senders=4, delay=DELAY, **environment) as ground:
        trial = Trial(ground, recipients)
        trial.begin()
        faults(trial, kills)
        trial.finish()
        return trial.judge(hold=hold)


def main() -> None:
    """Run the trials named, print what was found, and fail if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "trials", nargs="*", metavar="TRIAL", help=f"All of them, unless named: {', '.join(TRIALS)}."
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--recipients", type=int, default=6000)
    given = parser.parse_args()
    if unknown := set(given.trials) - set(TRIALS):
        parser.error(f"no such trial: {', '.join(sorted(unknown))}. There are {', '.join(TRIALS)}.")
    broken = False
    for name in given.trials or TRIALS:
        start = time.monotonic()
        # Bringing down a whole worker or a server takes half a minute to recover from; three of each are enough.
        kills = given.kills if TRIALS[name][1] is storm else min(given.kills, 3)
        found = run(name, kills=kills, recipients=given.recipients)
        broken = broken or bool(found["bad"])
        print(f"{name}: {json.dumps(found)} in {time.monotonic() - start:.0f} s", flush=True)
    raise SystemExit(1 if broken else os.EX_OK)


if __name__ == "__main__":
    main()
