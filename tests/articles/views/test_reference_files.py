"""References can be taken along in four formats, complete but for the abstracts, and only of what is published."""

import io
import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from articles.models import Article
from articles.verbs import drafting
from evidence.sources.bibtex import read_bibtex
from evidence.sources.csl import read_csl
from evidence.sources.nbib import read_nbib
from evidence.sources.records import AbstractSection, Author, WorkRecord
from evidence.sources.ris import read_ris
from evidence.sources.writing import FORMS
from tests import factories
from tests.articles.views.reading_site import Site, published_site, read

pytestmark = pytest.mark.django_db

READERS = {"ris": read_ris, "bib": read_bibtex, "nbib": read_nbib, "json": read_csl}
PLACES = ["/articles/l-glutamine/references", "/claims/glutamine-eases-ibs/references", "/studies/zhou2019"]
PAGES = ["/articles/l-glutamine/", "/claims/glutamine-eases-ibs/", "/studies/zhou2019/"]


@pytest.fixture
def site(now: datetime) -> Site:
    return published_site(now)


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_each_file_reads_back_as_the_work_it_is_of(
    client: Client, site: Site, place: str, form: str, prefix: str
) -> None:
    if prefix:
        place = place.replace("l-glutamine", "fu-an-mian")
    response = client.get(f"{prefix}{place}.{form}")
    assert response.status_code == 200
    assert response["Content-Type"] == f"{FORMS[form].media_type}; charset=utf-8"
    assert f'.{form}"' in response["Content-Disposition"]
    (work,) = READERS[form](io.BytesIO(response.content))
    assert isinstance(work, WorkRecord)
    assert (work.title, work.year, work.volume) == ("A trial of glutamine", 2019, "68")


@pytest.mark.parametrize("form", FORMS)
def test_abstracts_stay_with_their_publishers(client: Client, site: Site, now: datetime, form: str) -> None:
    told = factories.record(abstract=(AbstractSection(text="Their own words."),), copyright="Theirs.")
    factories.news(site.study, told, now=now)
    for place in PLACES[1:]:
        body = client.get(f"{place}.{form}").content.decode()
        assert "A trial of glutamine" in body
        assert "Their" not in body


@pytest.mark.parametrize("place", PLACES)
def test_an_unchanged_file_answers_304(client: Client, site: Site, place: str) -> None:
    first = client.get(f"{place}.ris")
    again = client.get(f"{place}.ris", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{place}.bib")["ETag"] != first["ETag"]


@pytest.mark.parametrize("place", PLACES)
def test_a_format_nobody_writes_is_not_there(client: Client, site: Site, place: str) -> None:
    assert client.get(f"{place}.docx").status_code == 404


def test_drafts_and_unpublished_studies_give_no_file(client: Client, site: Site, now: datetime) -> None:
    factories.study(factories.record("42", title="Unpublished"), now=now)
    factories.draft(now=now, claims=[site.claim], slug="only-a-draft", headline="Only a draft")
    factories.claim("draft-claim", now=now)
    for place in ("articles/only-a-draft/references", "claims/draft-claim/references", "studies/zhou2019b"):
        assert client.get(f"/{place}.ris").status_code == 404


def test_an_old_edition_gives_its_own_references(client: Client, site: Site, now: datetime) -> None:
    shu = factories.record("12", title="By Shu", authors=(Author(family="Shu", initials="A"),))
    factories.study(shu, now=now)
    article = Article.objects.get(pk=site.english.article_id)
    article.body += "\n\nAnother. [@shu2019]"
    later = now + timedelta(hours=1)
    drafting.save(article, by=factories.user("writer"), now=later)
    factories.published(article, now=later, note="Another work.")
    newest = json.loads(client.get("/articles/l-glutamine/references.json").content)
    oldest = json.loads(client.get("/articles/l-glutamine/versions/1.0/references.json").content)
    assert [item["title"] for item in newest] == ["A trial of glutamine", "By Shu"]
    assert [item["title"] for item in oldest] == ["A trial of glutamine"]
    assert "versions/1.0/references.ris" in read(client, "/articles/l-glutamine/versions/1.0/")


@pytest.mark.parametrize(("page", "place"), list(zip(PAGES, PLACES, strict=True)))
def test_pages_lead_to_their_files(client: Client, site: Site, page: str, place: str) -> None:
    html = read(client, page)
    for form, written in FORMS.items():
        assert f'<a href="{place}.{form}" download>{written.name}</a>' in html
