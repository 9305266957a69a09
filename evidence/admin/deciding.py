"""The forms under a grade's review, and what each of their buttons does: one call of one verb.

Which verb may be called by whom is the verbs' own affair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from config.admin_rights import actor, attempt
from evidence.forms import DecisionForm, OverrideForm, SecondOverrideForm
from evidence.models import GradeOverride, GradeSnapshot
from evidence.verbs import overriding, review

SECONDING = ("second_override", "decline_override")
USUAL_TERM = timedelta(days=90)


@dataclass
class DecisionForms:
    """What may be typed under a grade; only the form whose button was pressed is read."""

    request: HttpRequest
    snapshot: GradeSnapshot
    decision: DecisionForm
    override: OverrideForm
    second: SecondOverrideForm

    @classmethod
    def of(cls, request: HttpRequest, snapshot: GradeSnapshot) -> "DecisionForms":
        """Bind the form that was sent; the others start afresh."""
        sent = request.POST or None
        asks = sent is not None and "ask_override" in sent
        seconds = sent is not None and any(name in sent for name in SECONDING)
        return cls(
            request,
            snapshot,
            DecisionForm(None if asks or seconds else sent),
            OverrideForm(sent if asks else None, initial={"expires_on": timezone.now().date() + USUAL_TERM}),
            SecondOverrideForm(sent if seconds else None),
        )

    @property
    def sent(self) -> forms.Form:
        """The form whose button was pressed."""
        return next((one for one in (self.override, self.second) if one.is_bound), self.decision)

    @property
    def refused(self) -> forms.Form | None:
        """The form that was refused, to say so on top of the page."""
        return self.sent if self.sent.is_bound and self.sent.errors else None

    def taken(self) -> bool:
        """Do what the button says; False with the refusal on its form."""
        acts: dict[type[forms.Form], Callable[[dict[str, Any]], object]] = {
            DecisionForm: self._decide,
            OverrideForm: self._ask,
            SecondOverrideForm: self._second,
        }
        form = self.sent
        return form.is_valid() and attempt(form, lambda: acts[type(form)](form.cleaned_data))

    def _decide(self, given: dict[str, Any]) -> None:
        by, now, post = actor(self.request), timezone.now(), self.request.POST
        if "send_back" in post:
            review.send_back(self.snapshot, by=by, now=now, remark=given["remark"])
            return
        hold = "approve_and_hold" in post
        review.approve(self.snapshot, by=by, now=now, seen=given["seen"], remark=given["remark"], hold=hold)

    def _ask(self, given: dict[str, Any]) -> None:
        reason = GradeOverride.Reason(given.pop("reason_code"))
        overriding.ask(self.snapshot, by=actor(self.request), now=timezone.now(), reason_code=reason, **given)

    def _second(self, given: dict[str, Any]) -> None:
        override = self.snapshot.overrides.filter(state__in=GradeOverride.OPEN).first()
        if override is None:
            raise overriding.has_ended()
        by, now = actor(self.request), timezone.now()
        if "decline_override" in self.request.POST:
            overriding.decline(override, by=by, now=now)
            return
        review.second_override(override, by=by, now=now, seen=given["seen_override"], remark=given["remark"])
