"""An article goes live only by people who touched none of it, and never with a fault the gate can see."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles.models import Article, ArticlePerson, Edition
from articles.verbs import drafting, publishing, readiness, trail, workflow
from config.refusal import Refused
from config.rights import Role
from evidence.models import GradeSnapshot, LiveNotice, StudyRecord
from evidence.models.base import AppendOnlyError
from evidence.verbs import intake
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(now: datetime) -> Article:
    """A complete draft of the writer's."""
    factories.desk()
    return factories.draft(now=now, claims=[factories.graded_claim(now=now)])


def test_from_draft_to_reader_by_three_people(article: Article, now: datetime) -> None:
    edition = factories.published(article, now=now)
    article.refresh_from_db()
    assert (edition.number, article.state, article.live) == ("1.0", "published", edition)
    assert [event.kind for event in article.events.all()] == ["created", "submitted", "approved", "published"]


def test_it_refuses_the_approval_of_whoever_touched_the_manifest(article: Article, now: datetime) -> None:
    people = factories.desk()
    article.dek = "An editor's better dek."
    drafting.save(article, by=people.editor, now=now)
    workflow.submit(article, by=people.writer, now=now)
    with pytest.raises(PermissionDenied, match="Another person approves"):
        workflow.approve(article, by=people.editor, now=now, seen=trail.manifest_sha256(article))
    workflow.approve(article, by=people.managing, now=now, seen=trail.manifest_sha256(article))


def test_a_superuser_without_a_role_neither_approves_nor_publishes(article: Article, now: datetime) -> None:
    people = factories.desk()
    workflow.submit(article, by=people.writer, now=now)
    with pytest.raises(PermissionDenied):
        workflow.approve(article, by=people.superuser, now=now, seen=trail.manifest_sha256(article))
    workflow.approve(article, by=people.editor, now=now, seen=trail.manifest_sha256(article))
    with pytest.raises(PermissionDenied):
        publishing.publish(article, by=people.superuser, now=now)


def test_one_changed_byte_makes_an_approval_void(article: Article, now: datetime) -> None:
    people = factories.desk()
    factories.approved_article(article, now=now)
    article.body += "!"
    drafting.save(article, by=people.managing, now=now)
    assert article.state == "draft"
    with pytest.raises(Refused, match="no approval of exactly this text"):
        publishing.publish(article, by=people.editor, now=now)


def test_an_approval_that_an_edit_made_void_does_not_wash_its_authors_clean(
    article: Article, now: datetime
) -> None:
    people = factories.desk()
    article.dek = "The editor's words."
    drafting.save(article, by=people.editor, now=now)
    workflow.submit(article, by=people.writer, now=now)
    workflow.approve(article, by=people.managing, now=now, seen=trail.manifest_sha256(article))
    article.body += "!"
    drafting.save(article, by=people.managing, now=now)
    workflow.submit(article, by=people.writer, now=now)
    with pytest.raises(PermissionDenied):
        workflow.approve(article, by=people.editor, now=now, seen=trail.manifest_sha256(article))


def test_changing_a_person_on_the_byline_makes_the_approval_void(article: Article, now: datetime) -> None:
    factories.approved_article(article, now=now)
    person = article.bylines.get(role=ArticlePerson.Role.AUTHOR).person
    person.credential = "PhD"
    person.save()
    assert trail.approval(article) is None
    with pytest.raises(Refused):
        publishing.publish(article, by=factories.desk().managing, now=now)


def test_news_elsewhere_changes_no_manifest_but_the_gate_asks_to_pin_again(
    article: Article, now: datetime
) -> None:
    before = trail.manifest_sha256(article)
    claim = article.claims.get()
    later = now + timedelta(days=1)
    factories.finding(claim, factories.study(now=now), now=later, number=2)
    factories.approved(factories.proposed(claim, now=later, trigger="new_finding"), now=later)
    assert trail.manifest_sha256(article) == before
    assert [check.code for check in readiness.blocking(article, now=later)] == ["pins"]
    assert drafting.repin(article, by=factories.desk().writer, now=later)
    assert readiness.blocking(article, now=later) == []
    assert trail.manifest_sha256(article) != before


