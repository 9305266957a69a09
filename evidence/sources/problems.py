"""Says what could not be read of a file, where, why and what to do; shared by every format's reader.

The English words stand here; pages translate by code (`evidence/admin/words.py`).
"""

from dataclasses import dataclass

# code -> (reason, way out)
_WORDS = {
    "empty": ("The file is empty.", "Fetch or export it again."),
    "html": ("The file is a web page, not PubMed XML.", "Ask efetch again with retmode=xml."),
    "web_page": ("The file is a web page.", "Download the references themselves, not the page about them."),
    "nbib": ("The file is in NBIB (MEDLINE text) form, not XML.", "Import it as NBIB."),
    "not_xml": ("The file is not XML.", "Export the records from PubMed as XML, or choose another format."),
    "error_answer": (
        "PubMed answered with an error instead of records.",
        "Mend the request, then ask again.",
    ),
    "other_xml": ("The XML holds no PubMed records.", "Use an efetch answer or a PubMed XML export."),
    "no_records": ("The answer is well formed and holds no record.", "Check the PMIDs that were asked for."),
    "broken_xml": (
        "The XML breaks off or is malformed here.",
        "The records before it were kept; get the rest anew.",
    ),
    "broken_gzip": ("The compressed file is damaged.", "The records before it were kept; download it anew."),
    "entities": (
        "The XML declares entities, which are refused.",
        "Use a file that comes from PubMed itself.",
    ),
    "encoding": ("The XML names an encoding that cannot be read.", "Save the file as UTF-8."),
    "record_too_long": ("One record is longer than any real one.", "Check where the file comes from."),
    "file_too_long": ("The file is too long to be read at once.", "Export the references in several files."),
    "pmid_missing": ("The record has no PMID.", "Look the work up in PubMed and import it from there."),
    "pmid_unreadable": (
        "The record's PMID is not a number of 1 to 8 digits.",
        "Import the work from PubMed anew.",
    ),
    "article_missing": ("The record has no Article.", "Look the PMID up in PubMed and import it from there."),
    "unknown_format": (
        "The file is in none of the formats that can be read.",
        "Export the references as PubMed XML, NBIB, RIS, CSL-JSON or BibTeX.",
    ),
    "no_references": (
        "The file holds no reference of this format.",
        "Export it again, or in another format.",
    ),
    "nothing_stated": (
        "The record states neither a title nor an identifier.",
        "Add its DOI, its PMID or its title to the file.",
    ),
    "broken_off": ("The file ends within this record.", "The records before it were kept; export it again."),
    "broken_json": ("The JSON breaks off or is malformed here.", "Export the references again as CSL-JSON."),
    "broken_item": ("This item is not a CSL-JSON reference.", "Mend it, or export it again as CSL-JSON."),
    "broken_entry": ("This BibTeX entry cannot be read.", "Check its braces, commas and quotes."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseProblem:
    """What could not be read and where: line and column count from 1 and 0, records from 1.

    `detail` is the reader's or PubMed's own wording. Problems that end the reading are `final`.
    """

    code: str
    line: int = 0
    column: int = 0
    ordinal: int = 0
    pmid: str = ""
    detail: str = ""
    final: bool = False

    @property
    def reason(self) -> str:
        """What is wrong, in English."""
        return _WORDS[self.code][0]

    @property
    def way_out(self) -> str:
        """What an editor can do about it, in English."""
        return _WORDS[self.code][1]

    @property
    def where(self) -> str:
        """Where it is, as far as known: `line 4, column 7, record 3, PMID 123`."""
        parts = [f"line {self.line}, column {self.column}" if self.line else ""]
        parts += [f"record {self.ordinal}" if self.ordinal else "", f"PMID {self.pmid}" if self.pmid else ""]
        return ", ".join(filter(None, parts))


CODES = frozenset(_WORDS)
