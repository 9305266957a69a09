"""A study's page shows its record and what rests on it; a study that no reader was shown has no page."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evidence.models import LiveNotice, StudyRecord
from tests import factories
from tests.articles.views.reading_site import Site, published_site, read, visible

pytestmark = pytest.mark.django_db

PAGE = "/studies/zhou2019/"


@pytest.fixture
def site(now: datetime) -> Site:
    return published_site(now)


def test_it_shows_the_record_where_it_is_cited_and_what_it_moves(client: Client, site: Site) -> None:
    page = visible(read(client, PAGE))
    assert "Zhou Q. A trial of glutamine. Gut. 2019;68(6)" in page
    assert "30108163" in page
    assert "Glutamine feeds the gut wall" in page
    assert "Reference 1" in page
    assert "Glutamine eases symptoms." in page
    assert "Efficacy · weight .80" in page
    assert "Nothing is known against it." in page


def test_a_study_that_was_never_published_is_not_there(client: Client, site: Site, now: datetime) -> None:
    factories.study(factories.record("42", title="Unpublished"), now=now)
    draft_claim = factories.claim("draft-claim", now=now)
    coded = factories.study(factories.record("43", title="Coded only", year=2020), now=now)
    factories.cite(draft_claim, coded, now=now)
    factories.finding(draft_claim, coded, now=now)
    factories.beside(draft_claim, now=now)
    factories.proposed(draft_claim, now=now)
    for citekey in ("zhou2019b", "zhou2020", "never-heard-of"):
        assert client.get(f"/studies/{citekey}/").status_code == 404


def test_a_study_of_a_superseded_grade_stays_readable(client: Client, site: Site, now: datetime) -> None:
    other = factories.study(factories.record("43", title="Later taken out", year=2020), now=now)
    row = factories.finding(site.claim, other, now=now)
    factories.approved(factories.proposed(site.claim, now=now, trigger="new_finding"), now=now)
    row.delete()
    later = now + timedelta(days=1)
    factories.words(site.claim, "en", now=later, summary="Without it.")
    factories.approved(factories.proposed(site.claim, now=later, trigger="recoded"), now=later)
    page = visible(read(client, "/studies/zhou2020/"))
    assert "No grade of today rests on it." in page


def test_a_demonstration_record_says_so(client: Client, site: Site) -> None:
    assert "Demonstration record, not asked of PubMed" not in read(client, PAGE)
    changed = StudyRecord(
        study=site.study,
        number=2,
        origin=StudyRecord.Origin.RECORDED,
        sha256=site.study.record.sha256 if site.study.record else "",
        content=site.study.record.content if site.study.record else {},
        received_at=site.english.published_at,
    )
    changed.save()
    type(site.study).objects.filter(pk=site.study.pk).update(record=changed)
    assert "Demonstration record, not asked of PubMed" in read(client, PAGE)


def test_a_retraction_shows_at_once(client: Client, site: Site, now: datetime) -> None:
    LiveNotice.objects.create(study=site.study, kind=LiveNotice.Kind.RETRACTED, since=now)
    assert "It was retracted and counts for nothing." in visible(read(client, PAGE))


def test_a_retraction_in_the_record_is_told_with_its_notice(
    client: Client, site: Site, now: datetime
) -> None:
    factories.study(factories.retracted(factories.record()), now=now)
    page = visible(read(client, PAGE))
    assert "Retracted: a notice linked to its record" in page
    assert "Gut. 2026" in page


@pytest.mark.parametrize("path", [PAGE, f"/zh-hant{PAGE}"])
def test_it_costs_few_queries_and_answers_304(
    client: Client, site: Site, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
