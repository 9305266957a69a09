"""The brief's demonstration: readers who are invented, an issue that is never empty and that nobody has approved.

Loading takes seconds, so that each test here holds several promises at once.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import override_settings

from articles.demonstration import loading as articles_loading
from articles.models import Edition
from config.refusal import Refused
from evidence.models import GradeSnapshot
from evidence.verbs import grading
from newsletter.demonstration.loading import load
from newsletter.models import Issue, IssueLine, Subscriber
from newsletter.verbs import approval, composing, telling
from tests.newsletter import factories

pytestmark = pytest.mark.django_db
SUNDAY_MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
YEARS_LATER = datetime(2029, 3, 7, 23, 0, tzinfo=UTC)
BEFORE_ITS_ARTICLES = datetime(2025, 1, 3, 0, 30, tzinfo=UTC)
RESERVED = (".example", "example.org", "example.com", "example.net")


@pytest.fixture
def articles() -> None:
    for _step in articles_loading.load():
        pass


def loaded(now: datetime) -> list[str]:
    return list(load(now=now))


def _user(name: str) -> User:
    return User.objects.get(username=name)


@pytest.mark.parametrize("now", [SUNDAY_MORNING, YEARS_LATER])
def test_whenever_it_is_loaded_its_issue_tells_of_a_regrade_of_its_own_week_and_waits_for_a_second_person(
    articles: None, now: datetime
) -> None:
    loaded(now)
    issue = Issue.objects.get()
    regrade = issue.lines.get(kind=IssueLine.Kind.REGRADE, section=IssueLine.Section.CHANGED).snapshot
    assert regrade is not None
    assert regrade.current_from is not None
    assert timedelta(0) < now - regrade.current_from < timedelta(days=3)
    for language, word in (("en", "Good morning."), ("zh-hant", "早安。")):
        said = composing.content(issue, language)
        told = said.sections[0].lines[0]
        assert (told.previous_grade, told.grade) == ("moderate", "weak")
        assert said.opening[0].startswith(word)
        assert [section.code for section in said.sections] == ["changed", "new", "hype"]
    assert grading.replay_all() == GradeSnapshot.objects.count()

    seen = approval.manifest(issue).sha256
    with pytest.raises(Refused, match="Another person approves it"):
        approval.approve(issue, by=_user("editor"), now=now, seen=seen)
    approval.approve(issue, by=_user("managing"), now=now, seen=seen)
    assert issue.state == Issue.State.APPROVED


def test_a_clock_that_is_slow_still_gives_an_issue_that_could_go(articles: None) -> None:
    loaded(BEFORE_ITS_ARTICLES)
    assert composing.problems(Issue.objects.get()) == []


def test_twelve_get_it_in_many_zones_and_nobody_is_mailed_but_who_has_yet_to_confirm(
    articles: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        loaded(SUNDAY_MORNING)
    readers = Subscriber.objects.reachable()
    assert readers.count() == 12
    assert len(set(readers.values_list("time_zone", flat=True))) >= 8
    assert set(readers.values_list("language", flat=True)) == {"en", "zh-hant"}
    assert readers.filter(plain=True).count() == 3
    assert readers.filter(followed__slug="probiotics-begun-early").count() == 3
    states = Counter(Subscriber.objects.values_list("state", flat=True))
    assert (states["left"], states["pending"]) == (1, 1)
    assert [one for one in Subscriber.objects.all() if not one.address.endswith(RESERVED)] == []
    assert [letter.to for letter in mail.outbox] == [["perhaps@example.net"]]

    mail.outbox.clear()
    telling.tell_editors(now=SUNDAY_MORNING)
    assert {letter.to[0] for letter in mail.outbox} == {"editor@desk.example", "managing@desk.example"}


def test_running_it_again_changes_nothing_in_its_week_and_composes_the_next_once_that_is_past(
    articles: None,
) -> None:
    loaded(SUNDAY_MORNING)
    first = Issue.objects.get()
    composing.write(
        first, "en", by=_user("editor"), now=SUNDAY_MORNING, subject="Ours", opening="Our own words."
    )
    before = factories.tables(), GradeSnapshot.objects.count(), Edition.objects.count()
    assert loaded(SUNDAY_MORNING + timedelta(hours=1)) == []
    assert (factories.tables(), GradeSnapshot.objects.count(), Edition.objects.count()) == before

    loaded(SUNDAY_MORNING + timedelta(weeks=5))
    second = Issue.objects.latest("sunday")
    assert set(first.lines.values_list("key", flat=True)) <= set(second.lines.values_list("key", flat=True))
    assert composing.content(second, "zh-hant").opening[0].startswith("早安。")

    approval.approve(
        second, by=_user("managing"), now=second.composed_at, seen=approval.manifest(second).sha256
    )
    said = loaded(SUNDAY_MORNING + timedelta(weeks=7))
    assert "nothing changed since the last" in said[-1]
    assert Issue.objects.latest("sunday").state == Issue.State.EMPTY


def test_before_the_articles_it_says_what_to_run() -> None:
    with pytest.raises(Refused, match="run “demo” first"):
        loaded(SUNDAY_MORNING)


@override_settings(EMBEDDED=False)
def test_outside_the_embedded_mode_it_is_refused() -> None:
    with pytest.raises(Refused, match="EMBEDDED=1 only"):
        loaded(SUNDAY_MORNING)


@override_settings(EMAIL_HOST="relay.example.org")
def test_it_mails_nobody_over_a_relay_beyond_this_machine() -> None:
    with pytest.raises(CommandError, match="stay on this machine"):
        call_command("demo_brief")
