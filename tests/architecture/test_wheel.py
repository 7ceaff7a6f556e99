"""What is shipped: the library alone, whole, under the one name that is ours."""

import importlib.metadata
import subprocess
import sys
import zipfile

import pytest

from tests.architecture.tree import PACKAGES, ROOT

OUR_TOP_LEVEL_NAMES = {*PACKAGES, "deploy", "tests"}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of a wheel built from this tree, without network."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_one_top_level_name(shipped: list[str]) -> None:
    tops = {name.split("/")[0] for name in shipped}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"wuguan"}
    assert len(tops) == 2


def test_the_wheel_holds_every_file_of_the_library(shipped: list[str]) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "wuguan").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert here - set(shipped) == set()


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("py.typed", "wuguan/py.typed"),
        ("data files", "wuguan/data/**/*.*"),
        ("migrations", "wuguan/adapters/postgres/**/*.sql"),
    ],
)
def test_the_wheel_holds_what_is_no_code(shipped: list[str], what: str, where: str) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob(where)
        if path.is_file() and path.suffix != ".pyc"
    }

    assert here, f"no {what} in the tree: has {where} moved?"
    assert here <= set(shipped)


def test_the_wheel_carries_the_licence(shipped: list[str]) -> None:
    assert [name for name in shipped if name.endswith("licenses/LICENSE")]


def test_no_installed_distribution_takes_a_name_of_ours() -> None:
    owners = importlib.metadata.packages_distributions()

    taken = {name: set(owners[name]) - {"wuguan"} for name in OUR_TOP_LEVEL_NAMES & set(owners)}

    assert {name: who for name, who in taken.items() if who} == {}
