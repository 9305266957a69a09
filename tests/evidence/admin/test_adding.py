"""Adding a study at the desk, and all that its page lets one see and do about its check."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.rights import Action, Role, may
from evidence.models import Acceptance, CitedAs, Outcome, Study
from evidence.sources.records import Author
from evidence.verbs import coding, verifying
from tests import factories
from tests.admin_pages import signed_in
from tests.evidence.recorded_answers import asked_here, nobody_answers

pytestmark = pytest.mark.django_db
ADD = "admin:evidence_study_add"
PASTED = (
    "Abbasi F. A systematic review and meta-analysis of clinical trials on the effects of glutamine supplementation "
    "on gut permeability in adults. Amino Acids. 2024;56:60"
)


def page_of(study: Study, client: Client) -> str:
    return client.get(reverse("admin:evidence_study_change", args=[study.pk])).content.decode()


@pytest.fixture
def writer() -> Client:
    return signed_in(factories.desk().writer)


def test_a_pmid_leads_to_the_study_whose_record_is_being_asked_for(writer: Client) -> None:
    response = writer.post(reverse(ADD), {"text": "PMID: 30108163"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0].startswith("/desk/evidence/study/")
    assert "Its record is being asked for." in page
    assert "PubMed and Crossref are being asked" in page
    assert 'data-refresh="3"' in page
    with asked_here():
        verifying.check_due(now=timezone.now())
    page = page_of(Study.objects.get(), writer)
    assert "data-refresh" not in page
    assert "Demonstration replies, not asked of PubMed" in page
    assert "Randomised placebo-controlled trial of dietary glutamine" in page


def test_several_are_taken_at_once_and_counted(writer: Client, now: datetime) -> None:
    factories.study(now=now)
    page = writer.post(reverse(ADD), {"text": "30108163\n39397201"}, follow=True).content.decode()
    assert "1 added, 1 known already." in page
    assert set(Study.objects.values_list("pmid", flat=True)) == {"30108163", "39397201"}


def test_what_is_no_identifier_and_no_reference_keeps_what_was_typed(writer: Client) -> None:
    page = writer.post(reverse(ADD), {"text": "   "}).content.decode()
    assert "Nothing was done" in page
    with asked_here():
        page = writer.post(reverse(ADD), {"text": "something I once heard"}).content.decode()
    assert "something I once heard" in page
    assert Study.objects.count() == 0


def test_a_pasted_reference_is_offered_candidates_and_the_chosen_one_is_added(writer: Client) -> None:
    with asked_here():
        page = writer.post(reverse(ADD), {"text": PASTED}).content.decode()
        assert "Which work is meant?" in page
        assert 'value="39397201"' in page
        assert Study.objects.count() == 0
        response = writer.post(reverse(ADD), {"text": PASTED, "choice-0": "39397201"})
        verifying.check_due(now=timezone.now())
    study = Study.objects.get()
    assert response.status_code == 302
    assert (study.citekey, study.outcome) == ("abbasi2024", Outcome.VERIFIED)
    cited = CitedAs.objects.get()
    assert (cited.form, cited.raw) == (CitedAs.Form.PASTED, PASTED)


def test_a_silent_network_is_said_and_the_reference_stays(writer: Client) -> None:
    with nobody_answers():
        page = writer.post(reverse(ADD), {"text": PASTED}).content.decode()
    assert "Nobody could be asked, so nothing is known." in page
    assert PASTED in page


def test_a_failed_check_says_why_and_when_it_is_tried_again(writer: Client) -> None:
    writer.post(reverse(ADD), {"text": "30108163"})
    with nobody_answers():
        verifying.check_due(now=timezone.now())
    page = page_of(Study.objects.get(), writer)
    assert "PubMed: it could not be reached." in page
    assert "the next try is at" in page


@pytest.fixture
def mismatched(now: datetime) -> Study:
    """A study cited under a wrong first author."""
    study = factories.study(now=now)
    factories.cited_as(study, now=now, authors=(Author(family="Achamrah"),), year=2019)
    return factories.checked(study, factories.answered(factories.record()), now=now)


def test_the_table_shows_what_was_cited_beside_the_record(writer: Client, mismatched: Study) -> None:
    page = page_of(mismatched, writer)
    assert "Achamrah" in page
    assert "Mend it from the record" in page
    assert 'class="verdict-differs"' in page


def test_mending_takes_a_remark_and_shows_who_mended(writer: Client, mismatched: Study) -> None:
    cited = CitedAs.objects.get()
    url = reverse("admin:study_mend", args=[mismatched.pk, cited.pk])
    assert "as pasted" in writer.get(url).content.decode()
    assert "Say in the remark what was wrong" in writer.post(url, {"reason": " "}).content.decode()
    assert writer.post(url, {"reason": "Misprinted on the page."}).status_code == 302
    factories.checked(mismatched, factories.answered(factories.record()), now=timezone.now())
    page = page_of(mismatched, writer)
    assert "Mended by writer" in page
    assert "Misprinted on the page." in page
    assert "Mend it from the record" not in page


def test_a_contradiction_is_accepted_by_name_with_a_reason(writer: Client, now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    study = Study.objects.get()
    finding = claim.findings.get()
    finding.arms = [{"n": 1}, {"n": 2}]
    coding.save(finding, by=factories.desk().reviewer, now=now)
    assert "Numbers coded from the work contradict one another." in page_of(study, writer)
    url = reverse("admin:study_accept", args=[study.pk, "lint"])
    assert "at least 20 characters" in writer.post(url, {"reason": "fine"}).content.decode()
    writer.post(url, {"reason": "The abstract counts crossed-over people twice."})
    assert Acceptance.objects.get().by.username == "writer"
    assert "accepted by writer" in page_of(study, writer)


def test_a_reply_is_shown_as_it_came(writer: Client) -> None:
    writer.post(reverse(ADD), {"text": "30108163"})
    with asked_here():
        verifying.check_due(now=timezone.now())
    study = Study.objects.get()
    assert study.verification is not None
    reply = study.verification.replies.get(service="pubmed")
    answer = writer.get(reverse("admin:study_reply", args=[study.pk, reply.pk]))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert b"<PubmedArticleSet>" in answer.content


ACTS = ("check-now", "mend", "accept")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [*Role, None])
def test_only_whoever_may_add_studies_checks_mends_and_accepts(
    act: str, role: Role | None, mismatched: Study, now: datetime
) -> None:
    member: User = factories.user("somebody", *([role] if role else []), is_superuser=role is None)
    Study.objects.filter(pk=mismatched.pk).update(standing="concern")
    cited = CitedAs.objects.get()
    urls = {
        "check-now": reverse("admin:study_check_now", args=[mismatched.pk]),
        "mend": reverse("admin:study_mend", args=[mismatched.pk, cited.pk]),
        "accept": reverse("admin:study_accept", args=[mismatched.pk, "concern"]),
    }
    Study.objects.filter(pk=mismatched.pk).update(check_after=now)
    signed_in(member).post(urls[act], {"reason": "A reason that says something."})
    mismatched.refresh_from_db()
    done = {
        "check-now": mismatched.check_after != now,
        "mend": CitedAs.objects.filter(form=CitedAs.Form.MENDED).exists(),
        "accept": Acceptance.objects.exists(),
    }
    assert done[act] is may(member, Action.ADD_STUDY)


@pytest.mark.parametrize(
    ("action", "sign"),
    [
        ("export_ris", "TY  - JOUR"),
        ("export_bib", "@article{zhou2019"),
        ("export_nbib", "PMID- 30108163"),
        ("export_json", '"PMID": "30108163"'),
    ],
)
def test_chosen_works_go_out_in_every_format(writer: Client, now: datetime, action: str, sign: str) -> None:
    study = factories.study(now=now)
    answer = writer.post(
        reverse("admin:evidence_study_changelist"), {"action": action, "_selected_action": [study.pk]}
    )
    assert sign in answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]


def test_nothing_to_export_is_said(writer: Client, now: datetime) -> None:
    study = factories.announced("1", now=now)
    page = writer.post(
        reverse("admin:evidence_study_changelist"),
        {"action": "export_ris", "_selected_action": [study.pk]},
        follow=True,
    ).content.decode()
    assert "0 of the chosen works have a record" in page
