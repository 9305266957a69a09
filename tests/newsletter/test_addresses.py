"""Addresses as people type them: what can be written to, and when two of them are one."""

from pathlib import Path

import pytest
from defusedxml import ElementTree

from config.refusal import Refused
from newsletter.addresses import parse


@pytest.mark.parametrize(
    ("typed", "mailed", "canonical"),
    [
        ("  Mei.Lin@Example.ORG ", "Mei.Lin@example.org", "mei.lin@example.org"),
        ("mei@麩醯胺酸.example", "mei@xn--1iqx3jk8ih4y.example", "mei@xn--1iqx3jk8ih4y.example"),
        ("a+tag@sub.example.com", "a+tag@sub.example.com", "a+tag@sub.example.com"),
    ],
)
def test_one_person_has_one_address_however_it_is_typed(typed: str, mailed: str, canonical: str) -> None:
    address = parse(typed)
    assert (address.mailed.rpartition("@")[0], address.canonical.rpartition("@")[0]) == (
        mailed.rpartition("@")[0],
        canonical.rpartition("@")[0],
    )
    assert address.mailed.isascii()
    assert address.domain == address.domain.lower()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mei",
        "mei@",
        "@example.org",
        "mei lin@example.org",
        "mei@example.org\r\nBcc: all@example.org",
        "=1+1@x",
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(typed)
    assert refused.value.code == "address"
    assert "no address mail can be sent to" in str(refused.value)


@pytest.mark.corpus
def test_nothing_that_strange_people_type_gets_through_with_a_line_break(shared: Path) -> None:
    tree = ElementTree.parse(shared / "data" / "hostile" / "email_addresses" / "isemail_tests.xml")
    typed = [node.text or "" for node in tree.iter("address")]
    assert len(typed) == 164
    taken = 0
    for text in typed:
        # The corpus writes control characters as U+2400 + n.
        real = "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) <= 0x2421 else c for c in text)
        try:
            address = parse(real)
        except Refused:
            continue
        taken += 1
        assert address.mailed.isascii()
        assert address.mailed.isprintable()
        assert address.mailed.count("@") == 1
    assert taken >= 10
