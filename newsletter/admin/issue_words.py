"""An issue's state, its next step and its trail in sentences, for the desk. It reads codes and decides nothing."""

from datetime import UTC, date, datetime, timedelta

from django.utils.dateformat import format as format_date
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newsletter import sundays
from newsletter.models import Issue

State = Issue.State
BEFORE = frozenset({State.DRAFT, State.APPROVED, State.MISSED, State.EMPTY})
# Nowhere does Sunday begin later than at UTC-12.
LAST_OFFSET = timedelta(hours=12)


def moment(when: datetime) -> str:
    """Write a moment with its weekday: Saturday 28 Nov 17:00 UTC."""
    wall = format_date(when.astimezone(UTC), pgettext("date format, a moment of the brief", "l j M H:i"))
    return _("%(moment)s UTC") % {"moment": wall}


def day(when: date) -> str:
    """Write a Sunday: Sunday 29 Nov 2026."""
    return format_date(when, pgettext("date format, the Sunday of a brief", "l j M Y"))


def title(issue: Issue) -> str:
    """Name an issue by its week."""
    return _("Brief %(week)s") % {"week": issue.iso_week}


def last_morning(issue: Issue) -> datetime:
    """Return when Sunday 07:00 comes to the last place on earth."""
    return datetime.combine(issue.sunday, sundays.HOUR, UTC) + LAST_OFFSET


def next_step(issue: Issue, *, now: datetime) -> str:
    """Say in one sentence what happens next, and until when something can be done about it."""
    return _before(issue, now=now) if issue.state in BEFORE else _after(issue, now=now)


def time_left(issue: Issue, *, now: datetime) -> str:
    """Say how long is left until the deadline, while that matters; else nothing."""
    deadline = sundays.deadline(issue.sunday)
    if issue.state != State.DRAFT or now >= deadline:
        return ""
    return _("%(time)s left") % {"time": timeuntil(deadline, now)}


def _before(issue: Issue, *, now: datetime) -> str:
    """Say what is to be done before it goes, or why it does not."""
    deadline = sundays.deadline(issue.sunday)
    by = {"deadline": moment(deadline)}
    late = now >= deadline
    match issue.state:
        case State.EMPTY if late:
            return _("Nothing had changed that week, so nothing went.")
        case State.EMPTY:
            return _(
                "Nothing has changed since the last cut, so nothing goes. Take in what changed since, if it has."
            )
        case State.APPROVED if late or issue.brought_forward_at is not None:
            return _("It goes out as soon as the list of readers is written.")
        case State.APPROVED:
            return (
                _(
                    "It goes out from %(deadline)s, as Sunday 07:00 comes to each reader. An edit voids the approval."
                )
                % by
            )
        case State.DRAFT if not late:
            return _("Approve by %(deadline)s, or it does not go.") % by
    return _("It was not approved by %(deadline)s, so it did not go.") % by


def _after(issue: Issue, *, now: datetime) -> str:
    """Say how far a send is, and what may still be done about it."""
    match issue.state:
        case State.SENDING if issue.brought_forward_at is not None:
            return _("It is going out now, brought forward for the demonstration.")
        case State.SENDING:
            last = {"last": moment(last_morning(issue))}
            return _("It is going out, as Sunday 07:00 comes to each reader: to the last at %(last)s.") % last
        case State.PAUSED:
            number = issue.live_revision.number + 1 if issue.live_revision else 1
            return _(
                "Nothing is sent until somebody resumes it. To tell those not yet written to of a change, "
                "write an erratum and have it approved as revision %(number)s."
            ) % {"number": number}
        case State.SENT:
            return _("Sent to the end on %(ended)s.") % {"ended": moment(issue.ended_at or now)}
    return _("Cancelled. Nobody is written to any more.")
