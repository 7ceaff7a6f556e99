"""Names and sizes: whole words from the domain, one concept a file, one sentence a folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, shown

LONGEST_FILE_LINES = 400
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
# What the product must not do: put schools in an order, mark or certify them, have pupils clock in.
FORBIDDEN = re.compile(
    r"(?<![a-z])(rank|ranks|ranked|ranking|score|scores|scored)(?![a-z])|达标学校|排名|打卡"
)
# (file, the whole string or identifier): a forbidden word that is somebody else's, such as a
# quotation from a notice. Keep it short.
ALLOWED: set[tuple[str, str]] = {
    # What every board says of itself: that it is no basis for any of this.
    ("dashboards/words.py", "仅用于工作改进，不作为学校和教师考核、排名依据"),
}


def folders() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in [ROOT / package, *sorted((ROOT / package).rglob("*/"))]
                    if path.is_dir() and path.name != "__pycache__")  # fmt: skip


def words(path: Path) -> Iterator[str]:
    """Every identifier and string of a module, docstrings included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.alias(name=name):
                yield name
            case ast.Constant(value=str(text)):
                yield text


def forbidden(text: str) -> bool:
    # schoolRank and SCHOOL_RANK are read as words too.
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return FORBIDDEN.search(spaced.lower()) is not None


@pytest.mark.parametrize("path", modules("wuguan", "api", "producers", "dashboards"), ids=shown)
def test_no_name_or_text_orders_schools_or_gives_marks(path: Path) -> None:
    found = {word for word in words(path) if forbidden(word)}

    assert {word for word in found if (shown(path), word) not in ALLOWED} == set()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "dashboards" / "pages").rglob("*.*")), ids=lambda path: path.name
)
def test_no_page_orders_schools_or_gives_marks(path: Path) -> None:
    lines = [] if path.suffix == ".pyc" else path.read_text("utf-8").splitlines()

    assert [line for line in lines if forbidden(line)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("school_rank", True),
        ("schoolRank", True),
        ("RANKING", True),
        ("本区排名", True),
        ("frank", False),
        ("underscore", False),
        ("compliance_rate", False),
    ],
)
def test_the_search_for_forbidden_words_sees_words_in_every_case(text: str, expected: bool) -> None:
    assert forbidden(text) is expected


def test_every_allowed_exception_is_still_needed() -> None:
    used = {(shown(path), word) for path in modules() for word in words(path) if forbidden(word)}

    assert used >= ALLOWED


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_of_ours_exists(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()


def test_every_package_says_in_a_sentence_what_it_is() -> None:
    silent = [
        shown(path)
        for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]
        if path.name == "__init__.py" and not first_line(path).endswith(".")
    ]

    assert silent == []


def first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.split("\n")[0]


def test_no_folder_or_module_has_a_vague_name() -> None:
    names = [*folders(), *modules()]

    assert [shown(path) for path in names if path.stem in VAGUE] == []


def test_no_folder_is_called_test() -> None:
    assert not (ROOT / "test").exists()


def test_every_file_is_short_enough_to_read() -> None:
    sizes = {shown(path): len(path.read_text("utf-8").splitlines()) for path in modules()}

    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE_LINES} == {}
