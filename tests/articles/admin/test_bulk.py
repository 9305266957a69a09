"""Steps for several articles at once at the desk: the same verbs, the same four eyes, the hash of what was shown."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Article, ArticleEvent, Edition
from articles.verbs import trail
from tests import factories
from tests.admin_pages import messages_of, signed_in
from tests.articles.admin.pages import save, take

pytestmark = pytest.mark.django_db
State = Article.State


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
    save(signed_in(editor), article, dek="A comma, changed.")
    take(factories.desk().writer, article, "submit")
    assert "Another person approves it." in messages_of(_bulk(editor, "approve_selected", article))
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW


def test_bulk_approval_by_another_person_binds_to_what_was_shown(article: Article) -> None:
    take(factories.desk().writer, article, "submit")
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
    save(signed_in(factories.desk().editor), article, dek="Touched.")
    for user in User.objects.all():
        untouched = trail.untouched_by(Article.objects.all(), user).exists()
        assert untouched is (user.pk not in trail.contributors(article))
