"""Rows for tests, made through the verbs as the desk makes them: what a test starts from could exist."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User

from articles.models import Article, Edition, Person, Topic
from articles.verbs import citing, drafting, publishing, trail, workflow
from config.rights import Role
from evidence.models import (
    Acceptance,
    Authority,
    CitedAs,
    Claim,
    ClaimSource,
    Finding,
    GradeSnapshot,
    LiveNotice,
    MechanismAnswer,
    Position,
    RetractionListing,
    Study,
    StudyRecord,
)
from evidence.sources.plain import from_plain
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import Author, Journal, Notice, WorkRecord
from evidence.sources.replies import Reply
from evidence.verbs import (
    acceptance,
    citations,
    coding,
    grading,
    intake,
    intake_identifiers,
    notices,
    review,
    texts,
    verification,
)
from evidence.verbs.asking import NOT_ASKED, Answer, Answers, State
from evidence.verbs.trail import fingerprint

PUBMED = Path(__file__).parent / "data" / "pubmed"


def user(name: str, *roles: Role, **extra: Any) -> User:
    """Make (or fetch) a member of the desk with roles."""
    found = User.objects.filter(username=name).first()
    if found is not None:
        return found
    made = User.objects.create_user(name, password="a long enough password", is_staff=True, **extra)
    made.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])
    return User.objects.get(pk=made.pk)


@dataclass(frozen=True)
class Desk:
    """One person a role, as most tests need them."""

    writer: User
    editor: User
    reviewer: User
    translator: User
    managing: User
    second_reviewer: User
    superuser: User


def desk() -> Desk:
    """Make the people of the desk; the superuser holds no role."""
    translator = user("translator", Role.TRANSLATOR)
    translator.groups.add(Group.objects.get_or_create(name="language:zh-hant")[0])
    return Desk(
        writer=user("writer", Role.WRITER),
        editor=user("editor", Role.EDITOR),
        reviewer=user("reviewer", Role.REVIEWER),
        translator=translator,
        managing=user("managing", Role.MANAGING),
        second_reviewer=user("second", Role.REVIEWER),
        superuser=user("root", is_superuser=True),
    )


def record(pmid: str = "30108163", **fields: Any) -> WorkRecord:
    """A small PubMed record: Zhou 2019 unless told otherwise."""
    plain = WorkRecord(
        source="pubmed",
        pmid=pmid,
        title="A trial of glutamine",
        authors=(Author(family="Zhou", given="Qiqi", initials="Q"),),
        journal=Journal(title="Gut", iso_abbreviation="Gut"),
        volume="68",
        issue="6",
        year=2019,
    )
    return replace(plain, **fields)


def retracted(of: WorkRecord) -> WorkRecord:
    """The same record after its retraction."""
    return replace(
        of, notices=(*of.notices, Notice(kind="RetractionIn", ref_source="Gut. 2026", pmid="99999"))
    )


def study(
    work: WorkRecord | None = None, *, now: datetime, by: User | None = None, asked: bool = True
) -> Study:
    """Add a record through intake, and have PubMed say the same of it unless told otherwise."""
    work = work or record()
    added, _result = intake.add(
        work,
        origin=StudyRecord.Origin.PUBMED_FILE,
        by=by or user("reviewer", Role.REVIEWER),
        now=now,
    )
    return checked(added, answered(work), now=now) if asked else added


def answered(work: WorkRecord | None, crossref: WorkRecord | None = None) -> Answers:
    """What the services answer: PubMed this record, or that it knows none; Crossref another, or it is not asked."""
    pubmed = Answer(State.FOUND, work) if work else Answer(State.ABSENT)
    return Answers(pubmed, Answer(State.FOUND, crossref) if crossref else NOT_ASKED)


def recorded(work: WorkRecord, *, now: datetime) -> Answers:
    """What the demonstration's server answers in PubMed's place."""
    reply = Reply(
        service="pubmed", method="POST", url="https://eutils.example/efetch", question="id=1", status=200,
        headers=(("x-recorded", "1"),), body=b"<xml/>", sha256="0" * 64, received_at=now,
    )  # fmt: skip
    return Answers(Answer(State.FOUND, work, replies=(reply,)), NOT_ASKED)


def checked(of: Study, answers: Answers, *, now: datetime) -> Study:
    """Conclude a check of the study by the clock, and return it as it is then."""
    verification.conclude(of, answers, by=None, now=now)
    return Study.objects.select_related("record", "verification").get(pk=of.pk)


def news(of: Study, work: WorkRecord, *, now: datetime) -> Study:
    """Let PubMed answer with another record of the study than before."""
    return checked(of, answered(work), now=now)


def study_from_file(name: str, *, now: datetime) -> Study:
    """Add the first record of a file of tests/data/pubmed."""
    batch = parse_pubmed((PUBMED / name).read_bytes())
    return study(batch.records[0], now=now)


def topic(code: str = "gut") -> Topic:
    """A hub in both languages."""
    made, _new = Topic.objects.get_or_create(
        code=code, defaults={"slug": code, "title_en": code.title(), "title_zh_hant": "腸道"}
    )
    return made


def claim(
    slug: str = "glutamine-eases-ibs", *, now: datetime, by: User | None = None, **fields: Any
) -> Claim:
    """A claim without evidence or words."""
    number = Claim.objects.count() + 1
    made = Claim(
        code=f"CLM-gut-{slug}-{number:03d}",
        slug=slug,
        **{"claim_type": "intervention", "topic": "gut", "searched_through": date(2026, 11, 1)} | fields,
    )
    coding.save_claim(made, by=by or user("reviewer", Role.REVIEWER), now=now)
    return made


def finding(of: Claim, found_in: Study, *, now: datetime, by: User | None = None, **fields: Any) -> Finding:
    """Code a trial of 400 people with a clear benefit, unless told otherwise."""
    values: dict[str, Any] = {
        "outcome_en": "Response",
        "outcome_zh_hant": "反應",
        "design": "rct",
        "quality": "high",
        "quality_tool": "RoB 2",
        "measure": "RR",
        "better": "higher",
        "estimate": "2.0",
        "ci_low": "1.5",
        "ci_high": "2.6",
        "n": 400,
        "direction": "benefit",
        "precision": "adequate",
        "directness_population": "direct",
        "directness_intervention": "direct",
        "directness_outcome": "direct",
        "summary_en": "More people responded.",
        "summary_zh_hant": "較多人有反應。",
    }
    row = Finding(claim=of, study=found_in, **values | fields)
    coding.save(row, by=by or user("reviewer", Role.REVIEWER), now=now)
    return row


def beside(of: Claim, *, now: datetime) -> None:
    """Code what stands beside the studies: a body that agrees with conditions, and a mechanism in part."""
    body, _new = Authority.objects.get_or_create(
        code="cleveland",
        defaults={"name_en": "Cleveland Clinic", "name_zh_hant": "克里夫蘭診所", "layer": "L5"},
    )
    by = user("reviewer", Role.REVIEWER)
    coding.save(Position(claim=of, authority=body, stance="qualified", relevance="direct"), by=by, now=now)
    coding.save(MechanismAnswer(claim=of, question="target", answer="partial"), by=by, now=now)


def cite(of: Claim, work: Study, *, now: datetime, role: str = "finding") -> ClaimSource:
    """Name a work as a source of a claim."""
    row = ClaimSource(claim=of, study=work, role=role)
    coding.save(row, by=user("reviewer", Role.REVIEWER), now=now)
    return row


def words(of: Claim, language: str = "en", *, now: datetime, by: User | None = None, **fields: str) -> None:
    """Write the claim's words in a language."""
    english = {
        "statement": "Glutamine eases symptoms.",
        "verdict_line": "One good trial says so.",
        "summary": "One trial found a large benefit.",
        "why": "It was well run, and nobody has repeated it.",
    }
    chinese = {
        "statement": "麩醯胺酸可緩解症狀。",
        "verdict_line": "一項良好的試驗這麼說。",
        "summary": "一項試驗看到很大的好處。",
        "why": "試驗執行良好，但無人重現。",
    }
    said = (english if language == "en" else chinese) | fields
    texts.write(
        of,
        language,
        by=by or user("writer", Role.WRITER),
        now=now,
        statement=said["statement"],
        verdict_line=said["verdict_line"],
        summary=said["summary"],
        why=said["why"],
    )


