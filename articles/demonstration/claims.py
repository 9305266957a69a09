"""Walks the demonstration's claims through the verbs: coded, worded, proposed, approved by a second person, dated.

Each claim is one transaction: whoever stops the first start in the middle finds it going on at the next.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.demonstration.people import MANAGING, REVIEWER, TRANSLATOR, WRITER
from evidence.models import (
    Authority,
    Benchmark,
    Claim,
    ClaimSource,
    Finding,
    GradeSnapshot,
    MechanismAnswer,
    Position,
    Recheck,
    Study,
)
from evidence.verbs import coding, grading, review, texts, trail

Users = Mapping[str, User]
Table = dict[str, Any]

CLAIM_FIELDS = (
    "code", "slug", "claim_type", "topic", "searched_through", "next_check", "safety", "safety_reason_en",
    "safety_reason_zh_hant", *(
        f"{name}_{language}"
        for name in ("population", "intervention", "comparator", "outcome")
        for language in ("en", "zh_hant")
    ),
)  # fmt: skip
TEXT_AUTHORS = {"en": WRITER, "zh-hant": TRANSLATOR}


def morning(day: date, hour: int = 9) -> datetime:
    """Return the instant of an hour, UTC, on a day of the demonstration's past."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


@transaction.atomic
def load_claim(table: Table, users: Users) -> Claim:
    """Make the claim with its words and sources, unless it is there already."""
    known = Claim.objects.filter(code=table["code"]).first()
    if known is not None:
        return known
    start = morning(table["coding"][0]["coded_on"], 8)
    claim = Claim(**{name: table[name] for name in CLAIM_FIELDS if name in table})
    coding.save_claim(claim, by=users[REVIEWER.username], now=start)
    for source in table.get("source", []):
        row = ClaimSource(claim=claim, study=study(source["study"]), role=source["role"])
        coding.save(row, by=users[REVIEWER.username], now=start)
    for language, words in table["text"].items():
        author = users[TEXT_AUTHORS[language].username]
        texts.write(
            claim, language, by=author, now=start, **{name: words[name].strip() for name in texts.FIELDS}
        )
    return claim


@transaction.atomic
def grade_as_coded(claim: Claim, table: Table, number: int, users: Users) -> bool:
    """Apply the claim's `number`-th coding and grade it, unless that was done; say whether anything was done."""
    if GradeSnapshot.objects.published().filter(claim=claim).count() > number:
        return False
    block = table["coding"][number]
    now = morning(block["coded_on"])
    _replace_evidence(claim, block, by=users[REVIEWER.username], now=now)
    snapshot = grading.propose(
        claim,
        by=users[REVIEWER.username],
        now=now + timedelta(hours=1),
        trigger=GradeSnapshot.Trigger(block["trigger"]),
        reason_en=block["reason_en"],
        reason_zh_hant=block["reason_zh_hant"],
        engine_version=block["engine"],
    )
    seen = trail.fingerprint(review.manifest(snapshot))
    review.approve(snapshot, by=users[MANAGING.username], now=now + timedelta(hours=26), seen=seen)
    return True


def study(citekey: str) -> Study:
    """Return a study of the demonstration by its cite key."""
    return Study.objects.get(citekey=citekey)


def _replace_evidence(claim: Claim, block: Table, *, by: User, now: datetime) -> None:
    for rows in (claim.findings, claim.positions, claim.mechanism, claim.benchmarks, claim.rechecks):
        for old in rows.all():
            coding.remove(old, by=by, now=now)
    for new, pooled in _evidence(claim, block):
        coding.save(new, by=by, now=now, includes=pooled)


def _evidence(claim: Claim, block: Table) -> Iterator[tuple[coding.Evidence, list[Study] | None]]:
    """Yield each row of a coding, and for findings the studies it pools."""
    seen: dict[str, int] = {}
    for table in block.get("finding", []):
        key = table["study"]
        seen[key] = seen.get(key, 0) + 1
        plain = {name: value for name, value in table.items() if name not in {"study", "includes"}}
        pooled = [study(name) for name in table.get("includes", [])]
        yield Finding(claim=claim, study=study(key), number=seen[key], **plain), pooled
    for table in block.get("position", []):
        authority = Authority.objects.get(code=table.pop("authority"))
        yield Position(claim=claim, authority=authority, **table), None
    for table in block.get("mechanism", []):
        yield MechanismAnswer(claim=claim, **table), None
    for table in block.get("benchmark", []):
        yield Benchmark(claim=claim, code=table.pop("id"), **table), None
    for table in block.get("recheck", []):
        yield Recheck(claim=claim, code=table.pop("id"), **table), None
