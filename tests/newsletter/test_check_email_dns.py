"""What DNS lacks is said in a sentence that names the record and the way out, by a real server's real answers."""

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.newsletter.name_server import Zone, serving, text

SENDER, BOUNCES = "brief.example", "bounces.brief.example"
KEY = f"v=DKIM1; k=rsa; p={base64.b64encode(bytes(294)).decode()}"


@pytest.fixture(autouse=True)
def _domains(settings: Settings) -> None:
    settings.NEWSLETTER_DOMAIN, settings.NEWSLETTER_BOUNCE_DOMAIN = SENDER, BOUNCES


def zone(**changes: list[str]) -> Zone:
    """A zone in which nothing lacks; a change replaces or, if empty, removes the rows it names."""
    rows = {
        "spf": ((SENDER, "TXT"), [text("v=spf1 include:relay.example -all"), text("site-verification=1")]),
        "bounce_spf": ((BOUNCES, "TXT"), [text("v=spf1 include:relay.example -all")]),
        "relay": (("relay.example", "TXT"), [text("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all")]),
        "host": (("out.relay.example", "A"), ["192.0.2.7"]),
        "dkim": ((f"autumn._domainkey.{SENDER}", "TXT"), [text(KEY)]),
        "dmarc": ((f"_dmarc.{SENDER}", "TXT"), [text("v=DMARC1; p=quarantine; rua=mailto:dmarc@brief.example")]),
        "mx": ((BOUNCES, "MX"), ["10 mail.brief.example."]),
        "mail": (("mail.brief.example", "A"), ["192.0.2.25"]),
    }  # fmt: skip
    return {where: changes.get(name, values) for name, (where, values) in rows.items()}


def look(there: Zone, *arguments: str, broken: tuple[str, ...] = ()) -> tuple[str, str]:
    """Run the command as a person does; what it printed, and what it complained of at the end."""
    out, complaint, code = StringIO(), "", 0
    with serving(there, broken=broken) as resolver:
        try:
            call_command("check_email_dns", *arguments, resolver=resolver, stdout=out, no_color=True)
        except CommandError as reason:
            complaint, code = str(reason), reason.returncode
    assert code == bool(complaint)
    return out.getvalue(), complaint


USUAL = ("--selector", "autumn", "--relay", "relay.example")


def test_where_nothing_lacks_it_says_so_and_ends_well() -> None:
    printed, complaint = look(zone(), *USUAL, "--relay", "out.relay.example", "--relay", "192.0.2.9")
    assert complaint == ""
    assert "lacks" not in printed.replace("Nothing lacks.", "")
    assert "note" not in printed
    assert "brief.example: SPF lets out.relay.example send." in printed
    assert printed.endswith("Nothing lacks.\n")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"spf": []}, "brief.example has no SPF record."),
        ({"spf": [text("v=spf1 -all"), text("v=spf1 mx -all")]}, "has 2 SPF records, so that none of them counts"),
        ({"spf": [text("v=spf1 include:relay.example +all")]}, "SPF lets anybody send"),
        ({"relay": [text("v=spf1 +all")]}, "SPF lets anybody send"),
        ({"spf": [text("v=spf1 includes:relay.example -all")]}, "SPF knows no “includes:relay.example”"),
        ({"spf": [text("v=spf1 include: include:relay.example -all")]}, "SPF knows no “include:”"),
        ({"spf": [text("v=spf1 ip4:192.0.2.300 include:relay.example -all")]}, "“192.0.2.300” in SPF is no network"),
        ({"relay": []}, "SPF refers to relay.example, which has no SPF record"),
        ({"relay": [text("v=spf1 include:brief.example ~all")]}, "which refers back"),
        ({"spf": [text("v=spf1 ip4:198.51.100.1 -all")]}, "brief.example: SPF does not let relay.example send"),
        ({"bounce_spf": []}, "bounces.brief.example has no SPF record"),
        ({"dkim": []}, "autumn._domainkey.brief.example holds no DKIM key"),
        ({"dkim": [text("v=DKIM1; p=")]}, "the key was revoked"),
        ({"dkim": [text("v=DKIM1; p=AAA*")]}, "“p=” is no base64"),
        ({"dkim": [text("v=DKIM1; p=AAAA")]}, "cut off or too short"),
        ({"dkim": [text(f"{KEY}; h=sha1")]}, "allows no SHA-256"),
        ({"dkim": [text(f"{KEY}; s=web")]}, "is not for mail"),
        ({"dkim": [text(KEY.replace("DKIM1", "DKIM2"))]}, "the version is “DKIM2”"),
        ({"dkim": [text(KEY), text(f"{KEY}; n=old")]}, "holds 2 DKIM keys"),
        ({"dmarc": []}, "brief.example has no DMARC policy"),
        ({"dmarc": [text("v=DMARC1; p=none"), text("v=DMARC1; p=reject")]}, "holds 2 policies"),
        ({"dmarc": [text("v=DMARC1; p=maybe")]}, "“p=maybe” is none of none, quarantine or reject"),
        ({"mx": []}, "bounces.brief.example has no MX record"),
        ({"mx": ["0 ."]}, "says that it takes no mail"),
        ({"mail": []}, "its mail exchanger mail.brief.example has no address"),
    ],
)  # fmt: skip
def test_each_thing_that_lacks_is_named_and_ends_in_1(changes: dict[str, list[str]], sentence: str) -> None:
    printed, complaint = look(zone(**changes), *USUAL)
    lacking = [line for line in printed.splitlines() if line.startswith("  lacks")]
    assert any(sentence in line for line in lacking), printed
    assert complaint == f"{len(lacking)} to mend: each line marked “lacks” says how."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dmarc": [text("v=DMARC1; p=none; rua=mailto:a@brief.example")]}, "p=none asks receivers to let forged mail"),
        ({"dmarc": [text("v=DMARC1; p=reject")]}, "no “rua”"),
        ({"dmarc": [text("v=DMARC1; p=reject; rua=mailto:a@brief.example; pct=20")]}, "for 20 % of mail only"),
        ({"dmarc": [text("v=DMARC1; p=reject; aspf=s; rua=mailto:a@brief.example")]}, "DKIM alone must carry"),
        ({"dkim": [text(f"{KEY}; t=y")]}, "marked as a test"),
        ({"dkim": [text(f"v=DKIM1; p={base64.b64encode(bytes(162)).decode()}")]}, "shorter than 2048 bits"),
        ({"dkim": [text(f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(32)).decode()}")]}, "verify RSA alone"),
        ({"spf": [text("v=spf1 include:relay.example")]}, "SPF does not refuse the rest"),
        ({"spf": [text("v=spf1 ptr include:relay.example -all")]}, "“ptr” in SPF should no longer be used"),
    ],
)  # fmt: skip
def test_what_could_be_better_is_said_and_ends_well(changes: dict[str, list[str]], sentence: str) -> None:
    printed, complaint = look(zone(**changes), *USUAL)
    assert sentence in printed
    assert complaint == ""


