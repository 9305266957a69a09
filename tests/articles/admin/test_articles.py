"""Writing, reviewing and publishing at the desk: by page and in bulk, through verbs, losing nothing typed."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, ArticleEvent, Edition
from articles.verbs import trail
from config.rights import Role
from tests import factories
from tests.admin_pages import form_of, messages_of, signed_in

pytestmark = pytest.mark.django_db
State = Article.State


@pytest.fixture
def article(now: datetime) -> Article:
    """The writer's complete draft with one graded claim."""
    return factories.draft(now=now, claims=[factories.graded_claim(now=now)])


def _change(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def _step(article: Article, name: str) -> str:
    return reverse("admin:articles_article_step", args=[article.pk, name])


def _take(user: User, article: Article, name: str, **typed: str) -> Any:
    client = signed_in(user)
    return client.post(_step(article, name), form_of(client, _step(article, name)) | typed)


def _save(client: Client, article: Article, **typed: Any) -> Any:
    return client.post(_change(article), form_of(client, _change(article)) | typed)


# Saving -----------------------------------------------------------------------------------------------


def test_a_draft_is_written_whole_with_people_and_claims_as_one_touch(
    article: Article, now: datetime
) -> None:
    client, url = signed_in(factories.desk().writer), reverse("admin:articles_article_add")
    person, claim = (
        factories.named_person("mei-lin"),
        factories.graded_claim(
            "another-claim", now=now, work=factories.study(factories.record("222"), now=now)
        ),
    )
    typed = form_of(client, url) | {
        "headline": "A new draft",
        "slug": "a-new-draft",
        "topic": article.topic_id,
        "body": "## First\n\nA sentence. [@zhou2019]",
        "bylines-TOTAL_FORMS": "1",
        "bylines-0-person": person.pk,
        "bylines-0-role": "author",
        "bylines-0-order": "1",
        "claim_links-TOTAL_FORMS": "1",
        "claim_links-0-claim": claim.pk,
        "claim_links-0-order": "1",
    }
    assert client.post(url, typed).status_code == 302
    made = Article.objects.get(slug="a-new-draft")
    assert [link.person for link in made.bylines.all()] == [person]
    assert [link.claim for link in made.claim_links.all()] == [claim]
    assert [reference.study.citekey for reference in made.references.all()] == ["zhou2019"]
    assert [event.kind for event in made.events.all()] == [ArticleEvent.Kind.CREATED]
    assert made.written_by == factories.desk().writer


def test_saving_an_untouched_draft_leaves_no_touch(article: Article) -> None:
    before = ArticleEvent.objects.count()
    assert _save(signed_in(factories.desk().writer), article).status_code == 302
    assert ArticleEvent.objects.count() == before


def test_text_people_and_claims_changed_together_are_one_touch(article: Article, now: datetime) -> None:
    other = factories.graded_claim(
        "another-claim", now=now, work=factories.study(factories.record("222"), now=now)
    )
    before = article.events.count()
    response = _save(
        signed_in(factories.desk().writer),
        article,
        **{
            "dek": "Looked at again.",
            "bylines-1-DELETE": "on",
            "claim_links-TOTAL_FORMS": "2",
            "claim_links-1-claim": other.pk,
            "claim_links-1-order": "0",
        },
    )
    assert response.status_code == 302
    assert article.events.count() == before + 1
    assert [link.claim.slug for link in article.claim_links.order_by("order")] == [
        other.slug,
        "glutamine-eases-ibs",
    ]
    assert article.bylines.count() == 1


def test_a_note_to_a_reference_is_kept_and_pins_are_not_typed(article: Article) -> None:
    client = signed_in(factories.desk().writer)
    typed = form_of(client, _change(article))
    assert "references-0-study" not in typed
    assert "claim_links-0-snapshot" not in typed
    _save(client, article, **{"references-0-note": "The trial worth knowing."})
    assert article.references.get().note == "The trial worth knowing."


def test_a_work_that_falls_out_of_the_text_takes_its_note_along(article: Article) -> None:
    client = signed_in(factories.desk().writer)
    cut = {
        "body": "Nothing cited.",
        "short_version": "Nothing.",
        "references-0-note": "Typed in the same save.",
    }
    assert _save(client, article, **cut).status_code == 302
    assert not article.references.exists()


def test_a_colleagues_save_is_shown_beside_mine_and_neither_is_lost(article: Article) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    opened = form_of(writer, _change(article))
    _save(editor, article, dek="The editor's dek.")
    response = writer.post(_change(article), opened | {"dek": "The writer's dek.", "verdict": "Wait longer."})
    page = response.content.decode()
    assert response.status_code == 200
    assert "A colleague saved in the meantime" in page
    assert "The editor&#x27;s dek." in page
    assert "The writer&#x27;s dek." in page
    assert "Wait longer." in page
    assert '<del class="gone">editor</del>' in page
    assert Article.objects.get(pk=article.pk).dek == "The editor's dek."


def test_after_comparing_mine_can_be_saved_knowingly(article: Article) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    opened = form_of(writer, _change(article))
    _save(editor, article, dek="The editor's dek.")
    shown = writer.post(_change(article), opened | {"dek": "The writer's dek."})
    again = form_of(writer, _change(article)) | {
        "dek": "The writer's dek.",
        "seen_version": shown.context["adminform"].form.data["seen_version"],
    }
    assert writer.post(_change(article), again).status_code == 302
    assert Article.objects.get(pk=article.pk).dek == "The writer's dek."


def test_claims_and_people_typed_before_a_conflict_are_named(article: Article) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    added = factories.named_person("third-person")
    opened = form_of(writer, _change(article))
    _save(editor, article, dek="The editor's dek.")
    mine = {
        "bylines-TOTAL_FORMS": "3",
        "bylines-2-person": added.pk,
        "bylines-2-role": "author",
        "bylines-2-order": "3",
    }
    rows = writer.post(_change(article), opened | mine).context["conflict"]
    assert any(str(added) in row["mine"] for row in rows)


def test_an_address_already_taken_is_refused_with_the_text_kept(article: Article, now: datetime) -> None:
    factories.draft(now=now, claims=[], slug="taken")
    page = _save(
        signed_in(factories.desk().writer), article, slug="taken", dek="My long dek."
    ).content.decode()
    assert "My long dek." in page
    assert "errornote" in page


@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN])
def test_somebody_elses_draft_is_read_and_not_written(role: Role, article: Article) -> None:
    client = signed_in(factories.user("somebody-else", role))
    assert client.get(_change(article)).status_code == 200
    assert client.post(_change(article), {"headline": "Mine now"}).status_code == 403


