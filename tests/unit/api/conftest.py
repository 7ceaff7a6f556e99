"""Services for the tests of this folder."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.unit.api import service as building
from tests.unit.api.service import Service


@pytest.fixture
def service() -> Iterator[Service]:
    """A service with a roster and no limit of requests."""
    made = building.service()
    with made.http:
        yield made


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """What was logged, instead of on the screen."""
    with capture_logs() as events:
        yield events
