"""Logs outlive links and erasures: no line holds a token that opens anything, nor a reader's network address."""

from pathlib import Path

import pytest
from django.conf import settings

from config.logs import mask_tokens
from tests.config.test_settings import PRODUCTION, run

MAC = "0123456789abcdef0123456789abcdef"
SAY = f"""
import os, logging, structlog, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
path = "/brief/preferences/17-1795338000-{MAC}/"
logging.getLogger("django.request").warning("Bad Request: %s", path)
structlog.get_logger("django_structlog").warning("request_finished", request="POST " + path, code=400)
try:
    raise ValueError(path.upper())
except ValueError:
    structlog.get_logger("x").exception("failed")
    logging.getLogger("django.request").exception("Internal Server Error: %s", path)
"""


@pytest.mark.parametrize("mode", ["embedded", "production"])
def test_no_line_of_the_log_holds_a_token(mode: str, tmp_path: Path) -> None:
    ran = run(SAY, tmp_path, **({"EMBEDDED": "1"} if mode == "embedded" else PRODUCTION))
    assert ran.stderr.count("/brief/preferences/17-***/") >= 3, ran.stderr
    assert MAC not in ran.stderr.lower()


@pytest.mark.parametrize("token", [f"17-{MAC}", f"17-1795338000-{MAC}", f"17-{MAC.upper()}"])
def test_of_a_token_only_whom_it_names_is_left(token: str) -> None:
    assert (
        mask_tokens(None, "", f"Not Found: /zh-hant/brief/leave/{token}")
        == "Not Found: /zh-hant/brief/leave/17-***"
    )


def test_what_is_no_token_is_left_as_it_is() -> None:
    line = (
        f'{{"request_id": "4f6a2b1e-1111-4222-8333-444455556666", "sha256": "{MAC * 2}", "week": "2026-W48"}}'
    )
    assert mask_tokens(None, "", line) == line


def test_no_line_names_the_network_address_of_who_asked() -> None:
    assert settings.DJANGO_STRUCTLOG_IP_LOGGING_ENABLED is False