def test_a_superuser_without_a_role_writes_nothing(article: Article) -> None:
    client = signed_in(factories.desk().superuser)
    assert client.get(_change(article)).status_code == 200
    assert client.post(_change(article), {"headline": "Mine now"}).status_code == 403
    assert client.get(reverse("admin:articles_article_add")).status_code == 403


def test_a_translation_begins_from_what_it_translates(article: Article) -> None:
    client = signed_in(factories.desk().editor)
    url = reverse("admin:articles_article_add") + f"?translation_of={article.pk}&language=zh-hant"
    typed = form_of(client, url)
    assert (typed["slug"], typed["language"]) == (article.slug, "zh-hant")
    assert client.post(url, typed | {"headline": "麩醯胺酸餵養腸壁"}).status_code == 302
    assert Article.objects.get(language="zh-hant").translation_key == article.translation_key


# The gate -----------------------------------------------------------------------------------------------


def test_the_gate_lists_every_line_with_its_place(article: Article) -> None:
    _save(signed_in(factories.desk().writer), article, disclosure="")
    response = signed_in(factories.desk().editor).get(_change(article))
    page = response.content.decode()
    assert len(response.context["checks"]) == 12
    assert "Fill in the disclosure." in page
    assert 'href="#id_disclosure"' in page


def test_the_preview_shows_the_renderers_page_and_not_its_source(article: Article) -> None:
    page = signed_in(factories.desk().writer).get(
        reverse("admin:articles_article_preview", args=[article.pk])
    )
    html = page.content.decode()
    assert "The trial</h2>" in html
    assert "[@zhou2019]" not in html


def test_the_preview_lets_no_markup_of_the_writer_through(article: Article) -> None:
    _save(signed_in(factories.desk().writer), article, body="<img src=x onerror=alert(1)> [@zhou2019]")
    page = signed_in(factories.desk().writer).get(
        reverse("admin:articles_article_preview", args=[article.pk])
    )
    assert "<img src=x" not in page.content.decode()


