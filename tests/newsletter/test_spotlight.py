"""One claim a week stands under “Hype or signal”: everyone has their turn, and an editor may choose another."""

import pytest

from config.refusal import Refused
from evidence.models import Claim, GradeSnapshot
from newsletter.models import Issue
from newsletter.verbs import composing
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, LONG_AGO, MONDAY, SUNDAY, WEEK

pytestmark = pytest.mark.django_db


def spotlit(issue: Issue) -> str:
    line = issue.lines.get(key="spotlight")
    assert line.claim is not None
    return line.claim.slug


def test_it_prefers_a_contested_or_weak_claim_that_the_issue_does_not_tell_of() -> None:
    briefs.claim("fibre-helps", pmid="33000001")
    weak = briefs.claim("music-helps", pmid="34000001")
    briefs.regrade(weak, now=LONG_AGO, pmid="35000001")
    briefs.regrade(briefs.claim(), now=MONDAY)
    assert spotlit(briefs.composed()) == "music-helps"


def test_the_claim_that_waited_longest_comes_before_a_weaker_one() -> None:
    weak = briefs.claim("music-helps", pmid="34000001")
    briefs.regrade(weak, now=LONG_AGO, pmid="35000001")
    briefs.claim("fibre-helps", pmid="33000001")
    briefs.regrade(briefs.claim(), now=MONDAY)
    issue = briefs.composed()
    assert spotlit(issue) == "music-helps"
    briefs.sent(issue)
    briefs.claim("zinc-helps", now=MONDAY + WEEK, pmid="36000001")
    second = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert spotlit(second) == "glutamine-eases-ibs"
    briefs.sent(second)
    briefs.claim("iron-helps", now=MONDAY + 2 * WEEK, pmid="37000001")
    assert spotlit(briefs.composed(sunday=SUNDAY + 2 * WEEK, now=FRIDAY + 2 * WEEK)) == "fibre-helps"


def test_a_claim_whose_works_all_fell_is_not_put_in_the_spotlight() -> None:
    fallen = briefs.claim("aloe-helps", pmid="34000001")
    briefs.retract(fallen.sources.get(), now=LONG_AGO)
    briefs.claim("fibre-helps", pmid="33000001")
    briefs.regrade(briefs.claim(), now=MONDAY)
    assert spotlit(briefs.composed()) == "fibre-helps"


def test_the_editor_chooses_another_claim_with_its_own_grade_and_why() -> None:
    issue = briefs.with_news()
    claim = Claim.objects.get(slug="glutamine-eases-ibs")
    line = composing.choose_spotlight(issue, claim, by=briefs.editor(), now=FRIDAY)
    assert line.claim == claim
    assert line.snapshot == GradeSnapshot.objects.current().get(claim=claim)
    assert line.why_en == "One good trial says so."
    assert issue.lines.filter(section="hype").count() == 1
    assert list(issue.events.order_by("id"))[-1].detail["what"] == "spotlight"


def test_a_claim_readers_cannot_look_up_is_refused_for_the_spotlight() -> None:
    issue = briefs.with_news()
    with pytest.raises(Refused, match="no published grade"):
        composing.choose_spotlight(
            issue, factories.claim("not-yet", now=MONDAY), by=briefs.editor(), now=FRIDAY
        )


def test_choosing_the_claim_that_was_left_out_takes_it_in_again() -> None:
    issue = briefs.with_news()
    briefs.reword(issue.lines.get(key="spotlight"), dropped=True)
    composing.choose_spotlight(
        issue, Claim.objects.get(slug="probiotics-help"), by=briefs.editor(), now=FRIDAY
    )
    assert not composing.problems(issue)
