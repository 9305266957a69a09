"""What tests of the writing pages start from."""

from datetime import datetime

import pytest

from articles.models import Article
from tests import factories


@pytest.fixture
def article(db: None, now: datetime) -> Article:
    """The writer's complete draft with one graded claim."""
    return factories.draft(now=now, claims=[factories.graded_claim(now=now)])
