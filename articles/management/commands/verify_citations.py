"""`manage.py verify_citations`: check the works of an article, a claim or all of them now, and print what came of it."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet

from articles.models import Article
from articles.verbs import citing
from evidence.models import Claim, Outcome, Study, Verification
from evidence.verbs import verifying
from evidence.words import FIELDS, SOURCES

GOOD = frozenset({Outcome.VERIFIED, Outcome.NOTED, Outcome.CORRECTED})
BATCH = 200


class Command(BaseCommand):
    help = (
        "Ask PubMed and Crossref about cited works now and print each outcome. "
        "Exits with 1 when a work differs, has fallen, was not found or could not be checked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one of three scopes, and the form of the answer."""
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument(
            "--article", metavar="ADDRESS", help="The works cited by the article at this address."
        )
        scope.add_argument("--claim", metavar="ADDRESS", help="The works of the claim at this address.")
        scope.add_argument("--all", action="store_true", help="Every work.")
        parser.add_argument("--json", action="store_true", help="One JSON object a line.")
        parser.add_argument("--by", help="The sign-in of the person who checks. Left out: the clock.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check in batches, print as they come, and fail at the end if anything is not as it should be."""
        by = self._person(options["by"])
        say = self._as_json if options["json"] else self._as_line
        bad = checked = 0
        try:
            for batch in _batches(self._scope(options)):
                for row in verifying.check(batch, by=by):
                    say(row)
                    checked += 1
                    bad += row.outcome not in GOOD
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        if not options["json"]:
            self.stdout.write(f"{checked} works checked, {bad} of them not in order.")
        if bad:
            raise SystemExit(1)

    def _person(self, name: str | None) -> User | None:
        if name is None:
            return None
        found = User.objects.filter(username=name).first()
        if found is None:
            raise CommandError(f"Nobody signs in as “{name}”. Give --by the name of a member of the desk.")
        return found

    def _scope(self, options: dict[str, Any]) -> Iterable[Study] | QuerySet[Study]:
        if options["article"]:
            articles = Article.objects.filter(slug=options["article"])
            if not articles:
                raise CommandError(f"No article has the address “{options['article']}”.")
            found = {study.pk: study for article in articles for study in citing.cited_studies(article)}
            return found.values()
        if options["claim"]:
            claim = Claim.objects.filter(slug=options["claim"]).first()
            if claim is None:
                raise CommandError(f"No claim has the address “{options['claim']}”.")
            return Study.objects.filter(Q(claims=claim) | Q(findings__claim=claim)).distinct().order_by("pk")
        return Study.objects.order_by("pk")

    def _as_line(self, row: Verification) -> None:
        mark = "" if not row.recorded else " (recorded reply, not asked of PubMed)"
        self.stdout.write(f"{row.study.citekey:<24} {row.get_outcome_display()}{mark}")
        for field in row.compared:
            if field["verdict"] not in {"same", "unknown"}:
                self.stdout.write(
                    f"    {FIELDS[field['field']]}: cited “{field['cited']}”, record “{field['found']}”"
                )
        if len(set(row.said.values()) - {"not_listed"}) > 1:
            said = ", ".join(f"{SOURCES[name]} {value}" for name, value in row.said.items())
            self.stdout.write(f"    the sources disagree: {said}")
        for name, answer in row.asked.items():
            if answer["state"] == "unavailable":
                self.stdout.write(f"    {SOURCES[name]} did not answer: {answer['detail']}")

    def _as_json(self, row: Verification) -> None:
        said = {
            "study": row.study.citekey,
            "work": row.study.work_id,
            "outcome": row.outcome,
            "match": row.match,
            "standing": row.standing,
            "compared": row.compared,
            "between": row.between,
            "said": row.said,
            "asked": row.asked,
            "recorded": row.recorded,
            "checked_at": row.checked_at.isoformat(),
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False))


def _batches(studies: Iterable[Study]) -> Iterable[list[Study]]:
    """Hand out 200 at a time: each batch is one question to PubMed."""
    waiting: list[Study] = []
    for study in studies.iterator(chunk_size=BATCH) if isinstance(studies, QuerySet) else studies:
        waiting.append(study)
        if len(waiting) == BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
