"""The quality of a finding out of its tool's answers: derived, or refused in words. The rules are appraisal.py's."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evidence import appraisal
from evidence.models import Finding
from evidence.models.codes import AmstarItem, Quality, RobDomain

QUESTIONS = {appraisal.ROB2: RobDomain, appraisal.AMSTAR2: AmstarItem}


def derived_quality(finding: Finding) -> str | None:
    """Return the quality that the finding's appraisal gives, None where nothing was answered.

    Raises ValidationError naming the tool's questions that are open or answered in another tool's way.
    """
    if not finding.appraisal:
        return None
    try:
        return appraisal.quality(finding.quality_tool, finding.appraisal)
    except appraisal.AppraisalError as wrong:
        raise ValidationError({"appraisal": _refusal(finding.quality_tool, wrong)}) from wrong


def require_quality(finding: Finding) -> None:
    """Raise ValidationError where the quality is not what the answers give: here nobody may differ from the tool."""
    if not isinstance(finding.appraisal, dict):
        raise ValidationError(
            {"appraisal": _("Answers are an object such as {“randomisation”: “low”}, one entry a question.")}
        )
    derived = derived_quality(finding)
    if derived is not None and derived != finding.quality:
        raise ValidationError(
            {
                "quality": _(
                    "The answers to %(tool)s give “%(derived)s”. Take it, or change the answers it follows from."
                )
                % {"tool": finding.quality_tool, "derived": Quality(derived).label}
            }
        )


def _refusal(tool: str, wrong: appraisal.AppraisalError) -> str:
    if wrong.problem == "no_tool":
        return _("There are answers but no tool. Choose RoB 2 or AMSTAR-2, or empty the answers.")
    words = QUESTIONS[tool]
    asked = "; ".join(
        str(words(question).label) if question in words else question for question in wrong.asked
    )
    said = {
        "unanswered": _("%(tool)s rates a study once every question is answered. Still open: %(asked)s."),
        "unknown_answer": _("%(tool)s does not take this answer to: %(asked)s. Choose one it offers."),
        "unknown_question": _("%(tool)s does not ask: %(asked)s. Take these answers out."),
    }[wrong.problem]
    return said % {"tool": tool, "asked": asked}
