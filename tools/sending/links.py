"""`python -m tools.sending.links`, part of `make bars`: every link of 1,000 delivered mails is followed, as scanners do.

A real issue goes over SMTP into the mailbox; each message is read and held to its headers; the real site then answers
GET, HEAD and OPTIONS of every address in them, and a Chromium runs the scripts of fifty pages. The whole database is
the same before and after. Then one POST changes one reader, and nobody else.
"""

import http.client
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from tools.running import free_port
from tools.sending.field import Field, wait
from tools.sending.mails import Mail, faults

READERS = 1_000
OPENED = {
    "leave": 24,
    "confirm": 12,
    "preferences": 12,
    "brief": 2,
}  # pages in a browser, by what is in their address
MICROSECONDS = 20.0  # what one message may take to fill
PLAIN_EVERY = 10  # ground.audience: readers who want no HTML
ENVELOPE = (b"Return-Path: ", b"Delivered-To: ")
LOOKS = ("GET", "HEAD", "OPTIONS")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# What a link scanner's script does on a page: everything but pressing a button.
SCAN = """async () => {
  const links = [...document.querySelectorAll('a[href], link[href]')].map(one => one.href);
  const here = [...new Set(links)].filter(href => href.startsWith(location.origin) && !href.includes('/static/'));
  for (const href of here) { await fetch(href); await fetch(href, {method: 'HEAD'}); }
  for (const one of document.querySelectorAll('a, button, input, select, summary')) {
    for (const name of ['pointerover', 'mousemove', 'focus']) one.dispatchEvent(new Event(name, {bubbles: true}));
  }
  window.scrollTo(0, document.body.scrollHeight);
  return here.length;
}"""

Tables = dict[str, set[tuple[object, ...]]]


class Walk:
    """The site, its mailbox and its database in a folder that is thrown away; `wrong` is all that was found."""

    def __init__(self) -> None:
        self.port, mailbox = free_port(), free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self.field = Field(
            "sqlite", senders=1, SITE_URL=self.site, EMAIL_URL=f"smtp://127.0.0.1:{mailbox}", MAILBOX_PORT=str(mailbox)
        )  # fmt: skip
        self.field.start("manage.py", "mailbox", "--verbosity", "0")
        wait(mailbox)
        self.wrong: list[str] = []

    def deliver(self) -> None:
        """Have the issue composed, approved and sent, and start the site."""
        told = json.loads(self.field.run("-m", "tools.sending.composed", str(READERS)))
        print(f"one message takes {told['microseconds']:.1f} µs to fill (bar {MICROSECONDS:.0f})", flush=True)
        if told["microseconds"] > MICROSECONDS:
            self.wrong.append(f"one message takes {told['microseconds']:.1f} µs")
        while "messages sent" in self.field.run("manage.py", "newsletter_tick"):
            pass
        self.field.manage("collectstatic", "--noinput", "--verbosity=0")
        self.field.start(
            "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
            "--blocking-threads", "4", "--log-level", "warning", "config.wsgi:application",
        )  # fmt: skip
        wait(self.port)

    def mails(self) -> list[Mail]:
        """Return every mail that arrived."""
        return [
            _mail(path.read_bytes()) for path in sorted((self.field.folder / "var/mailbox").glob("*.eml"))
        ]

    def tables(self) -> Tables:
        """Return every row of every table."""
        with closing(sqlite3.connect(self.field.folder / "var" / "wellness.sqlite3")) as database:
            names = [
                name for (name,) in database.execute("select name from sqlite_master where type = 'table'")
            ]
            return {name: set(database.execute(f'select * from "{name}"')) for name in names}  # noqa: S608

    def look(self, addresses: Iterable[str]) -> int:
        """Ask for every address by every method that only looks; the number of requests."""
        connection, asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), 0
        for address in addresses:
            for method in LOOKS:
                status, length = _ask(connection, method, address)
                asked += 1
                if status not in _may_answer(method, address):
                    self.wrong.append(f"{method} {address}: {status}")
                if method == "HEAD" and length:
                    self.wrong.append(f"HEAD {address} has a body")
        connection.close()
        return asked

    def browse(self, addresses: Iterable[str]) -> int:
        """Open each address in Chromium, wait until it is quiet, and do what a scanner's script does."""
        followed = 0
        with sync_playwright() as player:
            chromium = player.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = chromium.new_page()
            for address in addresses:
                followed += _scan(page, address)
            if page.context.cookies():
                self.wrong.append("a cookie was set")
            chromium.close()
        return followed

    def leave(self, address: str) -> int:
        """Post what a mail service posts for its reader, and return the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", urlsplit(address).path, "List-Unsubscribe=One-Click", form)
        status = connection.getresponse().status
        connection.close()
        return status


def _may_answer(method: str, address: str) -> set[int]:
    """Return the statuses that are well: the desk asks who is there, some pages have no options."""
    return {302} if "/desk/" in address else {200, 405} if method == "OPTIONS" else {200}


def _mail(kept: bytes) -> Mail:
    """Read a mail of the mailbox's folder, which keeps the envelope in two lines before it."""
    _sender, recipient, raw = kept.split(b"\r\n", 2)
    return Mail(recipient.removeprefix(ENVELOPE[1]).decode(), raw)


