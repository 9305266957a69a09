"""What the brief tells is what changed for readers since the last one: all of it, once, and nothing of drafts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from articles.models import Article, Edition
from articles.verbs import drafting, publishing
from articles.words.codes import meaning
from config.rights import Role
from evidence.models import Claim, GradeSnapshot, LiveNotice, Study
from evidence.verbs import coding, grading
from newsletter.models import Issue, IssueLine
from newsletter.verbs import collecting, composing
from newsletter.verbs.collecting import Cut, Found
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, MONDAY, SUNDAY, WEEK

pytestmark = pytest.mark.django_db

Kind = IssueLine.Kind


def found() -> list[Found]:
    return collecting.collect(Cut(FRIDAY - WEEK, FRIDAY, None))


def keys(issue: Issue) -> list[str]:
    return [line.key for line in briefs.lines(issue) if line.kind != Kind.SPOTLIGHT]


def pair() -> tuple[Article, Article]:
    """An article and its translation, ready to be published, on a claim graded long ago."""
    claim = Claim.objects.first() or briefs.claim()
    english = factories.draft(now=MONDAY, claims=[claim])
    chinese = factories.draft(
        now=MONDAY,
        claims=[claim],
        language="zh-hant",
        headline="麩醯胺酸餵養腸壁",
        translation_key=english.translation_key,
    )
    return english, chinese


def release(*articles: Article, now: datetime = MONDAY, note: str = "") -> list[Edition]:
    for article in articles:
        factories.approved_article(article, now=MONDAY)
    by = factories.user("managing", Role.MANAGING)
    return publishing.release(list(articles), by=by, now=now, note=note)


def test_a_regrade_says_what_it_was_what_it_is_and_why_in_both_languages() -> None:
    claim = briefs.claim()
    briefs.regrade(claim, now=MONDAY, reason="A review found nothing.")
    (line,) = found()
    assert (line.kind, line.section) == ("regrade", "changed")
    assert line.snapshot == GradeSnapshot.objects.current().get(claim=claim)
    assert (line.previous_grade, line.snapshot.reader_grade) == ("emerging", "weak")
    assert line.text == {"en": "Glutamine eases symptoms.", "zh-hant": "麩醯胺酸可緩解症狀。"}
    assert line.why == {"en": "A review found nothing.", "zh-hant": "理由：A review found nothing."}


def test_what_is_new_since_the_grade_before_is_cited_and_everything_else_behind_it() -> None:
    claim = briefs.claim()
    briefs.regrade(claim, now=MONDAY)
    (line,) = found()
    assert [work.title for work in line.works] == ["It does not", "A trial of glutamine"]


def test_several_regrades_of_a_claim_are_one_line_from_the_first_to_the_last() -> None:
    claim = briefs.claim()
    briefs.code_null(claim, now=MONDAY, pmid="31000007")
    briefs.publish_grade(claim, now=MONDAY, trigger="new_finding", reason="A trial found nothing.")
    briefs.regrade(claim, now=MONDAY + timedelta(days=1), reason="Then a review did.")
    (line,) = found()
    assert line.previous_grade == "emerging"
    assert line.snapshot is not None
    assert (line.snapshot.number, line.snapshot.reader_grade) == (3, "weak")
    assert line.why["en"] == "A trial found nothing. Then a review did."


def test_a_claim_that_moved_and_came_back_is_no_line() -> None:
    claim = briefs.claim()
    briefs.regrade(claim, now=MONDAY)
    briefs.go_back(claim, now=MONDAY + timedelta(days=1))
    assert GradeSnapshot.objects.current().get(claim=claim).reader_grade == "emerging"
    assert not found()


def test_a_grade_that_stays_while_its_status_moves_is_told_with_what_moved() -> None:
    claim = briefs.claim()
    briefs.code_null(claim, now=MONDAY, pmid="31000007")
    briefs.publish_grade(claim, now=MONDAY, trigger="new_finding", reason="A trial found nothing.")
    (line,) = found()
    assert line.snapshot is not None
    assert line.previous_grade == line.snapshot.reader_grade == "emerging"
    assert line.why["en"] == (
        "The grade stays; its status went from “Preliminary” to “Disputed”. A trial found nothing."
    )


def test_a_grade_set_down_again_without_any_change_is_no_news() -> None:
    claim = briefs.claim()
    row = claim.findings.get()
    row.summary_en = "More people got better."
    coding.save(row, by=factories.user("reviewer", Role.REVIEWER), now=MONDAY)
    briefs.publish_grade(claim, now=MONDAY)
    assert not found()


def test_a_regrade_without_a_written_reason_names_what_triggered_it() -> None:
    claim = briefs.claim()
    briefs.code_null(claim, now=MONDAY, pmid="31000007", design="sr_rct", quality_tool="AMSTAR-2", n=4000)
    proposed = grading.propose(
        claim,
        by=factories.user("reviewer", Role.REVIEWER),
        now=MONDAY,
        trigger=GradeSnapshot.Trigger.NEW_FINDING,
    )
    factories.approved(proposed, now=MONDAY)
    (line,) = found()
    assert line.why["en"] == "Graded again: new finding."


def test_a_first_grade_is_new_and_tells_its_verdict() -> None:
    briefs.claim(now=MONDAY)
    (line,) = found()
    assert (line.section, line.kind, line.previous_grade) == ("new", "regrade", "")
    assert line.why == {"en": "One good trial says so.", "zh-hant": "一項良好的試驗這麼說。"}


def test_a_claim_without_chinese_words_leaves_the_chinese_line_to_an_editor() -> None:
    claim = factories.claim("only-english", now=MONDAY)
    work = factories.study(now=MONDAY)
    factories.cite(claim, work, now=MONDAY)
    factories.finding(claim, work, now=MONDAY)
    factories.words(claim, now=MONDAY)
    factories.approved(factories.proposed(claim, now=MONDAY), now=MONDAY)
    (line,) = found()
    assert line.text == {"en": "Glutamine eases symptoms.", "zh-hant": ""}
    with translation.override("zh-hant"):
        assert line.why["zh-hant"] == meaning("grade", "unsupported")


def test_a_first_grade_that_a_listed_article_brings_is_not_told_twice() -> None:
    claim = briefs.claim(now=MONDAY)
    release(factories.draft(now=MONDAY, claims=[claim]))
    (line,) = found()
    assert line.kind == "edition"


def test_an_article_and_its_translation_are_one_line_each_headline_in_its_language() -> None:
    english, chinese = release(*pair())
    (line,) = found()
    assert (line.kind, line.section) == ("edition", "new")
    assert line.editions == {"en": english, "zh-hant": chinese}
    assert line.text == {"en": "Glutamine feeds the gut wall", "zh-hant": "麩醯胺酸餵養腸壁"}
    assert line.why["en"] == "A white powder, looked at."
    assert [work.citekey for work in line.works] == ["zhou2019"]


def test_a_later_edition_tells_its_number_and_what_changed() -> None:
    (first,) = release(pair()[0], now=FRIDAY - 2 * WEEK)
    article = first.article
    article.body += "\n\nOne sentence more."
    drafting.save(article, by=article.written_by, now=MONDAY)
    release(article, note="A sentence more.")
    (line,) = found()
    assert line.why["en"] == "Edition 1.1. A sentence more."


def test_two_editions_of_an_article_within_a_week_are_one_line_on_the_newer() -> None:
    (first,) = release(pair()[0], now=MONDAY)
    article = first.article
    article.headline = "Glutamine does not feed the gut wall"
    drafting.save(article, by=article.written_by, now=MONDAY)
    (second,) = release(article, note="We were wrong.", now=MONDAY + timedelta(days=1))
    (line,) = found()
    assert line.editions["en"] == second


def test_an_article_in_english_only_is_announced_to_chinese_readers_without_english_words() -> None:
    release(pair()[0])
    (line,) = found()
    assert "Glutamine" not in line.text["zh-hant"]
    assert "腸道" in line.text["zh-hant"]
    assert line.why["zh-hant"] == ""


def test_news_in_one_language_leads_readers_of_the_other_to_the_article_they_can_read() -> None:
    english, chinese = release(*pair(), now=FRIDAY - 2 * WEEK)
    article = english.article
    article.body += "\n\nOne sentence more."
    drafting.save(article, by=article.written_by, now=MONDAY)
    (newer,) = release(article, note="A sentence more.")
    (line,) = found()
    assert line.editions == {"en": newer, "zh-hant": chinese}
    assert line.text["zh-hant"].startswith("麩醯胺酸餵養腸壁")
    assert line.why["zh-hant"] == ""


def test_drafts_and_grades_nobody_released_leak_nowhere() -> None:
    claim = briefs.claim()
    factories.approved_article(factories.draft(now=MONDAY, claims=[claim]), now=MONDAY)
    briefs.code_null(claim, now=MONDAY, pmid="31000007")
    factories.proposed(claim, now=MONDAY, trigger="new_finding")
    held = factories.claim("held-back", now=MONDAY)
    factories.finding(held, Study.objects.get(citekey="zhou2019"), now=MONDAY)
    factories.words(held, now=MONDAY)
    factories.approved(factories.proposed(held, now=MONDAY), now=MONDAY, hold=True)
    assert not found()


def test_the_retraction_of_a_cited_work_names_it_and_what_rested_on_it() -> None:
    claim = briefs.claim()
    work = claim.sources.get()
    briefs.retract(work, now=MONDAY)
    (line,) = found()
    assert (line.kind, line.section, line.study, line.works) == ("retraction", "changed", work, (work,))
    assert line.text["en"] == "Zhou 2019, published in Gut, was retracted."
    assert line.why["en"] == "We cite it for: Glutamine eases symptoms."


def test_the_retraction_of_a_work_nobody_was_shown_is_no_news() -> None:
    briefs.retract(factories.study(now=MONDAY), now=MONDAY)
    assert not found()


def test_a_retraction_that_was_taken_back_is_not_told() -> None:
    notice = briefs.retract(briefs.claim().sources.get(), now=MONDAY)
    LiveNotice.objects.filter(pk=notice.pk).update(until=MONDAY)
    assert not found()


def test_retractions_come_first_then_regrades_then_what_is_new() -> None:
    claim = briefs.claim()
    briefs.claim("fibre-helps", now=MONDAY, pmid="33000001")
    release(factories.draft(now=MONDAY, claims=[claim]))
    briefs.regrade(claim, now=MONDAY)
    briefs.retract(claim.sources.get(citekey="zhou2019"), now=MONDAY)
    assert [line.kind for line in found()] == ["retraction", "regrade", "edition", "regrade"]


def test_a_fallen_work_is_not_cited_where_another_can_be() -> None:
    claim = briefs.claim()
    briefs.retract(claim.sources.get(), now=FRIDAY - 2 * WEEK)
    briefs.regrade(claim, now=MONDAY)
    (line,) = found()
    assert [work.title for work in line.works] == ["It does not"]


def test_a_regrade_after_a_retraction_cites_the_work_that_fell() -> None:
    claim = briefs.claim()
    work = claim.sources.get()
    factories.study(factories.retracted(factories.record()), now=MONDAY)
    briefs.publish_grade(claim, now=MONDAY, trigger="status_changed", reason="Its only trial was retracted.")
    fell, line = found()
    assert (fell.kind, fell.works) == ("retraction", (work,))
    assert line.works == (work,)
    assert line.snapshot is not None
    assert (line.previous_grade, line.snapshot.reader_grade) == ("emerging", "unsupported")


def test_a_line_cites_five_works_at_most() -> None:
    claim = briefs.claim()
    for number in range(7):
        briefs.code_null(
            claim, now=MONDAY, pmid=str(31000010 + number), design="sr_rct", quality_tool="AMSTAR-2"
        )
    briefs.publish_grade(claim, now=MONDAY, trigger="new_finding")
    (line,) = found()
    assert len(line.works) == 5


def test_a_new_kind_of_news_joins_by_one_more_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    work = briefs.claim().sources.get()

    def triaged(cut: Cut) -> Iterator[Found]:
        said = {"en": "A new trial.", "zh-hant": "一項新試驗。"}
        yield Found("study-1", IssueLine.Section.NEW, Kind.NEW_STUDY, said, said, (work,), study=work)

    monkeypatch.setattr(collecting, "COLLECTORS", (*collecting.COLLECTORS, triaged))
    issue = briefs.composed()
    assert keys(issue) == ["study-1"]
    assert not composing.problems(issue)


# Nothing is lost and nothing is told twice, week after week -----------------------------------------------


def test_the_first_issue_covers_seven_days() -> None:
    issue = briefs.with_news()
    assert (issue.cut_from, issue.cut_until) == (FRIDAY - WEEK, FRIDAY)


def test_the_next_issue_begins_where_the_last_one_that_went_ended() -> None:
    briefs.sent(briefs.with_news())
    briefs.claim("fibre-helps", now=FRIDAY + timedelta(hours=5), pmid="33000001")
    after = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert after.cut_from == FRIDAY
    assert keys(after) == [f"claim-{Claim.objects.get(slug='fibre-helps').pk}"]


@pytest.mark.parametrize("state", ["missed", "cancelled", "draft"])
def test_what_a_week_that_did_not_go_held_rolls_into_the_next(state: str) -> None:
    lost = briefs.with_news()
    Issue.objects.filter(pk=lost.pk).update(state=state)
    after = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert after.cut_from == FRIDAY - WEEK
    assert keys(after) == keys(lost)


def test_changes_of_an_empty_week_are_told_in_the_next() -> None:
    claim = briefs.claim()
    assert briefs.composed().state == "empty"
    briefs.regrade(claim, now=FRIDAY + timedelta(minutes=1))
    after = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert keys(after) == [f"claim-{claim.pk}"]


def test_an_issue_cancelled_half_way_was_told_and_is_not_told_again() -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.sending(issue, state="cancelled")
    after = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert after.state == "empty"


def test_a_regrade_missed_one_week_and_regraded_again_the_next_is_one_line_from_where_readers_left_it() -> (
    None
):
    claim = briefs.claim()
    briefs.code_null(claim, now=MONDAY, pmid="31000007")
    briefs.publish_grade(claim, now=MONDAY, trigger="new_finding")
    Issue.objects.filter(pk=briefs.composed().pk).update(state="missed")
    briefs.regrade(claim, now=MONDAY + WEEK)
    (line, _spotlight) = briefs.lines(briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK))
    assert line.snapshot is not None
    assert line.snapshot.number == 3


def test_what_was_stamped_before_a_cut_and_seen_only_after_it_is_told_in_the_next() -> None:
    """A release stamps its rows when it begins; composing may look before it commits."""
    briefs.sent(briefs.with_news())
    briefs.claim("fibre-helps", now=FRIDAY - timedelta(seconds=5), pmid="33000001")
    after = briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK)
    assert keys(after) == [f"claim-{Claim.objects.get(slug='fibre-helps').pk}"]


def test_what_was_told_just_before_a_cut_is_not_told_again() -> None:
    late = FRIDAY - timedelta(minutes=1)
    first = briefs.claim(now=late)
    briefs.regrade(briefs.claim("music-helps", pmid="34000001"), now=late)
    briefs.retract(briefs.claim("fibre-helps", pmid="33000001").sources.get(), now=late)
    release(factories.draft(now=MONDAY, claims=[first]), now=late)
    issue = briefs.composed()
    assert len(keys(issue)) == 3
    briefs.sent(issue)
    assert briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK).state == "empty"


def test_a_claim_an_article_brought_just_before_a_cut_is_regraded_from_there() -> None:
    late = FRIDAY - timedelta(minutes=1)
    first = briefs.claim(now=late)
    briefs.claim("fibre-helps", pmid="33000001")
    release(factories.draft(now=MONDAY, claims=[first]), now=late)
    briefs.sent(briefs.composed())
    briefs.regrade(first, now=MONDAY + WEEK)
    line = briefs.lines(briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK), section="changed")[0]
    assert line.claim == first


def test_what_an_editor_left_out_does_not_come_back_the_week_after() -> None:
    issue = briefs.with_news(now=FRIDAY - timedelta(minutes=1))
    briefs.claim("fibre-helps", now=MONDAY, pmid="33000001")
    composing.refresh(issue, by=briefs.editor(), now=FRIDAY)
    briefs.reword(briefs.lines(issue, section="changed")[0], dropped=True)
    briefs.sent(issue)
    assert briefs.composed(sunday=SUNDAY + WEEK, now=FRIDAY + WEEK).state == "empty"


def test_an_issue_whose_forerunner_did_not_go_after_all_asks_to_be_refreshed() -> None:
    first = briefs.with_news()
    briefs.approved(first)
    claim = briefs.claim("fibre-helps", now=FRIDAY + timedelta(hours=1), pmid="33000001")
    late = FRIDAY + timedelta(days=2)
    second = briefs.composed(sunday=SUNDAY + WEEK, now=late)
    assert keys(second) == [f"claim-{claim.pk}"]
    Issue.objects.filter(pk=first.pk).update(state="cancelled")
    assert any("Refresh this one" in problem for problem in composing.problems(second))
    composing.refresh(second, by=briefs.editor(), now=late)
    assert set(keys(first)) < set(keys(second))
    assert not composing.problems(second)
