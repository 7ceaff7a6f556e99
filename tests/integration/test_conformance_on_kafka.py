"""The conformance case over HTTP, on Kafka, two Faust workers, two roll-ups and TimescaleDB."""

import tempfile
from pathlib import Path

from deploy.local.installation import available
from deploy.local.jars import are_complete
from deploy.local.places import cache_folder
from deploy.local.requirements import java
from tests.absent_services import absent
from tests.conformance.check import check
from tests.deployment import running_deployment


def test_the_case_conforms_on_kafka() -> None:
    ready = java() is not None and are_complete(cache_folder()) and available(cache_folder())
    if not ready:
        absent("Kafka or TimescaleDB", "make services-up, once, which brings both")
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-conformance-") as folder,
        running_deployment(Path(folder), workers=2, rollups=2) as deployment,
    ):
        verdict = check(deployment.base_url, deployment.admin_key)

    assert verdict.report == ""
    assert verdict.conforms