def _ask(connection: http.client.HTTPConnection, method: str, address: str) -> tuple[int, int]:
    parts = urlsplit(address)
    connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def _scan(page: Page, address: str) -> int:
    page.goto(address, wait_until="networkidle")
    for x, y in ((10, 10), (300, 200), (640, 400)):
        page.mouse.move(x, y)
    page.keyboard.press("Tab")
    found = int(page.evaluate(SCAN))
    page.wait_for_load_state("networkidle")
    return found


def _changed(before: Tables, after: Tables) -> dict[str, set[tuple[object, ...]]]:
    """Return the rows that are not the same, by table; SQLite's own counters count nothing."""
    pairs = {name: before.get(name, set()) ^ after.get(name, set()) for name in before.keys() | after.keys()}
    return {name: rows for name, rows in pairs.items() if rows and name != "sqlite_sequence"}


def _read(walk: Walk, briefs: list[Mail]) -> None:
    """Hold every brief to its headers and parts, each reader to one of them, and each token to its reader."""
    owners: dict[str, str] = {}
    for mail in briefs:
        number = int(mail.recipient.removeprefix("reader-").partition("@")[0])
        found = faults(mail, plain=number % PLAIN_EVERY == 0)
        token = mail.ways_out["token"] if mail.ways_out else ""
        if owners.setdefault(token, mail.recipient) != mail.recipient:
            found.append(f"the token of {owners[token]}")
        walk.wrong += [f"{mail.recipient}: {fault}" for fault in found]
    if len(briefs) != READERS or len({mail.recipient for mail in briefs}) != READERS:
        walk.wrong.append(f"{len(briefs)} briefs for {READERS} readers")


def _follow(walk: Walk, mails: list[Mail]) -> None:
    """Ask for every address of every mail, and find the database as it was."""
    found = {link for mail in mails for link in mail.links()}
    away = {link for link in found if link != walk.site and not link.startswith(f"{walk.site}/")}
    walk.wrong += [f"a link leads elsewhere: {link}" for link in sorted(away)]
    addresses = sorted(found - away)
    # A mail service may trim the slash.
    addresses += [address.rstrip("/") for address in addresses if "/leave/" in address]
    by_kind = [[one for one in addresses if f"/{kind}/" in one][:opened] for kind, opened in OPENED.items()]
    before, start = walk.tables(), time.perf_counter()
    asked = walk.look(addresses)
    followed = walk.browse(address for kind in by_kind for address in kind)
    changed = _changed(before, walk.tables())
    print(
        f"{len(addresses)} addresses, {asked} requests, {sum(map(len, by_kind))} pages in a browser with {followed} "
        f"more, {time.perf_counter() - start:.0f} s; changed: {sorted(changed) or 'nothing'}", flush=True,
    )  # fmt: skip
    walk.wrong += [f"{name} changed: {rows}" for name, rows in changed.items()]


def _leave(walk: Walk, mail: Mail) -> None:
    """One POST changes one reader; one with a forged token changes nobody."""
    before, way_out = walk.tables(), mail.ways_out
    if way_out is None:
        return
    forged = way_out[1].replace(way_out["token"], f"{int(way_out['token'].partition('-')[0]) + 1}-{'0' * 32}")
    statuses = [walk.leave(address) for address in (forged, way_out[1].rstrip("/"), way_out[1])]
    changed = _changed(before, walk.tables())
    reader = int(way_out["token"].partition("-")[0])
    # A row of each before and after for the reader, and one more for the consent.
    counts = {name: len(rows) for name, rows in changed.items()}
    theirs = all(reader in row for rows in changed.values() for row in rows)
    print(f"one reader left: {statuses}, {counts}", flush=True)
    if (
        statuses != [404, 200, 200]
        or not theirs
        or counts != {"newsletter_subscriber": 2, "newsletter_consentevent": 1}
    ):
        walk.wrong.append(f"leaving: {statuses} {changed}")


def main() -> int:
    """Walk, and fail when anything was found."""
    walk = Walk()
    with walk.field:
        walk.deliver()
        mails = walk.mails()
        briefs = [mail for mail in mails if mail.message["List-Id"]]
        print(f"{len(briefs)} briefs and {len(mails) - len(briefs)} letters arrived", flush=True)
        _read(walk, briefs)
        _follow(walk, mails)
        _leave(walk, briefs[READERS // 2])
    for fault in walk.wrong[:20]:
        print(f"WRONG: {fault}")
    print("links: nothing changed" if not walk.wrong else f"links: {len(walk.wrong)} faults")
    return 1 if walk.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
