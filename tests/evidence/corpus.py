"""Finds the test data: small copies inside the project, and the real corpora beside it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "data" / "pubmed"
DEMONSTRATION = ROOT / "articles" / "demonstration" / "pubmed"


def shared_data() -> Path:
    """The corpora beside the project; the test is skipped, saying so, where they are absent."""
    folder = ROOT / ".." / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside the project")
    return folder.resolve()
