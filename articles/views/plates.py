"""The drawings at the head of articles, with their words in the page's language."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.drawing.gut import gut
from articles.drawing.night import night
from articles.drawing.orbit import orbit


def hero(kind: str) -> SafeString | None:
    """Return an article's plate with its labels and description; None where the article has none."""
    if kind == "gut":
        labels = [
            _("Lumen"),
            _("Villi, one cell thick at the edge"),
            _("Submucosa"),
            _("Two coats of muscle"),
        ]
        return gut(labels, title=_("The small intestine in cross-section, drawn like a radar screen."))
    if kind == "night":
        labels = [_("Awake"), _("Deep sleep"), _("The hours"), _("The month")]
        return night(labels, title=_("One night as a clock, the depth of sleep traced round it."))
    return None


def ornament(kind: str, slug: str) -> SafeString:
    """Return the plate as decoration beside a headline, without words; any article has one of its own."""
    if kind == "gut":
        return gut(title="")
    return night(title="") if kind == "night" else orbit(title="", seed=slug)
