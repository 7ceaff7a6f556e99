"""Whatever the OpenAPI document allows, and some that it does not, is answered without a 5xx."""

from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error

from api.app import create_app
from api.authentication import digest_of
from api.dependencies import Dependencies
from api.openapi import document
from api.openapi_alerts import alert_paths
from api.openapi_examples import ALERT
from tests.alerting import HOMEWORK, put_alerts, told
from tests.unit.api.service import (
    ADMIN,
    FOLLOW_DISTRICT,
    INGEST,
    KEYS,
    MONDAY,
    NOW,
    READ_SCHOOL,
    ROSTER,
    SCHOOL,
)
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.instants import china_day

EXAMPLES = 8
# Who gets furthest; others end at 403. Beside random requests each operation gets thousands that
# the library derives from the document, so one key each is enough.
SECRETS = {
    "/v1/events": INGEST,
    **dict.fromkeys(("/v1/findings", "/v1/rejects", "/v1/replies"), READ_SCHOOL),
    **dict.fromkeys(alert_paths(), FOLLOW_DISTRICT),
}


@cache
def app() -> FastAPI:
    store = MemoryStore(lambda: NOW)
    for secret, key in KEYS:
        store.keys.add(key, digest_of(secret))
    store.roster.put_roster(ROSTER, china_day(NOW))
    # The one that the document has as its example.
    put_alerts(store, told(HOMEWORK, ALERT["id"], SCHOOL, ["BBB"], MONDAY))
    return create_app(Dependencies(store=store, clock=lambda: NOW, rate_limit=0))


def schema() -> Any:
    """The document, without deleting keys: the keys of this test would go."""
    described = document()
    return schemathesis.openapi.from_dict(described).exclude(method="DELETE")


SCHEMA = schema()


@pytest.mark.slow
@SCHEMA.parametrize()  # type: ignore[untyped-decorator]  # the library leaves it untyped
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_is_answered_with_a_fault_of_ours(case: Any) -> None:
    headers = {"Authorization": f"Bearer {SECRETS.get(case.path, ADMIN)}"}

    answer = case.call(app=app(), headers=headers)

    case.validate_response(answer, checks=[not_a_server_error])
    assert answer.status_code < 500