def test_nobody_approves_what_they_have_not_seen(article: Article, now: datetime) -> None:
    people = factories.desk()
    workflow.submit(article, by=people.writer, now=now)
    seen = trail.manifest_sha256(article)
    article.body += "!"
    drafting.save(article, by=people.writer, now=now)
    with pytest.raises(Refused, match="changed after this page was opened"):
        workflow.approve(article, by=people.editor, now=now, seen=seen)


def test_a_colleagues_save_is_never_overwritten(article: Article, now: datetime) -> None:
    people = factories.desk()
    mine, theirs = Article.objects.get(pk=article.pk), Article.objects.get(pk=article.pk)
    theirs.dek = "Theirs."
    drafting.save(theirs, by=people.editor, now=now, seen_version=theirs.version)
    mine.dek = "Mine."
    with pytest.raises(Refused, match="A colleague saved"):
        drafting.save(mine, by=people.writer, now=now, seen_version=mine.version)
    assert Article.objects.get(pk=article.pk).dek == "Theirs."


def test_a_form_that_was_open_meanwhile_does_not_bring_back_the_old_state(
    article: Article, now: datetime
) -> None:
    stale = Article.objects.get(pk=article.pk)
    workflow.submit(article, by=factories.desk().writer, now=now)
    drafting.save(stale, by=factories.desk().writer, now=now)
    assert Article.objects.get(pk=article.pk).state == "in_review"


def test_a_writer_keeps_to_their_own_drafts(article: Article, now: datetime) -> None:
    other = factories.user("other-writer", Role.WRITER)
    with pytest.raises(PermissionDenied, match="somebody else's"):
        drafting.save(article, by=other, now=now)


def test_a_translator_drafts_only_in_their_language(now: datetime) -> None:
    people = factories.desk()
    with pytest.raises(PermissionDenied, match="other languages"):
        factories.draft(now=now, claims=[], by=people.translator, language="en")
    assert factories.draft(now=now, claims=[], by=people.translator, language="zh-hant").pk


def test_an_author_cannot_review_their_own_article(article: Article, now: datetime) -> None:
    person = article.bylines.get(role="author").person
    with pytest.raises(ValidationError):
        drafting.save(
            article, by=factories.desk().writer, now=now, people=[(person, "author"), (person, "reviewer")]
        )


def test_requesting_changes_takes_a_remark_and_sends_the_draft_back(article: Article, now: datetime) -> None:
    people = factories.desk()
    workflow.submit(article, by=people.writer, now=now)
    with pytest.raises(Refused, match="Say in the remark"):
        workflow.request_changes(article, by=people.reviewer, now=now, remark="")
    workflow.request_changes(article, by=people.reviewer, now=now, remark="No trial has tested that.")
    assert article.state == "changes_requested"
    workflow.submit(article, by=people.writer, now=now)
    assert article.state == "in_review"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"disclosure": ""}, "disclosure"),
        ({"body": "## A heading\n\nNobody knows. [@nobody1900] [@zhou2019]"}, "markup"),
        ({"body": "## A heading\n\nTK find the number. [@zhou2019]"}, "markup"),
        ({"short_version": "No cites.", "body": "None at all."}, "cites"),
        ({"description": ""}, "head"),
        ({"next_review": None}, "head"),
    ],
)
def test_the_gate_names_what_blocks(
    article: Article, now: datetime, fault: dict[str, str], code: str
) -> None:
    people = factories.desk()
    for name, value in fault.items():
        setattr(article, name, value)
    drafting.save(article, by=people.writer, now=now)
    assert code in [check.code for check in readiness.blocking(article, now=now)]
    workflow.submit(article, by=people.writer, now=now)
    with pytest.raises(Refused) as refusal:
        workflow.approve(article, by=people.editor, now=now, seen=trail.manifest_sha256(article))
    assert refusal.value.code == "gate"
    assert refusal.value.details


