"""Nobody makes us write to an address again and again, nor to many addresses from one place."""

from datetime import datetime, timedelta

import pytest

from config.refusal import Refused
from newsletter.models import Knock
from newsletter.verbs import limits

pytestmark = pytest.mark.django_db


def knock(number: int, *, now: datetime, ip: str = "203.0.113.9") -> None:
    limits.knock(ip=ip, canonical=f"reader{number}@readers.example", now=now)


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:12:3456:789a::1", "2001:db8:12:3400::/56"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_it_counts_the_range_of_a_household_and_not_one_machine(ip: str, network: str) -> None:
    assert limits.range_of(ip) == network


def test_it_takes_twenty_an_hour_from_one_range_and_refuses_the_next(now: datetime) -> None:
    for number in range(20):
        knock(number, now=now, ip=f"203.0.113.{number}")
    with pytest.raises(Refused) as refusal:
        knock(20, now=now, ip="203.0.113.250")
    assert refusal.value.code == "limit"


def test_another_range_is_not_held_back(now: datetime) -> None:
    for number in range(20):
        knock(number, now=now)
    knock(20, now=now, ip="203.0.114.9")
    assert Knock.objects.count() == 21 * 2


def test_it_takes_five_an_hour_for_one_address_from_wherever(now: datetime) -> None:
    for number in range(5):
        knock(1, now=now, ip=f"198.51.{number}.1")
    with pytest.raises(Refused, match="hour"):
        knock(1, now=now, ip="198.51.100.1")


def test_it_takes_ten_a_day_for_one_address(now: datetime) -> None:
    for hour in range(10):
        knock(1, now=now + timedelta(hours=2 * hour))
    with pytest.raises(Refused):
        knock(1, now=now + timedelta(hours=21))


def test_an_hour_later_it_begins_anew(now: datetime) -> None:
    for number in range(20):
        knock(number, now=now)
    knock(20, now=now + timedelta(hours=1))


def test_what_was_refused_is_not_counted(now: datetime) -> None:
    for number in range(20):
        knock(number, now=now)
    before = Knock.objects.count()
    for _again in range(3):
        with pytest.raises(Refused):
            knock(20, now=now)
    assert Knock.objects.count() == before


def test_readers_without_a_known_network_address_share_one_limit(now: datetime) -> None:
    for number in range(20):
        knock(number, now=now, ip="")
    with pytest.raises(Refused):
        knock(20, now=now, ip="")


def test_neither_addresses_nor_networks_are_written_down(now: datetime) -> None:
    knock(1, now=now)
    kept = " ".join(Knock.objects.values_list("key", flat=True))
    assert "readers.example" not in kept
    assert "203.0.113" not in kept