def proposed(of: Claim, *, now: datetime, by: User | None = None, trigger: str = "first") -> GradeSnapshot:
    """Propose a grade for today's dossier."""
    return grading.propose(
        of,
        by=by or user("reviewer", Role.REVIEWER),
        now=now,
        trigger=GradeSnapshot.Trigger(trigger),
        reason_en="Coded.",
        reason_zh_hant="已編碼。",
    )


def approved(
    snapshot: GradeSnapshot, *, now: datetime, by: User | None = None, hold: bool = False
) -> GradeSnapshot:
    """Approve a proposal as the managing editor, having seen what stands there now."""
    seen = fingerprint(review.manifest(snapshot))
    return review.approve(snapshot, by=by or user("managing", Role.MANAGING), now=now, seen=seen, hold=hold)


def graded_claim(slug: str = "glutamine-eases-ibs", *, now: datetime, work: Study | None = None) -> Claim:
    """A claim with one finding, words in both languages and a current grade."""
    made = claim(slug, now=now)
    work = work or study(now=now)
    cite(made, work, now=now)
    finding(made, work, now=now)
    beside(made, now=now)
    words(made, "en", now=now)
    words(made, "zh-hant", now=now)
    approved(proposed(made, now=now), now=now)
    return made


def named_person(slug: str, **fields: Any) -> Person:
    """Somebody named on the site."""
    made, _new = Person.objects.get_or_create(
        slug=slug,
        defaults={
            "name": slug.replace("-", " ").title(),
            "name_zh_hant": "示範人物",
            "credential": "RD",
            "conflicts_en": "None.",
            "conflicts_zh_hant": "無。",
        }
        | fields,
    )
    return made


