"""A Content as plain text: one paragraph a line, since mail readers wrap to their own width and phones must."""

import re

from django.template.loader import render_to_string
from django.utils.translation import override

from newsletter.content import Content
from newsletter.rendering import frame

_GAPS = re.compile(r"\n{3,}")


def text(content: Content) -> str:
    """Return the plain text of an issue, with the marks of newsletter/rendering/marks.py in it."""
    with override(content.language):
        written = render_to_string("newsletter/emails/brief.txt", frame.context(content))
    return _GAPS.sub("\n\n", written).strip() + "\n"
