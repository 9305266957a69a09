"""A mail server pipes a message in and goes by the exit code: taken, or to be tried again, and never lost."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from newsletter import keys, reports
from newsletter.models import Delivery, InboundEvent, Suppression
from newsletter.verbs import bounces
from tests.newsletter.factories import delivery, reader, tables
from tests.newsletter.inbound_mail import NAMES, message

ROOT = Path(__file__).resolve().parent.parent.parent
Pipe = Callable[..., str]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Pipe a message into the command; what it printed."""

    def run(raw: bytes, *arguments: str) -> str:
        stream, out = io.BytesIO(raw), io.StringIO()
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        call_command("newsletter_inbound", *arguments, stdout=out)
        # A server whose pipe is closed on it takes that for a failure.
        assert stream.read() == b""
        return out.getvalue()

    return run


@pytest.fixture
def sent(db: None, now: object) -> Delivery:
    return delivery(reader(now=now), "sent", now=now, began_at=now)  # type: ignore[arg-type]


def returned(row: Delivery, name: str) -> bytes:
    return message(name, bounce=keys.bounce_address(row.pk), leave=keys.leave_address(row.subscriber_id or 0))


def test_a_bounce_is_taken_and_said_without_naming_anybody(pipe: Pipe, sent: Delivery) -> None:
    assert pipe(returned(sent, "gone")) == f"Read as: bounce (5.1.1), about delivery {sent.pk}. Acted upon.\n"
    assert Suppression.objects.exists()
    assert "was taken before" in pipe(returned(sent, "gone"))


def test_the_envelope_names_the_recipient_where_no_header_does(pipe: Pipe, sent: Delivery) -> None:
    bare = message("gone", bounce="undisclosed-recipients:;")
    assert "nothing follows" in pipe(bare)
    assert "Acted upon" in pipe(bare, "--to", keys.bounce_address(sent.pk))


def test_a_mail_to_the_leave_address_is_enough_to_leave(pipe: Pipe, sent: Delivery) -> None:
    printed = pipe(b"\n", "--to", keys.leave_address(sent.subscriber_id or 0))
    assert printed == f"Read as: unsubscribe, about subscriber {sent.subscriber_id}. Acted upon.\n"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_forged_is_taken_and_changes_nothing(name: str, pipe: Pipe, sent: Delivery) -> None:
    before = tables()
    assert "It holds no valid token of ours" in pipe(message(name))
    assert tables() == before


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\0", b"x" * (reports.LIMIT + 200_000)])
def test_whatever_is_piped_in_is_taken_to_its_end(raw: bytes, pipe: Pipe, db: None) -> None:
    assert pipe(raw).startswith("Read as: other.")


@pytest.mark.parametrize("trouble", [OperationalError("the database is gone"), KeyError("a mistake of ours")])
def test_while_something_is_broken_the_server_is_told_to_try_again(
    trouble: Exception, pipe: Pipe, sent: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> bounces.Taken:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(bounces, "take", broken)
        with pytest.raises(CommandError) as refusal:
            pipe(returned(sent, "gone"))
    assert refusal.value.returncode == 75
    assert not InboundEvent.objects.exists()
    assert "Acted upon" in pipe(returned(sent, "gone"))


def test_a_real_process_ends_with_75_where_there_is_no_database(tmp_path: Path) -> None:
    environment = os.environ | {
        "EMBEDDED": "1",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "newsletter_inbound"], cwd=ROOT, env=environment, capture_output=True,
        input=message("gone", bounce=keys.bounce_address(1)), check=False,
    )  # fmt: skip
    # The keys differ from this process's, so that nothing is looked up; what asks the database is the genuine one.
    assert done.returncode == 0, done.stderr.decode()
    ask = "from newsletter import keys; print(keys.bounce_address(1))"
    genuine = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ask],
        cwd=ROOT, env=environment, capture_output=True, check=True, text=True,
    ).stdout.strip()  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "newsletter_inbound", "--to", genuine], cwd=ROOT, env=environment,
        capture_output=True, input=message("gone"), check=False,
    )  # fmt: skip
    assert done.returncode == 75
    assert b"Not taken, try again later: OperationalError." in done.stderr