def test_an_spf_record_of_more_than_ten_lookups_fails_however_deep_they_lie() -> None:
    there = zone(
        relay=[
            text(f"v=spf1 {' '.join(f'include:n{n}.relay.example' for n in range(10))} ip4:192.0.2.7 -all")
        ]
    )
    there |= {(f"n{n}.relay.example", "TXT"): [text("v=spf1 ip4:203.0.113.9 -all")] for n in range(10)}
    printed, _complaint = look(there, *USUAL)
    assert "brief.example: SPF takes 11 lookups and receivers stop at 10" in printed
    there[("relay.example", "TXT")] = [text("v=spf1 include:n1.relay.example -all")]
    assert "it takes 2 of 10 lookups" in look(there, *USUAL)[0]


def test_a_redirect_is_followed_and_its_end_counts() -> None:
    printed, complaint = look(zone(spf=[text("v=spf1 redirect=relay.example")]), *USUAL)
    assert complaint == ""
    assert "does not refuse the rest" not in printed


@pytest.mark.parametrize(
    "record",
    [
        "a:out.relay.example",
        "mx:relay.example",
        "a:out.relay.example/28",
        "exists:%{i}.x.example ip4:192.0.2.7",
    ],
)
def test_a_relay_may_be_let_in_by_any_mechanism(record: str) -> None:
    there = zone(spf=[text(f"v=spf1 {record} -all")], bounce_spf=[text(f"v=spf1 {record} -all")])
    there[("relay.example", "MX")] = ["10 out.relay.example."]
    assert look(there, "--selector", "autumn", "--relay", "192.0.2.7")[1] == ""


def test_a_relay_that_spf_expressly_refuses_is_not_let_in() -> None:
    record = [text("v=spf1 -ip4:192.0.2.7 ~include:relay.example -all")]
    printed, _complaint = look(zone(spf=record), "--selector", "autumn", "--relay", "192.0.2.7")
    assert "brief.example: SPF does not let 192.0.2.7 send" in printed


def test_a_policy_higher_up_holds_and_its_word_for_subdomains_counts(settings: Settings) -> None:
    settings.NEWSLETTER_DOMAIN = "news.brief.example"
    there = zone(dmarc=[text("v=DMARC1; p=reject; sp=none; rua=mailto:a@brief.example")])
    there[("news.brief.example", "TXT")] = [text("v=spf1 include:relay.example -all")]
    there[("autumn._domainkey.news.brief.example", "TXT")] = [text(KEY)]
    printed, complaint = look(there, *USUAL)
    assert "news.brief.example has a DMARC policy at _dmarc.brief.example: none." in printed
    # Neither domain lies within the other; the policy above both says that they belong together.
    assert "DMARC counts that as aligned" in printed
    assert complaint == ""


def test_mail_that_neither_spf_nor_dkim_vouches_for_is_not_good_enough(settings: Settings) -> None:
    settings.NEWSLETTER_BOUNCE_DOMAIN = "returns.example"
    there = zone(dkim=[])
    there[("returns.example", "TXT")] = [text("v=spf1 include:relay.example -all")]
    there[("returns.example", "MX")] = ["10 mail.brief.example."]
    printed, _complaint = look(there, *USUAL)
    assert "SPF does not speak for brief.example, since bounces return to returns.example" in printed
    assert "and no DKIM key of brief.example was found" in printed


def test_what_was_not_looked_at_is_said(settings: Settings) -> None:
    printed, complaint = look(zone())
    assert "give --selector" in printed
    assert "give --relay" in printed
    assert complaint.startswith("1 to mend")


def test_a_name_server_that_does_not_answer_is_not_taken_for_a_missing_record() -> None:
    printed, complaint = look(zone(), *USUAL, broken=(f"_dmarc.{SENDER}",))
    assert "has no DMARC policy" not in printed
    assert complaint.startswith("The TXT records of _dmarc.brief.example could not be looked up")


def test_one_domain_for_both_is_looked_at_once(settings: Settings) -> None:
    settings.NEWSLETTER_BOUNCE_DOMAIN = SENDER
    there = zone()
    there[(SENDER, "MX")] = ["10 mail.brief.example."]
    printed, complaint = look(there, *USUAL)
    assert complaint == ""
    assert printed.count("has an SPF record") == 1