# Steps --------------------------------------------------------------------------------------------------


def test_a_draft_goes_to_readers_by_three_people(article: Article) -> None:
    desk = factories.desk()
    assert _take(desk.writer, article, "submit", remark="Ready").status_code == 302
    assert _take(desk.editor, article, "approve").status_code == 302
    assert _take(desk.managing, article, "publish", note="").status_code == 302
    article.refresh_from_db()
    assert article.state == State.PUBLISHED
    assert Edition.objects.get().number == "1.0"


def test_a_major_edition_needs_its_note_and_the_button_names_the_number(
    article: Article, now: datetime
) -> None:
    factories.published(article, now=now)
    _save(signed_in(factories.desk().writer), article, dek="New.")
    article.refresh_from_db()
    factories.approved_article(article, now=now)
    client = signed_in(factories.desk().managing)
    page = client.get(_step(article, "publish")).content.decode()
    assert "Publish edition 1.1 now" in page
    assert "Publish edition 2.0 now" in page
    refused = client.post(_step(article, "publish"), {"note": "", "major": "1"}).content.decode()
    assert "A major edition carries a change note" in refused
    assert client.post(_step(article, "publish"), {"note": "A new trial.", "major": "1"}).status_code == 302
    article.refresh_from_db()
    assert article.live is not None
    assert (article.live.number, article.live.note) == ("2.0", "A new trial.")


def test_requesting_changes_needs_a_remark_and_keeps_the_draft_in_review(article: Article) -> None:
    _take(factories.desk().writer, article, "submit")
    page = _take(factories.desk().editor, article, "request-changes", remark=" ").content.decode()
    assert "Say in the remark what should change." in page
    assert (
        _take(factories.desk().reviewer, article, "request-changes", remark="Name the dose.").status_code
        == 302
    )
    article.refresh_from_db()
    assert article.state == State.CHANGES_REQUESTED


@pytest.mark.parametrize("role", list(Role))
def test_approval_by_page_follows_the_matrix(role: Role, article: Article) -> None:
    _take(factories.desk().writer, article, "submit")
    _take(factories.user("fresh", role), article, "approve")
    article.refresh_from_db()
    assert (article.state == State.APPROVED) is (role in {Role.EDITOR, Role.MANAGING})


@pytest.mark.parametrize("superuser", [False, True])
def test_an_editor_who_touched_it_is_refused_by_page_and_keeps_the_remark(
    superuser: bool, article: Article
) -> None:
    editor = factories.desk().editor
    User.objects.filter(pk=editor.pk).update(is_superuser=superuser)
    _save(signed_in(editor), article, dek="A comma, changed.")
    _take(factories.desk().writer, article, "submit")
    page = _take(editor, article, "approve", remark="Good to go").content.decode()
    assert "Another person approves it." in page
    assert "Good to go" in page
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


def test_a_superuser_without_a_role_takes_no_step(article: Article, now: datetime) -> None:
    root = factories.desk().superuser
    assert "may not" in _take(root, article, "submit").content.decode()
    _take(factories.desk().writer, article, "submit")
    assert "may not approve article" in _take(root, article, "approve").content.decode()
    assert "may not request changes" in _take(root, article, "request-changes", remark="No").content.decode()
    _take(factories.desk().editor, article, "approve")
    assert "may not publish" in _take(root, article, "publish").content.decode()
    article.refresh_from_db()
    assert article.state == State.APPROVED


def test_a_blocked_article_is_refused_with_every_reason_at_once(article: Article) -> None:
    _save(signed_in(factories.desk().writer), article, disclosure="", dek="")
    _take(factories.desk().writer, article, "submit")
    page = _take(factories.desk().editor, article, "approve").content.decode()
    assert "This cannot be published yet." in page
    assert "Fill in the disclosure." in page
    assert "dek is empty." in page


def test_what_changed_after_the_page_opened_is_not_approved(article: Article) -> None:
    _take(factories.desk().writer, article, "submit")
    editor = signed_in(factories.desk().editor)
    opened = form_of(editor, _step(article, "approve"))
    _save(signed_in(factories.desk().writer), article, dek="Slipped in.")
    page = editor.post(_step(article, "approve"), opened).content.decode()
    assert "changed after this page was opened" in page
    assert "Slipped in." in page


