"""The badge says what was compared and when, opens field by field, and never says more than the services did."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from articles.models import Article, Edition
from articles.verbs import drafting
from articles.views import checks
from articles.views.standing import standing
from evidence.models import Acceptance, CitedAs, RetractionListing, Study
from evidence.sources.records import Author, Notice, WorkRecord
from evidence.verbs import acceptance, citations, verification
from evidence.verbs.asking import NOT_ASKED, Answer, Answers, State
from tests import factories
from tests.articles.views.reading_site import HAN, Site, in_language, published_site, read, visible

pytestmark = pytest.mark.django_db

ARTICLE, STUDY = "/articles/l-glutamine/", "/studies/zhou2019/"
CLAIM = "/claims/glutamine-eases-ibs/"
RECORD = factories.record()


@pytest.fixture
def site(now: datetime) -> Site:
    return published_site(now)


def badge(page: str) -> str:
    found = re.search(r'<details class="badge".*?</details>', page, flags=re.DOTALL)
    assert found
    return spaced(found[0])


def spaced(html: str) -> str:
    """Return words of markup, those of two cells apart from each other."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def given(study: Study, *, now: datetime, **fields: object) -> CitedAs:
    parsed = replace(WorkRecord(source="pasted"), **fields)  # type: ignore[arg-type]
    by = factories.user("writer")
    kept = citations.give(study, form=CitedAs.Form.PASTED, raw="pasted", parsed=parsed, by=by, now=now)
    assert kept is not None
    return kept


def again(site: Site, *, now: datetime, note: str = "Read again.") -> Edition:
    """Publish another edition of the English article."""
    article = Article.objects.get(pk=site.english.article_id)
    article.dek += " Again."
    drafting.save(article, by=factories.user("writer"), now=now)
    drafting.repin(article, by=factories.user("writer"), now=now)
    return factories.published(article, now=now, note=note)


def test_an_article_says_what_was_compared_and_when(client: Client, site: Site) -> None:
    said = badge(read(client, ARTICLE))
    assert "1 of 1 identifier exists · 1 of 1 record matches · checked 22 Nov 2026" in said
    assert "Retraction Watch not asked" in said
    assert "no notice against it" in said


def test_each_field_stands_beside_the_record(client: Client, site: Site, now: datetime) -> None:
    given(site.study, now=now, title="A trial of glutamine", year=2019, volume="68")
    again(site, now=now)
    said = badge(read(client, ARTICLE))
    assert "title A trial of glutamine A trial of glutamine same" in said
    assert "year 2019 2019 same" in said


def test_a_mended_citation_is_told(client: Client, site: Site, now: datetime) -> None:
    wrong = given(site.study, now=now, authors=(Author(family="Achamrah"),))
    citations.mend(wrong, by=factories.user("editor"), now=now, remark="Misprinted on the page.")
    again(site, now=now)
    said = badge(read(client, ARTICLE))
    assert "1 mended from the record" in said
    assert "Achamrah" not in said


def test_what_a_draft_cites_never_reaches_a_published_page(client: Client, site: Site, now: datetime) -> None:
    later = now + timedelta(days=1)
    given(site.study, now=later, authors=(Author(family="Achamrah"),), year=1999)
    checked = factories.checked(site.study, factories.answered(RECORD), now=later)
    assert checked.outcome == "mismatch"
    for path in (ARTICLE, f"{ARTICLE}versions/1.0/", CLAIM, f"{CLAIM}grades/1/", STUDY):
        page = read(client, path)
        assert "Achamrah" not in page
        assert "1999" not in page
        assert "iffers from the record" not in page
    assert "1 of 1 record matches · checked 23 Nov 2026" in badge(read(client, ARTICLE))


def test_the_day_is_that_of_the_newest_check_and_wakes_the_page(
    client: Client, site: Site, now: datetime
) -> None:
    for path in (ARTICLE, CLAIM, STUDY):
        before = client.get(path)
        factories.checked(site.study, factories.answered(RECORD), now=now + timedelta(days=4))
        assert client.get(path, headers={"if-none-match": before["ETag"]}).status_code == 200
        assert "26 Nov 2026" in visible(read(client, path))
        factories.checked(site.study, factories.answered(RECORD), now=now)


