"""`make run` as a new person meets it: greeted with addresses and sign-ins, stopped by Ctrl-C, started again as it was."""

import os
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.crawl import fetch
from tools.running import ROOT, Site, free_port


def test_it_survives_ctrl_c_and_a_second_start(tmp_path: Path) -> None:
    first = Site(tmp_path / "var").wait()
    greeting = "".join(first.printed)
    assert f"{first.address}/desk/" in greeting
    assert f"{first.address}/mailbox/" in greeting
    assert [
        name
        for name in ("writer", "editor", "reviewer", "translator", "managing")
        if f"    {name}" not in greeting
    ] == []
    page = fetch(f"{first.address}/articles/l-glutamine/")
    assert first.stop() == 0
    assert "Stopped." in "".join(first.printed)

    second = Site(tmp_path / "var").wait()
    assert fetch(f"{second.address}/articles/l-glutamine/").replace(str(second.port), "") == page.replace(
        str(first.port), ""
    )
    assert second.stop() == 0


def test_a_second_terminal_is_told_that_it_runs_already(site: Site) -> None:
    again = Site(site.folder)
    assert again.process.wait(timeout=60) == 1
    again.greeted.wait(timeout=5)
    assert "running already" in "".join(again.printed)


def test_every_mail_of_the_demonstration_arrives_in_its_mailbox(site: Site) -> None:
    before = fetch(f"{site.address}/mailbox/")
    assert "launch@reader.example" not in before
    with smtplib.SMTP("127.0.0.1", site.mailbox_port, local_hostname="localhost") as client:
        client.sendmail(
            "desk@site.example", ["launch@reader.example"], b"Subject: It arrives\r\n\r\nHere.\r\n"
        )
    assert "launch@reader.example" in fetch(f"{site.address}/mailbox/")


@pytest.mark.parametrize("name", ["MAILBOX_PORT", "RECORDED_PORT"])
def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = subprocess.run(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(free_port()), name: str(port), "VAR_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert tried.returncode == 1
    assert f"make run {name}={port + 1}" in tried.stderr
