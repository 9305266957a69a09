"""A begun issue and a slice of sending into a relay of the test's own, with short patience."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from config.rights import Role
from newsletter.models import Delivery, Issue
from newsletter.smtp import Relay
from newsletter.verbs import sending, ticking
from tests import factories
from tests.newsletter.smtp_faults import FaultyRelay
from tools.sending import ground

SUNDAY = date(2026, 11, 22)
MORNING = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # seven o'clock at Greenwich
PATIENCE = 0.3  # seconds


def begun(*addresses: str, now: datetime = MORNING) -> Issue:
    """Return an issue under way to these readers, all of them at Greenwich."""
    for address in addresses:
        ground.subscriber(address, now=now - timedelta(days=30))
    issue = ground.approved_issue(
        by=factories.user("managing", Role.MANAGING), now=now - timedelta(days=1), sunday=SUNDAY
    )
    assert ticking.open_if_due(issue, now=now)
    issue.refresh_from_db()
    return issue


def relay_of(server: FaultyRelay, *, patience: float = PATIENCE) -> Relay:
    """Return how to reach a test's relay, waiting only a moment for each answer."""
    return Relay(
        host=server.host,
        port=server.port,
        connect_seconds=patience,
        command_seconds=patience,
        dot_seconds=patience,
    )


def run(
    server: FaultyRelay, *, now: datetime = MORNING, told_to_stop: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due at `now`, from where the clock goes on; the number sent."""
    start = time.monotonic()
    return sending.run_slice(
        relay=relay_of(server),
        clock=lambda: now + timedelta(seconds=time.monotonic() - start),
        told_to_stop=told_to_stop,
        seconds=20,
    )


def states(issue: Issue) -> dict[str, str]:
    """Return what became of each reader."""
    return dict(Delivery.objects.filter(issue=issue).values_list("address", "state"))


def tick(now: datetime) -> None:
    """Look after everything, as every worker's tick does."""
    ticking.tick(now=now)


class After:
    """Something that happens once so many messages are done: `told_to_stop` is asked before each of them."""

    def __init__(self, messages: int, act: Callable[[], object]) -> None:
        self.left = messages + 2  # asked once before claiming, and once before the first message
        self.act = act

    def __call__(self) -> bool:
        self.left -= 1
        if self.left == 0:
            self.act()
        return False
