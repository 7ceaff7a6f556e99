"""Our own server against the conformance case, in order and shuffled; and the case's own copy."""

from pathlib import Path

import pytest

from tests.conformance.case import HERE
from tests.conformance.check import Verdict, check
from tests.server import running_server

SHARED = HERE.parents[2] / "shared" / "conformance"
SEED = 20260914


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    """The verdict on a fresh server that got every request in order."""
    with running_server(tmp_path_factory.mktemp("in-order") / "data") as server:
        return check(server.base_url, server.admin_key)


@pytest.mark.slow
def test_every_answer_and_every_figure_is_the_one_of_the_case(in_order: Verdict) -> None:
    assert in_order.conforms, f"{in_order.report}\n{in_order.line}"


@pytest.mark.slow
def test_another_order_and_repeats_lead_to_the_same_figures(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        verdict = check(server.base_url, server.admin_key, shuffled_seed=SEED)
    assert verdict.conforms, f"{verdict.report}\n{verdict.line}"


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="no shared/conformance beside this checkout to compare with"
)
def test_the_committed_copy_of_the_case_equals_the_shared_one() -> None:
    shared, ours = _contents(SHARED), _contents(HERE)
    differing = sorted(
        name for name in shared.keys() | ours.keys() if shared.get(name) != ours.get(name)
    )
    assert differing == [], f"copy these files again from {SHARED.name}: {', '.join(differing)}"


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in {".json", ".gz"}
    }
