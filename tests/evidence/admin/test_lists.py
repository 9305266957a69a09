"""Lists of evidence at the desk: as many queries for fifty rows as for one."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.models import Claim
from evidence.verbs import texts
from tests import factories
from tests.admin_pages import signed_in

pytestmark = pytest.mark.django_db

TABLES = (
    "study", "studyrecord", "claim", "finding", "position", "gradesnapshot", "authority", "claimevent", "claimtext",
    "reviewdecision", "gradeoverride", "codingcheck", "blindreading", "livenotice",
)  # fmt: skip


def _queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def _claims(count: int, now: datetime) -> None:
    """Graded claims, each with a study, a finding, a body, texts, a decision and a notice of its own."""
    for number in range(Claim.objects.count(), count):
        work = factories.study(factories.record(str(20_000_000 + number), title=f"Trial {number}"), now=now)
        claim = factories.graded_claim(f"claim-{number}", now=now, work=work)
        factories.notice(claim, now=now)
        factories.proposed(claim, now=now, trigger="recoded")
        factories.authority(f"body-{number}", now=now)


def test_a_list_of_fifty_asks_no_more_than_a_list_of_two(now: datetime) -> None:
    client = signed_in(factories.desk().reviewer)
    urls = [reverse(f"admin:evidence_{table}_changelist") for table in TABLES]
    _claims(2, now)
    _queries(client, urls[0])
    few = {url: _queries(client, url) for url in urls}
    _claims(50, now)
    assert {url: _queries(client, url) for url in urls} == few
    assert max(few.values()) <= 14


def test_claims_are_found_by_words_grade_and_what_they_wait_for(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    factories.claim("sauna-lowers-pressure", now=now)
    client = signed_in(factories.desk().reviewer)
    url = reverse("admin:evidence_claim_changelist")
    grade = claim.grades.get().reader_grade

    def slugs(**asked: str) -> list[str]:
        return [row.slug for row in client.get(url, asked).context["cl"].result_list]

    assert slugs(q="eases symptoms") == [claim.slug]
    assert slugs(grade=grade) == [claim.slug]
    assert slugs(grade="none") == ["sauna-lowers-pressure"]
    assert slugs(waiting="proposal") == []
    factories.proposed(claim, now=now, trigger="recoded")
    assert slugs(waiting="proposal") == [claim.slug]


def test_a_claim_shows_its_grade_by_shape_and_word(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    grade = claim.grades.get()
    page = signed_in(factories.desk().writer).get(reverse("admin:evidence_claim_changelist")).content.decode()
    assert f'class="grade is-{grade.reader_grade}"' in page


def test_proposals_that_wait_stand_first(now: datetime) -> None:
    first = factories.graded_claim(now=now)
    waiting = factories.proposed(first, now=now, trigger="recoded")
    factories.graded_claim("another-claim", now=now, work=factories.study(factories.record("222"), now=now))
    page = signed_in(factories.desk().managing).get(reverse("admin:evidence_gradesnapshot_changelist"))
    assert page.context["cl"].result_list[0].pk == waiting.pk


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"q": "30108163"}, 1), ({"q": "nothing"}, 0), ({"record": "awaiting"}, 0), ({"year": "2019"}, 1)],
)
def test_studies_are_found_by_pmid_record_and_year(asked: dict[str, str], found: int, now: datetime) -> None:
    factories.study(now=now)
    client = signed_in(factories.desk().writer)
    response = client.get(reverse("admin:evidence_study_changelist"), asked)
    assert len(response.context["cl"].result_list) == found


def test_texts_awaiting_approval_are_offered_to_those_who_approve(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    words: dict[str, Any] = dict.fromkeys(texts.FIELDS, "Better said.")
    texts.write(claim, "en", by=factories.desk().writer, now=now, **words)
    url = reverse("admin:evidence_claim_change", args=[claim.pk])
    offer = reverse("admin:evidence_claim_review_texts", args=[claim.pk])
    assert offer in signed_in(factories.desk().managing).get(url).content.decode()
    assert offer not in signed_in(factories.desk().writer).get(url).content.decode()
