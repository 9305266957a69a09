"""The order of the brief's demonstration: the week's news, then readers, who may follow it, then the issue."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from articles.demonstration import studies
from articles.demonstration.people import EDITOR, MANAGING, SIGN_INS
from articles.models import Article
from config.refusal import Refused
from newsletter.demonstration import issue, news, readers

FOLDER = Path(__file__).resolve().parent


def load(*, now: datetime) -> Iterator[str]:
    """Load what is missing, saying each step; a second run of the same week changes nothing.

    Raises Refused outside the embedded mode, and where articles/demonstration was not loaded before.
    """
    if not settings.EMBEDDED:
        raise Refused("not_embedded", "The demonstration is for EMBEDDED=1 only: its readers are invented.")
    claim, edition = _read("claim.toml"), _read("edition.toml")
    if not Article.objects.filter(slug=edition["slug"], live__isnull=False).exists():
        raise Refused(
            "no_demonstration", "The brief tells of the demonstration's articles: run “demo” first."
        )
    names = [sign_in.username for sign_in in SIGN_INS]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    editor, managing = users[EDITOR.username], users[MANAGING.username]
    studies.ask_again(now=now)
    with transaction.atomic():
        said = [
            news.make(claim, edition, users, now=now),
            readers.add(_read("readers.toml")["reader"], by=managing, now=now),
            issue.compose(_read("issue.toml"), of=claim["slug"], by=editor, now=now),
        ]
    yield from filter(None, said)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
