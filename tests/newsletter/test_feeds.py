"""The brief in a feed reader is whole, in its own language, and fetched again only when something changed."""

import json
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from tests.articles.views.reading_site import HAN
from tests.newsletter.past_issues import SUNDAY, gone, revised
from tests.newsletter.sample_issue import sample_content

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
BOTH = [("en", "", "en"), ("zh-hant", "/zh-hant", "zh-Hant")]


def rss(client: Client, prefix: str = "") -> Element:
    response = client.get(f"{prefix}/brief/feed.xml")
    assert response["Content-Type"].startswith("application/rss+xml")
    root: Element = fromstring(response.content)
    return root


def feed(client: Client, prefix: str = "") -> dict[str, Any]:
    response = client.get(f"{prefix}/brief/feed.json")
    assert response["Content-Type"].startswith("application/feed+json")
    read: dict[str, Any] = json.loads(response.content)
    return read


def test_feeds_of_an_empty_archive_are_there_and_empty(client: Client) -> None:
    assert rss(client).findall(".//item") == []
    assert feed(client)["items"] == []


@pytest.mark.parametrize(("language", "prefix", "code"), BOTH)
def test_both_feeds_hold_whole_issues(
    client: Client, now: datetime, language: str, prefix: str, code: str
) -> None:
    gone(now=now)
    content = sample_content(language)
    (item,) = rss(client, prefix).findall(".//item")
    (entry,) = feed(client, prefix)["items"]
    address = f"{SITE}{prefix}/brief/2026-w48/"
    assert (item.findtext("title"), item.findtext("link"), item.findtext("guid")) == (
        content.subject, address, address,
    )  # fmt: skip
    assert (entry["title"], entry["url"], entry["id"]) == (content.subject, address, address)
    assert entry["date_published"] == now.isoformat()
    assert item.findtext("description") == entry["content_html"]
    for line in content.lines():
        assert line.text in entry["content_html"]
        assert line.why in entry["content_html"]
        assert all(f">[{number}]</a>" in entry["content_html"] for number in line.refs)
    assert all(f'[{one.number}] <a href="{one.url}">' in entry["content_html"] for one in content.references)


@pytest.mark.parametrize(("language", "prefix", "code"), BOTH)
def test_each_feed_says_its_language_and_its_own_address(
    client: Client, now: datetime, language: str, prefix: str, code: str
) -> None:
    gone(now=now)
    channel = rss(client, prefix).find("channel")
    assert channel is not None
    assert channel.findtext("language") == code
    assert channel.findtext("link") == f"{SITE}{prefix}/brief/"
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert own is not None
    assert own.get("href") == f"{SITE}{prefix}/brief/feed.xml"
    said = feed(client, prefix)
    assert said["version"] == "https://jsonfeed.org/version/1.1"
    assert (said["language"], said["feed_url"], said["home_page_url"]) == (
        code, f"{SITE}{prefix}/brief/feed.json", f"{SITE}{prefix}/brief/",
    )  # fmt: skip


def test_english_feeds_hold_no_chinese(client: Client, now: datetime) -> None:
    gone(now=now)
    assert not HAN.search(client.get("/brief/feed.xml").content.decode())
    assert not HAN.search(client.get("/brief/feed.json").content.decode())


def test_an_erratum_reaches_feed_readers_with_its_date(client: Client, now: datetime) -> None:
    issue = gone(now=now)
    assert "date_modified" not in feed(client)["items"][0]
    revised(issue, now=now + timedelta(hours=1), number=2, errata=("It is strong.", "是強。"))
    (entry,) = feed(client)["items"]
    assert "It is strong." in entry["content_html"]
    assert entry["date_modified"] == (now + timedelta(hours=1)).isoformat()
    assert "是強。" in feed(client, "/zh-hant")["items"][0]["content_html"]


@pytest.mark.parametrize("path", ["/brief/feed.xml", "/zh-hant/brief/feed.json"])
def test_an_unchanged_feed_is_not_sent_twice(client: Client, now: datetime, path: str) -> None:
    gone(now=now)
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    gone(now=now, sunday=SUNDAY + timedelta(days=7))
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_feeds_hold_the_newest_twenty(client: Client, now: datetime) -> None:
    for weeks in range(21):
        gone(now=now - timedelta(weeks=weeks), sunday=SUNDAY - timedelta(weeks=weeks))
    entries = feed(client)["items"]
    assert len(entries) == len(rss(client).findall(".//item")) == 20
    assert entries[0]["url"].endswith("/2026-w48/")


def test_no_feed_holds_a_token_or_a_way_to_leave(client: Client, now: datetime) -> None:
    gone(now=now)
    for name in ("feed.xml", "feed.json"):
        assert "/leave/" not in client.get(f"/brief/{name}").content.decode()
