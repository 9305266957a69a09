"""The house stays as drawn: who may know whom, how long a file may be, what no file may hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "evidence", "articles", "newsletter")


def tracked(*suffixes: str) -> list[Path]:
    """Every file of the tree with one of the endings, hand-written ones only."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = (ROOT / name for name in listed.stdout.split("\0") if name.endswith(suffixes))
    return [path for path in paths if path.is_file() and "migrations" not in path.parts]


def python_files() -> list[Path]:
    return [path for path in tracked(".py") if "tests" not in path.relative_to(ROOT).parts]


def test_knowledge_flows_one_way() -> None:
    """The contracts stand in pyproject.toml; this only runs them, so that they fail with the suite."""
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked(".py")
        if (n := len(p.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_template_is_too_long_to_read() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked(".html")
        if (n := len(p.read_text("utf-8").splitlines())) > 150
    }
    assert long == {}


def test_no_function_is_too_long_to_read() -> None:
    long = []
    for path in tracked(".py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > 60:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {length} lines")
    assert long == []


def test_every_module_says_what_lives_there() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_import_hides_in_a_function() -> None:
    hidden = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                hidden += [f"{path.relative_to(ROOT)}: {node.name}" for _import in inner]
    assert hidden == []


def test_templates_escape_everything_and_style_nothing_inline() -> None:
    bad = re.compile(
        r"\|\s*safe\b|autoescape off|\sstyle=|<style|<script(?![^>]*\bsrc=)(?![^>]*ld\+json)|\son[a-z]+="
    )
    # Mail has no style sheets to link to: a brief carries its own, put into its elements by css-inline.
    pages = [path for path in tracked(".html") if path.parent.name != "emails"]
    found = [str(p.relative_to(ROOT)) for p in pages if bad.search(p.read_text("utf-8"))]
    assert found == []


def test_nothing_names_a_machine_or_a_registry() -> None:
    bad = re.compile(r"(?<![\w.])/(?:work|root|farm)/\w|files\.pythonhosted|registry\.npmjs|pypi\.org/simple")
    text = tracked(".py", ".md", ".html", ".txt", ".toml", ".css", ".js", ".in", "Makefile", "run")
    found = [
        str(p.relative_to(ROOT))
        for p in text
        if "data" not in p.parts and bad.search(p.read_text("utf-8", "replace"))
    ]
    assert found == []


@pytest.mark.parametrize("app", APPS)
def test_verbs_ask_the_matrix_never_a_permission_table(app: str) -> None:
    found = [str(p) for p in (ROOT / app).rglob("*.py") if re.search(r"\bhas_perms?\(", p.read_text("utf-8"))]
    assert found == []
