"""The four reference formats side by side, for promises that hold for each of them."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from evidence.sources import bibtex, csl, nbib, ris
from evidence.sources.problems import ParseProblem
from evidence.sources.records import WorkRecord


@dataclass(frozen=True)
class Format:
    name: str
    read: Callable[[BinaryIO], Iterator[WorkRecord | ParseProblem]]
    write: Callable[[Iterable[WorkRecord]], str]
    mapped: Callable[[WorkRecord], WorkRecord]

    def items(self, data: str | bytes) -> list[WorkRecord | ParseProblem]:
        return list(self.read(io.BytesIO(data.encode() if isinstance(data, str) else data)))

    def records(self, data: str | bytes) -> list[WorkRecord]:
        return [item for item in self.items(data) if isinstance(item, WorkRecord)]

    def problems(self, data: str | bytes) -> list[ParseProblem]:
        return [item for item in self.items(data) if isinstance(item, ParseProblem)]


NBIB = Format("nbib", nbib.read_nbib, nbib.write_nbib, nbib.mapped)
RIS = Format("ris", ris.read_ris, ris.write_ris, ris.mapped)
CSL = Format("csl", csl.read_csl, csl.write_csl, csl.mapped)
BIBTEX = Format("bibtex", bibtex.read_bibtex, bibtex.write_bibtex, bibtex.mapped)
ALL = (NBIB, RIS, CSL, BIBTEX)


def assert_comes_back(form: Format, records: list[WorkRecord]) -> None:
    """Out and in again is the identity on mapped fields, and out again the same bytes."""
    mapped = [form.mapped(record) for record in records]
    written = form.write(records)
    found = form.items(written)
    assert found == mapped
    assert form.write(mapped) == written