@pytest.mark.parametrize("path", [ARTICLE, CLAIM, STUDY])
def test_a_silence_since_then_is_told(client: Client, site: Site, now: datetime, path: str) -> None:
    silent = Answers(Answer(State.UNAVAILABLE, detail="timeout"), NOT_ASKED)
    verification.conclude(site.study, silent, by=None, now=now + timedelta(days=2))
    page = visible(read(client, path))
    assert "Services have not answered since 24 Nov 2026" in page
    assert "timeout" not in page


def test_what_the_sources_disagree_on_is_shown(client: Client, site: Site, now: datetime) -> None:
    corrected = replace(
        RECORD, source="crossref", notices=(Notice(kind="ErratumIn", ref_source="Gut. 2020", doi="10.1/2"),)
    )
    RetractionListing.objects.create(doi="10.9999/other", status="retracted", loaded_at=now)
    factories.checked(site.study, factories.answered(RECORD, corrected), now=now)
    for path in (CLAIM, STUDY):
        page = spaced(read(client, path))
        assert "PubMed no notice against it" in page
        assert "Crossref Corrected" in page
        assert "Retraction Watch not listed" in page
        assert "The sources do not say the same of its status." in page
        assert "clean" not in page
    assert "1 corrected" in badge(read(client, ARTICLE))


def test_a_concern_is_shown_with_who_accepted_it_and_why(client: Client, site: Site, now: datetime) -> None:
    voiced = replace(RECORD, notices=(Notice(kind="ExpressionOfConcernIn", ref_source="Gut", pmid="9"),))
    study = factories.checked(site.study, factories.answered(voiced), now=now)
    reason = "The concern is about another arm of the trial."
    by = factories.user("editor")
    acceptance.accept(study, Acceptance.Kind.CONCERN, reason=reason, by=by, now=now)
    again(site, now=now)
    said = badge(read(client, ARTICLE))
    assert "1 under an expression of concern" in said
    assert f"{reason} Edith Editor , 22 Nov 2026" in said


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_demonstration_replies_are_never_called_a_check(
    client: Client, site: Site, now: datetime, prefix: str
) -> None:
    factories.checked(site.study, factories.recorded(RECORD, now=now), now=now)
    said = badge(read(client, f"{prefix}{CLAIM}"))
    if not prefix:
        assert "Demonstration replies, not asked of PubMed · 1 of 1 compared" in said
        assert not re.search(r"verified|checked|exist", said)
    else:
        assert "22 Nov" not in said.split("Zhou")[0]


def test_an_edition_from_before_checks_were_kept_shows_no_badge(site: Site) -> None:
    (kept,) = site.english.content["references"]
    before = {name: value for name, value in kept.items() if name != "check"}
    assert checks.of_edition([kept], standing([], ["zhou2019"])) is not None
    assert checks.of_edition([before], standing([], ["zhou2019"])) is None
    assert checks.of_edition([kept, before], standing([], ["zhou2019"])) is None


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
@pytest.mark.parametrize("source", ["pubmed", "list"])
def test_a_retraction_found_by_a_check_shows_at_once_on_every_page(
    client: Client, site: Site, now: datetime, prefix: str, source: str
) -> None:
    later = now + timedelta(days=1)
    if source == "list":
        factories.listed(now=later, pmid="30108163")
    record = factories.retracted(RECORD) if source == "pubmed" else RECORD
    factories.checked(site.study, factories.answered(record), now=later)
    article = f"{prefix}/articles/fu-an-mian/" if prefix else ARTICLE
    word = "已撤稿" if prefix else "Retracted"
    assert f'<span class="flag harm">{word}</span>' in read(client, article)
    assert f'<strong class="fallen">{word}</strong>' in read(client, f"{prefix}{CLAIM}")
    for path in (article, f"{prefix}{CLAIM}", f"{prefix}{STUDY}"):
        assert 'class="alert"' in read(client, path)


def test_a_study_tells_its_checks_and_what_was_answered(client: Client, site: Site, now: datetime) -> None:
    factories.checked(site.study, factories.answered(factories.retracted(RECORD)), now=now + timedelta(1))
    page = visible(read(client, STUDY))
    assert "23 Nov 2026: Retracted" in page
    assert "22 Nov 2026: no notice against it" in page


@pytest.mark.parametrize("path", [ARTICLE, CLAIM, STUDY])
def test_no_chinese_on_the_english_pages(client: Client, site: Site, path: str) -> None:
    assert HAN.search(in_language(read(client, path), "zh-Hant")) is None
