"""Writing to the editors about what they must know of an issue: each event once, to whoever composes briefs.

The event itself stands in the trail before anybody is written to; a mail that fails is tried at the next tick.
"""

from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from config.rights import MATRIX, Action
from newsletter.models import Delivery, IssueEvent, Telling

log = structlog.get_logger(__name__)


def tell_editors(*, now: datetime) -> int:
    """Mail every event that asks for it and was not mailed yet; the number of events told.

    Under the tick's lock, so once; a crash between mail and note could repeat one, and loses none.
    """
    untold = IssueEvent.objects.filter(kind__in=IssueEvent.TELLS, telling=None).select_related("issue", "by")
    told = 0
    for event in untold.order_by("id"):
        try:
            _mail(event)
        except (SMTPException, OSError) as reason:
            log.warning("editors not told yet", about=event.pk, reason=str(reason))
            break
        Telling.objects.create(event=event, at=now)
        told += 1
    return told


def editors() -> list[User]:
    """Return who may compose briefs and has a mail address."""
    roles = [role.value for role in MATRIX[Action.COMPOSE_BRIEF]]
    found = User.objects.filter(is_active=True, groups__name__in=roles).exclude(email="")
    return list(found.distinct().order_by("pk"))


def sentence(event: IssueEvent) -> str:
    """Return in one sentence what happened and what to do about it."""
    said = {
        "composed": _(
            "The brief is composed and waits for you: read it, then let a second person approve it."
        ),
        "voided": _(
            "The approval is void, because the issue or something it states has changed: approve it again."
        ),
        "stated_changed": _(
            "Something the issue states has changed while it is being sent: pause it and publish a revision."
        ),
        "missed": _(
            "Nobody approved the issue by Saturday 17:00 UTC: it does not go. Its news goes into the next."
        ),
        "empty": _("Nothing changed this week: no brief goes out."),
        "paused": _("The send is paused: nothing more goes out until somebody resumes it."),
        "cancelled": _("The issue is cancelled."),
        "domain_paused": _("A receiving domain refuses us; nothing more is sent there until you resume it."),
        "relay_refused": _("The relay refuses us as a sender. Look at its reply, then resume."),
        "ended": _("The issue is sent to the end."),
    }
    return said[event.kind]


def figures(event: IssueEvent) -> str:
    """Return what the event's detail adds to its sentence, or nothing."""
    detail = event.detail
    match event.kind:
        case "domain_paused":
            return str(_("%(domain)s refused %(refused)d of its last %(of)d messages.") % detail)
        case "relay_refused":
            return str(detail.get("reply", ""))
        case "ended":
            counts = {label: detail["counts"].get(code, 0) for code, label in Delivery.State.choices}
            return "\n".join(f"{label}: {number}" for label, number in counts.items() if number)
    return ""


def _mail(event: IssueEvent) -> None:
    address = settings.SITE_URL.rstrip("/") + reverse("admin:newsletter_issue_change", args=[event.issue_id])
    body = "\n\n".join(part for part in (sentence(event), event.remark, figures(event), address) if part)
    for editor in editors():
        EmailMessage(
            subject=_("Brief %(week)s: %(what)s")
            % {"week": event.issue.iso_week, "what": event.get_kind_display()},
            body=body,
            to=[editor.email],
            headers={"Auto-Submitted": "auto-generated"},
        ).send()
