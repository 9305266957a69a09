"""`make run`: prepares the embedded site and keeps server, workers, beat and its far ends running until Ctrl-C.

One machine, one folder (var/), no servers besides. Production starts them by its own means: docs/operations.md.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

PORT = int(os.environ.get("PORT", "8000"))
HOST = os.environ.get("HOST", "127.0.0.1")
# Where the demonstration's mailbox and its recorded replies listen, whatever HOST the site is shown to.
LOOPBACK = "127.0.0.1"
VAR = Path(os.environ.get("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var")))
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 15.0  # seconds


def port_beside(name: str, distance: int) -> int:
    """Return a port that is the same at every start; where that would be no port, on the site's other side."""
    return int(os.environ.get(name) or (PORT + distance if PORT + distance < 65536 else PORT - distance))


MAILBOX_PORT = port_beside("MAILBOX_PORT", 25)
RECORDED_PORT = port_beside("RECORDED_PORT", 26)

PREPARATION = (
    ("Bringing the database up to date", ["migrate", "--verbosity=0"]),
    ("Making the roles of the desk", ["make_roles"]),
    ("Loading the demonstration", ["demo"]),
    ("Composing its Sunday brief", ["demo_brief"]),
    ("Collecting stylesheets, fonts and scripts", ["collectstatic", "--noinput", "--verbosity=0"]),
)
WORKER = [
    "celery",
    "--quiet",
    "--app",
    "config",
    "worker",
    "--pool",
    "solo",
    "--without-gossip",
    "--without-mingle",
]
SERVICES = {
    "site and desk": [
        "granian", "--interface", "wsgi", "--host", HOST, "--port", str(PORT), "--workers", "1",
        "--blocking-threads", "4", "--log-level", "warning", "config.wsgi:application",
    ],
    "worker": [*WORKER, "--queues", "celery", "--hostname", "worker@%h"],
    # A slice of sending takes a minute, in which the desk's own tasks must not wait.
    "sender": [*WORKER, "--queues", "newsletter", "--hostname", "sender@%h"],
    "beat": ["celery", "--quiet", "--app", "config", "beat", "--pidfile", ""],
    "mailbox": ["manage", "mailbox", "--verbosity", "0"],
    "recorded sources": ["manage", "recorded_sources", "--verbosity", "0"],
}  # fmt: skip


def say(text: str) -> None:
    """Print a line at once, so that what is read is what is happening."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fail(text: str) -> NoReturn:
    """Stop with a sentence that says what to do."""
    sys.stderr.write(f"{text}\n")
    raise SystemExit(1)


def lock() -> IO[str]:
    """Hold var/ for this run alone: two workers on one filesystem broker would fight over it."""
    VAR.mkdir(parents=True, exist_ok=True)
    file = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail("It is running already, from another terminal. Stop that one first with Ctrl-C.")
    return file


def require_free_ports() -> None:
    """Say what to do when something else listens on one of ours."""
    ports = (
        ("PORT", HOST, PORT, ""),
        ("MAILBOX_PORT", LOOPBACK, MAILBOX_PORT, ", for the demonstration's mails,"),
        ("RECORDED_PORT", LOOPBACK, RECORDED_PORT, ", for the demonstration's recorded replies,"),
    )
    for name, host, port, what in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                fail(f"Port {port}{what} is taken by another program. "
                     f"Start with another one: make run {name}={port + 1}")  # fmt: skip


def prepare(environment: dict[str, str]) -> None:
    """Run the commands that make the site whole; each may run again at every start."""
    for title, command in PREPARATION:
        say(f"· {title}")
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", *command], env=environment, start_new_session=True
        )
        try:
            code = child.wait()
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
        if code:
            fail(f"“manage.py {command[0]}” failed; the reason stands above. Nothing was started.")


def start(environment: dict[str, str]) -> dict[str, subprocess.Popen[bytes]]:
    """Start the services, each in a session of its own, so that Ctrl-C reaches only us."""
    return {
        name: subprocess.Popen([sys.executable, "-m", *command], env=environment, start_new_session=True)  # noqa: S603
        for name, command in SERVICES.items()
    }


def wait_until_ready(services: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until site, mailbox and recorded replies answer; stop everything if a service ends before that."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        stop_if_one_ended(services)
        try:
            with (
                urllib.request.urlopen(f"http://{HOST}:{PORT}/readyz", timeout=2),
                socket.create_connection((LOOPBACK, MAILBOX_PORT), timeout=2),
                socket.create_connection((LOOPBACK, RECORDED_PORT), timeout=2),
            ):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    stop(services)
    fail(
        f"Site, mailbox and recorded replies did not answer within {STARTS_WITHIN:.0f} s; "
        "the reason should stand above."
    )


def stop_if_one_ended(services: dict[str, subprocess.Popen[bytes]]) -> None:
    """Stop all of them and fail when one ended by itself."""
    for name, service in services.items():
        if service.poll() is not None:
            stop(services)
            fail(f"The {name} ended by itself (code {service.returncode}); the reason should stand above.")


def stop(services: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each service to finish what it is doing; end it after a while if it does not."""
    for service in services.values():
        if service.poll() is None:
            service.terminate()
    deadline = time.monotonic() + STOPS_WITHIN
    for service in services.values():
        try:
            service.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait()


def greet(sign_ins: str) -> None:
    """Print the addresses and who can sign in."""
    address = f"http://{HOST}:{PORT}"
    say(
        f"\nWellness Radar is running.\n\n"
        f"  Read      {address}/   ·   {address}/zh-hant/\n"
        f"  Desk      {address}/desk/\n"
        f"  Mail      {address}/mailbox/   ·   no mail leaves this machine\n\n{sign_ins}\n\n"
        f"Workers and beat are running too. Everything is kept in {VAR.name}/. Ctrl-C stops all of it."
    )


def sign_ins(environment: dict[str, str]) -> str:
    """Ask the demonstration who signs in, since this process never loads Django."""
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--sign-ins"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.rstrip()


def main() -> None:
    """Prepare, start, greet, wait for Ctrl-C, stop."""
    environment = {
        # A tick every half minute would push the greeting off the screen; LOG_LEVEL=INFO shows the workers at it.
        "LOG_LEVEL": "WARNING",
        **os.environ,
        "EMBEDDED": "1",
        "SITE_URL": f"http://{HOST}:{PORT}",
        "PYTHONUNBUFFERED": "1",
        # Whatever relay .env names: the demonstration's mails stay here.
        "MAILBOX_PORT": str(MAILBOX_PORT),
        "EMAIL_URL": f"smtp://{LOOPBACK}:{MAILBOX_PORT}",
        "RECORDED_PORT": str(RECORDED_PORT),
    }
    # A shell that starts it in the background has told it to ignore Ctrl-C; whoever presses it later means it.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _interrupt)
    services: dict[str, subprocess.Popen[bytes]] = {}
    with lock():
        try:
            require_free_ports()
            prepare(environment)
            who = sign_ins(environment)
            say("· Starting site, workers, beat, mailbox and recorded replies")
            services = start(environment)
            wait_until_ready(services)
            greet(who)
            while True:
                stop_if_one_ended(services)
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("\nStopping: the workers finish what they have in hand.")
            stop(services)
            say("Stopped. `make run` starts it again with everything as it was.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
