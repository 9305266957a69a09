"""A claim's page says what the engine decided, in words and to the digit, and nothing that is not published."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from config.rights import Role
from evidence.models import Claim, GradeOverride, GradeSnapshot, LiveNotice
from evidence.verbs import grading, notices, overriding, review, trail
from tests import factories
from tests.articles.views import golden_claim
from tests.articles.views.reading_site import HAN, read, visible

pytestmark = pytest.mark.django_db

PAGE = f"/claims/{golden_claim.SLUG}/"
BROKEN = re.compile(r"object Object|\bNone\b|undefined|\{\{|\}\}|\{%|%\(")


def told(page: str) -> str:
    """Return a page's words with a space wherever markup stood between them."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def claim(now: datetime) -> Claim:
    """The worked example: first published by 1.0, then coded again with care and graded by 1.1."""
    claim = golden_claim.coded(golden_claim.published()["dossier"], now=now - timedelta(days=150))
    golden_claim.graded(claim, "1.0", now=now - timedelta(days=149))
    golden_claim.coded(golden_claim.recoded()["dossier"], now=now - timedelta(days=2))
    golden_claim.graded(claim, "1.1", now=now - timedelta(days=1), trigger="recoded")
    return claim


def test_it_shows_todays_grade_and_the_published_one(client: Client, claim: Claim) -> None:
    page = visible(read(client, PAGE))
    assert "1.1: 0.47, C, Disputed, 40 %, E3" in page
    assert "1.0: 0.41, C, Disputed, 72 %, E3" in page
    assert "Conflicting; contested" in page
    assert "E3 · no significant difference" in page
    assert "Reason of engine 1.0." in page
    assert "Reason of engine 1.1." in page


def test_it_keeps_grade_status_certainty_and_size_apart(client: Client, claim: Claim) -> None:
    page = told(read(client, PAGE))
    in_order = (
        "Status Disputed",
        "Certainty Very low",
        "Agreement between layers",
        "Size of effect WMD −0.00",
    )
    places = [page.find(words) for words in in_order]
    assert -1 not in places
    assert places == sorted(places)


