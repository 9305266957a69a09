"""What the import page shows of a table, and where a file waits between preview and confirmation."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.tmp_storages import BaseStorage

from newsletter.verbs import importing
from newsletter.verbs.importing import Answer, Outcome

# Of a large table the page shows the first rows of each kind.
SHOWN = 50
NAME = re.compile(r"[0-9a-f]{32}")
LABELS = {
    Outcome.ADDED: _("are added: where, when and how they agreed is stated"),
    Outcome.CONFIRMATION: _("are asked by mail, since no origin is stated"),
    Outcome.UNCHANGED: _("are known already and stay as they are"),
    Outcome.SUPPRESSED: _("are left out: suppressed addresses"),
    Outcome.REFUSED: _("are left out: they left, and only their own wish brings them back"),
    Outcome.BAD: _("cannot be read"),
}


class Upload(BaseStorage):
    """A previewed file under a name nobody guesses, in a folder that is emptied within the hour."""

    def save(self, data: bytes) -> None:
        """Write the file, for our eyes only."""
        self.name = uuid4().hex
        self._path.touch(mode=0o600)
        self._path.write_bytes(data)

    def read(self) -> Any:
        """Return the content as its format takes it. Raises FileNotFoundError once it was confirmed or forgotten."""
        if self.read_mode == "rb":
            return self._path.read_bytes()
        return self._path.read_text(encoding=self.encoding)

    def remove(self) -> None:
        """Delete the file, if it is there."""
        if NAME.fullmatch(self.name or ""):
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        if not NAME.fullmatch(self.name or ""):
            raise FileNotFoundError
        return importing.uploads() / str(self.name)


@dataclass(frozen=True)
class Kind:
    """One outcome on the page: how many rows, in words, and the first of them."""

    code: str
    count: int
    label: Any
    sentence: str
    rows: list[Answer]

    @property
    def more(self) -> int:
        """Count those not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Preview:
    """What would become, or became, of a table."""

    kinds: list[Kind]
    bad: list[Answer]
    more_bad: int
    refusals: list[str]
    ignored: list[str]

    @classmethod
    def of(cls, result: Any) -> "Preview":
        """Read an import's result."""
        answers: list[Answer] = getattr(result, "answers", [])
        counted = Counter(answer.outcome for answer in answers)
        kinds = [
            Kind(
                outcome.value,
                counted[outcome],
                LABELS[outcome],
                _sentence(outcome, counted[outcome]),
                [answer for answer in answers if answer.outcome is outcome][:SHOWN],
            )
            for outcome in Outcome
            if counted[outcome]
        ]
        bad = [answer for answer in answers if answer.problems]
        return cls(
            kinds=kinds,
            bad=bad[:SHOWN],
            more_bad=max(0, len(bad) - SHOWN),
            refusals=[str(error.error) for error in result.base_errors],
            ignored=getattr(result, "ignored", []),
        )

    @property
    def refused(self) -> bool:
        """Say whether nothing can be, or was, imported."""
        return bool(self.bad or self.refusals)

    @property
    def sentence(self) -> str:
        """Say all of it in one line."""
        return " ".join(kind.sentence for kind in self.kinds) or str(_("There was nothing to import."))


def _sentence(outcome: Outcome, count: int) -> str:
    """A finished sentence for so many rows of one outcome."""
    said = {
        Outcome.ADDED: ngettext("%(count)s person is added.", "%(count)s people are added.", count),
        Outcome.CONFIRMATION: ngettext(
            "%(count)s person without a stated origin is asked by mail.",
            "%(count)s people without a stated origin are asked by mail.",
            count,
        ),
        Outcome.UNCHANGED: ngettext(
            "%(count)s row is known already and stays as it is.",
            "%(count)s rows are known already and stay as they are.",
            count,
        ),
        Outcome.SUPPRESSED: ngettext(
            "%(count)s suppressed address is left out.", "%(count)s suppressed addresses are left out.", count
        ),
        Outcome.REFUSED: ngettext(
            "%(count)s person who left is left out: only their own wish brings them back.",
            "%(count)s people who left are left out: only their own wish brings them back.",
            count,
        ),
        Outcome.BAD: ngettext(
            "%(count)s row cannot be read.", "%(count)s rows cannot be read.", count
        ),
    }  # fmt: skip
    return said[outcome] % {"count": count}
