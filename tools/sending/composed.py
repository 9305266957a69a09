"""`python -m tools.sending.composed NUMBER`: a real issue, composed from the demonstration and approved by a second
person, and an audience that reads it, in the database of the environment. Prints the microseconds one message takes.

Beside it go some letters with links: confirmations and links to preferences, sent as the site sends them.
"""

import argparse
import json
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.demonstration import loading, people  # noqa: E402
from evidence.models import Claim, GradeSnapshot  # noqa: E402
from evidence.verbs import coding, grading, review, trail  # noqa: E402
from newsletter import keys, sundays  # noqa: E402
from newsletter.messages import Stencil  # noqa: E402
from newsletter.models import Issue, Subscriber  # noqa: E402
from newsletter.models.subscribers import Following  # noqa: E402
from newsletter.verbs import approval, composing, steering, subscription  # noqa: E402
from tools.sending import ground  # noqa: E402

# Without one of its findings each of these stands elsewhere, so that the week has news.
MOVED = ("glutamine-for-gut-permeability", "music-for-sleep-in-older-adults", "probiotics-with-antibiotics")
LETTERS = 20
ROUNDS = 50
AT_ONCE = 100


def news() -> None:
    """Take a finding from some claims and have their new grades approved."""
    now = timezone.now()
    reviewer = User.objects.get(username=people.REVIEWER.username)
    managing = User.objects.get(username=people.MANAGING.username)
    for claim in Claim.objects.filter(slug__in=MOVED):
        coding.remove(claim.findings.earliest("number"), by=reviewer, now=now)
        proposed = grading.propose(
            claim, by=reviewer, now=now, trigger=GradeSnapshot.Trigger.RECODED,
            reason_en="It measured something else.", reason_zh_hant="它量的是別的東西。",
        )  # fmt: skip
        review.approve(proposed, by=managing, now=now, seen=trail.fingerprint(review.manifest(proposed)))


def issue() -> Issue:
    """Compose the coming Sunday's issue by the clock, have it approved, and let Sunday come now."""
    now = timezone.now()
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
    """Return how much of a processor one message takes to fill: the best of many rounds, every fourth with its lines."""
    rendition = made.revisions.get().renditions.get(language="en", plain=False)
    stencil, followed = Stencil(bytes(rendition.wire), rendition.followed), list(rendition.followed)
    best = float("inf")
    for _round in range(ROUNDS):
        start = time.process_time()
        for pk in range(AT_ONCE):
            stencil.fill(
                to="reader-0000001@domain-01.example",
                date="Sun, 29 Nov 2026 07:00:00 +0000",
                message_id=keys.message_id(made.pk, pk),
                subscriber_id=pk,
                follows=followed if pk % 4 == 0 else (),
            )
        best = min(best, (time.process_time() - start) / AT_ONCE)
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
    news()
    made = issue()
    ground.audience(given.number, now=timezone.now())
    follow(made)
    letters()
    print(json.dumps({"microseconds": microseconds(made), "readers": len(_readers())}))


if __name__ == "__main__":
    main()
