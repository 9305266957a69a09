"""The folder: whole mails or none, the newest kept, and nothing left of whoever is erased."""

from pathlib import Path

import pytest

from newsletter.mailbox import folder
from newsletter.mailbox.folder import Keeper
from newsletter.signals import subscriber_erased
from tests.newsletter.mailbox.conftest import mail


def test_a_mail_is_kept_byte_for_byte_with_its_envelope(keeper: Keeper) -> None:
    data = mail(text="Grüße, 讀者\r\n.\n") + b"\xff\x00"
    name = keeper.store("b+1@bounces.example", "reader@example.org", data)
    kept = folder.read(name)
    assert kept is not None
    assert (kept[0].sender, kept[0].recipient, kept[1]) == ("b+1@bounces.example", "reader@example.org", data)


def test_the_newest_comes_first(keeper: Keeper) -> None:
    stored = [keeper.store("", f"{number}@example.org", mail()) for number in range(30)]
    assert folder.names() == stored[::-1]


def test_only_the_newest_are_kept_even_after_a_new_start() -> None:
    stored = [Keeper(most=5).store("", "reader@example.org", mail()) for _ in range(9)]
    assert folder.names() == stored[:-6:-1]


@pytest.mark.parametrize("name", ["../run.lock", "x", "", "0" * 20 + "-0000000g", "0" * 20 + "-00000000/.."])
def test_a_name_leads_nowhere_else(name: str) -> None:
    assert folder.read(name) is None


def test_a_mail_that_was_never_finished_is_not_shown(keeper: Keeper) -> None:
    name = keeper.store("", "reader@example.org", mail())
    (folder.root() / f"{'9' * 20}-00000000.part").write_bytes(b"half a m")
    assert folder.names() == [name]


def test_an_address_is_found_by_any_part_of_it(keeper: Keeper) -> None:
    keeper.store("", "Ann.Lee@example.org", mail())
    keeper.store("", "bo@example.net", mail())
    assert [one.recipient for one in folder.found(" ann.lee@ ")] == ["Ann.Lee@example.org"]
    assert [one.recipient for one in folder.found("")] == ["bo@example.net", "Ann.Lee@example.org"]
    assert list(folder.found("nobody")) == []


def test_nothing_is_left_of_whoever_is_erased(keeper: Keeper, tmp_path: Path) -> None:
    keeper.store("", "Ann@Example.org", mail(To="Ann@Example.org"))
    keeper.store("", "editor@desk.example", mail(text="Refused: ann@example.org, bo@example.net"))
    broken = b"Subject: long\r\n\r\nwritten about ann@exam=\r\nple.org today\r\n"
    keeper.store("", "other@desk.example", broken)
    kept = [
        keeper.store("", "joann@example.org", mail()),
        keeper.store("", "ann@example.organic", mail()),
        keeper.store("", "ann@example.org.example", mail()),
        keeper.store("", "bo+ann@example.org", mail()),
    ]
    subscriber_erased.send(sender=None, address="ann@example.org")
    assert folder.names() == kept[::-1]
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Ann@Example.org" not in left
    assert b"Refused" not in left
    assert b"written about" not in left


def test_an_envelope_cannot_write_headers_of_its_own(keeper: Keeper) -> None:
    name = keeper.store("a>\r\nX: y", "b@example.org\r\n\r\nbody", mail())
    kept = folder.read(name)
    assert kept is not None
    assert kept[1] == mail()
