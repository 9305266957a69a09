"""`python -m tools.sending.speed`: messages a second, microseconds a message, a million readers; part of `make bench`.

Each figure stands beside a baseline of the same run into the same sink.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tools.running import ROOT
from tools.sending.field import Field

NUMBER = 6_000
MILLION = 1_000_000


def memory(pid: int) -> float:
    """Return the most memory a process ever held, in megabytes (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    _before, found, after = status.partition("VmHWM:")
    return int(after.split()[0]) / 1024 if found else 0.0  # a process that has just ended holds nothing


def loops(field: Field) -> dict[str, float]:
    """Return what a bare smtplib loop and Django's own loop reach into the field's sink."""
    return {
        loop: float(field.run("-m", "tools.sending.loops", loop, str(field.sink_port), str(number)))
        for loop, number in (("bare", NUMBER), ("django", NUMBER // 4))
    }


def ours(field: Field) -> tuple[float, float]:
    """Return messages a second from the first to the last, and the most memory any sender held."""
    field.run("-m", "tools.sending.prepare", str(NUMBER))
    field.manage("newsletter_tick", "--no-send")
    field.log.write_text("")
    senders = [field.start("manage.py", "newsletter_tick") for _sender in range(field.senders)]
    most = 0.0
    while any(sender.poll() is None for sender in senders):
        most = max([most, *(memory(sender.pid) for sender in senders if sender.poll() is None)])
        time.sleep(0.2)
    times = [at for at, _id, _to in field.received()]
    if len(times) != NUMBER:
        raise RuntimeError(f"{len(times)} of {NUMBER} arrived.")
    return (len(times) - 1) / (times[-1] - times[0]), most


def speed(database: str) -> None:
    """Print messages a second on one database beside both loops."""
    with Field(database, senders=4, NEWSLETTER_SLICE_SECONDS="600") as field:
        beside = loops(field)
        rate, most = ours(field)
    print(
        f"send on {database}, {field.senders} sender(s){'':<6} {rate:9.0f} /s   bare smtplib loop {beside['bare']:6.0f} /s"
        f"   x {rate / beside['bare']:.2f}   Django's loop {beside['django']:6.0f} /s   x {rate / beside['django']:.2f}"
        f"   most memory {most:.0f} MB",
        flush=True,
    )


def filling() -> None:
    """Print what filling one message costs, in CPU time, beside putting the same values in by str.format."""
    code = (
        "import os, json; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()\n"
        "from time import process_time\nfrom datetime import date\nfrom newsletter import keys\n"
        "from newsletter.messages import Stencil, render\nfrom tools.sending import ground\n"
        "made = render(ground.content('en', sunday=date(2026, 11, 22)), plain=False)\n"
        "stencil, number = Stencil(made.wire, made.followed), 20000\n"
        "start = process_time()\n"
        "for at in range(number):\n"
        "    stencil.fill(to='reader@example.org', date='Sun, 22 Nov 2026 07:00:00 +0000',"
        " message_id=keys.message_id(1, at), subscriber_id=at)\n"
        "ours = process_time() - start\n"
        "page = made.wire.decode().replace('{', '').replace('}', '') + '{0}{1}{2}{3}'\n"
        "start = process_time()\n"
        "for at in range(number):\n    page.format('reader@example.org', 'date', at, at).encode()\n"
        "print(json.dumps([ours / number * 1e6, (process_time() - start) / number * 1e6]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "EMBEDDED": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    spliced, formatted = json.loads(done.stdout)
    print(
        f"fill one message, HMACs included {spliced:9.1f} us   str.format of the same text {formatted:6.1f} us"
        f"   x {spliced / formatted:.1f}"
    )


def million(number: int) -> None:
    """Print how long the ledger of a million readers takes to open, and what the largest process held."""
    with Field(
        "postgresql", senders=4, NEWSLETTER_SLICE_SECONDS="20", NEWSLETTER_DOMAIN_RATE="1000000"
    ) as field:
        told = json.loads(field.run("-m", "tools.sending.prepare", str(number), "--ledger"))
        copied = field.copied()
        field.manage("newsletter_tick", "--no-send")
        senders = [field.start("manage.py", "newsletter_tick") for _sender in range(field.senders)]
        most = 0.0
        while any(sender.poll() is None for sender in senders):
            most = max([most, *(memory(sender.pid) for sender in senders if sender.poll() is None)])
            time.sleep(0.5)
        sent = len(field.received())
    print(
        f"open the ledger of {told['rows']:,.0f} readers {told['seconds']:9.1f} s   copying the rows bare {copied:6.1f} s"
        f"   x {told['seconds'] / copied:.1f}   opener {told['megabytes']:.0f} MB, sender at most {most:.0f} MB"
        f" ({sent:,} sent meanwhile)"
    )


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=MILLION)
    given = parser.parse_args()
    print("== The brief: filling, sending, a million readers")
    filling()
    speed("postgresql")
    speed("sqlite")
    print(
        "   (on SQLite a power cut may take the last commits with it: what was sent then is sent once more)"
    )
    million(given.readers)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"   no process held more than {most:.0f} MB")


if __name__ == "__main__":
    main()
