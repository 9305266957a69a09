"""The last gate before HTML is stored: an allow-list over the finished markup.

Nothing here should ever have work to do; it holds if a rule elsewhere is wrong.
"""

import re

import nh3

from articles.rendering.links import is_allowed

_ID = re.compile(r"(?:cite-\d+-[a-z]+|s-[\w-]+)")
_CLASSES = {
    "a": {"cite", "cite-mid"},
    "blockquote": set[str](),
    "div": {"callout", "frame", "scroll"},
    "dl": {"stats"},
    "figure": {"pull", "fig"},
    "h2": {"h2"},
    "mark": {"cite-unknown"},
    "p": {"lbl", "vh", "credit"},
    "span": {"cites"},
    "table": {"tbl", "stack", "used-how"},
    "td": {"is-end", "is-center"},
    "th": {"is-end", "is-center"},
}
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_TAGS = (
    {"br", "caption", "code", "dd", "dt", "em", "figcaption", "hr", "li", "ol", "pre", "strong", "tbody"}
    | {"thead", "tr", "ul"}
    | _HEADINGS
    | set(_CLASSES)
)
_ATTRIBUTES = {
    "a": {"id", "href", "rel", "title", "aria-label", "data-n"},
    "div": {"role", "aria-label", "tabindex", "data-figure"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "span": {"lang"},
    "td": {"data-l"},
    "th": {"scope"},
    **{tag: {"id"} for tag in _HEADINGS},
}
_VALUES = {
    "a": {"rel": {"noopener"}},
    "div": {"role": {"note", "group"}, "tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
    "th": {"scope": {"col", "row"}},
}


def _attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not is_allowed(value):
        return None
    if attribute == "id" and not _ID.fullmatch(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={tag: names - set(_VALUES.get(tag, ())) for tag, names in _ATTRIBUTES.items()},
    tag_attribute_values=_VALUES,
    attribute_filter=_attribute,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def sanitised(html: str) -> str:
    """Give the markup back with only the tags, attributes, classes and addresses that are ours."""
    return _CLEANER.clean(html)
