"""The publish gate: one list of everything that blocks or warns, each with the place to mend it. It decides nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from django.utils.translation import gettext as _

from articles.models import Article, ArticlePerson
from articles.rendering import Rendered
from articles.verbs import citing, citing_rules, drafting
from articles.verbs.citing_rules import Fault
from evidence.models import Study


class Outcome(StrEnum):
    """What a check found."""

    PASSED = "passed"
    WARNS = "warns"
    BLOCKS = "blocks"


@dataclass(frozen=True)
class Check:
    """One line of the gate. `place` is the form field (or inline) to mend; `details` name each offender.

    Where the offenders are cited works, `works` holds their cite keys, in the order of the details.
    """

    code: str
    title: str
    outcome: Outcome
    details: tuple[str, ...] = ()
    place: str = ""
    works: tuple[str, ...] = ()

    @property
    def offenders(self) -> list[tuple[str, str]]:
        """Each detail with the cite key of the work it is about, or nothing."""
        return list(zip_longest(self.details, self.works, fillvalue=""))


@dataclass(frozen=True)
class _Case:
    """What every rule looks at, read once."""

    article: Article
    rendered: Rendered
    studies: dict[str, Study]
    now: datetime


def gate(article: Article, *, now: datetime) -> list[Check]:
    """Run every rule over the working copy and return all lines at once, blocks and warnings among them."""
    rendered, studies = citing.render_article(article)
    case = _Case(article, rendered, studies, now)
    return [rule(case) for rule in RULES]


def blocking(article: Article, *, now: datetime) -> list[Check]:
    """Return only the lines that block publication."""
    return [check for check in gate(article, now=now) if check.outcome is Outcome.BLOCKS]


def _line(code: str, title: str, faults: list[str], *, place: str, warns: bool = False) -> Check:
    if not faults:
        return Check(code, title, Outcome.PASSED, place=place)
    return Check(code, title, Outcome.WARNS if warns else Outcome.BLOCKS, tuple(faults), place)


def _people(case: _Case) -> Check:
    roles = list(case.article.bylines.values_list("role", flat=True))
    faults = []
    if ArticlePerson.Role.AUTHOR not in roles:
        faults.append(_("Name an author under “People”."))
    if ArticlePerson.Role.REVIEWER not in roles:
        faults.append(_("Name a reviewer who is none of the authors."))
    return _line("people", _("Author and reviewer named"), faults, place="bylines")


def _conflicts(case: _Case) -> Check:
    faults = []
    for link in case.article.bylines.select_related("person"):
        person = link.person
        if not person.conflicts_en.strip():
            faults.append(_("%(name)s has no statement of conflicts.") % {"name": person.name})
        elif person.conflicts_expire and person.conflicts_expire < case.now.date():
            faults.append(_("The statement of %(name)s has expired.") % {"name": person.name})
    return _line("conflicts", _("Conflicts of interest stated"), faults, place="bylines")


def _disclosure(case: _Case) -> Check:
    faults = [] if case.article.disclosure.strip() else [_("Fill in the disclosure.")]
    return _line("disclosure", _("Disclosure filled"), faults, place="disclosure")


def _head(case: _Case) -> Check:
    article = case.article
    asked = {
        _("headline"): article.headline,
        _("dek"): article.dek,
        _("description"): article.description,
        _("the short version"): article.short_version,
        _("verdict"): article.verdict,
        _("next review"): article.next_review,
    }
    faults = [_("%(field)s is empty.") % {"field": name} for name, value in asked.items() if not value]
    return _line("head", _("Title, description, short version and verdict"), faults, place="headline")


def _markup(case: _Case) -> Check:
    faults = [
        _("%(segment)s, line %(line)s: %(what)s") % {"segment": p.segment, "line": p.line, "what": p.what}
        for p in case.rendered.problems
    ]
    return _line("markup", _("Text in order: cites, headings, blocks, no TK"), faults, place="body")


def _works(code: str, title: str, faults: Iterable[Fault], *, warns: bool = False) -> Check:
    """A line about cited works, each fault leading to its work."""
    found = list(faults)
    line = _line(code, title, [fault.said for fault in found], place="body", warns=warns)
    return replace(line, works=tuple(fault.citekey for fault in found))


def _cites_are_known(case: _Case) -> Check:
    title = _("Every citation is found and matches its record")
    if not case.studies:
        nothing = _("The text cites nothing. A claim without a citation is an opinion.")
        return _line("cites", title, [nothing], place="body")
    return _works("cites", title, citing_rules.unknown(case.studies.values()))


def _cites_fresh(case: _Case) -> Check:
    faults = citing_rules.unfresh(case.studies.values(), case.now)
    return _works("checked", _("Every citation checked within seven days"), faults)


def _cites_excused(case: _Case) -> Check:
    faults = citing_rules.excused(case.studies.values(), case.now)
    return _works("excused", _("Services answer when citations are checked"), faults, warns=True)


def _cites_stand(case: _Case) -> Check:
    return _works("retracted", _("No cited work is retracted"), citing_rules.fallen(case.studies.values()))


def _cites_accepted(case: _Case) -> Check:
    claims = case.article.claim_links.values_list("claim_id", flat=True)
    faults = citing_rules.unaccepted(case.studies.values(), set(claims))
    return _works("accepted", _("Concerns and contradictions accepted by name"), faults)


def _cites_corrected(case: _Case) -> Check:
    faults = citing_rules.corrected(case.studies.values())
    return _works("corrected", _("Corrections of cited works read"), faults, warns=True)


def _claims_graded(case: _Case) -> Check:
    links = list(case.article.claim_links.select_related("claim", "snapshot", "text"))
    faults = [] if links else [_("Name at least one claim for the Radar.")]
    for link in links:
        if link.snapshot is None:
            faults.append(_("%(claim)s has no approved grade.") % {"claim": link.claim.slug})
        if link.text is None:
            faults.append(_("%(claim)s has no approved text in this language.") % {"claim": link.claim.slug})
    return _line("claims", _("Every claim graded and worded"), faults, place="claim_links")


def _claims_current(case: _Case) -> Check:
    faults = []
    for link in case.article.claim_links.select_related("claim", "snapshot", "text"):
        snapshot, text_id = drafting.todays_pin(link.claim, case.article.language)
        if link.snapshot and snapshot and link.snapshot.pk != snapshot.pk:
            faults.append(_("%(claim)s was graded again. Pin to today's grade.") % {"claim": link.claim.slug})
        elif link.text and text_id and link.text.pk != text_id:
            faults.append(_("%(claim)s was worded again. Pin to today's text.") % {"claim": link.claim.slug})
    return _line("pins", _("Grades shown are today's"), faults, place="claim_links")


def _claims_cited(case: _Case) -> Check:
    cited = {study.pk for study in case.studies.values()}
    faults = []
    for link in case.article.claim_links.select_related("claim"):
        sources = set(link.claim.claim_sources.exclude(role="background").values_list("study_id", flat=True))
        if sources and not sources & cited:
            faults.append(
                _("%(claim)s: none of its studies is cited in the text.") % {"claim": link.claim.slug}
            )
    return _line("claim_cites", _("The text cites the studies of its claims"), faults, place="body")


def _records_pinned(case: _Case) -> Check:
    faults = [
        _("@%(key)s has a newer record. Pin to today's.") % {"key": reference.study.citekey}
        for reference in case.article.references.select_related("study")
        if reference.record_id != reference.study.record_id
    ]
    return _line("records", _("References show today's records"), faults, place="references", warns=True)


RULES: tuple[Callable[[_Case], Check], ...] = (
    _people,
    _conflicts,
    _disclosure,
    _head,
    _markup,
    _cites_are_known,
    _cites_fresh,
    _cites_excused,
    _cites_stand,
    _cites_accepted,
    _cites_corrected,
    _claims_graded,
    _claims_current,
    _claims_cited,
    _records_pinned,
)


def describe(checks: list[Check]) -> Iterator[str]:
    """Say each failing line in one sentence, for messages and refusals."""
    for check in checks:
        yield f"{check.title}: {' '.join(check.details)}"
