"""How the tests read a drawing: parsed strictly, its texts and marks by class."""

import re
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.utils.safestring import SafeString

BROKEN = re.compile(r"nan|inf|None|e[-+]\d", re.IGNORECASE)
WORDED = {"class", "id", "href", "aria-labelledby", "preserveAspectRatio"}
HOSTILE = '<script>alert("1")</script>&\'"'


def parse(drawing: SafeString) -> Element:
    """Parse strictly; refuse inline styles, scripts, and coordinates that are no numbers."""
    assert isinstance(drawing, SafeString)
    assert "style=" not in drawing
    assert "<script" not in drawing
    root: Element = fromstring(drawing)
    for name, value in ((name, value) for one in root.iter() for name, value in one.attrib.items()):
        assert name in WORDED or not BROKEN.search(value), (name, value)
    return root


def marked(root: Element, name: str) -> list[Element]:
    """Return the elements of a class, in order."""
    return [one for one in root.iter() if name in (one.get("class") or "").split()]


def words(root: Element) -> list[str]:
    """Return every text of the drawing, in order."""
    return [text.strip() for text in root.itertext() if text.strip()]
