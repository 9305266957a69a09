"""The mailbox has addresses in the demonstration and nowhere else."""

import importlib.util
from typing import Any

import pytest

from config import urls


@pytest.mark.parametrize("embedded", [True, False])
def test_there_is_a_mailbox_only_in_the_demonstration(settings: Any, *, embedded: bool) -> None:
    settings.EMBEDDED = embedded
    found = importlib.util.spec_from_file_location("addresses_of_this_test", urls.__file__)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    routes = {
        str(pattern.pattern)
        for prefixed in module.urlpatterns
        for pattern in getattr(prefixed, "url_patterns", [])
    }
    assert "brief/" in routes
    assert ("mailbox/" in routes) is embedded
