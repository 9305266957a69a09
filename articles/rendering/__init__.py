"""The renderer: Markdown of an article to safe HTML, plain text, references and a list of faults.

Pure: it knows no model and no request; works are looked up through the resolver it is given.
"""

from articles.rendering.document import RENDERER_VERSION, render, to_text
from articles.rendering.pictures import place_pictures
from articles.rendering.problems import Problem, ProblemCode
from articles.rendering.records import (
    CitedReference,
    CitedWork,
    CiteKey,
    Figure,
    Heading,
    Rendered,
    Resolver,
    Source,
    StatRow,
)

__all__ = [
    "RENDERER_VERSION",
    "CiteKey",
    "CitedReference",
    "CitedWork",
    "Figure",
    "Heading",
    "Problem",
    "ProblemCode",
    "Rendered",
    "Resolver",
    "Source",
    "StatRow",
    "place_pictures",
    "render",
    "to_text",
]
