"""Importing subscribers: who a table adds at once, who is asked first, and who is left out. Rows are read in import_cells.

A stated origin makes a person a subscriber; without one the person is asked by mail (verbs/subscription.py).
Nothing here overwrites what a person set, and nothing brings back somebody who left, whatever a file says.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from newsletter.models import ConsentEvent, Subscriber, Suppression
from newsletter.verbs import subscription
from newsletter.verbs.import_cells import Person, Problem, Row, read

SOURCE = "import"
ROWS_AT_ONCE = 100_000
# Each is a mail to somebody of whom no consent is known: many of them at once is how a sender becomes a spammer.
ASKED_AT_ONCE = 200
# Fewer than the variables either database takes in one statement.
CHUNK = 500
TRIES = 3
KEPT_FOR = timedelta(hours=1)


class Outcome(StrEnum):
    """What became of one row."""

    ADDED = "added"
    CONFIRMATION = "confirmation"  # asked by mail
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"  # left, or stands in the file as somebody who left
    BAD = "bad"  # could not be read; then nothing of the file is imported


@dataclass(frozen=True)
class Answer:
    """What becomes of one row, and for a bad one, why."""

    row: Row
    outcome: Outcome
    person: Person | None = None
    problems: tuple[Problem, ...] = ()


def import_row(row: Row, *, by: User, now: datetime) -> Outcome:
    """Import one person. Needs SEE_SUBSCRIBER. Raises Refused("row") naming each field, its value and the way out."""
    answer = take([row], by=by, now=now)[0]
    if answer.problems:
        said = _("Row %(row)s cannot be imported.") % {"row": row.number}
        raise Refused(
            "row", said, [f"{wrong.field} “{wrong.value}”: {wrong.message}" for wrong in answer.problems]
        )
    return answer.outcome


def weigh(rows: Sequence[Row], *, by: User, now: datetime) -> list[Answer]:
    """Say what would become of each row, and write nothing. Needs SEE_SUBSCRIBER; Refused as `take` does."""
    require(by, Action.SEE_SUBSCRIBER)
    answers = _decide(_read(rows, now))
    _refuse_too_many(answers)
    return answers


def take(rows: Sequence[Row], *, by: User, now: datetime) -> list[Answer]:
    """Import every row, or none where one is bad, and say what became of each. Needs SEE_SUBSCRIBER.

    Raises Refused("too_many_rows" | "too_many_to_ask") for the whole.
    """
    require(by, Action.SEE_SUBSCRIBER)
    found = _read(rows, now)
    for _try in range(TRIES):
        try:
            return _take(found, by=by, now=now)
        except IntegrityError:
            # Somebody subscribed at this very moment: decide again, now that their row is there.
            continue
    raise Refused("busy", _("Others are subscribing at this very moment. Nothing was imported. Try again."))


@transaction.atomic
def _take(found: Sequence[Answer], *, by: User, now: datetime) -> list[Answer]:
    answers = _decide(found)
    _refuse_too_many(answers)
    if not any(answer.problems for answer in answers):
        _write(answers, by=by, now=now)
    return answers


def uploads() -> Path:
    """Return the folder where a previewed file waits to be confirmed."""
    folder = Path(settings.VAR_DIR) / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def forget_abandoned_uploads(now: datetime) -> int:
    """Delete previewed files that nobody confirmed within the hour, since they hold addresses; say how many."""
    old = [file for file in uploads().iterdir() if now - _written(file) > KEPT_FOR]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def forget_every_upload() -> int:
    """Delete every previewed file, since any may hold whoever was erased just now, and a workbook is packed; say how many.

    Whoever was about to confirm one is told to choose it again.
    """
    files = list(uploads().iterdir())
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _read(rows: Sequence[Row], now: datetime) -> list[Answer]:
    if len(rows) > ROWS_AT_ONCE:
        said = _("The table has %(rows)s rows. Split it into files of at most %(most)s.")
        raise Refused("too_many_rows", said % {"rows": len(rows), "most": ROWS_AT_ONCE})
    return [_answer(row, now) for row in rows]


def _answer(row: Row, now: datetime) -> Answer:
    found = read(row, now=now)
    if isinstance(found, Person):
        return Answer(row, Outcome.ADDED, person=found)
    return Answer(row, Outcome.BAD, problems=found)


def _decide(found: Sequence[Answer]) -> list[Answer]:
    """Say what becomes of each readable row, by what is known of its address; of several alike the first counts."""
    wanted = [answer.person.key for answer in found if answer.person]
    # Subscribers before suppressions: who has themselves erased in between is then seen in one of the two.
    states = dict(_states(wanted))
    suppressed = set(_suppressed(wanted))
    seen: set[str] = set()
    decided = []
    for answer in found:
        if answer.person is None:
            decided.append(answer)
            continue
        again = answer.person.key in seen
        seen.add(answer.person.key)
        decided.append(replace(answer, outcome=_outcome(answer.person, states, suppressed, again=again)))
    return decided


def _outcome(person: Person, states: dict[str, str], suppressed: set[str], *, again: bool) -> Outcome:
    if person.suppressed or person.key in suppressed:
        return Outcome.SUPPRESSED
    if person.left or states.get(person.key) == Subscriber.State.LEFT:
        return Outcome.REFUSED
    if again or person.key in states:
        return Outcome.UNCHANGED
    return Outcome.ADDED if person.origin else Outcome.CONFIRMATION


def _states(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    for some in _chunks(wanted):
        yield from Subscriber.objects.filter(address_key__in=some).values_list("address_key", "state")


def _suppressed(wanted: Sequence[str]) -> Iterator[str]:
    for some in _chunks(wanted):
        yield from Suppression.objects.filter(address_key__in=some).values_list("address_key", flat=True)


def _chunks(wanted: Sequence[str]) -> Iterator[Sequence[str]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


def _refuse_too_many(answers: Sequence[Answer]) -> None:
    asked = Counter(answer.outcome for answer in answers)[Outcome.CONFIRMATION]
    if asked > ASKED_AT_ONCE:
        said = _(
            "%(asked)s rows state no origin of consent, and at most %(most)s people are asked by mail at once. "
            "State where, when and how the others agreed, or leave them out."
        )
        raise Refused("too_many_to_ask", said % {"asked": asked, "most": ASKED_AT_ONCE})


def _write(answers: Sequence[Answer], *, by: User, now: datetime) -> None:
    people = [answer.person for answer in answers if answer.person and answer.outcome is Outcome.ADDED]
    made = Subscriber.objects.bulk_create((_subscriber(person, now) for person in people), batch_size=CHUNK)
    ConsentEvent.objects.bulk_create(
        (
            ConsentEvent(
                subscriber=subscriber,
                kind=ConsentEvent.Kind.IMPORTED,
                at=now,
                wording=person.origin,
                source=SOURCE,
                by=by,
            )
            for subscriber, person in zip(made, people, strict=True)
        ),
        batch_size=CHUNK,
    )
    for answer in answers:
        if answer.person and answer.outcome is Outcome.CONFIRMATION:
            _ask(answer.person, now)


def _subscriber(person: Person, now: datetime) -> Subscriber:
    agreed = person.consented_at or now
    return Subscriber(
        address=person.address.mailed,
        address_key=person.key,
        domain=person.address.domain,
        state=Subscriber.State.ACTIVE,
        language=person.language,
        time_zone=person.time_zone,
        plain=person.plain,
        asked_at=agreed,
        confirmed_at=agreed,
    )


def _ask(person: Person, now: datetime) -> None:
    subscription.invite(
        person.address,
        language=person.language,
        time_zone=person.time_zone,
        plain=person.plain,
        source=SOURCE,
        wording="",
        now=now,
    )
