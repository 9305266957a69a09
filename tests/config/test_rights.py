"""The rights matrix is the specification's, row by row; what is not listed is refused, superuser or not."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from config.rights import MATRIX, Action, Role, may, require
from tests import factories

# Desk.md's table, typed once more by hand: writer, editor, evidence reviewer, translator, managing editor, admin.
TABLE = {
    Action.WRITE_DRAFT: "WE TM",
    Action.EDIT_ANY_DRAFT: "E M",
    Action.REQUEST_CHANGES: "ERM",
    Action.ADD_STUDY: "WERM",
    Action.CODE_EVIDENCE: "R",
    Action.BLIND_RECHECK: "R",
    Action.PROPOSE_GRADE: "ERM",
    Action.APPROVE_GRADE: "RM",
    Action.EDIT_CLAIM_TEXT: "WERM",
    Action.TRANSLATE: "WERTM",
    Action.APPROVE_ARTICLE: "EM",
    Action.PUBLISH: "EM",
    Action.COMPOSE_BRIEF: "EM",
    Action.APPROVE_BRIEF: "EM",
    Action.STEER_SEND: "EM",
    Action.SEE_SUBSCRIBER: "M",
    Action.EXPORT_SUBSCRIBERS: "M",
    Action.MANAGE_ACCOUNTS: "A",
    Action.SEE_DESK: "WERTMA",
}
LETTERS = {
    "W": Role.WRITER,
    "E": Role.EDITOR,
    "R": Role.REVIEWER,
    "T": Role.TRANSLATOR,
    "M": Role.MANAGING,
    "A": Role.ADMIN,
}


def test_the_matrix_is_the_table() -> None:
    written = {
        action: frozenset(LETTERS[c] for c in letters if c != " ") for action, letters in TABLE.items()
    }
    assert written == MATRIX


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_table_says_and_nothing_else(role: Role) -> None:
    user = factories.user(role.value, role)
    assert {action for action in Action if may(user, action)} == {
        a for a, roles in MATRIX.items() if role in roles
    }


@pytest.mark.django_db
@pytest.mark.parametrize("action", Action)
def test_a_superuser_without_a_role_may_nothing(action: Action) -> None:
    root = factories.user("root", is_superuser=True)
    with pytest.raises(PermissionDenied, match="takes one of these roles"):
        require(root, action)


@pytest.mark.django_db
def test_somebody_who_left_may_nothing() -> None:
    gone = factories.user("gone", *Role, is_active=False)
    assert not any(may(gone, action) for action in Action)


def test_nobody_signed_in_may_nothing() -> None:
    assert not any(may(AnonymousUser(), action) for action in Action)
