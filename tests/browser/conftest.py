"""People who work here, and a server with its database, for tests in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.rooms import chromium
from tests.web.conftest import (  # noqa: F401  # fixtures are found by their names here
    _cheap_passwords,
    django_db_modify_db_settings,
    people,
)


@pytest.fixture
def chrome() -> Iterator[Any]:
    """Give a browser for tests with a server."""
    with chromium() as started:
        yield started
