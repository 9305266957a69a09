"""Real texts beside the project: a cited manuscript, rough posts, and the CommonMark specification.

CommonMark 0.31.2 is compared example by example, with the site's policy (see `Policy`) applied to the expected
HTML as well. Exempt are the examples that hold raw HTML, all of "HTML blocks" and "Raw HTML" and some elsewhere,
since typed HTML is shown as text here; of those with pictures, most of "Images", only the words are compared.
"""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from articles.rendering import CitedWork, CiteKey, ProblemCode, Source, render
from articles.rendering.links import is_allowed
from tests.articles.rendering.test_safety import trespasses

pytestmark = pytest.mark.corpus

_KEY = re.compile(r"@((?:doi|pmid|pmcid|tag|url|arxiv):[^\]; ]*)")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def articles(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "articles_md").rglob("*.md"))


def known(key: CiteKey) -> CitedWork:
    return CitedWork(str(key), str(key))


def test_every_citation_of_a_real_manuscript_is_found(shared: Path) -> None:
    found: Counter[str] = Counter()
    counted: Counter[str] = Counter()

    def count(key: CiteKey) -> CitedWork:
        found[str(key)] += 1
        return known(key)

    for path in articles(shared):
        text = path.read_text(encoding="utf-8")
        counted.update(_KEY.findall(text))
        render(Source(body=text), count, "en")
    assert counted.total() == 1199
    assert found == counted


def test_real_manuscripts_become_clean_pages(shared: Path) -> None:
    codes: Counter[ProblemCode] = Counter()
    for path in articles(shared):
        found = render(Source(body=path.read_text(encoding="utf-8")), known, "en")
        assert list(trespasses(found.html["body"])) == [], path.name
        assert found.words > 0, path.name
        codes.update(problem.code for problem in found.problems)
    assert not codes[ProblemCode.CITE_MALFORMED]
    assert not codes[ProblemCode.CITE_UNKNOWN]
    assert codes[ProblemCode.RAW_HTML] > 300


def test_no_word_of_a_real_manuscript_is_lost_in_its_plain_text(shared: Path) -> None:
    for path in articles(shared):
        typed = path.read_text(encoding="utf-8")
        found = render(Source(body=typed), known, "en")
        words = re.findall(
            r"\b[a-z]{6,}\b", re.sub(r"\]\([^)]*\)|\[@[^\]]*\]|^\[.*\]:.*$", " ", typed, flags=re.MULTILINE)
        )
        missing = Counter(words) - Counter(re.findall(r"\b[a-z]{6,}\b", found.text["body"]))
        assert not missing, path.name


class Policy(HTMLParser):
    """Reads HTML as a list of marks and words, on which expected and rendered HTML can agree.

    The site's policy is applied to both: h1 is h2; headings without content go; a picture is its alternative
    text; a refused link is its words; attributes that only one side has for looks are not compared.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: list[str] = []
        self._links: list[bool] = []
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_code = self._in_code or tag == "pre"
        if tag == "img":
            self.handle_data(given["alt"])
        elif tag == "a":
            self._links.append(is_allowed(given["href"]))
            if self._links[-1]:
                self.marks.append(f"<a {given['href']} {given.get('title', '')}>")
        else:
            self.marks.append(f"<{self._name(tag)} {given.get('start', '')}>")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "pre"
        if tag in ("br", "hr", "img") or (tag == "a" and not self._links.pop()):
            return
        if tag in _HEADINGS and self.marks[-1] == f"<{self._name(tag)} >":
            self.marks.pop()
        else:
            self.marks.append(f"</{self._name(tag)}>")

    def handle_data(self, data: str) -> None:
        if self.marks and not self.marks[-1].startswith("<"):
            data = self.marks.pop() + data
        data = data if self._in_code else data.strip("\n")
        if data:
            self.marks.append(data)

    @staticmethod
    def _name(tag: str) -> str:
        return "h2" if tag == "h1" else tag

    @classmethod
    def read(cls, html: str) -> list[str]:
        policy = cls()
        policy.feed(html)
        policy.close()
        if "<img" in html:
            return ["".join(mark for mark in policy.marks if not mark.startswith("<"))]
        return policy.marks


def holds_html(markdown: str) -> bool:
    """Say whether the specification's own grammar finds raw HTML in an example."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    return any(
        child.type.startswith("html_") for token in tokens for child in (token, *(token.children or ()))
    )


def test_the_grammar_is_commonmark_but_for_typed_html(shared: Path) -> None:
    text = (shared / "data" / "commonmark" / "commonmark_0.31.2.json").read_text(encoding="utf-8")
    without_html = [example for example in json.loads(text) if not holds_html(example["markdown"])]
    differing = []
    for example in without_html:
        html = render(Source(body=example["markdown"]), lambda _key: None, "en").html["body"]
        pictured = "<img" in example["html"]
        if Policy.read(html + "<img alt=''>" * pictured) != Policy.read(example["html"]):
            differing.append((example["example"], html, example["html"]))
    assert differing == []
    assert len(without_html) > 570
