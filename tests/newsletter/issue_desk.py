"""An issue's pages as tests of the desk use them: their addresses, opening and saving the form. No promises here."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.rights import Role
from newsletter.models import Issue, IssueLine
from tests import factories
from tests.admin_pages import form_of, signed_in

ROLES_WITHOUT = (Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN, None)


def person(role: Role | None) -> User:
    """Somebody with one role; without one, a superuser."""
    return factories.user("root", is_superuser=True) if role is None else factories.user("somebody", role)


def url(issue: Issue, page: str = "change", *more: Any) -> str:
    """The address of one of an issue's pages."""
    return reverse(f"admin:newsletter_issue_{page}", args=[issue.pk, *more])


def opened(user: User, issue: Issue) -> tuple[Client, dict[str, Any]]:
    """A browser with the compose page open, and what its form would send."""
    client = signed_in(user)
    return client, form_of(client, url(issue))


def save(user: User, issue: Issue, act: str = "save", **typed: Any) -> Any:
    """Open the compose page, type, and press a button."""
    client, form = opened(user, issue)
    return client.post(url(issue), form | {"act": act} | typed)


def field(line: IssueLine, name: str) -> str:
    """The name of a line's field."""
    return f"line-{line.pk}-{name}"


def approve(user: User, issue: Issue, *, seen: str | None = None) -> Any:
    """Open the approve page and press the button, or send what an older page held."""
    client = signed_in(user)
    answer = client.get(url(issue, "approve"))
    shown = answer.context["seen"]
    return client.post(url(issue, "approve"), {"seen": shown if seen is None else seen})


def steer(user: User, issue: Issue, act: str, remark: str = "") -> Any:
    """Press a button of the watch page."""
    return signed_in(user).post(url(issue, "steer"), {"act": act, "remark": remark})
