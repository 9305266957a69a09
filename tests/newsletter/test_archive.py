"""The archive keeps what went out, says what became of it since, and knows nothing about any reader."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from evidence.models import GradeSnapshot, LiveNotice, Study
from newsletter.models import Delivery, Issue, IssueLine, Revision
from newsletter.views.previews import as_preview_response
from tests import factories
from tests.articles.views.reading_site import HAN, read, visible
from tests.newsletter.past_issues import SUNDAY, gone, revised
from tests.newsletter.sample_issue import sample_content

pytestmark = pytest.mark.django_db
PAGE = "/brief/2026-w48/"


def test_an_empty_archive_says_what_the_brief_is_and_how_to_get_it(client: Client) -> None:
    page = read(client, "/brief/")
    assert "No issue has gone out yet" in visible(page)
    assert "One email a week" in visible(page)
    assert 'action="/brief/subscribe/"' in page


def test_every_issue_that_went_is_listed_the_newest_first(client: Client, now: datetime) -> None:
    gone(now=now - timedelta(days=7), sunday=SUNDAY - timedelta(days=7), subject="The week before")
    gone(now=now)
    page = read(client, "/brief/")
    assert page.index('href="/brief/2026-w48/"') < page.index('href="/brief/2026-w47/"')
    assert "The week before" in page


def test_what_has_not_gone_out_is_not_there(client: Client, now: datetime) -> None:
    issue = gone(now=now)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.APPROVED, began_at=None)
    assert client.get(PAGE).status_code == 404
    assert "No issue has gone out yet" in read(client, "/brief/")
    assert client.get("/brief/2026-w49/").status_code == 404


def _delivered(issue: Issue, revision: Revision | None, now: datetime) -> None:
    """A row of the ledger: sent with a revision, or still waiting for one."""
    Delivery.objects.create(
        issue=issue,
        revision=revision,
        state=Delivery.State.SENT if revision else Delivery.State.PENDING,
        language="en",
        plain=False,
        send_after=now,
        due_at=now,
    )


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("zh-hant", "/zh-hant")])
def test_a_page_holds_all_that_was_mailed(client: Client, now: datetime, language: str, prefix: str) -> None:
    gone(now=now)
    text = visible(read(client, f"{prefix}{PAGE}"))
    content = sample_content(language)
    for said in (content.subject, *content.opening, *(one.text for one in content.references)):
        assert said in text
    for line in content.lines():
        assert line.text in text
        assert f"{line.why} {' '.join(f'[{number}]' for number in line.refs)}" in text


def test_the_english_page_has_no_chinese_word_of_the_issue(client: Client, now: datetime) -> None:
    gone(now=now)
    main = read(client, PAGE).split("<main", 1)[1].split("</main>", 1)[0]
    assert not HAN.search(main)


def test_it_is_read_from_the_approved_revision_and_not_from_working_rows(
    client: Client, now: datetime
) -> None:
    issue = gone(now=now)
    IssueLine.objects.create(
        issue=issue, key="draft", section="changed", kind="regrade", text_en="A draft", text_zh_hant="草稿"
    )
    assert "A draft" not in read(client, PAGE)


def test_the_week_in_capitals_leads_once_to_the_one_address(client: Client, now: datetime) -> None:
    gone(now=now)
    response = client.get("/zh-hant/brief/2026-W48/")
    assert (response.status_code, response["Location"]) == (301, "/zh-hant/brief/2026-w48/")


def test_each_language_names_itself_and_the_other(client: Client, now: datetime) -> None:
    gone(now=now)
    page = read(client, f"/zh-hant{PAGE}")
    assert f'rel="canonical" href="http://127.0.0.1:8000/zh-hant{PAGE}"' in page
    assert f'hreflang="en" href="http://127.0.0.1:8000{PAGE}"' in page
    assert 'type="application/rss+xml"' in page
    assert 'href="/zh-hant/brief/feed.json"' in page


def test_the_first_revision_alone_says_nothing_of_revisions(client: Client, now: datetime) -> None:
    gone(now=now)
    assert "Revision" not in read(client, PAGE)


def test_a_later_revision_is_stamped_with_what_it_put_right_and_who_got_which(
    client: Client, now: datetime
) -> None:
    issue = gone(now=now)
    first = issue.live_revision
    second = revised(issue, now=now, number=2, errata=("It is strong, not moderate.", "是強，不是中等。"))
    for revision in (first, first, second, None):
        _delivered(issue, revision, now)
    Issue.objects.filter(pk=issue.pk).update(audience=1_200)
    english, chinese = visible(read(client, PAGE)), visible(read(client, f"/zh-hant{PAGE}"))
    assert "It is strong, not moderate." in english
    assert "Revision 2, sent to 1 of 1,200 readers" in english
    assert "Revision 1, sent to 2 of 1,200 readers" in english
    assert "是強，不是中等。" in chinese
    assert "是強，不是中等。" not in english
    assert "Revision 2" in visible(read(client, "/brief/"))


def test_a_line_whose_claim_was_regraded_since_says_so(client: Client, now: datetime) -> None:
    claim = factories.graded_claim(now=now - timedelta(days=9))
    today = GradeSnapshot.objects.current().get(claim=claim)
    gone(now=now, claim=claim.code, grade="strong")
    assert today.reader_grade == "emerging"
    assert f"Regraded {today.current_from:%-d %b %Y}: now Emerging" in visible(read(client, PAGE))


def test_a_line_that_still_holds_bears_no_stamp(client: Client, now: datetime) -> None:
    claim = factories.graded_claim(now=now - timedelta(days=9))
    gone(now=now, claim=claim.code, grade="emerging")
    assert "stamp" not in read(client, PAGE)


def test_a_work_that_was_retracted_since_says_so_at_its_reference(client: Client, now: datetime) -> None:
    gone(now=now)
    work = factories.study(now=now)
    assert work.citekey == "zhou2019"
    assert "flag" not in read(client, PAGE)
    LiveNotice.objects.create(study=work, kind=LiveNotice.Kind.RETRACTED, since=now)
    reference = read(client, PAGE).split('id="ref-7"', 1)[1].split("</li>", 1)[0]
    assert "Retracted" in reference


@pytest.mark.parametrize("path", ["/brief/", PAGE, f"/zh-hant{PAGE}"])
def test_an_unchanged_page_is_not_sent_twice(client: Client, now: datetime, path: str) -> None:
    gone(now=now)
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_revision_a_regrade_and_a_retraction_each_make_the_page_new(client: Client, now: datetime) -> None:
    claim = factories.graded_claim(now=now - timedelta(days=9))
    issue = gone(now=now, claim=claim.code, grade="strong")
    seen = {client.get(PAGE)["ETag"]}
    revised(issue, now=now, number=2, errata=("Wrong.", "錯了。"), claim=claim.code, grade="strong")
    seen.add(client.get(PAGE)["ETag"])
    GradeSnapshot.objects.filter(claim=claim).update(number=9)
    seen.add(client.get(PAGE)["ETag"])
    work = Study.objects.get(citekey="zhou2019")
    LiveNotice.objects.create(study=work, kind=LiveNotice.Kind.RETRACTED, since=now)
    seen.add(client.get(PAGE)["ETag"])
    assert len(seen) == 4


def test_a_page_costs_a_handful_of_queries(
    client: Client, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    issue = gone(now=now)
    revised(issue, now=now, number=2, errata=("Wrong.", "錯了。"))
    with django_assert_max_num_queries(9):
        read(client, PAGE)
    with django_assert_max_num_queries(5):
        read(client, "/brief/")


def test_neighbouring_weeks_are_linked_and_none_that_did_not_go(client: Client, now: datetime) -> None:
    for weeks in range(3):
        gone(now=now, sunday=SUNDAY - timedelta(weeks=weeks))
    Issue.objects.filter(iso_week="2026-W47").update(began_at=None, state=Issue.State.CANCELLED)
    page = read(client, PAGE)
    assert 'rel="prev" href="/brief/2026-w46/"' in page
    assert 'rel="next"' not in page


def test_no_page_sets_a_cookie_or_holds_a_token(client: Client, now: datetime) -> None:
    gone(now=now)
    for path in ("/brief/", PAGE):
        response = client.get(path)
        assert not response.cookies
        assert "/leave/" not in response.content.decode()
        assert "csrf" not in response.content.decode()


def test_it_is_read_only(client: Client, now: datetime) -> None:
    gone(now=now)
    assert client.post(PAGE).status_code == 405


def test_a_mail_in_a_frame_of_the_desk_may_be_styled_and_nothing_else() -> None:
    response = as_preview_response("<p style='color:red'>Mail</p>")
    policy = response["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
