"""Writing, reviewing and publishing at the desk: by page and in bulk, through verbs, losing nothing typed."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Article, ArticleEvent, Edition
from articles.verbs import trail
from config.rights import Role
from tests import factories
from tests.admin_pages import form_of, signed_in
from tests.articles.admin.pages import change_url, save, step_url, take

pytestmark = pytest.mark.django_db
State = Article.State


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
    assert save(signed_in(factories.desk().writer), article).status_code == 302
    assert ArticleEvent.objects.count() == before


def test_text_people_and_claims_changed_together_are_one_touch(article: Article, now: datetime) -> None:
    other = factories.graded_claim(
        "another-claim", now=now, work=factories.study(factories.record("222"), now=now)
    )
    before = article.events.count()
    response = save(
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
    typed = form_of(client, change_url(article))
    assert "references-0-study" not in typed
    assert "claim_links-0-snapshot" not in typed
    save(client, article, **{"references-0-note": "The trial worth knowing."})
    assert article.references.get().note == "The trial worth knowing."


def test_a_work_that_falls_out_of_the_text_takes_its_note_along(article: Article) -> None:
    client = signed_in(factories.desk().writer)
    cut = {
        "body": "Nothing cited.",
        "short_version": "Nothing.",
        "references-0-note": "Typed in the same save.",
    }
    assert save(client, article, **cut).status_code == 302
    assert not article.references.exists()


def test_a_colleagues_save_is_shown_beside_mine_and_neither_is_lost(article: Article) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    opened = form_of(writer, change_url(article))
    save(editor, article, dek="The editor's dek.")
    response = writer.post(
        change_url(article), opened | {"dek": "The writer's dek.", "verdict": "Wait longer."}
    )
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
    opened = form_of(writer, change_url(article))
    save(editor, article, dek="The editor's dek.")
    shown = writer.post(change_url(article), opened | {"dek": "The writer's dek."})
    again = form_of(writer, change_url(article)) | {
        "dek": "The writer's dek.",
        "seen_version": shown.context["adminform"].form.data["seen_version"],
    }
    assert writer.post(change_url(article), again).status_code == 302
    assert Article.objects.get(pk=article.pk).dek == "The writer's dek."


def test_claims_and_people_typed_before_a_conflict_are_named(article: Article) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    added = factories.named_person("third-person")
    opened = form_of(writer, change_url(article))
    save(editor, article, dek="The editor's dek.")
    mine = {
        "bylines-TOTAL_FORMS": "3",
        "bylines-2-person": added.pk,
        "bylines-2-role": "author",
        "bylines-2-order": "3",
    }
    rows = writer.post(change_url(article), opened | mine).context["conflict"]
    assert any(str(added) in row["mine"] for row in rows)


def test_an_address_already_taken_is_refused_with_the_text_kept(article: Article, now: datetime) -> None:
    factories.draft(now=now, claims=[], slug="taken")
    page = save(
        signed_in(factories.desk().writer), article, slug="taken", dek="My long dek."
    ).content.decode()
    assert "My long dek." in page
    assert "errornote" in page


@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN])
def test_somebody_elses_draft_is_read_and_not_written(role: Role, article: Article) -> None:
    client = signed_in(factories.user("somebody-else", role))
    assert client.get(change_url(article)).status_code == 200
    assert client.post(change_url(article), {"headline": "Mine now"}).status_code == 403


def test_a_superuser_without_a_role_writes_nothing(article: Article) -> None:
    client = signed_in(factories.desk().superuser)
    assert client.get(change_url(article)).status_code == 200
    assert client.post(change_url(article), {"headline": "Mine now"}).status_code == 403
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
    save(signed_in(factories.desk().writer), article, disclosure="")
    response = signed_in(factories.desk().editor).get(change_url(article))
    page = response.content.decode()
    assert len(response.context["checks"]) == 15
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
    save(signed_in(factories.desk().writer), article, body="<img src=x onerror=alert(1)> [@zhou2019]")
    page = signed_in(factories.desk().writer).get(
        reverse("admin:articles_article_preview", args=[article.pk])
    )
    assert "<img src=x" not in page.content.decode()


# Steps --------------------------------------------------------------------------------------------------


def test_a_draft_goes_to_readers_by_three_people(article: Article) -> None:
    desk = factories.desk()
    assert take(desk.writer, article, "submit", remark="Ready").status_code == 302
    assert take(desk.editor, article, "approve").status_code == 302
    assert take(desk.managing, article, "publish", note="").status_code == 302
    article.refresh_from_db()
    assert article.state == State.PUBLISHED
    assert Edition.objects.get().number == "1.0"


def test_a_major_edition_needs_its_note_and_the_button_names_the_number(
    article: Article, now: datetime
) -> None:
    factories.published(article, now=now)
    save(signed_in(factories.desk().writer), article, dek="New.")
    article.refresh_from_db()
    factories.approved_article(article, now=now)
    client = signed_in(factories.desk().managing)
    page = client.get(step_url(article, "publish")).content.decode()
    assert "Publish edition 1.1 now" in page
    assert "Publish edition 2.0 now" in page
    refused = client.post(step_url(article, "publish"), {"note": "", "major": "1"}).content.decode()
    assert "A major edition carries a change note" in refused
    assert (
        client.post(step_url(article, "publish"), {"note": "A new trial.", "major": "1"}).status_code == 302
    )
    article.refresh_from_db()
    assert article.live is not None
    assert (article.live.number, article.live.note) == ("2.0", "A new trial.")


def test_requesting_changes_needs_a_remark_and_keeps_the_draft_in_review(article: Article) -> None:
    take(factories.desk().writer, article, "submit")
    page = take(factories.desk().editor, article, "request-changes", remark=" ").content.decode()
    assert "Say in the remark what should change." in page
    assert (
        take(factories.desk().reviewer, article, "request-changes", remark="Name the dose.").status_code
        == 302
    )
    article.refresh_from_db()
    assert article.state == State.CHANGES_REQUESTED


@pytest.mark.parametrize("role", list(Role))
def test_approval_by_page_follows_the_matrix(role: Role, article: Article) -> None:
    take(factories.desk().writer, article, "submit")
    take(factories.user("fresh", role), article, "approve")
    article.refresh_from_db()
    assert (article.state == State.APPROVED) is (role in {Role.EDITOR, Role.MANAGING})


@pytest.mark.parametrize("superuser", [False, True])
def test_an_editor_who_touched_it_is_refused_by_page_and_keeps_the_remark(
    superuser: bool, article: Article
) -> None:
    editor = factories.desk().editor
    User.objects.filter(pk=editor.pk).update(is_superuser=superuser)
    save(signed_in(editor), article, dek="A comma, changed.")
    take(factories.desk().writer, article, "submit")
    page = take(editor, article, "approve", remark="Good to go").content.decode()
    assert "Another person approves it." in page
    assert "Good to go" in page
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


def test_a_superuser_without_a_role_takes_nostep_url(article: Article, now: datetime) -> None:
    root = factories.desk().superuser
    assert "may not" in take(root, article, "submit").content.decode()
    take(factories.desk().writer, article, "submit")
    assert "may not approve article" in take(root, article, "approve").content.decode()
    assert "may not request changes" in take(root, article, "request-changes", remark="No").content.decode()
    take(factories.desk().editor, article, "approve")
    assert "may not publish" in take(root, article, "publish").content.decode()
    article.refresh_from_db()
    assert article.state == State.APPROVED


def test_a_blocked_article_is_refused_with_every_reason_at_once(article: Article) -> None:
    save(signed_in(factories.desk().writer), article, disclosure="", dek="")
    take(factories.desk().writer, article, "submit")
    page = take(factories.desk().editor, article, "approve").content.decode()
    assert "This cannot be published yet." in page
    assert "Fill in the disclosure." in page
    assert "dek is empty." in page


def test_what_changed_after_the_page_opened_is_not_approved(article: Article) -> None:
    take(factories.desk().writer, article, "submit")
    editor = signed_in(factories.desk().editor)
    opened = form_of(editor, step_url(article, "approve"))
    save(signed_in(factories.desk().writer), article, dek="Slipped in.")
    page = editor.post(step_url(article, "approve"), opened).content.decode()
    assert "changed after this page was opened" in page
    assert "Slipped in." in page


def test_pinning_again_is_a_touch_of_whoever_does_it(article: Article, now: datetime) -> None:
    claim = article.claims.get()
    factories.finding(claim, factories.study(factories.record("222"), now=now), now=now, n=500)
    factories.approved(factories.proposed(claim, now=now, trigger="new_finding"), now=now)
    editor = factories.desk().editor
    assert take(editor, article, "repin").status_code == 302
    assert editor.pk in trail.contributors(article)
    assert article.claim_links.get().snapshot == claim.grades.get(state="current")


def test_only_the_steps_of_the_state_are_offered(article: Article) -> None:
    page = signed_in(factories.desk().writer).get(change_url(article))
    assert [name for name, _step in page.context["steps"]] == ["submit", "repin"]
    take(factories.desk().writer, article, "submit")
    page = signed_in(factories.desk().managing).get(change_url(article))
    assert [name for name, _step in page.context["steps"]] == ["request-changes", "approve", "repin"]
