"""A browser, and districts to look at."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.absent_services import absent
from tests.e2e.chromium import DESK, INSTALL, browser, find_chromium, window
from tests.e2e.districts import SimulatedDistrict, simulated_district

DAYS = 24


# Not for the session: while the browser is driven an event loop runs in this thread, and later
# tests of the same process could start none of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    path = find_chromium()
    if path is None:
        absent("Chromium", INSTALL)
    with browser(path) as found:
        yield found


@pytest.fixture(scope="session")
def district() -> Iterator[SimulatedDistrict]:
    """The twelve schools of the simulated district, with some weeks of events."""
    with simulated_district(12, DAYS) as found:
        yield found


@pytest.fixture(scope="session")
def empty() -> Iterator[SimulatedDistrict]:
    """A server to which nobody has said anything yet."""
    with simulated_district(None, 0) as found:
        yield found


@contextmanager
def quiet_page(of: Browser, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """A page in a window of its own; anything on its console fails the test."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(f"{message.type}: {message.text}")

    with window(of, size) as context:
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        yield page
    assert said == []
