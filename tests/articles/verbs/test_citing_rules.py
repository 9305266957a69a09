"""What the publish gate says of cited works: each fault blocks or warns as the table of outcomes says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import translation

from articles.models import Article
from articles.verbs import drafting, readiness, succeeding
from articles.verbs.readiness import Check, Outcome
from config.refusal import Refused
from evidence.models import Acceptance, Study
from evidence.sources.records import Author, Notice, Pages, Term, WorkRecord
from evidence.verbs import acceptance, citations, coding, verification
from evidence.verbs.asking import Answer, Answers, State
from tests import factories

pytestmark = pytest.mark.django_db
WORK = factories.record(doi="10.1136/gutjnl-2017-315136")
SILENT = Answer(State.UNAVAILABLE, detail="timeout")


@pytest.fixture
def article(now: datetime) -> Article:
    """A draft that cites one checked study."""
    return factories.draft(
        now=now, claims=[factories.graded_claim(now=now, work=factories.study(WORK, now=now))]
    )


def line(article: Article, code: str, now: datetime) -> Check:
    return next(check for check in readiness.gate(article, now=now) if check.code == code)


def answered(work: WorkRecord, *, now: datetime) -> None:
    factories.checked(Study.objects.get(), factories.answered(work), now=now)


def test_a_checked_citation_passes_every_line(article: Article, now: datetime) -> None:
    codes = ("cites", "checked", "excused", "retracted", "accepted", "corrected")
    assert {line(article, code, now).outcome for code in codes} == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"authors": (Author(family="Achamrah"),)}, "first author: cited “Achamrah”, record “Zhou”"),
        ({"doi": "10.1136/gutjnl-2018-316406"}, "DOI: cited “10.1136/gutjnl-2018-316406”"),
        ({"volume": "55"}, "volume: cited “55”, record “68”"),
        ({"title": "Another story about another powder"}, "is another work than the one cited"),
    ],
)
def test_a_citation_that_differs_blocks_and_names_field_and_both_values(
    article: Article, now: datetime, fields: dict[str, object], said: str
) -> None:
    factories.cited_as(Study.objects.get(), now=now, **fields)
    answered(WORK, now=now)
    check = line(article, "cites", now)
    assert check.outcome is Outcome.BLOCKS
    assert said in check.details[0]
    assert check.offenders[0][1] == "zhou2019"


def test_mending_it_opens_the_gate(article: Article, now: datetime) -> None:
    cited = factories.cited_as(Study.objects.get(), now=now, volume="55")
    answered(WORK, now=now)
    cited.study.refresh_from_db()
    citations.mend(cited, by=factories.desk().writer, now=now, remark="A misprint.")
    answered(WORK, now=now)
    assert line(article, "cites", now).outcome is Outcome.PASSED


def test_what_nobody_asked_about_blocks(now: datetime) -> None:
    factories.study(WORK, now=now, asked=False)
    article = factories.draft(now=now, claims=[])
    assert "is not checked yet" in line(article, "cites", now).details[0]


def test_a_check_older_than_seven_days_blocks(article: Article, now: datetime) -> None:
    assert line(article, "checked", now + timedelta(days=7)).outcome is Outcome.PASSED
    late = line(article, "checked", now + timedelta(days=8))
    assert late.outcome is Outcome.BLOCKS
    assert "seven days is the limit" in late.details[0]


def test_while_the_services_fail_every_try_it_warns_for_thirty_days_and_says_since_when(
    article: Article, now: datetime
) -> None:
    verification.conclude(Study.objects.get(), Answers(SILENT, SILENT), by=None, now=now + timedelta(days=5))
    later = now + timedelta(days=29)
    assert line(article, "checked", later).outcome is Outcome.PASSED
    warned = line(article, "excused", later)
    assert warned.outcome is Outcome.WARNS
    assert "have not answered since Nov. 27, 2026" in warned.details[0]
    assert line(article, "checked", now + timedelta(days=31)).outcome is Outcome.BLOCKS


@pytest.mark.parametrize("kind", ["RetractionIn", "RetractedandRepublishedIn", "WithdrawnIn"])
def test_a_fallen_work_blocks(article: Article, now: datetime, kind: str) -> None:
    answered(replace(WORK, notices=(Notice(kind=kind, pmid="2"),)), now=now)
    assert line(article, "retracted", now).outcome is Outcome.BLOCKS


def test_a_concern_blocks_until_it_is_accepted_by_name_and_a_new_one_asks_again(
    article: Article, now: datetime
) -> None:
    concern = replace(WORK, notices=(Notice(kind="ExpressionOfConcernIn", pmid="2"),))
    answered(concern, now=now)
    assert line(article, "accepted", now).outcome is Outcome.BLOCKS
    acceptance.accept(
        Study.objects.select_related("verification").get(), Acceptance.Kind.CONCERN,
        reason="It is about a figure that we do not use.", by=factories.desk().editor, now=now,
    )  # fmt: skip
    assert line(article, "accepted", now).outcome is Outcome.PASSED
    answered(concern, now=now + timedelta(days=1))
    assert line(article, "accepted", now).outcome is Outcome.PASSED
    factories.checked(
        Study.objects.get(), factories.answered(concern, replace(concern, source="crossref")), now=now
    )
    assert line(article, "accepted", now).outcome is Outcome.BLOCKS


def test_contradicting_numbers_of_another_claim_block_nothing_here(article: Article, now: datetime) -> None:
    other = factories.finding(factories.claim("another-claim", now=now), Study.objects.get(), now=now)
    other.arms = [{"n": 1}, {"n": 2}]
    coding.save(other, by=factories.desk().reviewer, now=now)
    assert line(article, "accepted", now).outcome is Outcome.PASSED
    mine = article.claims.get().findings.get()
    mine.arms = [{"n": 1}, {"n": 2}]
    coding.save(mine, by=factories.desk().reviewer, now=now)
    assert line(article, "accepted", now).outcome is Outcome.BLOCKS


def test_an_erratum_warns(article: Article, now: datetime) -> None:
    answered(replace(WORK, notices=(Notice(kind="ErratumIn", pmid="2"),)), now=now)
    check = line(article, "corrected", now)
    assert check.outcome is Outcome.WARNS
    assert "has the number changed?" in check.details[0]


def test_recorded_replies_open_the_gate_of_the_demonstration_alone(article: Article, now: datetime) -> None:
    row = Study.objects.get().verification
    assert row is not None
    study = Study.objects.get()
    again = type(row)(
        study=study, record=study.record, outcome=row.outcome, match=row.match, standing=row.standing, recorded=True,
        checked_at=now,
    )  # fmt: skip
    again.save()
    Study.objects.filter(pk=study.pk).update(verification=again)
    assert line(article, "cites", now).outcome is Outcome.PASSED
    with override_settings(EMBEDDED=False):
        assert line(article, "cites", now).outcome is Outcome.BLOCKS


def test_one_click_cites_what_a_preprint_became_and_changes_no_other_byte(
    article: Article, now: datetime
) -> None:
    writer = factories.desk().writer
    preprint = replace(
        WORK,
        publication_types=(Term(name="Preprint", ui="D000076942"),),
        notices=(Notice(kind="UpdateIn", pmid="39345789"),),
    )
    answered(preprint, now=now)
    article.body = "## A\n\nSo it is. [see @zhou2019, p. 4; @pmid:30108163] and @zhou2019 alone"
    drafting.save(article, by=writer, now=now)
    assert line(article, "corrected", now).outcome is Outcome.WARNS
    (newer,) = succeeding.cite_published(article, by=writer, now=now)
    assert newer.pmid == "39345789"
    assert article.body == "## A\n\nSo it is. [see @pmid-39345789, p. 4; @pmid-39345789] and @zhou2019 alone"
    with pytest.raises(Refused, match="cites no preprint"):
        succeeding.cite_published(article, by=writer, now=now)


def test_the_gate_speaks_chinese_at_a_chinese_desk(article: Article, now: datetime) -> None:
    factories.cited_as(Study.objects.get(), now=now, pages=Pages(medline="55"), volume="55")
    answered(WORK, now=now)
    with translation.override("zh-hant"):
        assert "differs from its record" not in line(article, "cites", now).details[0]
