"""Who may open and change what at the desk's writing pages, by the matrix alone; lists, navigation, accounts."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Person, Topic
from articles.verbs import people, trail
from config.rights import Action, Role, may
from tests import factories
from tests.admin_pages import form_of, signed_in

LISTS = ("article", "topic", "person", "edition", "release", "articleevent")
READ_ONLY = ("edition", "release", "articleevent")

pytestmark = pytest.mark.django_db


@pytest.fixture(params=list(Role))
def member(request: pytest.FixtureRequest) -> User:
    """Somebody with one role."""
    user = factories.user(f"a-{request.param.value}", request.param)
    if request.param is Role.TRANSLATOR:
        user.groups.add(Group.objects.get_or_create(name="language:zh-hant")[0])
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("table", LISTS)
def test_every_list_opens_for_every_role(table: str, member: User, now: datetime) -> None:
    factories.published_article(now=now)
    assert signed_in(member).get(reverse(f"admin:articles_{table}_changelist")).status_code == 200


@pytest.mark.parametrize(
    ("table", "action"),
    [
        ("article", Action.WRITE_DRAFT),
        ("topic", Action.EDIT_ANY_DRAFT),
        ("person", Action.EDIT_ANY_DRAFT),
        ("edition", None),
        ("release", None),
        ("articleevent", None),
    ],
)
def test_forms_that_add_open_by_the_matrix(table: str, action: Action | None, member: User) -> None:
    allowed = action is not None and may(member, action)
    response = signed_in(member).get(reverse(f"admin:articles_{table}_add"))
    assert response.status_code == (200 if allowed else 403)


def test_every_page_opens_for_every_role(member: User, now: datetime) -> None:
    edition = factories.published_article(now=now)
    article = edition.article
    client = signed_in(member)
    pages = [
        reverse("admin:index"),
        reverse("admin:app_list", args=["articles"]),
        reverse("admin:articles_article_change", args=[article.pk]),
        reverse("admin:articles_article_history", args=[article.pk]),
        reverse("admin:articles_article_preview", args=[article.pk]),
        reverse("admin:articles_edition_change", args=[edition.pk]),
        reverse("admin:articles_release_change", args=[edition.release_id]),
        reverse("admin:articles_person_change", args=[Person.objects.earliest("pk").pk]),
        reverse("admin:articles_topic_change", args=[article.topic_id]),
        *(reverse("admin:articles_article_step", args=[article.pk, name]) for name in
          ("submit", "request-changes", "approve", "publish", "repin")),
    ]  # fmt: skip
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


@pytest.mark.parametrize("table", READ_ONLY)
def test_what_is_written_once_is_neither_changed_nor_deleted(table: str, now: datetime) -> None:
    edition = factories.published_article(now=now)
    rows: dict[str, Any] = {
        "edition": edition,
        "release": edition.release,
        "articleevent": edition.article.events.first(),
    }
    for user in (factories.desk().managing, factories.desk().superuser):
        for page in ("change", "delete"):
            url = reverse(f"admin:articles_{table}_{page}", args=[rows[table].pk])
            assert signed_in(user).post(url).status_code == 403


@pytest.mark.parametrize("table", ["article", "person", "topic"])
def test_nothing_that_may_have_been_published_is_deleted(table: str, now: datetime) -> None:
    article = factories.published_article(now=now).article
    rows: dict[str, Any] = {
        "article": article,
        "person": Person.objects.earliest("pk"),
        "topic": article.topic,
    }
    url = reverse(f"admin:articles_{table}_delete", args=[rows[table].pk])
    assert signed_in(factories.desk().managing).post(url, {"post": "yes"}).status_code == 403


def test_a_list_of_fifty_articles_asks_no_more_than_a_list_of_two(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    client = signed_in(factories.desk().editor)
    urls = [reverse(f"admin:articles_{table}_changelist") for table in LISTS]

    def asked() -> dict[str, int]:
        counts = {}
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts[url] = len(queries)
        return counts

    def write(start: int, stop: int) -> None:
        for number in range(start, stop):
            people.save_person(
                Person(
                    slug=f"p-{number}",
                    name=f"Person {number}",
                    user=factories.user(f"p{number}", Role.WRITER),
                ),
                by=factories.desk().editor,
                now=now,
            )
            topic = Topic(
                code=f"t-{number}", slug=f"t-{number}", title_en=f"T {number}", title_zh_hant="主題"
            )
            people.save_topic(topic, by=factories.desk().editor)
            article = factories.draft(now=now, claims=[claim], slug=f"a-{number}")
            factories.published(article, now=now)

    write(0, 2)
    asked()
    few = asked()
    write(2, 50)
    assert asked() == few
    assert max(few.values()) <= 14


# People and hubs ----------------------------------------------------------------------------------------


def test_changing_a_byline_touches_the_articles_that_bear_it(now: datetime) -> None:
    article = factories.draft(now=now, claims=[factories.graded_claim(now=now)])
    factories.approved_article(article, now=now)
    editor = signed_in(factories.desk().managing)
    url = reverse("admin:articles_person_change", args=[Person.objects.get(slug="mei-lin").pk])
    assert editor.post(url, form_of(editor, url) | {"credential": "PhD"}).status_code == 302
    article.refresh_from_db()
    assert trail.approval(article) is None
    assert article.state == Article.State.DRAFT
    assert factories.desk().managing.pk in trail.contributors(article)


def test_what_a_byline_does_not_show_touches_nothing(now: datetime) -> None:
    article = factories.draft(now=now, claims=[])
    before, client = article.events.count(), signed_in(factories.desk().editor)
    url = reverse("admin:articles_person_change", args=[Person.objects.get(slug="mei-lin").pk])
    client.post(url, form_of(client, url) | {"biography_en": "Writes."})
    assert article.events.count() == before


def test_an_orcid_that_is_none_is_refused_with_the_rest_kept(now: datetime) -> None:
    client, url = signed_in(factories.desk().editor), reverse("admin:articles_person_add")
    typed = form_of(client, url) | {
        "name": "Kofi Asante",
        "slug": "kofi",
        "orcid": "12",
        "biography_en": "Long text.",
    }
    page = client.post(url, typed).content.decode()
    assert "An ORCID reads" in page
    assert "Long text." in page


def test_the_code_of_a_hub_never_changes(now: datetime) -> None:
    topic = factories.topic()
    topic.code = "other"
    with pytest.raises(Exception, match="Claims carry this code"):
        people.save_topic(topic, by=factories.desk().editor)


# Front page and navigation --------------------------------------------------------------------------------


def test_the_front_page_shows_what_waits_for_me_and_what_is_blocked(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    article = factories.draft(now=now, claims=[claim], disclosure="")
    Article.objects.filter(pk=article.pk).update(state=Article.State.IN_REVIEW)
    snapshot = factories.proposed(claim, now=now, trigger="recoded")
    mine = signed_in(factories.desk().managing).get(reverse("admin:index")).content.decode()
    assert reverse("admin:articles_article_step", args=[article.pk, "approve"]) in mine
    assert reverse("admin:evidence_gradesnapshot_review", args=[snapshot.pk]) in mine
    assert "Fill in the disclosure." in mine
    theirs = signed_in(factories.desk().writer).get(reverse("admin:index")).content.decode()
    assert "Nothing waits for you." in theirs
    assert reverse("admin:articles_article_step", args=[article.pk, "approve"]) not in theirs


def test_an_overdue_review_stands_on_the_front_page(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    type(claim).objects.filter(pk=claim.pk).update(next_check="2020-01-01")
    page = signed_in(factories.desk().writer).get(reverse("admin:index")).content.decode()
    assert reverse("admin:evidence_claim_change", args=[claim.pk]) in page


def test_the_navigation_is_grouped_with_add_beside_the_thing() -> None:
    page = signed_in(factories.desk().writer).get(reverse("admin:index"))
    groups = {str(app["name"]): app["models"] for app in page.context["available_apps"]}
    assert list(groups) == ["Writing", "Evidence", "The brief", "Record"]
    adds = {model["object_name"]: model["add_url"] for models in groups.values() for model in models}
    assert adds["Article"] == reverse("admin:articles_article_add")
    assert adds["Study"] == reverse("admin:evidence_referenceimport_add")
    assert adds["Claim"] is None
    assert adds["Edition"] is None


# Accounts and roles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["user", "group"])
def test_only_those_who_manage_accounts_see_them(table: str, member: User) -> None:
    response = signed_in(member).get(reverse(f"admin:auth_{table}_changelist"))
    assert response.status_code == (200 if may(member, Action.MANAGE_ACCOUNTS) else 403)


def test_a_superuser_gives_the_first_roles() -> None:
    call_command("make_roles", stdout=StringIO())
    root, new = factories.desk().superuser, factories.user("new")
    client, url = signed_in(root), reverse("admin:auth_user_change", args=[new.pk])
    role = Group.objects.get(name=Role.ADMIN.value)
    client.post(url, form_of(client, url) | {"groups": [role.pk]})
    assert may(User.objects.get(pk=new.pk), Action.MANAGE_ACCOUNTS)


def test_an_admin_neither_makes_superusers_nor_changes_one() -> None:
    admin, root = factories.user("admin", Role.ADMIN), factories.desk().superuser
    client = signed_in(admin)
    own = reverse("admin:auth_user_change", args=[admin.pk])
    assert "is_superuser" not in form_of(client, own)
    client.post(own, form_of(client, own) | {"is_superuser": "on"})
    assert not User.objects.get(pk=admin.pk).is_superuser
    theirs = reverse("admin:auth_user_change", args=[root.pk])
    assert client.post(theirs, {"username": "mine"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert client.get(password).status_code == 403


def test_roles_are_made_once_and_the_command_says_what_it_did() -> None:
    first, second = StringIO(), StringIO()
    call_command("make_roles", stdout=first)
    call_command("make_roles", stdout=second)
    names = set(Group.objects.values_list("name", flat=True))
    assert names == {*(role.value for role in Role), "language:en", "language:zh-hant"}
    assert first.getvalue().startswith("Made: writer")
    assert second.getvalue().startswith("There already: writer")
