"""Watching and steering a send at the desk: every reader counted, nobody shown, and looking changes nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from config.rights import Role
from newsletter import sundays
from newsletter.admin import issue_watching
from newsletter.models import Delivery, Issue, IssueZone, ReceivingDomain, Subscriber
from newsletter.verbs import composing, steering
from tests import factories
from tests.admin_pages import messages_of, signed_in
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, SUNDAY
from tests.newsletter.factories import tables
from tests.newsletter.issue_desk import ROLES_WITHOUT, person, save, steer, url

pytestmark = pytest.mark.django_db
State = Delivery.State
# Sunday noon UTC: done in Taipei and Amsterdam, ahead in Honolulu.
NOON = sundays.send_after(SUNDAY, "UTC") + timedelta(hours=5)
ZONES = ("Asia/Taipei", "Europe/Amsterdam", "Pacific/Honolulu")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def editor() -> User:
    return briefs.editor()


@pytest.fixture
def managing() -> User:
    return factories.user("managing", Role.MANAGING)


@pytest.fixture
def issue() -> Issue:
    made = briefs.with_news()
    briefs.approved(made)
    return briefs.sending(made)


def deliver(issue: Issue, counts: dict[str, int], *, domain: str = "readers.example", **fields: Any) -> None:
    """Put rows into the ledger of an issue: so many of each state, in Amsterdam unless told otherwise."""
    start = Subscriber.objects.count()
    asked = {"domain": domain, "state": "active", "asked_at": FRIDAY}
    numbers = range(start, start + sum(counts.values()))
    people = [Subscriber(address=f"r{n}@{domain}", address_key=f"{n:064d}", **asked) for n in numbers]
    states = [state for state, count in counts.items() for _each in range(count)]
    zone = fields.pop("zone", "Europe/Amsterdam")
    values: dict[str, Any] = {
        "issue": issue, "domain": domain, "language": "en", "plain": False, "revision": issue.live_revision,
        "send_after": sundays.send_after(SUNDAY, zone), "due_at": sundays.send_after(SUNDAY, zone),
    }  # fmt: skip
    rows = [
        Delivery(subscriber=one, address=one.address, state=state, **values | fields)
        for one, state in zip(Subscriber.objects.bulk_create(people), states, strict=True)
    ]
    Delivery.objects.bulk_create(rows)
    IssueZone.objects.get_or_create(
        issue=issue, time_zone=zone, defaults={"send_after": values["send_after"]}
    )
    Issue.objects.filter(pk=issue.pk).update(audience=Delivery.objects.filter(issue=issue).count())
    issue.refresh_from_db()


def watched(user: User, issue: Issue) -> Any:
    return signed_in(user).get(url(issue, "watch"))


def test_the_states_on_the_page_add_up_to_the_audience(issue: Issue, editor: User) -> None:
    deliver(issue, {"sent": 60, "pending": 25, "deferred": 5, "failed": 4, "ambiguous": 1})
    deliver(issue, {"suppressed": 3, "expired": 1, "cancelled": 1})
    response = watched(editor, issue)
    bar = response.context["bar"]
    assert sum(part["count"] for part in bar) == response.context["progress"]["total"] == 100
    assert sum(part["width"] for part in bar) == 1000
    page = response.content.decode()
    for said in ("Put off by the receiver", "Refused", "Perhaps sent", "Given up after a day"):
        assert said in page


def test_sunday_morning_rolls_westwards_zone_by_zone(issue: Issue, editor: User) -> None:
    deliver(issue, {"sent": 3}, zone="Asia/Taipei")
    deliver(issue, {"sent": 2, "deferred": 1}, zone="Europe/Amsterdam")
    deliver(issue, {"pending": 4}, zone="Pacific/Honolulu")
    rows = watched(editor, issue).context["zones"]["rows"]
    assert [(row["zones"], row["readers"], row["done"], row["stage"]) for row in rows] == [
        ("Asia/Taipei", 3, 3, "done"),
        ("Europe/Amsterdam", 3, 2, "now"),
        ("Pacific/Honolulu", 4, 0, "ahead"),
    ]


def test_refusals_are_counted_by_reply_and_name_nobody(issue: Issue, editor: User) -> None:
    reply: dict[str, Any] = {
        "smtp_code": 550,
        "smtp_phase": "rcpt",
        "smtp_reply": "<r0@readers.example> unknown",
    }
    deliver(issue, {"failed": 3}, **reply)
    deliver(issue, {"deferred": 2}, domain="slow.example", smtp_code=421, smtp_phase="connect")
    response = watched(editor, issue)
    found = [(row["smtp_code"], row["state"], row["number"]) for row in response.context["replies"]]
    assert found == [(550, "failed", 3), (421, "deferred", 2)]
    assert "r0@readers.example" not in response.content.decode()


def test_the_ledger_row_by_row_is_offered_to_those_who_may_see_subscribers(
    issue: Issue, editor: User, managing: User
) -> None:
    deliver(issue, {"sent": 2, "ambiguous": 1})
    rows = f"{reverse('admin:newsletter_delivery_changelist')}?issue__id__exact={issue.pk}"
    assert rows not in watched(editor, issue).content.decode()
    assert f"{rows}&amp;state__exact=ambiguous" in watched(managing, issue).content.decode()


def test_the_page_says_who_got_which_revision(issue: Issue, editor: User) -> None:
    deliver(issue, {"sent": 2})
    deliver(issue, {"sent": 1}, language="zh-hant", plain=True)
    assert watched(editor, issue).context["revisions"] == [
        {"revision__number": 1, "number": 3, "english": 2, "chinese": 1, "plain": 1}
    ]


# Steering ---------------------------------------------------------------------------------------------


def test_a_send_is_paused_with_a_remark_and_resumed(issue: Issue, editor: User) -> None:
    deliver(issue, {"pending": 2})
    assert steer(editor, issue, "pause", "A regrade.").status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.events.get(kind="paused").remark) == ("paused", "A regrade.")
    steer(editor, issue, "resume")
    issue.refresh_from_db()
    assert issue.state == "sending"


def test_cancelling_without_a_remark_is_refused_and_the_page_says_what_is_missing(
    issue: Issue, editor: User
) -> None:
    deliver(issue, {"pending": 2, "sent": 1})
    assert "Say in a remark why it is cancelled" in steer(editor, issue, "cancel").content.decode()
    issue.refresh_from_db()
    assert issue.state == "sending"
    steer(editor, issue, "cancel", "Sent to the wrong list.")
    states = sorted(Delivery.objects.filter(issue=issue).values_list("state", flat=True))
    assert states == ["cancelled", "cancelled", "sent"]


def test_a_refused_act_keeps_the_remark(issue: Issue, editor: User) -> None:
    page = steer(editor, issue, "resume", "Kept remark.").content.decode()
    assert "cannot be done to it any more" in page
    assert "Kept remark." in page


def test_a_doubtful_delivery_is_settled_either_way(issue: Issue, editor: User) -> None:
    deliver(issue, {"ambiguous": 2})
    first, second = Delivery.objects.order_by("pk")
    client = signed_in(editor)
    client.post(url(issue, "settle", first.pk), {"arrived": "yes"})
    client.post(url(issue, "settle", second.pk), {"arrived": "no"})
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "pending"]
    again = client.post(url(issue, "settle", first.pk), {"arrived": "no"}, follow=True)
    assert "no longer in doubt" in messages_of(again)


def test_a_delivery_of_another_issue_is_not_settled_here(issue: Issue, editor: User) -> None:
    other = briefs.composed(sunday=SUNDAY + timedelta(weeks=1), now=NOON)
    deliver(other, {"ambiguous": 1})
    answer = signed_in(editor).post(url(issue, "settle", Delivery.objects.get().pk), {"arrived": "yes"})
    assert (answer.status_code, Delivery.objects.get().state) == (404, "ambiguous")


def test_a_paused_domain_is_named_and_resumed(issue: Issue, editor: User) -> None:
    domain = ReceivingDomain.objects.create(domain="slow.example", per_minute=5, free_at=NOON, paused_at=NOON)
    assert "slow.example" in watched(editor, issue).content.decode()
    signed_in(editor).post(url(issue, "domain", domain.pk))
    domain.refresh_from_db()
    assert domain.paused_at is None


def test_sunday_is_brought_forward_in_the_demonstration_alone(editor: User, settings: Any) -> None:
    made = briefs.with_news()
    briefs.approved(made)
    settings.EMBEDDED = False
    assert not issue_watching.acts(made)["bring_forward"]
    settings.EMBEDDED = True
    assert "Demonstration:" in watched_before(editor, made)
    steer(editor, made, "bring-forward")
    made.refresh_from_db()
    assert made.brought_forward_at is not None


def watched_before(user: User, issue: Issue) -> str:
    return str(watched(user, issue).content.decode())


@pytest.mark.parametrize("role", ROLES_WITHOUT)
def test_nobody_but_editors_steers_superusers_included(issue: Issue, role: Role | None) -> None:
    user = person(role)
    deliver(issue, {"ambiguous": 1, "pending": 1})
    assert "Pause the send" not in watched(user, issue).content.decode()
    before = tables()
    assert "takes one of these roles" in steer(user, issue, "pause", "Because.").content.decode()
    signed_in(user).post(url(issue, "settle", Delivery.objects.first().pk), {"arrived": "yes"})  # type: ignore[union-attr]
    assert tables() == before


# A revision while Sunday rolls on ---------------------------------------------------------------------


def test_an_erratum_is_written_while_paused_and_goes_as_the_second_revision(
    issue: Issue, editor: User
) -> None:
    deliver(issue, {"sent": 2, "pending": 2})
    assert "en-erratum" not in watched_before(editor, issue)
    steer(editor, issue, "pause", "A regrade.")
    said = {"en-erratum": "We were wrong.", "zh-hant-erratum": "我們先前有誤。"}
    assert save(editor, issue, **said).status_code == 302
    page = signed_in(briefs.approver()).get(url(issue, "approve"))
    assert (page.context["applies"], page.context["manifest"].revision) == (True, 2)
    assert "Resume" not in steer(editor, issue, "resume").headers.get("Location", "")
    signed_in(briefs.approver()).post(url(issue, "approve"), {"seen": page.context["seen"]})
    steer(editor, issue, "resume")
    issue.refresh_from_db()
    assert issue.live_revision is not None
    assert (issue.state, issue.live_revision.number) == ("sending", 2)


# Looking ----------------------------------------------------------------------------------------------


def test_looking_at_every_page_and_every_address_changes_nothing(issue: Issue, editor: User) -> None:
    deliver(issue, {"sent": 2, "ambiguous": 1})
    ReceivingDomain.objects.create(domain="slow.example", per_minute=5, free_at=NOON, paused_at=NOON)
    delivery, domain = Delivery.objects.get(state="ambiguous"), ReceivingDomain.objects.get()
    addresses = [
        reverse("admin:index"), reverse("admin:newsletter_issue_changelist"), reverse("admin:newsletter_issue_compose"),
        *(url(issue, page) for page in ("change", "preview", "test", "approve", "watch", "steer")),
        url(issue, "settle", delivery.pk), url(issue, "domain", domain.pk),
        *(url(issue, kind, form, "en") for kind in ("frame", "message") for form in ("html", "text")),
    ]  # fmt: skip
    client, before = signed_in(editor), tables()
    for address in addresses:
        assert client.get(address).status_code in {200, 302}, address
        assert client.head(address).status_code in {200, 302}, address
    assert tables() == before


def test_the_page_of_a_send_takes_few_queries_however_large_it_is(
    issue: Issue, managing: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for zone in ZONES:
        deliver(issue, {"sent": 300, "pending": 30, "failed": 10, "ambiguous": 4}, zone=zone)
    client = signed_in(managing)
    with django_assert_max_num_queries(19):
        assert client.get(url(issue, "watch")).context["progress"]["total"] == 1032


def test_composing_and_the_list_take_few_queries(
    editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        made = briefs.with_news()
        for slug, pmid, found in (("zinc-helps", "33", "331"), ("sauna-helps", "34", "341")):
            briefs.regrade(briefs.claim(slug, pmid=pmid), now=briefs.MONDAY, pmid=found)
        composing.refresh(made, by=None, now=FRIDAY)
        client = signed_in(editor)
        with django_assert_max_num_queries(29):
            client.get(url(made))
        with django_assert_max_num_queries(11):
            client.get(reverse("admin:newsletter_issue_changelist"))


# The desk's front page --------------------------------------------------------------------------------


def front(user: User) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load brief_desk %}{% brief_box %}").render(Context({"request": request}))


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def test_the_front_page_says_what_the_brief_waits_for(editor: User) -> None:
    with at(briefs.MONDAY):
        assert "Not composed yet" in front(editor)
    with at(FRIDAY):
        issue = briefs.with_news()
        assert "Approve by Saturday 28 Nov 17:00 UTC, or it does not go." in front(editor)
        assert url(issue) in front(editor)
        briefs.approved(issue)
        assert "It goes out from Saturday 28 Nov 17:00 UTC" in front(editor)


def test_the_front_page_says_that_a_week_was_missed(editor: User) -> None:
    with at(FRIDAY):
        issue = briefs.with_news()
    Issue.objects.filter(pk=issue.pk).update(state="missed")
    assert "was not approved in time and did not go" in front(editor)


def test_the_front_page_leads_to_a_send_its_doubts_and_its_paused_domains(issue: Issue, editor: User) -> None:
    deliver(issue, {"sent": 1, "ambiguous": 2})
    ReceivingDomain.objects.create(domain="slow.example", per_minute=5, free_at=NOON, paused_at=NOON)
    said = front(editor)
    for part in ("It is going out", url(issue, "watch"), "2 deliveries are in doubt.", "slow.example"):
        assert part in said


def test_the_desk_shows_the_brief_on_its_front_page(issue: Issue, editor: User) -> None:
    steering.pause(issue, by=editor, now=NOON)
    page = signed_in(editor).get(reverse("admin:index")).content.decode()
    assert "Nothing is sent until somebody resumes it." in page
