"""The rights matrix as data: which role may do what. Verbs read it; what is not listed is refused.

Four eyes (who touched a thing may not approve it) is not here: it depends on the object and lives in the
verbs. Superusers have no row: `may` looks at roles alone, so that `is_superuser` opens no editorial door.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class Role(StrEnum):
    """A job at the desk; the value is the name of its Django group."""

    WRITER = "writer"
    EDITOR = "editor"
    REVIEWER = "evidence_reviewer"
    TRANSLATOR = "translator"
    MANAGING = "managing_editor"
    ADMIN = "admin"


class Action(StrEnum):
    """Something the desk can do, one per row of the matrix."""

    WRITE_DRAFT = "write_draft"  # one's own drafts, submitting included
    EDIT_ANY_DRAFT = "edit_any_draft"  # images, people, hubs and redirects too
    REQUEST_CHANGES = "request_changes"
    ADD_STUDY = "add_study"
    CODE_EVIDENCE = "code_evidence"
    BLIND_RECHECK = "blind_recheck"
    PROPOSE_GRADE = "propose_grade"
    APPROVE_GRADE = "approve_grade"
    EDIT_CLAIM_TEXT = "edit_claim_text"
    TRANSLATE = "translate"  # own language only
    APPROVE_ARTICLE = "approve_article"
    PUBLISH = "publish"
    COMPOSE_BRIEF = "compose_brief"  # preview and test sends too
    APPROVE_BRIEF = "approve_brief"
    STEER_SEND = "steer_send"  # pause, resume, cancel; settle a doubtful delivery
    SEE_SUBSCRIBER = "see_subscriber"  # one, by address; suppress and import too
    EXPORT_SUBSCRIBERS = "export_subscribers"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_DESK = "see_desk"


_W, _E, _R, _T, _M, _A = Role.WRITER, Role.EDITOR, Role.REVIEWER, Role.TRANSLATOR, Role.MANAGING, Role.ADMIN

MATRIX: dict[Action, frozenset[Role]] = {
    Action.WRITE_DRAFT: frozenset({_W, _E, _T, _M}),
    Action.EDIT_ANY_DRAFT: frozenset({_E, _M}),
    Action.REQUEST_CHANGES: frozenset({_E, _R, _M}),
    Action.ADD_STUDY: frozenset({_W, _E, _R, _M}),
    Action.CODE_EVIDENCE: frozenset({_R}),
    Action.BLIND_RECHECK: frozenset({_R}),
    Action.PROPOSE_GRADE: frozenset({_E, _R, _M}),
    Action.APPROVE_GRADE: frozenset({_R, _M}),
    Action.EDIT_CLAIM_TEXT: frozenset({_W, _E, _R, _M}),
    Action.TRANSLATE: frozenset({_W, _E, _R, _T, _M}),
    Action.APPROVE_ARTICLE: frozenset({_E, _M}),
    Action.PUBLISH: frozenset({_E, _M}),
    Action.COMPOSE_BRIEF: frozenset({_E, _M}),
    Action.APPROVE_BRIEF: frozenset({_E, _M}),
    Action.STEER_SEND: frozenset({_E, _M}),
    Action.SEE_SUBSCRIBER: frozenset({_M}),
    Action.EXPORT_SUBSCRIBERS: frozenset({_M}),
    Action.MANAGE_ACCOUNTS: frozenset({_A}),
    Action.SEE_DESK: frozenset(Role),
}


def roles_of(user: "User | AnonymousUser") -> frozenset[Role]:
    """Return the roles a signed-in, active person holds; nobody else holds any.

    Read once per user object, as Django does with permissions: fetch the user again after changing groups.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    cached: frozenset[Role] | None = getattr(user, "_roles", None)
    if cached is None:
        names = user.groups.values_list("name", flat=True)
        cached = frozenset(Role(name) for name in names if name in set(Role))
        setattr(user, "_roles", cached)  # noqa: B010  mypy knows no such attribute
    return cached


def languages_of(user: "User | AnonymousUser") -> frozenset[str]:
    """Return the languages a translator works into: the groups named `language:<code>`."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    names = user.groups.filter(name__startswith="language:").values_list("name", flat=True)
    return frozenset(name.removeprefix("language:") for name in names)


def may(user: "User | AnonymousUser", action: Action) -> bool:
    """Say whether any of this person's roles has the action in the matrix."""
    return bool(roles_of(user) & MATRIX.get(action, frozenset()))


def require(user: "User | AnonymousUser", action: Action) -> None:
    """Raise PermissionDenied, naming the roles that could, unless `user` may do `action`."""
    if not may(user, action):
        able = ", ".join(sorted(role.value.replace("_", " ") for role in MATRIX.get(action, frozenset())))
        raise PermissionDenied(
            f"{user.get_username() or 'Nobody signed in'} may not {action.value.replace('_', ' ')}: "
            f"this takes one of these roles: {able or 'none'}."
        )
