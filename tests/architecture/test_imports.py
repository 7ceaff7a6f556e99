"""Who imports whom: the contracts of pyproject.toml, and what they cannot express."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, pyproject, shown

DOMAIN_MAY_IMPORT = {"msgspec", "wuguan"}
# Of the standard library, what reads a clock, rolls dice or touches the machine.
DOMAIN_MUST_NOT_IMPORT = {
    "asyncio", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil",
    "socket", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def foreign(path: Path) -> list[str]:
    tops = {name.split(".")[0] for name in imported(path)}
    allowed = (sys.stdlib_module_names - DOMAIN_MUST_NOT_IMPORT) | DOMAIN_MAY_IMPORT
    return sorted(tops - allowed)


def test_every_import_contract_holds() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_the_contracts_cover_every_package() -> None:
    assert set(pyproject()["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)


@pytest.mark.parametrize("path", modules("wuguan/domain"), ids=shown)
def test_the_domain_imports_only_msgspec_and_pure_parts_of_the_standard_library(path: Path) -> None:
    assert foreign(path) == []


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_imports_are_written_in_full(path: Path) -> None:
    assert [name for name in imported(path) if name.startswith(".")] == []


def test_the_search_for_foreign_imports_finds_one(tmp_path: Path) -> None:
    module = tmp_path / "impure.py"
    module.write_text("import json, httpx\nfrom os import path\n", "utf-8")

    assert foreign(module) == ["httpx", "os"]
