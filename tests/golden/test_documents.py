"""The committed documents say what the code does."""

import pytest

from api.app import create_app
from api.dependencies import Dependencies
from api.openapi import document
from tests.golden.documents import ROOT, TEMPLATES, generated
from tests.golden.tables import PLACE, TABLES
from wuguan.adapters.memory.store import MemoryStore


@pytest.mark.parametrize("path", sorted(generated()))
def test_a_generated_document_is_current(path: str) -> None:
    committed = (ROOT / path).read_text("utf-8")

    assert committed == generated()[path], "run `make golden` and look at the difference"


def test_every_table_stands_in_a_document() -> None:
    texts = [template.read_text("utf-8") for template in TEMPLATES.glob("*.md")]
    used = {name for text in texts for name in PLACE.findall(text)}

    assert used == set(TABLES)


def test_the_openapi_document_has_every_route_and_no_other() -> None:
    app = create_app(Dependencies(store=MemoryStore(), clock=lambda: 0))
    served = {
        (getattr(route, "path", ""), method)
        for route in app.routes
        # Pages for people are no part of the API.
        if getattr(route, "include_in_schema", True)
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD"
    }
    described = {
        (path, method.upper())
        for path, of_path in document()["paths"].items()
        for method in of_path
    }

    assert described == served
