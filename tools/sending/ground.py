"""What sending starts from in tests, kills and figures: an approved issue and an audience, made without composing.

Composing and approving have tests of their own; here only the ledger and what follows it is looked at.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection

from newsletter import keys, sundays
from newsletter.content import Content, Line, Reference, Section
from newsletter.messages import render
from newsletter.models import Issue, Rendition, Revision, Subscriber

WORDS = {
    "en": (
        "What glutamine does",
        "A claim was graded again.",
        "A second trial found less.",
        "Zhou Q. Gut. 2019.",
    ),
    "zh-hant": ("麩醯胺酸的作用", "一項主張重新評級。", "第二項試驗的效果較小。", "Zhou Q. Gut. 2019."),
}
CHUNK = 5_000
# The audience of a million, made where it is kept; the fingerprints are as long as real ones, and nobody's.
MANY = """
INSERT INTO newsletter_subscriber
    (address, address_key, domain, state, language, time_zone, plain, asked_at, confirmed_at)
SELECT 'reader-' || n || '@domain-' || mod(n, 1000) || '.example', encode(sha256(n::text::bytea), 'hex'),
    'domain-' || mod(n, 1000) || '.example', 'active', CASE WHEN mod(n, 3) = 0 THEN 'zh-hant' ELSE 'en' END,
    (%s::text[])[1 + mod(n, %s)], mod(n, 10) = 0, %s, %s
FROM generate_series(1, %s) AS n
"""


def content(language: str, *, sunday: date, revision: int = 1, lines: int = 6) -> Content:
    """Return an issue of a usual size in one language."""
    subject, text, why, work = WORDS[language]
    changed = tuple(
        Line(
            key=f"regrade:{number}", kind="regrade", text=f"{text} ({number})", why=why,
            url=f"https://wellness-radar.example/claims/claim-{number}/", refs=(number,), claim=f"CLM-gut-{number:03d}",
            grade="weak", previous_grade="emerging",
        )
        for number in range(1, lines + 1)
    )  # fmt: skip
    week = sundays.iso_week(sunday)
    return Content(
        iso_week=week,
        sunday=sunday.isoformat(),
        language=language,
        revision=revision,
        subject=subject,
        opening=(text,),
        erratum=() if revision == 1 else (why,),
        sections=(Section("changed", changed),),
        references=tuple(
            Reference(number, f"{work} {number}", f"https://wellness-radar.example/studies/zhou{number}/")
            for number in range(1, lines + 1)
        ),
        archive_url=f"https://wellness-radar.example/brief/{week.lower()}/",
    )


def revise(issue: Issue, *, by: User, now: datetime) -> Revision:
    """Give an issue its next revision with all four renditions, as approval does, and make it the live one."""
    number = issue.revisions.count() + 1
    revision = Revision.objects.create(
        issue=issue, number=number, content={}, manifest_sha256="0" * 64, approved_by=by, approved_at=now
    )
    for language in WORDS:
        for plain in (False, True):
            made = render(content(language, sunday=issue.sunday, revision=number), plain=plain)
            Rendition.objects.create(
                revision=revision, language=language, plain=plain, wire=made.wire, followed=made.followed,
                sha256=made.sha256, html_bytes=made.html_bytes,
            )  # fmt: skip
    Issue.objects.filter(pk=issue.pk).update(live_revision=revision)
    issue.refresh_from_db()
    return revision


def approved_issue(*, by: User, now: datetime, sunday: date = date(2026, 11, 22)) -> Issue:
    """Make an issue that was approved two days before its Sunday."""
    friday = datetime.combine(sunday - timedelta(days=2), datetime.min.time(), UTC)
    issue = Issue.objects.create(
        iso_week=sundays.iso_week(sunday), sunday=sunday, composed_at=friday, cut_until=friday,
        cut_from=friday - timedelta(days=7),
    )  # fmt: skip
    revise(issue, by=by, now=now)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.APPROVED)
    issue.refresh_from_db()
    return issue


def subscriber(address: str, *, now: datetime, **fields: object) -> Subscriber:
    """Make one confirmed reader."""
    return Subscriber.objects.create(**_values(address, now=now, **fields))


def audience(number: int, *, now: datetime, domains: int = 50, zones: Sequence[str] = ("UTC",)) -> None:
    """Make confirmed readers: reader-000001@domain-01.example and so on, every third in Chinese, every tenth plain."""
    for start in range(0, number, CHUNK):
        Subscriber.objects.bulk_create(
            Subscriber(
                **_values(
                    f"reader-{at:07d}@domain-{at % domains:02d}.example",
                    now=now,
                    language="zh-hant" if at % 3 == 0 else "en",
                    plain=at % 10 == 0,
                    time_zone=zones[at % len(zones)],
                )
            )
            for at in range(start, min(start + CHUNK, number))
        )


def many(number: int, *, now: datetime, zones: Sequence[str]) -> None:
    """Make confirmed readers by one statement of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, [list(zones), len(zones), now, now, number])


def _values(address: str, *, now: datetime, **fields: object) -> dict[str, object]:
    return {
        "address": address,
        "address_key": keys.address_key(address.lower()),
        "domain": address.rpartition("@")[2],
        "state": Subscriber.State.ACTIVE,
        "asked_at": now,
        "confirmed_at": now,
    } | fields
