"""A test whose service is absent skips, saying how to start it; in CI it fails."""

import os
from typing import NoReturn

import pytest


def absent(service: str, start_it_with: str) -> NoReturn:
    """End this test: `service` does not run here. Tells the command that starts it."""
    reason = f"{service} does not run here; start it with: {start_it_with}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
