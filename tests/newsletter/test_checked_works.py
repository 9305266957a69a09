"""The brief cites only works that were checked and match, and tells once which reference was mended."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from evidence.models import CitedAs, Outcome, Study
from evidence.sources.records import Author, Term, WorkRecord
from evidence.verbs import citations
from newsletter.models import IssueLine
from newsletter.verbs import citing, collecting, composing
from newsletter.verbs.collecting import Cut, Found
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, LONG_AGO, MONDAY, SUNDAY, WEEK

pytestmark = pytest.mark.django_db

RECORD = factories.record()


def given(study: Study, *, now: datetime, **fields: object) -> CitedAs:
    """Cite the study with these fields, and have it checked."""
    parsed = replace(WorkRecord(source="pasted"), **fields)  # type: ignore[arg-type]
    by = factories.user("writer")
    kept = citations.give(study, form=CitedAs.Form.PASTED, raw="pasted", parsed=parsed, by=by, now=now)
    assert kept is not None
    factories.checked(study, factories.answered(RECORD), now=now)
    return kept


def mended(study: Study, *, now: datetime, **fields: object) -> None:
    """Cite the study wrongly, mend it, and have it checked again."""
    wrong = given(study, now=now, **fields)
    by = factories.user("editor")
    citations.mend(CitedAs.objects.get(pk=wrong.pk), by=by, now=now, remark="Misprinted on the page.")
    factories.checked(study, factories.answered(RECORD), now=now)


def cited() -> Study:
    """A work that an article published long ago cites."""
    factories.desk()
    factories.published_article(now=LONG_AGO)
    return Study.objects.get(citekey="zhou2019")


def found(since: datetime = FRIDAY - WEEK) -> list[Found]:
    everything = collecting.collect(Cut(since, FRIDAY, None))
    return [one for one in everything if one.kind == IssueLine.Kind.MENDED]


def problem(of: Study) -> str | None:
    return citing.citation_problem(citing.with_records().get(pk=of.pk))


def test_a_mended_reference_is_told_with_what_had_differed() -> None:
    study = cited()
    mended(study, now=MONDAY, doi="10.1136/gutjnl-2018-316406", authors=(Author(family="Achamrah"),))
    (line,) = found()
    assert line.text["en"].startswith("The reference to Zhou 2019 was mended: first author")
    assert "Achamrah" not in line.text["en"]
    assert line.works == (study,)
    assert line.section == IssueLine.Section.CHANGED
    assert list(line.editions) == ["en"]


def test_several_mended_citations_of_a_work_are_one_line() -> None:
    study = cited()
    mended(study, now=MONDAY, year=2015)
    mended(study, now=MONDAY + timedelta(hours=1), volume="12")
    (line,) = found()
    assert line.text["en"] == "The reference to Zhou 2019 was mended: year, volume."


def test_a_work_that_no_article_cites_is_no_news() -> None:
    factories.desk()
    mended(factories.study(now=LONG_AGO), now=MONDAY, year=2015)
    assert not found()


def test_a_mended_reference_is_told_once_and_leads_to_the_article() -> None:
    mended(cited(), now=MONDAY, year=2015)
    issue = composing.compose(SUNDAY, by=briefs.editor(), now=FRIDAY)
    line = issue.lines.get(kind=IssueLine.Kind.MENDED)
    assert line.key == f"mended-{line.works.get().pk}"
    told = Cut(FRIDAY, FRIDAY + WEEK, issue)
    assert not [one for one in collecting.collect(told) if one.kind == IssueLine.Kind.MENDED]
    assert line.edition_en is not None
    assert (line.edition_en.slug, line.study, line.claim) == ("l-glutamine", None, None)


def test_mended_again_it_is_told_again() -> None:
    study = cited()
    mended(study, now=MONDAY, year=2015)
    issue = composing.compose(SUNDAY, by=briefs.editor(), now=FRIDAY)
    mended(study, now=FRIDAY + timedelta(days=1), volume="12")
    told = collecting.collect(Cut(FRIDAY, FRIDAY + WEEK, issue))
    (line,) = [one for one in told if one.kind == IssueLine.Kind.MENDED]
    assert line.text["en"] == "The reference to Zhou 2019 was mended: volume."


def test_a_retraction_found_by_a_check_is_told_instead() -> None:
    study = cited()
    mended(study, now=MONDAY, year=2015)
    factories.listed(now=MONDAY, pmid=study.pmid or "")
    factories.checked(study, factories.answered(RECORD), now=MONDAY)
    told = collecting.collect(Cut(FRIDAY - WEEK, FRIDAY, None))
    assert [one.kind for one in told] == [IssueLine.Kind.RETRACTION]


def test_a_work_that_was_checked_and_matches_may_be_cited() -> None:
    assert problem(factories.study(now=MONDAY)) is None


def test_a_work_that_nobody_asked_about_may_not() -> None:
    said = problem(factories.study(now=MONDAY, asked=False))
    assert said == "@zhou2019: Not yet checked. Look at its check."


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [({"year": 2015}, Outcome.MISMATCH), ({"title": "Another work, on vitamin D"}, Outcome.WRONG_WORK)],
)
def test_a_work_that_differs_from_its_record_may_not(fields: dict[str, object], outcome: Outcome) -> None:
    factories.desk()
    study = factories.study(now=MONDAY)
    given(study, now=MONDAY, **fields)
    assert problem(study) == f"@zhou2019: {outcome.label}. Look at its check."


def test_a_work_that_is_found_no_more_may_not() -> None:
    study = factories.study(now=MONDAY)
    factories.checked(study, factories.answered(None), now=MONDAY)
    assert problem(study) == "@zhou2019: Not found. Look at its check."


def test_a_notice_may_not() -> None:
    study = factories.study(now=MONDAY)
    erratum = replace(RECORD, publication_types=(Term(name="Published Erratum", ui="D016425"),))
    factories.checked(study, factories.answered(erratum), now=MONDAY)
    assert problem(study) == "@zhou2019 is a notice, not a study. Cite the work itself."


@pytest.mark.parametrize("embedded", [True, False])
def test_demonstration_replies_pass_in_the_demonstration_alone(settings: Any, embedded: bool) -> None:
    settings.EMBEDDED = embedded
    study = factories.study(now=MONDAY, asked=False)
    factories.checked(study, factories.recorded(RECORD, now=MONDAY), now=MONDAY)
    assert (problem(study) is None) is embedded
