"""The front page and the hubs show what is live and what stands today, and say what changed about it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from evidence.models import GradeSnapshot
from tests import factories
from tests.articles.views.reading_site import Site, published_site, read, visible
from tests.articles.views.test_article_pages import regrade

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(now: datetime) -> Site:
    return published_site(now)


def test_the_front_page_leads_with_the_newest_article_of_its_language(client: Client, site: Site) -> None:
    english, chinese = read(client, "/"), read(client, "/zh-hant/")
    assert 'href="/articles/l-glutamine/"' in english
    assert "麩醯胺酸餵養腸壁" not in english
    assert 'href="/zh-hant/articles/fu-an-mian/"' in chinese


def test_an_empty_site_says_that_nothing_is_published(client: Client, db: None) -> None:
    assert "Nothing is published" in visible(read(client, "/"))


def test_a_first_grade_is_listed_as_new_with_its_reason(client: Client, site: Site) -> None:
    page = visible(read(client, "/"))
    assert "What changed" in page
    assert "Glutamine eases symptoms." in page
    assert "Coded." in page


def test_a_regrade_is_listed_from_old_to_new_in_the_language_of_the_page(
    client: Client, site: Site, now: datetime
) -> None:
    regrade(site.claim, now)
    old, new = (GradeSnapshot.objects.get(claim=site.claim, number=number).reader_grade for number in (1, 2))
    english, chinese = read(client, "/"), read(client, "/zh-hant/")
    assert english.index(f"is-{new}", english.index("chg stack")) > english.index("chg stack")
    assert old != new
    assert "已編碼。" in chinese
    assert "已編碼。" not in english


def test_the_grades_of_an_article_in_a_list_are_todays(client: Client, site: Site, now: datetime) -> None:
    regrade(site.claim, now)
    new = GradeSnapshot.objects.current().get(claim=site.claim).reader_grade
    lead = read(client, "/").split("leadart", 1)[1].split("</article>", 1)[0]
    assert f"is-{new}" in lead


def test_a_hub_filters_its_claims_by_grade(client: Client, site: Site) -> None:
    grade = GradeSnapshot.objects.current().get(claim=site.claim).reader_grade
    other = "against" if grade != "against" else "strong"
    claims = 'class="claims"'
    assert site.claim.slug in read(client, f"/topics/gut/?grade={grade}").split(claims)[1].split("</ul>")[0]
    assert (
        site.claim.slug not in read(client, f"/topics/gut/?grade={other}").split(claims)[1].split("</ul>")[0]
    )
    assert site.claim.slug in read(client, "/topics/gut/?grade=nonsense").split(claims)[1].split("</ul>")[0]


def test_a_proposed_grade_is_nowhere(client: Client, site: Site, now: datetime) -> None:
    claim = factories.claim("not-yet-graded", now=now)
    factories.words(claim, now=now, statement="Not yet graded at all.")
    factories.proposed(claim, now=now)
    for path in ("/", "/topics/gut/"):
        assert "Not yet graded at all." not in read(client, path)


def test_a_claim_without_a_chinese_text_shows_its_english_one_as_english(
    client: Client, site: Site, now: datetime
) -> None:
    claim = factories.claim("said-in-english", now=now)
    factories.finding(claim, site.study, now=now)
    factories.words(claim, now=now, statement="Said in English only.")
    factories.approved(factories.proposed(claim, now=now), now=now)
    assert '<span lang="en">Said in English only.</span>' in read(client, "/zh-hant/topics/gut/")


def test_a_hub_wakes_when_a_grade_moves(client: Client, site: Site, now: datetime) -> None:
    first = client.get("/topics/gut/")
    assert client.get("/topics/gut/", headers={"if-none-match": first["ETag"]}).status_code == 304
    regrade(site.claim, now + timedelta(hours=1))
    assert client.get("/topics/gut/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_an_unknown_hub_or_person_answers_404(client: Client, site: Site) -> None:
    assert client.get("/topics/nowhere/").status_code == 404
    assert client.get("/people/nobody/").status_code == 404


def test_a_person_page_declares_interests_and_lists_what_is_live(client: Client, site: Site) -> None:
    page = visible(read(client, "/people/mei-lin/"))
    assert "Mei Lin, RD" in page
    assert "Interests" in page
    assert "Glutamine feeds the gut wall" in page


def test_somebody_taken_off_a_draft_stays_on_the_page_of_what_is_live(
    client: Client, site: Site, now: datetime
) -> None:
    site.english.article.bylines.all().delete()
    assert "Glutamine feeds the gut wall" in read(client, "/people/mei-lin/")
