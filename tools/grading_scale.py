"""`python -m tools.grading_scale`: 5,000 claims with 20,000 findings; what proposing, reviewing, replaying, comparing cost.

Numbers of queries must hold anywhere; seconds are this machine's.
"""

import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime

os.environ["EMBEDDED"] = "1"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="wellness-grading-")
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from config.rights import Role  # noqa: E402
from evidence.models import Claim, Finding, GradeSnapshot, Study, StudyRecord  # noqa: E402
from evidence.verbs import comparing, grading  # noqa: E402

CLAIMS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
FINDINGS_EACH = 4
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLAIN = override_settings(
    ALLOWED_HOSTS=["testserver"],
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
)
DESIGNS = ("sr_rct", "rct", "rct", "cohort")
DIRECTIONS = ("benefit", "nsd", "mixed", "harm", "no_effect")


def person(name: str, role: Role) -> User:
    """Make a member of the desk."""
    made = User.objects.create(username=name, is_staff=True)
    made.groups.set([Group.objects.get_or_create(name=role.value)[0]])
    return User.objects.get(pk=made.pk)


@transaction.atomic
def build(coder: User) -> None:
    """Write claims, works and findings in bulk: what is measured is what reads them."""
    studies = Study.objects.bulk_create(
        Study(citekey=f"study{n}", pmid=str(10_000_000 + n), title=f"Trial {n}", added_at=NOW)
        for n in range(CLAIMS)
    )
    records = StudyRecord.objects.bulk_create(
        StudyRecord(
            study=study, number=1, origin="recorded", sha256=f"{study.pk:064d}", content={}, received_at=NOW
        )
        for study in studies
    )
    for study, record in zip(studies, records, strict=True):
        study.record = record
    Study.objects.bulk_update(studies, ["record"], batch_size=500)
    claims = Claim.objects.bulk_create(
        Claim(
            code=f"CLM-gut-scale-claim-{n // 1000}x-{n % 1000:03d}",
            slug=f"claim-{n}",
            claim_type="intervention",
            topic="gut",
            searched_through=date(2026, 11, 1),
        )
        for n in range(CLAIMS)
    )
    Finding.objects.bulk_create(
        (
            Finding(
                claim=claim, study=studies[(n + place * 7) % CLAIMS], outcome_en="Response", design=design,
                quality="moderate", direction=DIRECTIONS[(n + place) % 5], precision="adequate", n=100 + n,
                directness_population="direct", directness_intervention="direct", directness_outcome="partial",
                coded_by=coder, coded_at=NOW,
            )
            for n, claim in enumerate(claims)
            for place, design in enumerate(DESIGNS)
        ),
        batch_size=1000,
    )  # fmt: skip


def timed(name: str, act: Callable[[], object]) -> None:
    """Print how long one act took."""
    start = time.perf_counter()
    act()
    print(f"{name:<58} {time.perf_counter() - start:8.2f} s")


def propose_all(by: User) -> None:
    """Propose a grade for every claim and make it current, as far as reading it goes."""
    for claim in Claim.objects.order_by("pk").iterator(chunk_size=200):
        grading.propose(claim, by=by, now=NOW, trigger=GradeSnapshot.Trigger.FIRST)
    GradeSnapshot.objects.update(state="current", current_from=NOW)


def counted(name: str, act: Callable[[], object], most: int) -> None:
    """Print how many queries one act took, and fail beyond `most`."""
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        act()
        took = time.perf_counter() - start
    print(f"{name:<58} {len(queries):5} queries (under {most}), {took * 1000:.0f} ms")
    if len(queries) >= most:
        raise SystemExit(f"{name}: {len(queries)} queries, {most - 1} are allowed")


def replay() -> None:
    """Recompute every stored verdict and print the most memory it held."""
    tracemalloc.start()
    halfway = 0
    for held, _snapshot in enumerate(grading.replay_each(), 1):
        if held == CLAIMS // 2:
            halfway = tracemalloc.get_traced_memory()[1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{'  most memory, at half and at the end':<58} {halfway / 1e6:8.1f} MB {peak / 1e6:.1f} MB")


def main() -> None:
    """Build, propose, review, replay, compare."""
    call_command("migrate", verbosity=0)
    coder, decider = person("coder", Role.REVIEWER), person("decider", Role.MANAGING)
    timed(f"build {CLAIMS} claims with {CLAIMS * FINDINGS_EACH} findings", lambda: build(coder))
    timed("propose a grade for each", lambda: propose_all(coder))
    claim = Claim.objects.order_by("pk")[CLAIMS // 2]
    trigger = GradeSnapshot.Trigger.RECODED
    counted("propose one", lambda: grading.propose(claim, by=coder, now=NOW, trigger=trigger), 15)
    proposal = GradeSnapshot.objects.get(claim=claim, state="proposed")
    client = Client()
    client.force_login(decider, backend="django.contrib.auth.backends.ModelBackend")
    with PLAIN:
        page = reverse("admin:evidence_gradesnapshot_review", args=[proposal.pk])
        client.get(page)
        counted("the review screen", lambda: client.get(page), 30)
        timed("the list of findings", lambda: client.get(reverse("admin:evidence_finding_changelist")))
        timed("the list of grades", lambda: client.get(reverse("admin:evidence_gradesnapshot_changelist")))
    timed("replay every stored verdict", replay)
    timed("compare two engines over all", lambda: comparing.compare("1.0", "1.1", most=200))


if __name__ == "__main__":
    main()
