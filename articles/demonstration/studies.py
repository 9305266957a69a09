"""The demonstration's studies: named by PMID, asked of the recorded server over HTTP, cited as two pages printed them."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.demonstration.people import EDITOR, REVIEWER, WRITER
from articles.verbs.citing_rules import FRESH_FOR
from config.refusal import Refused
from evidence.models import Acceptance, CitedAs, Study
from evidence.recorded.server import answering
from evidence.sources.pasted import parse_pasted
from evidence.verbs import acceptance, asking, citations, intake_identifiers, verification, verifying

FOLDER = Path(__file__).resolve().parent
# Before any claim of the demonstration was coded.
TAKEN_OVER = datetime(2026, 3, 2, 10, tzinfo=UTC)
MENDED = datetime(2026, 3, 3, 10, tzinfo=UTC)


def load(users: dict[str, User]) -> int:
    """Name what is not here yet, ask for every record that has not come, mend what differs; return how many stand."""
    rows = _rows()
    with answering(settings.RECORDED_FOLDER) as address:
        named = [_name(row["raw"], users) for row in rows]
        verifying.check([study for study in named if study.verification_id is None], by=None, at=address)
        for row in rows:
            _mend(row["study"], row.get("remark", ""), users)
        waiting = Study.objects.filter(pk__in=[study.pk for study in named], check_after__lte=timezone.now())
        verifying.check(waiting, by=None, at=address)
    known = set(Study.objects.with_record().values_list("citekey", flat=True))
    if missing := {row["study"] for row in rows} - known:
        raise Refused("demonstration_record", f"No record came for {', '.join(sorted(missing))}.")
    return len(rows)


def ask_again(*, now: datetime) -> None:
    """Check again, as of `now`, what was last checked too long before it: `make run` may begin after months."""
    stale = list(Study.objects.with_record().filter(checked_at__lt=now - FRESH_FOR / 2))
    if stale:
        with answering(settings.RECORDED_FOLDER) as address:
            answers = asking.ask(stale, at=address)
        for study in stale:
            verification.conclude(study, answers[study.pk], by=None, now=now)


def accept(users: dict[str, User]) -> None:
    """Accept by name what the first codings repeat of a published page's contradictions."""
    for row in _rows():
        study = Study.objects.get(citekey=row["study"])
        if "accepted" in row and acceptance.missing(study, Acceptance.Kind.LINT):
            acceptance.accept(
                study, Acceptance.Kind.LINT, reason=row["accepted"], by=users[REVIEWER.username], now=MENDED
            )


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = tomllib.loads((FOLDER / "citations.toml").read_text(encoding="utf-8"))[
        "citation"
    ]
    return rows


@transaction.atomic
def _name(raw: str, users: dict[str, User]) -> Study:
    """Announce the work that a reference names by its PMID, and keep the reference as it was taken over."""
    writer, given = users[WRITER.username], parse_pasted(raw).record
    study, _result = intake_identifiers.announce(by=writer, now=TAKEN_OVER, pmid=given.pmid)
    citations.give(study, form=CitedAs.Form.PASTED, raw=raw, parsed=given, by=writer, now=TAKEN_OVER)
    return study


@transaction.atomic
def _mend(citekey: str, remark: str, users: dict[str, User]) -> None:
    wrong = CitedAs.objects.standing().filter(study__citekey=citekey).exclude(form=CitedAs.Form.MENDED)
    for cited in wrong.select_related("study__record") if remark else ():
        citations.mend(cited, by=users[EDITOR.username], now=MENDED, remark=remark)
