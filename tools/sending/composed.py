"""`python -m tools.sending.composed NUMBER`: a real issue, composed from the demonstration and approved by a second
person, and an audience that reads it, in the database of the environment. Prints the microseconds one message takes.

Beside it some letters with links: confirmations and links to preferences, sent as the site sends them.
"""

import argparse
import json
import os
import time
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.demonstration import loading, people  # noqa: E402
from newsletter import keys, sundays  # noqa: E402
from newsletter.messages import Stencil  # noqa: E402
from newsletter.models import Issue, Subscriber  # noqa: E402
from newsletter.models.subscribers import Following  # noqa: E402
from newsletter.verbs import approval, collecting, composing, steering, subscription  # noqa: E402
from tools.sending import ground  # noqa: E402

# The demonstration's last regrade lies behind it, most first grades before it.
NEWS_SINCE = datetime(2026, 11, 1, tzinfo=UTC)
LETTERS = 20
ROUNDS = 5


def issue() -> Issue:
    """Compose the coming Sunday's issue by the clock, have it approved, and let Sunday come now."""
    now = timezone.now()
    collecting.FIRST_CUT = now - NEWS_SINCE
    made = composing.compose(sundays.next_sunday(now), by=None, now=now)
    managing = User.objects.get(username=people.MANAGING.username)
    approval.approve(made, by=managing, now=now, seen=approval.manifest(made).sha256)
    steering.bring_forward(made, by=managing, now=now)
    return made


def follow(made: Issue) -> None:
    """Let every fourth reader follow what the issue states."""
    stated = list(made.revisions.get().claims.all())
    readers = Subscriber.objects.filter(pk__in=[pk for pk in _readers() if pk % 4 == 0])
    Following.objects.bulk_create(
        Following(subscriber=reader, claim=claim) for reader in readers for claim in stated
    )


def letters() -> None:
    """Ask for the brief at new addresses, and for the link to preferences at known ones, each from its own network."""
    now = timezone.now()
    for number in range(LETTERS):
        new, ip = f"asking-{number}@letters.example", f"10.1.{number}.1"
        subscription.ask(new, language="en", time_zone="UTC", source="form", wording="Yes", ip=ip, now=now)
        known = Subscriber.objects.get(pk=_readers()[number]).address
        subscription.request_link(known, language="zh-hant", ip=ip, now=now)


def microseconds(made: Issue) -> float:
    """Return how long one message takes to fill, over the audience, the best of a few rounds."""
    rendition = made.revisions.get().renditions.get(language="en", plain=False)
    stencil, readers = Stencil(bytes(rendition.wire), rendition.followed), _readers()
    followed = list(rendition.followed)
    best = float("inf")
    for _round in range(ROUNDS):
        start = time.perf_counter()
        for pk in readers:
            stencil.fill(
                to="reader-0000001@domain-01.example",
                date="Sun, 29 Nov 2026 07:00:00 +0000",
                message_id=keys.message_id(made.pk, pk),
                subscriber_id=pk,
                follows=followed if pk % 4 == 0 else (),
            )
        best = min(best, (time.perf_counter() - start) / len(readers))
    return best * 1e6


def _readers() -> list[int]:
    return list(Subscriber.objects.active().order_by("pk").values_list("pk", flat=True))


def main() -> None:
    """Prepare, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    given = parser.parse_args()
    for _step in loading.load():
        pass
    made = issue()
    ground.audience(given.number, now=timezone.now())
    follow(made)
    letters()
    print(json.dumps({"microseconds": microseconds(made), "readers": len(_readers())}))


if __name__ == "__main__":
    main()
