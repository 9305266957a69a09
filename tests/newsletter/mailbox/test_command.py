"""`manage.py mailbox`: takes mail until it is told to stop, and only in the demonstration."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from newsletter.mailbox import folder
from tests.newsletter.mailbox.conftest import mail


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_takes_mail_until_it_is_told_to_stop(told: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "manage.py", "mailbox"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "EMBEDDED": "1", "VAR_DIR": str(tmp_path), "MAILBOX_PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert f"127.0.0.1:{port}" in running.stdout.readline()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        client.sendmail("desk@example.org", ["reader@example.org"], mail())
    running.send_signal(told)
    printed, _nothing = running.communicate(timeout=30)
    assert (running.returncode, printed) == (0, "")
    assert [one.recipient for one in folder.found("")] == ["reader@example.org"]


def test_it_is_refused_outside_the_demonstration(settings: Any) -> None:
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("mailbox")


def test_it_says_when_its_port_is_taken(settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.EMAIL_PORT = taken.getsockname()[1]
        with pytest.raises(CommandError, match="MAILBOX_PORT"):
            call_command("mailbox")
