"""What the renderer's tests share: a small shelf of studies, short ways to render, a strict HTML reader."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from articles.rendering import CitedWork, CiteKey, Problem, Rendered, Source, render

ZHOU = CitedWork("study-1", "Zhou 2019")
_SHELF = {
    "zhou2019": ZHOU,
    "pmid:30108163": ZHOU,
    "doi:10.1136/gutjnl-2017-315136": ZHOU,
    "abbasi2024": CitedWork("study-2", "Abbasi 2024"),
    "heyland2022": CitedWork("study-3", "Heyland 2022"),
    "heyland2013": CitedWork("study-4", "Heyland 2013"),
    "camilleri2019": CitedWork("study-5", "Camilleri 2019"),
    "doi:10.1016/S0140-6736(18)31310-2": CitedWork("study-6", "GBD 2018"),
    "doi:10.1002/a;b[1]": CitedWork("study-7", 'O"Neil <b>1998'),
}
_VOID = {"br", "hr"}
_INTERACTIVE = {"a"}


def resolve(key: CiteKey) -> CitedWork | None:
    """Find a study on the shelf."""
    return _SHELF.get(str(key))


def rendered(body: str, language: str = "en") -> Rendered:
    """Render a body on its own."""
    return render(Source(body=body), resolve, language)


def html_of(body: str) -> str:
    return rendered(body).html["body"]


def text_of(body: str) -> str:
    return rendered(body).text["body"]


def problems_of(body: str) -> list[tuple[str, int]]:
    """Give the codes and lines of what is wrong with a body."""
    return [(problem.code.value, problem.line) for problem in rendered(body).problems]


def problem_in(body: str, code: str) -> Problem:
    """Give the one problem of that code."""
    (found,) = [problem for problem in rendered(body).problems if problem.code == code]
    return found


@dataclass
class Page(HTMLParser):
    """Reads HTML as elements and visible text, noting broken nesting and links within links."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in _INTERACTIVE and tag in self.open_tags:
            self.faults.append(f"<{tag}> within <{tag}>")
        if tag not in _VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append("comment")

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Give the attributes of every element of that tag which has those values."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


def read(html: str) -> Page:
    """Read finished HTML, which has to be well formed."""
    page = Page()
    page.feed(html)
    page.close()
    page.faults += [f"<{tag}> never closed" for tag in page.open_tags]
    return page


def visible(body: str) -> str:
    """Give what the eye reads, and what is copied, on one line."""
    return re.sub(r"\s+", " ", read(html_of(body)).text).strip()
