"""The five people who sign in to the demonstration, and the public persons behind them. No texts here."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User

from config.rights import Role

PASSWORD = "observatory-demonstration"  # noqa: S105  public on purpose: refused outside the embedded mode


@dataclass(frozen=True)
class SignIn:
    """One sign-in: its name, its role, the Person it belongs to, languages a translator works into."""

    username: str
    role: Role
    person: str
    languages: tuple[str, ...] = ()


WRITER = SignIn("writer", Role.WRITER, "demonstration-writer")
EDITOR = SignIn("editor", Role.EDITOR, "demonstration-editor")
REVIEWER = SignIn("reviewer", Role.REVIEWER, "demonstration-methods-reviewer")
TRANSLATOR = SignIn("translator", Role.TRANSLATOR, "demonstration-translator", ("zh-hant",))
MANAGING = SignIn("managing", Role.MANAGING, "demonstration-managing-editor")
SIGN_INS = (WRITER, EDITOR, REVIEWER, TRANSLATOR, MANAGING)


def make_users() -> dict[str, User]:
    """Make the five users with their groups, or bring them back to what they should be; by username."""
    users = {}
    for sign_in in SIGN_INS:
        user, _made = User.objects.get_or_create(username=sign_in.username)
        user.is_staff, user.is_superuser, user.is_active = True, False, True
        # The desk writes to editors about the brief; these mails end in the demonstration's mailbox.
        user.email = user.email or f"{sign_in.username}@desk.example"
        if not user.check_password(PASSWORD):
            user.set_password(PASSWORD)
        user.save()
        names = [sign_in.role.value, *(f"language:{code}" for code in sign_in.languages)]
        user.groups.set(Group.objects.get_or_create(name=name)[0] for name in names)
        users[sign_in.username] = user
    return users
