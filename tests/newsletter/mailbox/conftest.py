"""A mailbox of each test's own, and mails to put into it."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from newsletter.mailbox.folder import Keeper


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


def mail(
    *, subject: str = "The Sunday brief", text: str = "One line.\n", html: str = "", **headers: str
) -> bytes:
    """Return a mail as it travels."""
    message = EmailMessage()
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message.as_bytes().replace(b"\n", b"\r\n")
