"""`python -m tools.sending.prepare NUMBER [--ledger]`: an audience and an issue that may be sent now, in the database
of the environment; with --ledger the ledger is opened here, and how long that took and how much memory is printed.
"""

import argparse
import json
import os
import resource
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.utils import timezone  # noqa: E402

from newsletter import sundays  # noqa: E402
from newsletter.models import Issue  # noqa: E402
from newsletter.verbs import ledger  # noqa: E402
from tools.sending import ground  # noqa: E402


def main() -> None:
    """Prepare, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("--ledger", action="store_true")
    given = parser.parse_args()
    now = timezone.now()
    if given.ledger:
        ground.many(given.number, now=now, zones=sundays.time_zones())
    else:
        ground.audience(given.number, now=now)
    by = User.objects.create_user("approver")
    issue = ground.approved_issue(by=by, now=now - timedelta(minutes=5), sunday=sundays.next_sunday(now))
    Issue.objects.filter(pk=issue.pk).update(brought_forward_at=now)
    issue.refresh_from_db()
    told: dict[str, float] = {"issue": issue.pk}
    if given.ledger:
        start = time.perf_counter()
        ledger.open_ledger(issue, now=now)
        told["seconds"] = time.perf_counter() - start
        told["rows"] = issue.audience or 0
        told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(told))


if __name__ == "__main__":
    main()
