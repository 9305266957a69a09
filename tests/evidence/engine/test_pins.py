"""A released version is never edited: the sha256 of every module it imports is pinned here.

When this test fails, put the module back and release a new version instead. Only a new version adds lines.
"""

import ast
import hashlib
from pathlib import Path
from typing import Final

import pytest

from evidence.engine import VERSIONS

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDERS: Final = {"1.0": "evidence.engine.v1_0", "1.1": "evidence.engine.v1_1"}

SHA256: Final = {
    "evidence.engine.dossier": "20e35d970cadd53d25d1421405cd278d7f2f4aa2e018a85178dff3abadf863bf",
    "evidence.engine.v1_0": "1deb33ac73f04624e0be85a649423d256c64f7937a9ce2cd406e0025cdbbca32",
    "evidence.engine.v1_0.arithmetic": "3a7fe42bddd4140cea9c0065408bca5ae513ec912cc88bb6c880d1ab27fa879f",
    "evidence.engine.v1_0.case": "abb7d66eb0bdf1bb75bc1df6d95894eddfbfced4ab63cdd19e956e0e56fe98c6",
    "evidence.engine.v1_0.findings": "18077beabfab254e9b2a18fc0eae4f59da0c5bbf1266aaf7cccec1d3d4aa8235",
    "evidence.engine.v1_0.layers": "2b3a42369267d63d6f758cc2ee55bec80330ac5548686828557672c7bf73b936",
    "evidence.engine.v1_0.status": "c86bd521fe7ea984a7107c6d5201f9dcfb51664192c2106a2d54c912e9a4c45a",
    "evidence.engine.v1_0.summary": "040e8285feea28464eb35cdfe98d200511e1b0d3616b28fefb27d1418de766f0",
    "evidence.engine.v1_0.tables": "400f9c7cdec53419104bc122de1193581a9cf94c02bbeddead5e9d6cabefbaec",
    "evidence.engine.v1_0.tiers": "9aa949d44b8d53ade210c5393f20436ef5d48557441189980ad971dde996643e",
    "evidence.engine.v1_0.trail": "093da428578acfd424f82501d7126b5a9c39c902ff7f9a66b1f7a9bb3eaec630",
    "evidence.engine.v1_1": "a9c432ffaa78cd9d494c835805f2af76d74a88ea4aa2ac9555abc5924e0cb8f7",
    "evidence.engine.v1_1.tables": "3c24cbc49ba46212cb43c3d40adb72231205a2e30928b2ca1da33aa565091e4a",
    "evidence.engine.verdict": "1a1feb78e99a5eafcf09d625a9e2d31808cb5cc45a58e04765cb4f401f19cc9b",
}
_RECORDS: Final = {"evidence.engine.dossier", "evidence.engine.verdict"}
PINNED: Final = {
    "1.0": SHA256.keys() - {"evidence.engine.v1_1", "evidence.engine.v1_1.tables"},
    "1.1": SHA256.keys() - {"evidence.engine.v1_0"},
}


def source(module: str) -> Path | None:
    """Find a module of the project; None for the standard library and for names that are no modules."""
    path = ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def imported(path: Path) -> set[str]:
    """List what a source imports, by name; `from a import b` may mean the module a.b, and means a."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import cannot be followed"
            module = str(node.module)
            names.update({module, *(f"{module}.{alias.name}" for alias in node.names)})
    return names


def modules(module: str) -> dict[str, Path]:
    """Walk the imports of a module, itself included, through the project."""
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = source(name)
        if name not in found and path is not None:
            found[name] = path
            waiting.extend(imported(path))
    return found


def digests(module: str) -> dict[str, str]:
    """Give the sha256 of every module that a version imports."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in modules(module).items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_version_is_never_edited(version: str) -> None:
    assert digests(FOLDERS[version]) == {name: SHA256[name] for name in PINNED[version]}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_imports_nothing_of_ours_but_versions_and_records(version: str) -> None:
    folders = tuple(FOLDERS.values())
    assert {name for name in PINNED[version] if not name.startswith(folders)} == _RECORDS


def test_every_module_of_a_released_folder_is_pinned() -> None:
    for folder in FOLDERS.values():
        paths = ROOT.joinpath(*folder.split(".")).glob("*.py")
        names = {folder if path.stem == "__init__" else f"{folder}.{path.stem}" for path in paths}
        assert names <= SHA256.keys()
