"""From the answers of RoB 2 or AMSTAR-2 to an overall rating, and from that to the engine's quality. Pure: no Django.

What the answers are worth in a grade is the engine's table; who answers is evidence/verbs/coding.py's.
Sources: Sterne JAC et al. RoB 2. BMJ 2019;366:l4898. Shea BJ et al. AMSTAR 2. BMJ 2017;358:j4008.
"""

from collections.abc import Mapping
from typing import Final

ROB2: Final = "RoB 2"
AMSTAR2: Final = "AMSTAR-2"

LOW: Final = "low"
SOME: Final = "some_concerns"
HIGH: Final = "high"

# What each tool asks, in its own order, and how it may be answered.
ROB2_DOMAINS: Final = ("randomisation", "deviations", "missing", "measurement", "selection")
AMSTAR2_ITEMS: Final = tuple(str(number) for number in range(1, 17))
AMSTAR2_CRITICAL: Final = frozenset({"2", "4", "7", "9", "11", "13", "15"})
# Only these may be met in part, and only these fall away where nothing was pooled.
AMSTAR2_IN_PART: Final = frozenset({"2", "4", "7", "8", "9"})
AMSTAR2_OF_POOLING: Final = frozenset({"11", "12", "15"})

# "Some concerns for multiple domains in a way that substantially lowers confidence" (Sterne 2019) is a judgement;
# the house makes it a rule, so that two people come to one rating: most of the five domains.
_MULTIPLE: Final = 3

ROB2_QUALITY: Final = {LOW: "high", SOME: "moderate", HIGH: "low"}


class AppraisalError(ValueError):
    """Answers that do not fit their tool. `problem` is a code, `asked` the questions concerned."""

    def __init__(self, problem: str, asked: tuple[str, ...]) -> None:
        super().__init__(f"{problem}: {', '.join(asked)}")
        self.problem = problem
        self.asked = asked


def questions(tool: str) -> tuple[str, ...]:
    """Return what the tool asks, in its order; nothing for a tool that is no tool."""
    return {ROB2: ROB2_DOMAINS, AMSTAR2: AMSTAR2_ITEMS}.get(tool, ())


def answers(tool: str, question: str) -> tuple[str, ...]:
    """Return the answers the tool takes to one of its questions."""
    if tool == ROB2:
        return (LOW, SOME, HIGH)
    in_part = ("partial_yes",) if question in AMSTAR2_IN_PART else ()
    without_pooling = ("not_pooled",) if question in AMSTAR2_OF_POOLING else ()
    return ("yes", *in_part, "no", *without_pooling)


def require_complete(tool: str, given: Mapping[str, str]) -> None:
    """Raise AppraisalError for a question unknown, answered in a way the tool does not know, or left open."""
    asked = questions(tool)
    unknown = tuple(question for question in given if question not in asked)
    if unknown:
        raise AppraisalError("unknown_question", unknown)
    wrong = tuple(
        question for question in asked if given.get(question, "") not in ("", *answers(tool, question))
    )
    if wrong:
        raise AppraisalError("unknown_answer", wrong)
    unanswered = tuple(question for question in asked if not given.get(question))
    if unanswered:
        raise AppraisalError("unanswered", unanswered)


def rob2_overall(given: Mapping[str, str]) -> str:
    """Return RoB 2's overall risk of bias: low, some_concerns or high (Sterne 2019, table 1).

    Low where every domain is low; high where one is high or most raise some concerns; else some concerns.
    Raises AppraisalError unless all five domains are judged.
    """
    require_complete(ROB2, given)
    judged = [given[domain] for domain in ROB2_DOMAINS]
    if HIGH in judged or judged.count(SOME) >= _MULTIPLE:
        return HIGH
    return SOME if SOME in judged else LOW


def amstar2_overall(given: Mapping[str, str]) -> str:
    """Return AMSTAR-2's confidence in a review: high, moderate, low or critically_low (Shea 2017, box 2).

    One critical flaw makes it low, more make it critically low; without any, at most one other weakness is high.
    A "no" is a weakness; partly met, or falling away because nothing was pooled, is none. Raises AppraisalError
    unless all sixteen items are answered.
    """
    require_complete(AMSTAR2, given)
    weak = {item for item in AMSTAR2_ITEMS if given[item] == "no"}
    critical = len(weak & AMSTAR2_CRITICAL)
    if critical:
        return "low" if critical == 1 else "critically_low"
    return "high" if len(weak) <= 1 else "moderate"


def quality(tool: str, given: Mapping[str, str]) -> str:
    """Return the engine's quality that the answers give. Raises AppraisalError for answers that do not fit the tool."""
    if tool == ROB2:
        return ROB2_QUALITY[rob2_overall(given)]
    if tool == AMSTAR2:
        return amstar2_overall(given)
    raise AppraisalError("no_tool", tuple(given))
