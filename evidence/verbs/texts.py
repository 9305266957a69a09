"""Writing the words of a claim: each save is a new revision, so that a translation makes no new grade."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, languages_of, may, require
from evidence.models import Claim, ClaimEvent, ClaimText
from evidence.models.base import LANGUAGES
from evidence.verbs import trail

FIELDS = ("statement", "verdict_line", "summary", "why")


def require_language(user: User, language: str) -> None:
    """Raise PermissionDenied unless `user` may write claim texts in `language`; translators only in their own."""
    if may(user, Action.EDIT_CLAIM_TEXT):
        return
    require(user, Action.TRANSLATE)
    if language not in languages_of(user):
        raise PermissionDenied(
            _("You translate into other languages. Ask an administrator for the group “language:%(code)s”.")
            % {"code": language}
        )


@transaction.atomic
def write(
    claim: Claim, language: str, *, by: User, now: datetime, seen_number: int | None = None, **words: str
) -> ClaimText:
    """Store a new revision of the claim's words in one language, unless not a byte differs from the newest.

    `words` holds statement, verdict_line, summary and why. `seen_number` is the revision the form was opened with
    (0: none yet): a colleague's in between is refused, never covered. Raises PermissionDenied, ValidationError,
    Refused.
    """
    require_language(by, language)
    newest = latest(claim, language)
    sha256 = trail.fingerprint({"language": language, **{name: words[name] for name in FIELDS}})
    if newest is not None and newest.sha256 == sha256:
        return newest
    if seen_number is not None and seen_number != (newest.number if newest else 0):
        raise Refused(
            "saved_by_colleague",
            _(
                "A colleague wrote this text after you opened it. Yours is kept below: compare, then save again."
            ),
        )
    text = ClaimText(
        claim=claim,
        language=language,
        number=newest.number + 1 if newest else 1,
        sha256=sha256,
        written_by_id=by.pk,
        written_at=now,
        **{name: words[name] for name in FIELDS},
    )
    text.full_clean()
    text.save()
    trail.record(claim, ClaimEvent.Kind.WORDED, by=by, now=now, language=language, revision=text.number)
    return text


def latest(claim: Claim, language: str) -> ClaimText | None:
    """Return the newest revision in a language, approved or not."""
    return ClaimText.objects.filter(claim=claim, language=language).order_by("-number").first()


def newest(claim: Claim) -> list[ClaimText]:
    """Return the newest revision of each language the claim has, approved or not, in the house's order of languages."""
    last = ClaimText.objects.filter(claim=OuterRef("claim"), language=OuterRef("language")).order_by(
        "-number"
    )
    found = ClaimText.objects.filter(claim=claim, number=Subquery(last.values("number")[:1]))
    found = found.select_related("written_by")
    return sorted(found, key=lambda text: LANGUAGES.index(text.language))


def all_approved(claim: Claim) -> list[ClaimText]:
    """Return the newest approved revision of each language: what readers see."""
    approved = ClaimText.objects.approved().filter(claim=claim).order_by("language", "number")
    return list({text.language: text for text in approved}.values())


def latest_approved(claim: Claim, language: str) -> ClaimText | None:
    """Return the newest approved revision in a language: what readers see."""
    return ClaimText.objects.approved().filter(claim=claim, language=language).order_by("-number").first()
