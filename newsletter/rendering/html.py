"""A Content as one HTML document for mail: template, then the style sheet moved into its elements."""

import re

from css_inline import CSSInliner
from django.template.loader import render_to_string
from django.utils.translation import override

from newsletter.content import Content
from newsletter.rendering import frame

# Media queries cannot live in an element: the template keeps them in a <style>. Nothing is ever fetched.
_INLINER = CSSInliner(minify_css=True, load_remote_stylesheets=False)
_AROUND_BREAKS = re.compile(r"\s*\n\s*")


def html(content: Content) -> str:
    """Return the HTML of an issue, with the marks of newsletter/rendering/marks.py in it."""
    with override(content.language):
        written = render_to_string("newsletter/emails/brief.html", frame.context(content))
    return _AROUND_BREAKS.sub("\n", _INLINER.inline(written)).strip() + "\n"
