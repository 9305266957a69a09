"""`manage.py add_studies FILE...`: import files of references, as one member of the desk, through the desk's own verb."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.refusal import Refused
from evidence.models import ReferenceImport, ReferenceImportRow
from evidence.verbs import import_running, import_wording, importing

Kind = ReferenceImportRow.Kind
# What a person should read of a preview; the rest is counted.
NAMED = [Kind.REFUSED, Kind.PERHAPS]


class Command(BaseCommand):
    help = (
        "Import PubMed XML, NBIB, RIS, CSL-JSON or BibTeX (also .gz). A broken file gives what is good and says where it"
        " broke; works that are perhaps known are left out, to be decided at the desk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, whose act it is, and whether to look only."""
        parser.add_argument("files", nargs="+", type=Path, help="Files of references, plain or gzipped.")
        parser.add_argument("--by", required=True, help="The sign-in of the person who adds them.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import each file and say what became of it; fail at the end if anything was refused."""
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(
                f"Nobody signs in as “{options['by']}”. Give --by the name of a member of the desk."
            )
        refused = sum(self._take(path, by, dry=options["dry_run"]) for path in options["files"])
        if refused:
            raise CommandError(
                f"{refused} rows were refused; each is named above. The rest was not held up by them."
            )

    def _take(self, path: Path, by: User, *, dry: bool) -> int:
        try:
            with path.open("rb") as stream:
                of = importing.begin(stream, name=path.name, by=by, now=timezone.now())
            import_running.go_on(of.pk, clock=timezone.now)
            of.refresh_from_db()
            self._name(of)
            self._tell(of, of.counts)
            if of.state == of.State.PREVIEWED and dry:
                importing.drop(of, by=by, now=timezone.now())
            elif of.state == of.State.PREVIEWED:
                self._import(of, by)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except (PermissionDenied, Refused) as refusal:
            raise CommandError(f"{path.name}: {refusal}") from refusal
        if of.problem:
            raise CommandError(f"{path.name}: {import_wording.failure(of.problem)}")
        return int(of.counts.get(Kind.REFUSED, 0))

    def _import(self, of: ReferenceImport, by: User) -> None:
        importing.confirm(of, by=by, now=timezone.now())
        import_running.go_on(of.pk, clock=timezone.now)
        of.refresh_from_db()
        self._tell(of, of.results)

    def _name(self, of: ReferenceImport) -> None:
        for row in of.rows.filter(kind__in=NAMED):
            what = row.title[:80] or import_wording.where(row) or row.pmid or "whole file"
            self.stdout.write(f"  row {row.ordinal}, {what}: {import_wording.why(row)}")

    def _tell(self, of: ReferenceImport, counts: dict[str, int]) -> None:
        told = ", ".join(f"{number} {code}" for code, number in counts.items()) or "nothing"
        self.stdout.write(f"{of.file_name}: {told}")