def test_it_has_every_part_in_the_order_of_reading(client: Client, claim: Claim) -> None:
    page = visible(read(client, PAGE))
    parts = (
        "Why this grade", "What each layer says", "Effects, each on its scale", "The decision path", "The studies",
        "Where others stand", "What would change this grade", "History of the grade", "Check it yourself",
    )  # fmt: skip
    places = [page.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "Weak is not against." in page


def test_a_null_review_is_never_shown_as_positive(client: Client, claim: Claim) -> None:
    page = visible(read(client, f"{PAGE}grades/1/"))
    assert "0 found benefit, 1 no difference and 0 harm" in page
    assert "never counted as support" in page
    assert "reviews found benefit" not in page


def test_an_old_grade_keeps_its_trail_and_says_that_a_newer_one_stands(client: Client, claim: Claim) -> None:
    old = told(read(client, f"{PAGE}grades/1/"))
    assert "A newer grade stands." in old
    assert "1.0: 0.41, C, Disputed, 72 %, E3" in old
    assert "0.50 × .10 + 0.40 × .30 + 0.45 × .25 + 0.32 × .25 + 0.50 × .10 gives 0.412" in old
    new = told(read(client, f"{PAGE}grades/2/"))
    assert "This is today's grade." in new


def test_the_layers_of_each_version_stand_with_their_own_weights(client: Client, claim: Claim) -> None:
    old, new = visible(read(client, f"{PAGE}grades/1/")), visible(read(client, PAGE))
    assert "L2 Human studies0.40weight .30" in old
    assert "L4 Regulators0.30by rule only" in old
    assert "L2 Human studies0.55weight .45" in new
    assert "L4 Regulators0.10weight .10" in new


def test_the_downloads_are_the_stored_bytes(client: Client, claim: Claim) -> None:
    for number, case, version in ((1, golden_claim.published(), "1.0"), (2, golden_claim.recoded(), "1.1")):
        stored = GradeSnapshot.objects.get(claim=claim, number=number)
        dossier = client.get(f"{PAGE}grades/{number}/dossier.json")
        verdict = client.get(f"{PAGE}grades/{number}/verdict.json")
        assert dossier.content == stored.dossier_json.encode()
        assert verdict.content == stored.verdict_json.encode()
        assert json.loads(verdict.content) == case["verdicts"][version]
        assert dossier["Content-Disposition"] == 'attachment; filename="dossier.json"'
        assert dossier["Content-Type"] == "application/json"


def test_the_command_on_the_page_recomputes_the_verdict(client: Client, claim: Claim, tmp_path: Path) -> None:
    page = visible(read(client, f"{PAGE}grades/1/"))
    command = re.search(r"python -m (evidence\.engine) (dossier\.json) --version (\S+)", page)
    assert command
    (tmp_path / command[2]).write_bytes(client.get(f"{PAGE}grades/1/dossier.json").content)
    printed = subprocess.run(
        [sys.executable, "-m", command[1], str(tmp_path / command[2]), "--version", command[3]],
        cwd=settings.BASE_DIR, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert printed.rstrip(b"\n") == client.get(f"{PAGE}grades/1/verdict.json").content


def test_what_would_change_the_grade_is_the_engines_own_answer(client: Client, claim: Claim) -> None:
    page = told(read(client, PAGE))
    assert "Without Zhou 2019 0.42 C Weak unchanged" in page
    assert "One large, direct trial finds no effect 0.37 D Against" in page


def test_a_proposal_appears_nowhere_public(client: Client, claim: Claim, now: datetime) -> None:
    before = read(client, PAGE)
    golden_claim.coded(golden_claim.case("glutamine-trial-retracted")["dossier"], now=now)
    proposal = grading.propose(
        claim,
        by=factories.user("reviewer", Role.REVIEWER),
        now=now,
        trigger=GradeSnapshot.Trigger.RECODED,
        reason_en="A secret reason.",
    )
    assert proposal.score is not None
    assert read(client, PAGE) == before
    for path in ("", "dossier.json", "verdict.json"):
        assert client.get(f"{PAGE}grades/{proposal.number}/{path}").status_code == 404
    for path in ("/claims/", f"{PAGE}grades/2/", "/studies/zhou2019/"):
        page = read(client, path)
        assert "A secret reason" not in page
        assert str(proposal.score) not in page


def test_a_rewording_nobody_approved_appears_nowhere(client: Client, claim: Claim, now: datetime) -> None:
    factories.words(
        claim, "en", now=now, statement="An unapproved sentence.", verdict_line="Not read by anyone."
    )
    for path in (PAGE, "/claims/", f"{PAGE}grades/1/"):
        page = read(client, path)
        assert "unapproved" not in page
        assert "Not read by anyone" not in page


def test_a_claim_without_a_published_grade_is_not_there(client: Client, now: datetime) -> None:
    golden_claim.coded(golden_claim.published()["dossier"], now=now)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}grades/1/").status_code == 404
    assert client.get("/claims/never-heard-of/").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}grades/1/", f"{PAGE}grades/2/", "/claims/", "/how-we-grade/"])
def test_no_page_shows_what_a_machine_left_behind(
    client: Client, claim: Claim, prefix: str, path: str
) -> None:
    page = read(client, prefix + path)
    assert not BROKEN.search(visible(page)), BROKEN.search(visible(page))
    assert "[object Object]" not in page
    codes = (
        "no_effect",
        "not_supported",
        "critically_low",
        "sr_rct",
        "off_topic",
        "harm_signal",
        "not_applicable",
    )
    assert [code for code in codes if code in visible(page)] == []


def test_no_chinese_stands_on_an_english_page_outside_its_language(client: Client, claim: Claim) -> None:
    for path in (PAGE, f"{PAGE}grades/1/"):
        body = read(client, path).split('<main id="main">', 1)[1].split("</main>", 1)[0]
        outside = re.sub(r'<(\w+)[^>]*lang="zh-Hant"[^>]*>.*?</\1>', "", body, flags=re.DOTALL)
        assert not HAN.search(outside)


def test_the_chinese_page_shows_the_chinese_words_and_the_same_numbers(client: Client, claim: Claim) -> None:
    page = visible(read(client, f"/zh-hant{PAGE}"))
    assert "麩醯胺酸可緩解症狀。" in page
    assert "引擎 1.0 的理由。" in page
    assert "0.473" in page
    assert "Glutamine eases symptoms." not in page


