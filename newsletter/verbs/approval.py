"""Approving an issue: a second person, bound to the hash of every byte it renders to. Nothing else goes out.

Taking an approval back is drafting.py's (an edit) and voiding.py's (the world changed).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models.base import LANGUAGES
from evidence.models.claims import LANGUAGE_CHOICES
from evidence.verbs.trail import fingerprint
from newsletter import messages
from newsletter.content import Content, to_plain
from newsletter.messages import Rendered
from newsletter.models import Issue, IssueEvent, Rendition, Revision
from newsletter.verbs import contents, drafting, stating, trail

State = Issue.State


@dataclass(frozen=True)
class Manifest:
    """What an approval binds to: every rendition, by language and whether it is plain text, and one hash of all."""

    sha256: str
    contents: dict[str, Content]
    renditions: dict[tuple[str, bool], Rendered]

    @property
    def revision(self) -> int:
        """The number the issue's next approval bears; the live one's while nothing differs from it."""
        return next(iter(self.contents.values())).revision


def manifest(issue: Issue) -> Manifest:
    """Render the issue as it would go out, in every language and kind. Raises Refused as `contents` does."""
    said = contents.contents(issue)
    renditions = {
        (language, plain): messages.render(said[language], plain=plain)
        for language in LANGUAGES
        for plain in (False, True)
    }
    return Manifest(_sha256(issue, renditions), said, renditions)


@transaction.atomic
def approve(issue: Issue, *, by: User, now: datetime, seen: str) -> Revision:
    """Approve the issue as somebody who touched none of it, and freeze its bytes.

    `seen` is the manifest's sha256 of the page on the screen. Raises PermissionDenied, and Refused: "touched",
    "state", "too_late", "incomplete", "changed", "unchanged", "too_large".
    """
    require(by, Action.APPROVE_BRIEF)
    if not drafting.hold(issue, {State.DRAFT, State.PAUSED}):
        raise Refused("state", _state(issue))
    if by.pk in trail.touchers(issue):
        raise Refused(
            "touched",
            _("You wrote or arranged part of this issue since it last went out. Another person approves it."),
        )
    drafting.require_time(issue, now=now)
    made = manifest(issue)
    _require_seen(issue, made, seen)
    _require_size(made)
    revision = _freeze(issue, made, by=by, now=now)
    live = Issue.objects.filter(pk=issue.pk)
    live.update(live_revision=revision)
    live.filter(state=State.DRAFT).update(state=State.APPROVED)
    issue.refresh_from_db()
    trail.note(issue, IssueEvent.Kind.APPROVED, by=by, now=now, revision=revision.number, sha256=made.sha256)
    return revision


def needs_revision(issue: Issue) -> bool:
    """Say whether a paused issue differs from what was approved, or could not go out as it stands."""
    live = issue.live_revision
    if issue.state != State.PAUSED or live is None:
        return False
    try:
        said = contents.contents(issue)
    except Refused:
        return True
    return any(content.revision != live.number for content in said.values())


def _sha256(issue: Issue, renditions: dict[tuple[str, bool], Rendered]) -> str:
    """Return one hash over those of every rendition's bytes, slots named, and of every line for followers."""
    return fingerprint(
        {
            "issue": issue.iso_week,
            "renditions": {
                f"{language} {'text' if plain else 'html'}": {
                    "wire": hashlib.sha256(rendered.wire).hexdigest(),
                    "followed": {code: fingerprint(line) for code, line in rendered.followed.items()},
                }
                for (language, plain), rendered in renditions.items()
            },
        }
    )


def _require_seen(issue: Issue, made: Manifest, seen: str) -> None:
    if made.sha256 != seen:
        raise Refused(
            "changed", _("The issue changed after this page was opened. Read it again, then decide.")
        )
    if issue.live_revision is not None and issue.live_revision.number == made.revision:
        raise Refused(
            "unchanged", _("Nothing differs from the revision that is approved already. Resume it.")
        )


def _require_size(made: Manifest) -> None:
    names = dict(LANGUAGE_CHOICES)
    for (language, _plain), rendered in made.renditions.items():
        if rendered.html_bytes > messages.MAX_HTML_BYTES:
            raise Refused(
                "too_large",
                _(
                    "The HTML (%(language)s) has %(size)s KB; %(most)s KB is the most, since Gmail clips what is "
                    "larger. Leave lines out, or shorten them."
                )
                % {
                    "language": names[language],
                    "size": -(-rendered.html_bytes // 1024),
                    "most": messages.MAX_HTML_BYTES // 1024,
                },
            )


def _freeze(issue: Issue, made: Manifest, *, by: User, now: datetime) -> Revision:
    revision = Revision(
        issue=issue,
        number=made.revision,
        content={language: to_plain(content) for language, content in made.contents.items()},
        manifest_sha256=made.sha256,
        approved_by_id=by.pk,
        approved_at=now,
    )
    revision.save()
    lines = stating.lines_of(issue)
    revision.claims.set({line.claim for line in lines if line.claim})
    revision.studies.set({work for line in lines for work in line.works.all()})
    for (language, plain), rendered in made.renditions.items():
        Rendition(
            revision=revision,
            language=language,
            plain=plain,
            wire=rendered.wire,
            followed=rendered.followed,
            sha256=rendered.sha256,
            html_bytes=rendered.html_bytes,
        ).save()
    return revision


def _state(issue: Issue) -> str:
    return _(
        "This issue is “%(state)s”, and only a draft, or a send that was paused, can be approved. "
        "Reload the page to see what applies."
    ) % {"state": issue.get_state_display()}
