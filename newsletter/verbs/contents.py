"""From an issue's rows to its Content in each language: what goes out if it is complete, and all it lacks if not.

It reads and changes nothing. newsletter/messages.py makes bytes of a Content.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Edition
from config.refusal import Refused
from evidence.models import Study
from evidence.models.base import LANGUAGES, in_language
from evidence.models.claims import LANGUAGE_CHOICES
from newsletter.content import Content, Line, Reference, Section, from_plain
from newsletter.models import Issue, IssueLine, IssueText
from newsletter.verbs import citing, collecting, stating

Kind = IssueLine.Kind
_GAP = re.compile(r"\n\s*\n")


def contents(issue: Issue) -> dict[str, Content]:
    """Return the issue as it would go out, by language. Raises Refused("incomplete") listing every problem.

    `revision` is the live one's number while nothing differs from it, else the number the next approval gets.
    """
    lines = stating.lines_of(issue)
    found = _problems(issue, lines)
    if found:
        raise Refused("incomplete", _("The issue cannot go out like this."), found)
    return _built(issue, lines)


def problems(issue: Issue) -> list[str]:
    """Return everything that keeps the issue from going out, each with its way out; empty when it may."""
    return _problems(issue, stating.lines_of(issue))


def _problems(issue: Issue, lines: Sequence[IssueLine]) -> list[str]:
    found = [*_texts(issue), *_sections(lines), *_cut(issue)]
    found += [problem for line in lines for problem in _line(line)]
    found += [
        _("%(what)s Refresh the issue, or leave the line out.") % {"what": change.said}
        for change in stating.changes(issue, lines=lines)
    ]
    return found or list(_erratum(issue, lines))


def _texts(issue: Issue) -> Iterator[str]:
    subjects = dict(issue.texts.values_list("language", "subject"))
    for language in LANGUAGES:
        if not subjects.get(language, "").strip():
            yield _("The subject (%(language)s) is empty. Write it.") % {"language": _language(language)}


def _sections(lines: Sequence[IssueLine]) -> Iterator[str]:
    if not any(line.section != IssueLine.Section.HYPE for line in lines):
        yield _(
            "No line tells of news. An issue without news does not go; take a line in again, or let it rest."
        )
    if not any(line.kind == Kind.SPOTLIGHT for line in lines):
        yield _("“Hype or signal” has no claim. Choose one.")


def _cut(issue: Issue) -> Iterator[str]:
    if collecting.cut_from(issue) < issue.cut_from:
        yield _("An earlier issue did not go out after all. Refresh this one to take in its news.")


def _line(line: IssueLine) -> Iterator[str]:
    name = line.text_en or line.text_zh_hant or line.key
    for language in LANGUAGES:
        if not in_language(line, "text", language).strip():
            yield _("The line “%(line)s” has no text (%(language)s). Write it, or leave the line out.") % {
                "line": name, "language": _language(language),
            }  # fmt: skip
    if not line.works.all():
        yield _("The line “%(line)s” cites no work. Every line does; leave it out.") % {"line": name}


def _erratum(issue: Issue, lines: Sequence[IssueLine]) -> Iterator[str]:
    """Ask for an erratum where a send was paused and something was changed; asked last, as it needs all the rest."""
    live = issue.live_revision
    if issue.state != Issue.State.PAUSED or live is None:
        return
    built = _built(issue, lines)
    if any(content.revision != live.number and not content.erratum for content in built.values()):
        yield _(
            "Others have read the issue as it was. Write an erratum in both languages that says what is changed."
        )


def _built(issue: Issue, lines: Sequence[IssueLine]) -> dict[str, Content]:
    before = _grades_before(issue, lines)
    live = issue.live_revision
    if live is not None:
        as_live = _in_both(issue, lines, before, live.number)
        if all(from_plain(live.content[language]) == as_live[language] for language in LANGUAGES):
            return as_live
    newest = issue.revisions.aggregate(newest=Max("number"))["newest"] or 0
    return _in_both(issue, lines, before, newest + 1)


def _in_both(
    issue: Issue, lines: Sequence[IssueLine], before: dict[int, str], revision: int
) -> dict[str, Content]:
    texts = {text.language: text for text in issue.texts.all()}
    built = {}
    for language in LANGUAGES:
        with translation.override(language):
            built[language] = _content(issue, texts[language], lines, before, revision)
    return built


def _content(
    issue: Issue, text: IssueText, lines: Sequence[IssueLine], before: dict[int, str], revision: int
) -> Content:
    numbers: dict[Study, int] = {}
    sections = tuple(
        Section(code, tuple(_content_line(line, text.language, numbers, before) for line in group))
        for code, group in groupby(lines, key=lambda line: line.section)
    )
    return Content(
        iso_week=issue.iso_week,
        sunday=issue.sunday.isoformat(),
        language=text.language,
        revision=revision,
        subject=text.subject,
        opening=_paragraphs(text.opening),
        erratum=_paragraphs(text.erratum),
        sections=sections,
        references=tuple(
            Reference(number, citing.printed(study), _page("articles:study-detail", citekey=study.citekey))
            for study, number in numbers.items()
        ),
        archive_url=_page("newsletter:issue-detail", iso_week=issue.iso_week.lower()),
    )


def _content_line(line: IssueLine, language: str, numbers: dict[Study, int], before: dict[int, str]) -> Line:
    """Return a line; works get the next free number where they are first cited, in the order of the issue."""
    refs = tuple(numbers.setdefault(study, len(numbers) + 1) for study in line.works.all())
    return Line(
        key=line.key,
        kind=line.kind,
        text=in_language(line, "text", language),
        why=in_language(line, "why", language),
        url=_where(line, language),
        refs=refs,
        claim=line.claim.code if line.claim else "",
        grade=line.snapshot.reader_grade if line.snapshot else "",
        previous_grade=before.get(line.pk, ""),
    )


def _grades_before(issue: Issue, lines: Sequence[IssueLine]) -> dict[int, str]:
    """Return the grade readers knew before each line that tells of a regrade, by the line."""
    told = {
        line.pk: line.snapshot for line in lines if line.kind == Kind.REGRADE and line.snapshot is not None
    }
    before = collecting.grades_before(list(told.values()), collecting.cut(issue))
    return {
        pk: before[snapshot.claim_id].reader_grade
        for pk, snapshot in told.items()
        if snapshot.claim_id in before
    }


def _where(line: IssueLine, language: str) -> str:
    """Return the page to read on, in the language of the issue; an untranslated article's in the language it has."""
    if line.claim is not None:
        return _page("articles:claim-detail", slug=line.claim.slug)
    if line.study is not None:
        return _page("articles:study-detail", citekey=line.study.citekey)
    own, other = (line.edition_en, line.edition_zh_hant) if language == "en" else (
        line.edition_zh_hant, line.edition_en,
    )  # fmt: skip
    edition: Edition | None = own or other
    if edition is None:
        raise ValueError(f"The line {line.key} is about nothing readers can open.")
    with translation.override(edition.language):
        # The address may have moved with a later edition.
        return _page("articles:article-detail", slug=(edition.article.live or edition).slug)


def _page(route: str, **arguments: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(route, kwargs=arguments)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in _GAP.split(text) if part.strip())


def _language(code: str) -> str:
    return str(dict(LANGUAGE_CHOICES)[code])
