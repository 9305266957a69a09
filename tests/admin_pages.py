"""What tests of the desk share: signing in, reading forms back as a browser would send them. No promises here."""

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.test import Client


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class _Form(HTMLParser):
    """Reads the values a browser would send of the form that holds `name`."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._select = self._area = ""
        self._first: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in {"submit", "file", "button"}:
            ticked = given.get("type") in {"checkbox", "radio"}
            if not ticked or "checked" in given:
                self.values[name] = given.get("value", "on" if ticked else "") or ""
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
            if "multiple" in given:
                self.values[name] = []
        elif tag == "option" and self._select:
            self._option(given)

    def _option(self, given: dict[str, str | None]) -> None:
        value = given.get("value") or ""
        held = self.values.get(self._select)
        if "selected" in given and isinstance(held, list):
            held.append(value)
        elif "selected" in given or self._select not in self.values:
            self.values[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            # A browser drops the newline that opens a textarea.
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


def form_of(client: Client, url: str) -> dict[str, Any]:
    """Return what the page's forms would send as they stand, template rows for new inlines left out."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    reader = _Form()
    reader.feed(response.content.decode())
    return {name: value for name, value in reader.values.items() if "__prefix__" not in name}


def messages_of(response: Any) -> str:
    """Return the messages the next page would show, joined."""
    return " ".join(str(message) for message in response.context["messages"])
