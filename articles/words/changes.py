"""What would change a grade, in words: one sentence a row of the engine's sensitivity."""

from django.utils.translation import gettext as _

ADDED = ("positive_rct", "null_rct", "positive_review")


def change(kind: str, name: str) -> str:
    """Say what is taken away or added. `name` is the finding's printed name, or the kind of what is added.

    Raises ValueError for a change that nobody has worded.
    """
    if kind == "without":
        return _("Without %(study)s") % {"study": name}
    texts = {
        "positive_rct": _("One large, direct trial finds benefit"),
        "null_rct": _("One large, direct trial finds no effect"),
        "positive_review": _("One large, direct review of trials finds benefit"),
    }
    if kind != "add" or name not in texts:
        raise ValueError(f"change: no words for {kind!r} {name!r}")
    return texts[name]
