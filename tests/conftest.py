"""What every test shares: people with roles, a fixed instant. pytest-socket (pyproject.toml) keeps it on this machine."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.utils import translation

from config.rights import Role

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin every test in English: a request to a Chinese page leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def now() -> datetime:
    """Sunday 22 November 2026, nine in the morning, UTC."""
    return NOW


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Make a sign-in with roles: `person("mei", Role.WRITER)`."""

    def make(name: str, *roles: Role, **extra: Any) -> User:
        user = User.objects.create_user(name, password="a long enough password", is_staff=True, **extra)
        user.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in roles)
        return user

    return make


@pytest.fixture
def shared() -> Path:
    """The folder of real files beside the project; a test of a corpus skips, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the corpora are not beside the project; CI has them")
    return SHARED