def test_pinning_again_is_a_touch_of_whoever_does_it(article: Article, now: datetime) -> None:
    claim = article.claims.get()
    factories.finding(claim, factories.study(factories.record("222"), now=now), now=now, n=500)
    factories.approved(factories.proposed(claim, now=now, trigger="new_finding"), now=now)
    editor = factories.desk().editor
    assert _take(editor, article, "repin").status_code == 302
    assert editor.pk in trail.contributors(article)
    assert article.claim_links.get().snapshot == claim.grades.get(state="current")


def test_only_the_steps_of_the_state_are_offered(article: Article) -> None:
    page = signed_in(factories.desk().writer).get(_change(article))
    assert [name for name, _step in page.context["steps"]] == ["submit", "repin"]
    _take(factories.desk().writer, article, "submit")
    page = signed_in(factories.desk().managing).get(_change(article))
    assert [name for name, _step in page.context["steps"]] == ["request-changes", "approve", "repin"]


# In bulk -------------------------------------------------------------------------------------------------


def _bulk(user: User, action: str, *articles: Article, **typed: Any) -> Any:
    client, url = signed_in(user), reverse("admin:articles_article_changelist")
    chosen = {"action": action, "_selected_action": [article.pk for article in articles]}
    shown = client.post(url, chosen, follow=True)
    if shown.context is None or "rows" not in shown.context:
        return shown
    seen = {f"seen_{row['article'].pk}": row["seen"] for row in shown.context["rows"]}
    return client.post(url, chosen | seen | {"confirmed": "yes"} | typed, follow=True)


def test_drafts_are_submitted_in_bulk_and_other_peoples_are_refused(article: Article, now: datetime) -> None:
    other = factories.draft(now=now, claims=[], slug="the-editors", by=factories.desk().editor)
    said = messages_of(_bulk(factories.desk().writer, "submit_selected", article, other))
    assert "Submitted" in said
    assert "somebody else" in said
    assert set(Article.objects.values_list("slug", "state")) == {
        ("l-glutamine", State.IN_REVIEW),
        ("the-editors", State.DRAFT),
    }


def test_bulk_approval_refuses_whoever_touched_it(article: Article) -> None:
    editor = factories.desk().editor
    _save(signed_in(editor), article, dek="A comma, changed.")
    _take(factories.desk().writer, article, "submit")
    assert "Another person approves it." in messages_of(_bulk(editor, "approve_selected", article))
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


def test_bulk_approval_by_another_person_binds_to_what_was_shown(article: Article) -> None:
    _take(factories.desk().writer, article, "submit")
    stale = {f"seen_{article.pk}": "0" * 64}
    assert "changed after" in messages_of(
        _bulk(factories.desk().editor, "approve_selected", article, **stale)
    )
    _bulk(factories.desk().editor, "approve_selected", article)
    article.refresh_from_db()
    assert article.state == State.APPROVED


def test_articles_are_published_together_or_not_at_all(article: Article, now: datetime) -> None:
    second = factories.draft(now=now, claims=[article.claims.get()], slug="second")
    factories.approved_article(article, now=now)
    assert "has no approval of exactly this text" in messages_of(
        _bulk(factories.desk().managing, "publish_selected", article, second)
    )
    assert not Edition.objects.exists()
    factories.approved_article(second, now=now)
    _bulk(factories.desk().managing, "publish_selected", article, second)
    assert len({edition.release_id for edition in Edition.objects.all()}) == 1
    assert Edition.objects.count() == 2


@pytest.mark.parametrize("action", ["submit_selected", "approve_selected", "publish_selected"])
def test_a_superuser_without_a_role_does_nothing_in_bulk(action: str, article: Article) -> None:
    before = ArticleEvent.objects.count()
    _bulk(factories.desk().superuser, action, article, confirmed="yes")
    assert ArticleEvent.objects.count() == before


def test_what_waits_for_me_is_exactly_what_i_have_not_touched(article: Article) -> None:
    _save(signed_in(factories.desk().editor), article, dek="Touched.")
    for user in User.objects.all():
        untouched = trail.untouched_by(Article.objects.all(), user).exists()
        assert untouched is (user.pk not in trail.contributors(article))
