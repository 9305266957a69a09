"""`manage.py grade CLAIM`: grade today's dossier of a claim and print the verdict. It stores nothing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evidence import engine
from evidence.models import Claim
from evidence.verbs import dossiers


class Command(BaseCommand):
    help = "Grade today's dossier of a claim and print the verdict on one line. Proposing it is done at the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the claim, the engine's version and the form of the answer."""
        parser.add_argument("claim", help="The claim's address or code.")
        parser.add_argument(
            "--engine", choices=list(engine.VERSIONS), default=engine.NEWEST, help="Engine version."
        )
        parser.add_argument("--dossier", action="store_true", help="Print the canonical dossier instead.")
        parser.add_argument("--pretty", action="store_true", help="Indent.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the claim, build, grade, print."""
        name = options["claim"]
        claim = Claim.objects.filter(slug=name).first() or Claim.objects.filter(code=name).first()
        if claim is None:
            raise CommandError(f"No claim “{name}”. Give the last part of its address, or its CLM-… code.")
        built = dossiers.build(claim)
        for work in built.left_out:
            self.stderr.write(f"left out: {work['citekey']} ({work['reason']})")
        verdict = engine.grade(engine.read_dossier(built.dossier), options["engine"])
        line = built.canonical if options["dossier"] else engine.verdict_line(verdict)
        self.stdout.write(
            json.dumps(json.loads(line), indent=2, ensure_ascii=False) if options["pretty"] else line
        )
