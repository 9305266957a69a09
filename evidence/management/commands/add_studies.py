"""`manage.py add_studies FILE...`: add studies from PubMed XML files, as one member of the desk."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evidence.models import StudyRecord
from evidence.verbs import intake


class Command(BaseCommand):
    help = (
        "Add studies from PubMed XML (also .gz). A broken file keeps what was good and says where it broke."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files and whose act it is."""
        parser.add_argument("files", nargs="+", type=Path, help="PubMed XML files, plain or gzipped.")
        parser.add_argument("--by", required=True, help="The sign-in of the person who adds them.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Add each file and say what became of it; fail at the end if anything could not be read."""
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(
                f"Nobody signs in as “{options['by']}”. Give --by the name of a member of the desk."
            )
        unread = sum(self._add(path, by) for path in options["files"])
        if unread:
            raise CommandError(f"{unread} places could not be read; each is named above. The rest was kept.")

    def _add(self, path: Path, by: User) -> int:
        try:
            with path.open("rb") as stream:
                report = intake.add_from_pubmed(
                    stream, origin=StudyRecord.Origin.PUBMED_FILE, by=by, now=timezone.now()
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{path.name}: {len(report.added)} added, {len(report.updated)} updated, {len(report.unchanged)} unchanged"
        )
        for problem in report.problems:
            self.stdout.write(f"  {problem.where or 'whole file'}: {problem.reason} {problem.way_out}")
        for refusal_text in report.refused:
            self.stdout.write(f"  {refusal_text}")
        return len(report.problems) + len(report.refused)
