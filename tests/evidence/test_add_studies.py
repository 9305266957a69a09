"""`manage.py add_studies`: the same imports from a terminal, for any format."""

from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evidence.models import Study
from tests import factories
from tests.evidence.importers import FULL, ris

pytestmark = pytest.mark.django_db


def _run(path: Path, *arguments: str, by: str = "writer") -> str:
    said = StringIO()
    call_command("add_studies", str(path), *arguments, by=by, stdout=said)
    return said.getvalue()


@pytest.fixture(autouse=True)
def _people() -> None:
    factories.desk()


@pytest.mark.parametrize("content", [FULL, ris(factories.record())])
def test_a_file_of_any_format_is_imported(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "works").write_bytes(content)
    assert "works: 1 added" in _run(tmp_path / "works")
    assert Study.objects.count() == 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "works").write_bytes(FULL)
    assert "works: 1 new" in _run(tmp_path / "works", "--dry-run")
    assert not Study.objects.exists()


def test_a_work_perhaps_known_is_named_and_left_out(tmp_path: Path, now: datetime) -> None:
    factories.study(now=now)
    (tmp_path / "works").write_bytes(ris(factories.record("", title="A trial of glutamine")))
    assert "no identifier says" in _run(tmp_path / "works")
    assert Study.objects.count() == 1


def test_a_broken_file_gives_what_is_good_and_fails_naming_the_place(tmp_path: Path) -> None:
    (tmp_path / "works").write_bytes(FULL + b"<PubmedArticle><Medl")
    with pytest.raises(CommandError, match="1 rows were refused"):
        _run(tmp_path / "works")
    assert Study.objects.count() == 1


def test_whoever_may_not_add_studies_and_whoever_nobody_knows_are_told(tmp_path: Path) -> None:
    (tmp_path / "works").write_bytes(FULL)
    with pytest.raises(CommandError, match="may not add study"):
        _run(tmp_path / "works", by="translator")
    with pytest.raises(CommandError, match="Nobody signs in"):
        _run(tmp_path / "works", by="nobody")
    with pytest.raises(CommandError, match="No such file"):
        _run(tmp_path / "absent")
