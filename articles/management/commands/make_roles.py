"""Makes the groups that hold the roles of config/rights.py and the translators' languages. Idempotent."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand

from config.rights import Role
from evidence.models.base import LANGUAGES


class Command(BaseCommand):
    """`manage.py make_roles`: run it once after `migrate`, and again after a release that brings new roles."""

    help = "Make the groups of the rights matrix and of the translators' languages."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make what is missing and say what was done."""
        names = [*(role.value for role in Role), *(f"language:{language}" for language in LANGUAGES)]
        made = [name for name in names if Group.objects.get_or_create(name=name)[1]]
        there = [name for name in names if name not in made]
        if made:
            self.stdout.write(f"Made: {', '.join(made)}.")
        if there:
            self.stdout.write(f"There already: {', '.join(there)}.")
        self.stdout.write(
            "What each role may do is the matrix in config/rights.py; give people roles under Users."
        )