def test_a_claim_without_words_in_the_language_says_so_and_offers_the_other(
    client: Client, now: datetime
) -> None:
    claim = factories.claim("only-english", now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    factories.beside(claim, now=now)
    factories.words(claim, "en", now=now)
    factories.approved(factories.proposed(claim, now=now), now=now)
    page = read(client, "/zh-hant/claims/only-english/")
    assert re.search(r'<h1[^>]*lang="en"[^>]*>Glutamine eases symptoms\.', page)
    assert 'href="/claims/only-english/" hreflang="en"' in page


def test_a_score_on_the_page_is_cut_and_never_rounded(client: Client, claim: Claim) -> None:
    snapshot = GradeSnapshot.objects.current().get(claim=claim)
    for stored, shown, never in (("0.8249", "0.824", "0.825"), ("0.5499", "0.54", "0.55")):
        verdict = json.loads(snapshot.verdict_json) | {"score": stored}
        GradeSnapshot.objects.filter(pk=snapshot.pk).update(score=stored, verdict_json=json.dumps(verdict))
        page = visible(read(client, PAGE))
        assert f"1.1: {shown}, C" in page
        assert f"1.1: {never}" not in page


@pytest.mark.parametrize(
    ("directions", "shown"),
    [
        (("nsd", "no_effect"), "E4 · no significant difference"),
        (("nsd", "harm"), "E4 · no benefit, and harm"),
        (("benefit", "nsd"), "E4 · divided"),
        (("mixed", "nsd"), "E4 · mixed"),
        (("benefit", "benefit"), "E4 · benefit"),
    ],
)
def test_an_evidence_level_stands_beside_its_direction(
    client: Client, now: datetime, directions: tuple[str, str], shown: str
) -> None:
    trials = golden_claim.published()["dossier"]["findings"][1:]
    turned = [row | {"direction": way} for row, way in zip(trials, directions, strict=True)]
    dossier = golden_claim.published()["dossier"] | {"findings": turned}
    golden_claim.graded(golden_claim.coded(dossier, now=now), "1.1", now=now)
    assert shown in visible(read(client, PAGE))


def test_notices_show_at_once(client: Client, claim: Claim, now: datetime) -> None:
    assert "Under reassessment" not in read(client, PAGE)
    notices.raise_on_claim(claim, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    assert "Under reassessment" in read(client, PAGE)
    assert "A work below has been retracted" not in read(client, PAGE)
    zhou = claim.findings.get(study__citekey="zhou2019").study
    LiveNotice.objects.create(study=zhou, kind=LiveNotice.Kind.RETRACTED, since=now)
    page = read(client, PAGE)
    assert "A work below has been retracted" in page
    assert '<strong class="fallen">Retracted</strong>' in page


def test_cites_of_the_reasons_lead_to_the_cards(client: Client, claim: Claim, now: datetime) -> None:
    why = "Zhou says yes [@zhou2019], Abbasi no [@pmid:39397201], nobody else [@unheard]."
    factories.words(claim, "en", now=now, why=why)
    factories.approved(factories.proposed(claim, now=now, trigger="recoded"), now=now)
    page = read(client, PAGE)
    assert re.search(r'<li id="ref-1">.*?Zhou 2019', page, re.DOTALL)
    assert re.search(r'<li id="ref-2">.*?Abbasi', page, re.DOTALL)
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets <= set(re.findall(r'id="([\w-]+)"', page))
    ids = re.findall(r' id="([\w-]+)"', page)
    assert len(ids) == len(set(ids))


def test_works_left_out_are_named_with_the_reason(client: Client, claim: Claim) -> None:
    row = {"citekey": "lost2020", "short_name": "Lost 2020", "reason": "not_yet_checked"}
    GradeSnapshot.objects.current().filter(claim=claim).update(left_out=[row])
    assert "Lost 2020: Its record has not been checked yet." in visible(read(client, PAGE))


def test_the_articles_that_show_it_say_with_which_grade(client: Client, now: datetime) -> None:
    edition = factories.published_article(now=now)
    claim = edition.claims.get()
    page = told(read(client, f"/claims/{claim.slug}/"))
    assert "Glutamine feeds the gut wall with today's grade:" in page
    work = factories.study(factories.record("99", title="Another", year=2026), now=now)
    factories.finding(
        claim, work, now=now, direction="nsd", estimate="1.0", ci_low="0.9", ci_high="1.1", n=2000
    )
    factories.approved(factories.proposed(claim, now=now, trigger="new_finding"), now=now)
    page = told(read(client, f"/claims/{claim.slug}/"))
    assert "as published, with grade 1:" in page
    assert "This claim was graded again on 22 Nov 2026" in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}grades/1/", "/claims/", f"{PAGE}grades/1/dossier.json"])
def test_a_cold_page_costs_at_most_twelve_queries_and_a_known_one_is_304(
    client: Client, claim: Claim, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_etag_moves_with_notices_and_words(client: Client, claim: Claim, now: datetime) -> None:
    first = client.get(PAGE)["ETag"]
    notices.raise_on_claim(claim, LiveNotice.Kind.REVIEW_OVERDUE, now=now)
    second = client.get(PAGE)["ETag"]
    factories.words(claim, "en", now=now, summary="Another summary.")
    factories.approved(factories.proposed(claim, now=now, trigger="recoded"), now=now)
    assert len({first, second, client.get(PAGE)["ETag"], client.get(f"/zh-hant{PAGE}")["ETag"]}) == 4


def test_the_list_narrows_by_grade_and_hub(client: Client, claim: Claim, now: datetime) -> None:
    factories.graded_claim(now=now)
    everything = visible(read(client, "/claims/"))
    assert everything.count("Glutamine eases symptoms.") == 2
    weak = read(client, "/claims/?grade=weak")
    assert PAGE in weak
    assert "/claims/glutamine-eases-ibs/" not in weak
    assert PAGE in read(client, "/claims/?hub=gut&grade=weak")
    assert client.get("/claims/?grade=excellent").status_code == 404
    assert client.get("/claims/?hub=nowhere").status_code == 404


def test_an_override_shows_engine_and_editors_both_and_why(
    client: Client, claim: Claim, now: datetime
) -> None:
    current = GradeSnapshot.objects.current().get(claim=claim)
    reason = "The trial that carries this grade was stopped early, which no field of the dossier can say."
    override = overriding.ask(
        current,
        by=factories.desk().second_reviewer,
        now=timezone.now(),
        reader_grade="against",
        reason_code=GradeOverride.Reason.OUTSIDE,
        reason_en=reason,
        expires_on=timezone.now().date() + timedelta(days=90),
    )
    before = client.get(PAGE)
    assert reason not in before.content.decode()
    seen = trail.fingerprint(review.override_manifest(override))
    by = factories.user("third-person", Role.MANAGING)
    review.second_override(override, by=by, now=timezone.now(), seen=seen)
    page = client.get(PAGE, headers={"If-None-Match": before["ETag"]})
    text = visible(page.content.decode())
    assert page.status_code == 200
    assert reason in text
    assert "The engine says Weak" in text
    assert "The editors say Against" in text
    assert "Editors differ from the engine" in text
    assert reason not in read(client, PAGE + "grades/1/")
    overriding.sweep(now=timezone.now() + timedelta(days=90))
    assert reason not in read(client, PAGE)


def test_an_override_is_not_shown_on_its_last_day_even_before_the_clock_comes_round(
    client: Client, claim: Claim, now: datetime
) -> None:
    current = GradeSnapshot.objects.current().get(claim=claim)
    today = timezone.now().date()
    override = GradeOverride.objects.create(
        claim=claim, snapshot=current, reader_grade="against", reason_code="rule", reason_en="A reason.",
        state="standing", asked_by=factories.desk().second_reviewer, asked_at=now,
        seconded_by=factories.desk().managing, stands_from=now, expires_on=today,
    )  # fmt: skip
    LiveNotice.objects.create(claim=claim, kind=LiveNotice.Kind.OVERRIDDEN, override=override, since=now)
    assert "The editors say" not in visible(read(client, PAGE))
