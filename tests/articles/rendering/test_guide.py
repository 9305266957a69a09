"""The guide for editors tells the truth: every example in it renders without a fault."""

import re
from pathlib import Path

import pytest

from articles.rendering import CitedWork, Source, render

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "editors.md"
_EXAMPLE = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)


def examples() -> list[str]:
    writing = GUIDE.read_text(encoding="utf-8").partition("\n## Writing\n")[2].partition("\n## ")[0]
    return [re.sub(r"^    ", "", found, flags=re.MULTILINE) for found in _EXAMPLE.findall(writing)]


@pytest.mark.parametrize("example", examples())
def test_an_example_of_the_guide_renders_without_a_fault(example: str) -> None:
    found = render(Source(body=example), lambda key: CitedWork(str(key), str(key)), "en")
    assert found.problems == ()
    assert found.html["body"]


@pytest.mark.parametrize("name", ["callout", "stats", "quote", "figure", "used-how"])
def test_the_guide_shows_every_block(name: str) -> None:
    assert any(f"::: {name}" in example for example in examples())
