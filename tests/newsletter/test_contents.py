"""What goes out is complete, numbered alike in both languages and true today; otherwise it says all it lacks."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.refusal import Refused
from evidence.models import Claim, Study
from newsletter.models import Issue
from newsletter.verbs import composing
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, MONDAY

pytestmark = pytest.mark.django_db


def test_references_are_numbered_by_first_use_alike_in_both_languages() -> None:
    issue = briefs.with_news()
    english, chinese = (composing.content(issue, language) for language in ("en", "zh-hant"))
    assert (
        [line.refs for line in english.lines()] == [line.refs for line in chinese.lines()] == [(1, 2), (3,)]
    )
    assert [one.number for one in english.references] == [1, 2, 3]
    assert [one.text for one in english.references] == [one.text for one in chinese.references]
    assert english.references[0].text == "Zhou Q. A trial of glutamine. Gut. 2019;68(6)."


def test_a_work_cited_twice_keeps_its_number() -> None:
    issue = briefs.with_news()
    composing.choose_spotlight(
        issue, Claim.objects.get(slug="glutamine-eases-ibs"), by=briefs.editor(), now=FRIDAY
    )
    assert [line.refs for line in composing.content(issue, "en").lines()] == [(1, 2), (1, 2)]


def test_every_address_is_whole_and_in_the_readers_language() -> None:
    claim = briefs.claim()
    factories.published(factories.draft(now=MONDAY, claims=[claim]), now=MONDAY)
    briefs.regrade(claim, now=MONDAY)
    issue = briefs.composed()
    english, chinese = (composing.content(issue, language) for language in ("en", "zh-hant"))
    site = settings.SITE_URL
    assert [line.url for line in english.lines()] == [
        f"{site}/claims/glutamine-eases-ibs/",
        f"{site}/articles/l-glutamine/",
        f"{site}/claims/glutamine-eases-ibs/",
    ]
    # The article has no Chinese edition, so its line leads to the one there is.
    assert [line.url for line in chinese.lines()] == [
        f"{site}/zh-hant/claims/glutamine-eases-ibs/",
        f"{site}/articles/l-glutamine/",
        f"{site}/zh-hant/claims/glutamine-eases-ibs/",
    ]
    assert english.archive_url == f"{site}/brief/2026-w48/"
    assert chinese.archive_url == f"{site}/zh-hant/brief/2026-w48/"
    assert chinese.references[0].url.startswith(f"{site}/zh-hant/studies/")


def test_a_line_states_its_claim_and_both_grades() -> None:
    line = composing.content(briefs.with_news(), "zh-hant").lines()[0]
    assert (line.claim, line.previous_grade, line.grade) == (
        "CLM-gut-glutamine-eases-ibs-002",
        "emerging",
        "weak",
    )


def test_the_opening_is_paragraphs_and_may_be_empty() -> None:
    issue = briefs.with_news()
    assert composing.content(issue, "en").opening == ()
    briefs.write(issue, opening="Good\nmorning.\n \nIt rains.")
    assert composing.content(issue, "en").opening == ("Good morning.", "It rains.")


def test_a_retraction_says_so_in_its_reference() -> None:
    work = briefs.claim().sources.get()
    briefs.claim("probiotics-help", pmid="32000009")
    briefs.retract(work, now=MONDAY)
    issue = briefs.composed()
    assert composing.content(issue, "en").references[0].text.endswith("2019;68(6). [Retracted]")


LACKS: dict[str, tuple[Callable[[Issue], object], str]] = {
    "subject": (lambda issue: briefs.write(issue, subject=" "), r"The subject \(English\) is empty"),
    "Chinese subject": (
        lambda issue: briefs.write(issue, language="zh-hant", subject=""),
        r"The subject \(Traditional Chinese\) is empty",
    ),
    "text": (lambda issue: briefs.reword(briefs.lines(issue)[0], text_en=""), "has no text"),
    "Chinese text": (lambda issue: briefs.reword(briefs.lines(issue)[0], text_zh_hant=" "), "has no text"),
    "works": (lambda issue: briefs.lines(issue)[0].works.clear(), "cites no work"),
    "spotlight": (lambda issue: briefs.reword(briefs.lines(issue)[-1], dropped=True), "has no claim"),
    "record": (
        lambda issue: briefs.lines(issue)[0].works.add(factories.announced("39999999", now=FRIDAY)),
        "its record has not arrived yet",
    ),
    "matching record": (
        lambda _issue: Study.objects.filter(title="It does not").update(pmid="39999998"),
        "its record does not match",
    ),
    "standing": (
        lambda _issue: briefs.retract(Study.objects.get(title="It does not"), now=FRIDAY),
        "zhou2019c: Retracted",
    ),
    "work, not its notice": (
        lambda _issue: Study.objects.filter(title="It does not").update(is_notice=True),
        "is a notice, not a study",
    ),
    "grade of today": (
        lambda _issue: briefs.go_back(Claim.objects.get(slug="glutamine-eases-ibs"), now=FRIDAY),
        "CLM-gut-glutamine-eases-ibs-002 was graded again and stands at “Emerging” now",
    ),
}


@pytest.mark.parametrize("lack", LACKS)
def test_an_issue_does_not_go_out_without_its(lack: str) -> None:
    issue = briefs.with_news()
    spoil, problem = LACKS[lack]
    spoil(issue)
    for language in ("en", "zh-hant"):
        with pytest.raises(Refused, match=problem) as refusal:
            composing.content(issue, language)
        assert refusal.value.code == "incomplete"
        assert list(refusal.value.details) == composing.problems(issue)


def test_all_problems_are_said_at_once() -> None:
    issue = briefs.with_news()
    briefs.write(issue, subject="")
    briefs.reword(briefs.lines(issue)[0], text_zh_hant="")
    briefs.reword(briefs.lines(issue)[-1], dropped=True)
    assert len(composing.problems(issue)) == 3


def test_checking_a_long_issue_takes_no_more_queries_than_a_short_one() -> None:
    issue = briefs.with_news()
    with CaptureQueriesContext(connection) as short:
        composing.content(issue, "en")
    for number, slug in enumerate(("fibre-helps", "music-helps", "zinc-helps")):
        briefs.regrade(briefs.claim(slug, pmid=f"3300000{number}"), now=MONDAY, pmid=f"3500000{number}")
    composing.refresh(issue, by=None, now=FRIDAY)
    with CaptureQueriesContext(connection) as long:
        assert len(composing.content(issue, "en").lines()) == 5
    assert len(long) == len(short)
