"""The formats that references go out in: name, media type, writer. What goes out is the caller's choice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidence.sources.bibtex import write_bibtex
from evidence.sources.csl import write_csl
from evidence.sources.nbib import write_nbib
from evidence.sources.records import WorkRecord
from evidence.sources.ris import write_ris


@dataclass(frozen=True)
class Form:
    """A format: its name for readers, its media type, and what writes it."""

    name: str
    media_type: str
    write: Callable[[Iterable[WorkRecord]], str]


# By file extension. Each media type is the one reference managers register for.
FORMS = {
    "ris": Form("RIS", "application/x-research-info-systems", write_ris),
    "bib": Form("BibTeX", "application/x-bibtex", write_bibtex),
    "nbib": Form("NBIB", "application/nbib", write_nbib),
    "json": Form("CSL-JSON", "application/vnd.citationstyles.csl+json", write_csl),
}
