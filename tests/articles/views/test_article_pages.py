"""The article page shows the edition that was approved, what stands today beside it, and nothing else."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from articles.models import Article
from articles.verbs import drafting
from evidence.models import Claim, GradeSnapshot, LiveNotice
from evidence.sources.records import Author
from evidence.verbs import coding, notices
from tests import factories
from tests.articles.views.reading_site import HAN, Site, in_language, published_site, read, visible

pytestmark = pytest.mark.django_db

ENGLISH, CHINESE = "/articles/l-glutamine/", "/zh-hant/articles/fu-an-mian/"


@pytest.fixture
def site(now: datetime) -> Site:
    return published_site(now)


def regrade(claim: Claim, now: datetime) -> None:
    """Code the claim's trial again, as one that found harm, and make the new grade current."""
    trial = claim.findings.get()
    trial.estimate, trial.ci_low, trial.ci_high, trial.direction = "0.5", "0.4", "0.6", "harm"
    coding.save(trial, by=factories.user("reviewer"), now=now)
    factories.approved(factories.proposed(claim, now=now, trigger="recoded"), now=now)


def test_it_shows_head_radar_text_and_references(client: Client, site: Site) -> None:
    page = visible(read(client, ENGLISH))
    in_order = (
        "Glutamine feeds the gut wall",
        "A white powder, looked at.",
        "Written by",
        "Reviewed by",
        "How this article was built",
        "The short version",
        "The Evidence Radar",
        "1 cite · 2019",
        "It was well run.",
        "Wait for a second trial.",
        "Nobody paid for this.",
        "Zhou Q. A trial of glutamine.",
        "Edition 1.0",
    )
    places = [page.find(words) for words in in_order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_radar_row_gives_word_shape_count_and_year(client: Client, site: Site) -> None:
    page = read(client, ENGLISH)
    grade = site.english.content["claims"][0]["grade"]
    assert f'href="#g-{grade}"' in page
    assert f'class="grade is-{grade}"' in page
    assert "1 cite · 2019" in page
    assert f'href="/claims/{site.claim.slug}/"' in page


def test_a_draft_never_leaks(client: Client, site: Site, now: datetime) -> None:
    article = Article.objects.get(pk=site.english.article_id)
    for name in ("headline", "dek", "body", "verdict", "disclosure", "short_version"):
        setattr(article, name, f"{getattr(article, name)} Unapproved words.")
    drafting.save(article, by=factories.user("writer"), now=now + timedelta(hours=1))
    factories.draft(now=now, claims=[site.claim], slug="only-a-draft", headline="Only a draft")
    for path in ("/", ENGLISH, "/topics/gut/", "/people/mei-lin/", f"{ENGLISH}versions/1.0/"):
        page = read(client, path)
        assert "Unapproved words" not in page
        assert "Only a draft" not in page
    assert client.get("/articles/only-a-draft/").status_code == 404


def test_a_regrade_shows_on_the_old_radar_at_once(client: Client, site: Site, now: datetime) -> None:
    old = site.english.content["claims"][0]["grade"]
    before = client.get(ENGLISH)
    regrade(site.claim, now)
    after = client.get(ENGLISH, headers={"if-none-match": before["ETag"]})
    page = after.content.decode()
    assert after.status_code == 200
    assert f'class="grade is-{old}"' in page
    new = GradeSnapshot.objects.current().get(claim=site.claim).reader_grade
    assert new != old
    assert f"Regraded 22 Nov: now {new.upper()}" in page


def test_a_notice_on_a_claim_flags_its_row_until_it_is_lifted(
    client: Client, site: Site, now: datetime
) -> None:
    notices.raise_on_claim(site.claim, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    assert "Under reassessment" in read(client, ENGLISH)
    notices.lift_from_claim(site.claim.pk, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    assert "Under reassessment" not in read(client, ENGLISH)


def test_a_retraction_shows_on_the_reference_of_a_page_published_before(
    client: Client, site: Site, now: datetime
) -> None:
    LiveNotice.objects.create(study=site.study, kind=LiveNotice.Kind.RETRACTED, since=now)
    assert '<span class="flag harm">Retracted</span>' in read(client, ENGLISH)


def test_every_cite_has_its_reference_and_every_reference_leads_back(client: Client, site: Site) -> None:
    page = read(client, ENGLISH)
    cited = set(re.findall(r'href="#ref-(\d+)"', page))
    listed = set(re.findall(r'<li id="ref-(\d+)"', page))
    assert cited == listed == {"1"}
    for anchor in re.findall(r'href="#(cite-[\w-]+)"', page):
        assert f'id="{anchor}"' in page
    assert re.search(r'<div class="cite-card" popover id="card-1"', page)


def test_a_group_of_cites_never_runs_together(client: Client, site: Site, now: datetime) -> None:
    for pmid, family in (("11", "Abbasi"), ("12", "Shu"), ("13", "Kim")):
        author = Author(family=family, given="A", initials="A")
        factories.study(factories.record(pmid, title=f"By {family}", authors=(author,)), now=now)
    article = Article.objects.get(pk=site.english.article_id)
    article.body += "\n\nFour of them. [@zhou2019; @abbasi2019; @shu2019; @kim2019]"
    drafting.save(article, by=factories.user("writer"), now=now)
    factories.published(article, now=now, note="More works.")
    page = visible(read(client, ENGLISH))
    assert "[1–4]" in page
    assert "1234" not in page


@pytest.mark.parametrize(
    "path", [ENGLISH, CHINESE, "/", "/zh-hant/", "/topics/gut/", "/people/mei-lin/", "/about/", "/privacy/"]
)
def test_no_page_shows_the_machinery(client: Client, site: Site, path: str) -> None:
    page = read(client, path)
    assert not re.search(r"\[object Object\]|\bNone\b(?!\.)|undefined|\{\{|\{%|&lt;span|&amp;lt;", page)


@pytest.mark.parametrize("path", [ENGLISH, "/", "/topics/gut/", "/people/mei-lin/", "/about/", "/privacy/"])
def test_chinese_stands_on_an_english_page_only_as_such(client: Client, site: Site, path: str) -> None:
    found = HAN.search(in_language(read(client, path), "zh-Hant"))
    assert found is None, found


def test_the_translation_has_its_own_address_and_both_name_each_other(client: Client, site: Site) -> None:
    for page in (read(client, ENGLISH), read(client, CHINESE)):
        links = dict(
            re.findall(
                r'<link rel="alternate" hreflang="([\w-]+)" href="[^"]*?(/(?:zh-hant/)?articles/[^"]+)"', page
            )
        )
        assert links["en"] == ENGLISH
        assert links["zh-Hant"] == CHINESE
    assert "麩醯胺酸餵養腸壁" in read(client, CHINESE)
    assert '<html lang="zh-Hant"' in read(client, CHINESE)


def test_an_article_without_translation_says_so_and_offers_the_other(client: Client, now: datetime) -> None:
    factories.published_article(now=now)
    response = client.get("/zh-hant/articles/l-glutamine/")
    page = response.content.decode()
    assert response.status_code == 404
    assert f'href="{ENGLISH}" hreflang="en" lang="en"' in page
    assert 'hreflang="zh-Hant"' not in re.sub(r"<body.*", "", read(client, ENGLISH), flags=re.DOTALL)


def test_the_address_of_the_other_language_leads_to_the_translation(client: Client, site: Site) -> None:
    assert client.get("/zh-hant/articles/l-glutamine/")["Location"] == CHINESE
    assert client.get("/articles/fu-an-mian/")["Location"] == ENGLISH


def test_an_unknown_address_answers_404(client: Client, site: Site) -> None:
    assert client.get("/articles/nowhere/").status_code == 404
    assert client.get(f"{ENGLISH}versions/7.3/").status_code == 404


def test_an_old_edition_keeps_its_words_and_its_grade(client: Client, site: Site, now: datetime) -> None:
    old = site.english.content["claims"][0]["grade"]
    regrade(site.claim, now)
    article = Article.objects.get(pk=site.english.article_id)
    article.headline = "Glutamine, looked at again"
    drafting.save(article, by=factories.user("writer"), now=now)
    drafting.repin(article, by=factories.user("writer"), now=now)
    edition = factories.published(article, now=now, note="Regraded.")
    page = read(client, f"{ENGLISH}versions/1.0/")
    assert "Glutamine feeds the gut wall" in page
    assert "You are reading edition 1.0" in page
    assert f'class="grade is-{old}"' in page
    assert "Regraded 22 Nov: now" in page
    assert edition.content["claims"][0]["snapshot"] == 2
    assert "noindex" in page
    assert re.search(rf'<link rel="canonical" href="[^"]*{ENGLISH}"', page)
    newest = read(client, ENGLISH)
    assert "Glutamine, looked at again" in newest
    assert "You are reading" not in newest
    assert "noindex" not in newest


def test_an_unchanged_page_answers_304_and_a_change_wakes_it(client: Client, site: Site) -> None:
    first = client.get(ENGLISH)
    again = client.get(ENGLISH, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(CHINESE)["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    "path", [ENGLISH, CHINESE, f"{ENGLISH}versions/1.0/", "/", "/topics/gut/", "/people/mei-lin/", "/about/"]
)
def test_a_cold_page_takes_at_most_twelve_queries(
    client: Client, site: Site, path: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # the fixture has no type of its own
        read(client, path)


@pytest.mark.parametrize("path", [ENGLISH, "/", "/topics/gut/", "/people/mei-lin/", "/about/", "/privacy/"])
def test_reading_sets_no_cookie(client: Client, site: Site, path: str) -> None:
    assert not client.get(path).cookies


def test_a_heading_can_be_linked_to(client: Client, site: Site) -> None:
    page = read(client, ENGLISH)
    assert 'id="s-the-trial"' in page
    assert page.count('href="#s-the-trial"') == 2


def test_the_approver_is_named_in_how_it_was_built(client: Client, site: Site) -> None:
    built = re.search(r'<details class="built">.*?</details>', read(client, ENGLISH), flags=re.DOTALL)
    assert built
    assert "Edith Editor" in built[0]


def test_the_margin_names_the_claim_where_its_works_are_first_discussed(client: Client, site: Site) -> None:
    page = read(client, ENGLISH)
    note = page.index('<div class="side claimnote"')
    assert page.index('id="s-the-trial"') < note < page.index("It was well run.")


def test_a_figure_of_people_draws_the_counts_of_the_pinned_finding(
    client: Client, site: Site, now: datetime
) -> None:
    trial = site.claim.findings.get()
    trial.n, trial.precision_reason_en = 106, "Counted in full."
    trial.arms = [
        {"label_en": "Glutamine", "label_zh_hant": "麩醯胺酸", "n": 54, "events": 43},
        {"label_en": "Placebo", "label_zh_hant": "安慰劑", "n": 52, "events": 3},
    ]
    coding.save(trial, by=factories.user("reviewer"), now=now)
    factories.approved(factories.proposed(site.claim, now=now, trigger="recoded"), now=now)
    article = Article.objects.get(pk=site.english.article_id)
    article.body += "\n\n::: figure plate:people\nOne mark a person.\nalt: Marks.\ncredit: Ours\n:::"
    drafting.save(article, by=factories.user("writer"), now=now)
    drafting.repin(article, by=factories.user("writer"), now=now)
    factories.published(article, now=now, note="A figure.")
    page = visible(read(client, ENGLISH))
    assert "Glutamine 43 of 54" in page
    assert "Placebo 3 of 52" in page
