"""What a bibliographic record says of its own work, in words: its kind, and the notices it carries."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.words.codes import Words, label
from evidence.status import Sign, Status

KINDS: Words = {
    "article": gettext_lazy("Article"),
    "book": gettext_lazy("Book"),
    "chapter": gettext_lazy("Chapter of a book"),
    "preprint": gettext_lazy("Preprint"),
}
BASES: Words = {
    "ref_type": gettext_lazy("a notice linked to its record"),
    "publication_type": gettext_lazy("its publication type"),
    "title": gettext_lazy("a mark in its title"),
}
STANDINGS: Words = {
    "current": gettext_lazy("Nothing is known against it. That is no proof that there is nothing."),
    "corrected": gettext_lazy("A correction has been published. We read whether the number we use changed."),
    "newer_version_exists": gettext_lazy("A newer version of this work exists."),
    "preprint": gettext_lazy("Not yet reviewed by peers; it counts for half."),
    "concern": gettext_lazy("Its journal has voiced concern; it counts for half."),
    "replaced": gettext_lazy("It was retracted and replaced; this version counts for nothing."),
    "retracted": gettext_lazy("It was retracted and counts for nothing."),
    "withdrawn": gettext_lazy("It was withdrawn and counts for nothing."),
}


def kind(code: str) -> str:
    """Name the kind of a work; one nobody has worded is shown as an article."""
    return str(KINDS.get(code, KINDS["article"]))


def standing_meaning(code: str) -> str:
    """Say what a standing means for the work's weight."""
    return str(STANDINGS[code])


def sign(found: Sign) -> str:
    """Say what makes a work's standing: "Corrected, says a notice linked to its record"."""
    status = label("standing", Status(found.status).value)
    return _("%(status)s: %(basis)s") % {"status": status, "basis": BASES[found.basis]}
