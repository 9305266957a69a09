"""The mailbox's pages: what arrived, shown safely, and the mail program's own way out."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from newsletter.mailbox.folder import Keeper
from newsletter.mailbox.views import A_PAGE
from tests.newsletter.mailbox.conftest import mail

pytestmark = pytest.mark.django_db
HOSTILE = '<html><head></head><body><script>alert(1)</script><img src="https://x.example/p.gif"><a href="https://x.example/">go</a>'
LEAVE = {
    "List_Unsubscribe": "<http://testserver/brief/leave/token>, <mailto:leave@x.example>",
    "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    return str(answer.content.decode())


def test_an_empty_mailbox_says_how_a_mail_gets_there(client: Client) -> None:
    shown = page(client, "/mailbox/")
    assert "None leaves this machine" in shown
    assert 'href="/brief/subscribe/"' in shown


def test_the_newest_mails_are_listed_with_subject_and_reader(client: Client, keeper: Keeper) -> None:
    for number in range(A_PAGE + 1):
        keeper.store("", f"reader{number}@example.org", mail(subject=f"Brief <{number}>"))
    shown = page(client, "/mailbox/")
    assert shown.index(f"reader{A_PAGE}@example.org") < shown.index("reader1@example.org")
    assert f"Brief &lt;{A_PAGE}&gt;" in shown
    assert "reader0@example.org" not in shown
    assert "reader0@example.org" in page(client, "/mailbox/?page=2")


def test_one_readers_mails_are_found(client: Client, keeper: Keeper) -> None:
    keeper.store("", "ann+news@example.org", mail(subject="To Ann"))
    keeper.store("", "bo@example.org", mail(subject="To Bo"))
    shown = page(client, "/mailbox/?to=ann%2Bnews")
    assert "To Ann" in shown
    assert "To Bo" not in shown
    assert "No mail to an address with “&lt;x&gt;”" in page(client, "/mailbox/?to=<x>")


def test_a_mail_is_shown_in_four_ways(client: Client, keeper: Keeper) -> None:
    text = "Read https://x.example/a & rest\n"
    name = keeper.store(
        "b+1@bounces.example", "r@example.org", mail(text=text, html="<p>Rich</p>", X_Note="noted")
    )
    assert '<a href="https://x.example/a">https://x.example/a</a> &amp; rest' in page(
        client, f"/mailbox/{name}/"
    )
    assert (
        f'src="/mailbox/{name}/frame/" sandbox="allow-top-navigation-by-user-activation allow-popups"'
        in page(client, f"/mailbox/{name}/html/")
    )
    assert "<bdi>noted</bdi>" in page(client, f"/mailbox/{name}/headers/")
    assert "Content-Type: multipart/alternative" in page(client, f"/mailbox/{name}/source/")
    assert "b+1@bounces.example" in page(client, f"/mailbox/{name}/")


def test_a_mail_without_html_has_no_such_way(client: Client, keeper: Keeper) -> None:
    name = keeper.store("", "r@example.org", mail())
    assert f"/mailbox/{name}/html/" not in page(client, f"/mailbox/{name}/")
    assert client.get(f"/mailbox/{name}/html/").status_code == 404
    assert client.get(f"/mailbox/{name}/frame/").status_code == 404


def test_a_mail_may_style_itself_and_nothing_else(client: Client, keeper: Keeper) -> None:
    name = keeper.store("", "r@example.org", mail(html=HOSTILE))
    answer = client.get(f"/mailbox/{name}/frame/")
    rules = dict(rule.strip().partition(" ")[::2] for rule in answer["Content-Security-Policy"].split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-top-navigation-by-user-activation allow-popups",
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]
    assert "<script>" not in page(client, f"/mailbox/{name}/").split("<main")[1]


def test_only_the_page_of_a_mail_may_hold_a_frame(client: Client, keeper: Keeper) -> None:
    name = keeper.store("", "r@example.org", mail(html=HOSTILE))
    assert "frame-src 'self'" in client.get(f"/mailbox/{name}/html/")["Content-Security-Policy"]
    assert "frame-src" not in client.get("/mailbox/")["Content-Security-Policy"]


def test_the_mail_programs_own_button_sends_the_bare_post(client: Client, keeper: Keeper) -> None:
    shown = page(client, f"/mailbox/{keeper.store('', 'r@example.org', mail(**LEAVE))}/")
    form = re.search(r'<form class="c-9 mail-leave".*?</form>', shown, re.DOTALL)
    assert form is not None
    assert 'method="post" action="http://testserver/brief/leave/token"' in form[0]
    assert re.findall(r'name="([^"]*)" value="([^"]*)"', form[0]) == [("List-Unsubscribe", "One-Click")]
    plain = page(client, f"/mailbox/{keeper.store('', 'r@example.org', mail())}/")
    assert "mail-leave" not in plain


def test_it_speaks_the_other_language_too(client: Client, keeper: Keeper) -> None:
    name = keeper.store("", "r@example.org", mail(Content_Language="zh-Hant", subject="週日簡報"))
    assert '<html lang="zh-Hant">' in page(client, f"/zh-hant/mailbox/{name}/")
    assert 'lang="zh-Hant" hreflang="zh-Hant">' in page(client, f"/mailbox/{name}/")
    assert '<h1 class="mail-subject" lang="zh-Hant">週日簡報</h1>' in page(client, f"/mailbox/{name}/")


@pytest.mark.parametrize("name", ["0" * 20 + "-00000000", "x", "..", "0" * 20 + "-0000000g"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_looking_changes_nothing(client: Client, keeper: Keeper) -> None:
    name = keeper.store("", "r@example.org", mail(html="<p>x</p>"))
    for address in ("/mailbox/", f"/mailbox/{name}/", f"/mailbox/{name}/frame/"):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200


def test_a_way_out_on_this_site_works_under_whichever_name_it_was_opened(
    client: Client, keeper: Keeper, settings: Settings
) -> None:
    settings.SITE_URL = "http://testserver/"
    shown = page(client, f"/mailbox/{keeper.store('', 'r@example.org', mail(**LEAVE))}/")
    assert 'method="post" action="/brief/leave/token"' in shown