def test_a_retracted_citation_blocks_publication(article: Article, now: datetime) -> None:
    intake.add(
        factories.retracted(factories.record()),
        origin=StudyRecord.Origin.PUBMED_FILE,
        by=factories.desk().writer,
        now=now,
    )
    assert "retracted" in [check.code for check in readiness.blocking(article, now=now)]


def test_an_ungraded_claim_blocks_publication(now: datetime) -> None:
    factories.desk()
    factories.study(now=now)
    article = factories.draft(now=now, claims=[factories.claim(now=now)])
    assert "claims" in [check.code for check in readiness.blocking(article, now=now)]


def test_a_minor_edition_adds_a_tenth_and_a_major_one_needs_a_note(article: Article, now: datetime) -> None:
    people = factories.desk()
    factories.published(article, now=now)
    numbers = []
    for dek, minor, note in (("Second.", True, ""), ("Third.", False, "Rewritten after a new trial.")):
        article.dek = dek
        drafting.save(article, by=people.writer, now=now)
        factories.approved_article(article, now=now)
        if not minor:
            with pytest.raises(Refused, match="carries a change note"):
                publishing.publish(article, by=people.managing, now=now, minor=False)
        numbers.append(
            publishing.publish(article, by=people.managing, now=now, minor=minor, note=note).number
        )
    assert numbers == ["1.1", "2.0"]


def test_an_edition_is_never_rewritten(article: Article, now: datetime) -> None:
    edition = factories.published(article, now=now)
    with pytest.raises(AppendOnlyError):
        edition.save()
    with pytest.raises(AppendOnlyError):
        Edition.objects.filter(pk=edition.pk).update(headline="Another")
    with pytest.raises(AppendOnlyError):
        Edition.objects.all().delete()


def test_a_published_article_edited_goes_on_being_read_as_it_was(article: Article, now: datetime) -> None:
    edition = factories.published(article, now=now)
    article.headline = "Quite another headline"
    drafting.save(article, by=factories.desk().writer, now=now)
    article.refresh_from_db()
    assert (article.state, article.live) == ("draft", edition)
    assert Edition.objects.live().get().headline == "Glutamine feeds the gut wall"


def test_a_held_grade_goes_live_together_with_its_article(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    work = factories.study(now=now)
    factories.cite(claim, work, now=now)
    factories.finding(claim, work, now=now)
    factories.beside(claim, now=now)
    factories.words(claim, now=now)
    factories.approved(factories.proposed(claim, now=now), now=now, hold=True)
    article = factories.draft(now=now, claims=[claim])
    factories.approved_article(article, now=now)
    assert not GradeSnapshot.objects.current().exists()
    publishing.publish(article, by=people.managing, now=now)
    assert GradeSnapshot.objects.current().get().claim == claim


def test_translations_go_live_together_or_not_at_all(article: Article, now: datetime) -> None:
    people = factories.desk()
    chinese = factories.draft(
        now=now,
        claims=list(article.claims.all()),
        by=people.translator,
        language="zh-hant",
        translation_key=article.translation_key,
    )
    factories.approved_article(article, now=now)
    with pytest.raises(Refused):
        publishing.release([article, chinese], by=people.managing, now=now)
    assert not Edition.objects.exists()
    factories.approved_article(chinese, now=now)
    both = publishing.release([article, chinese], by=people.managing, now=now)
    assert both[0].release == both[1].release


def test_a_regrade_stands_flagged_until_the_radar_shows_it(article: Article, now: datetime) -> None:
    people = factories.desk()
    factories.published(article, now=now)
    claim = article.claims.get()
    later = now + timedelta(days=1)
    factories.finding(claim, factories.study(now=now), now=later, number=2)
    factories.approved(factories.proposed(claim, now=later, trigger="new_finding"), now=later)
    assert LiveNotice.objects.standing().get().kind == "regraded"
    drafting.repin(article, by=people.writer, now=later)
    factories.published(article, now=later)
    assert not LiveNotice.objects.standing().exists()