def draft(
    *, now: datetime, claims: list[Claim], by: User | None = None, language: str = "en", **fields: Any
) -> Article:
    """A complete draft that cites zhou2019 and could be submitted as it is."""
    values: dict[str, Any] = {
        "slug": "l-glutamine",
        "headline": "Glutamine feeds the gut wall",
        "dek": "A white powder, looked at.",
        "description": "What glutamine does for the gut.",
        "short_version": "One trial found a benefit. [@zhou2019]",
        "body": "## The trial\n\nIt was well run. [@zhou2019]",
        "verdict": "Wait for a second trial.",
        "disclosure": "Nobody paid for this.",
        "next_review": date(2027, 5, 22),
    }
    article = Article(language=language, topic=topic(), **values | fields)
    people = [
        (named_person("mei-lin"), "author"),
        (named_person("anneke-verhoef", credential="MD"), "reviewer"),
    ]
    return drafting.save(article, by=by or user("writer", Role.WRITER), now=now, people=people, claims=claims)


def approved_article(article: Article, *, now: datetime) -> Article:
    """Submit as the writer, approve as the editor, with citations checked that day."""
    for work in citing.cited_studies(article):
        if work.record is not None:
            checked(work, answered(from_plain(WorkRecord, work.record.content)), now=now)
    workflow.submit(article, by=article.written_by, now=now)
    seen = trail.manifest_sha256(article)
    return workflow.approve(article, by=user("editor", Role.EDITOR), now=now, seen=seen)


def published(article: Article, *, now: datetime, **options: Any) -> Edition:
    """Submit, approve and publish, each by another person."""
    approved_article(article, now=now)
    return publishing.publish(article, by=user("managing", Role.MANAGING), now=now, **options)


def published_article(*, now: datetime, **fields: Any) -> Edition:
    """A published article with one graded claim."""
    work = Study.objects.filter(citekey="zhou2019").first() or study(now=now)
    made = graded_claim(now=now - timedelta(days=2), work=work)
    return published(draft(now=now, claims=[made], **fields), now=now)


def notice(of: Claim, *, now: datetime) -> LiveNotice:
    """Let "under reassessment" stand on a claim."""
    notices.raise_on_claim(of, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    return of.notices.get(kind=LiveNotice.Kind.UNDER_REASSESSMENT)


def authority(code: str, *, now: datetime, layer: str = "L5") -> Authority:
    """A body whose positions may be recorded."""
    made = Authority(code=code, name_en=code.title(), name_zh_hant="示範機構", layer=layer)
    coding.save_authority(made, by=user("reviewer", Role.REVIEWER), now=now)
    return made


def announced(pmid: str, *, now: datetime) -> Study:
    """A work known by its PMID alone, awaiting its record."""
    return intake_identifiers.announce(by=user("reviewer", Role.REVIEWER), now=now, pmid=pmid)[0]


def cited_as(of: Study, *, now: datetime, **fields: Any) -> CitedAs:
    """Cite a study as somebody pasted it, with these fields."""
    given = replace(WorkRecord(source="pasted"), **fields)
    by = user("writer", Role.WRITER)
    kept = citations.give(of, form=CitedAs.Form.PASTED, raw="as pasted", parsed=given, by=by, now=now)
    assert kept is not None
    return kept


def accepted(of: Finding, *, now: datetime) -> Acceptance:
    """Let a finding's numbers contradict one another, and somebody accept that by name."""
    of.arms = [{"n": 1}, {"n": 2}]
    coding.save(of, by=user("reviewer", Role.REVIEWER), now=now)
    by = user("editor", Role.EDITOR)
    reason = "The abstract counts people twice; the estimate does not rest on it."
    return acceptance.accept(of.study, Acceptance.Kind.LINT, reason=reason, by=by, now=now)[0]


def listed(*, now: datetime, status: str = "retracted", **identifiers: str) -> RetractionListing:
    """A row of the Retraction Watch list."""
    natures = {"retracted": ["retraction"], "concern": ["expression of concern"]}[status]
    return RetractionListing.objects.create(natures=natures, status=status, loaded_at=now, **identifiers)
