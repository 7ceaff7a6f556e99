"""Documents, Makefile and version say the same."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, pyproject, shown

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS += sorted((ROOT / "deploy").rglob("*.md"))
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.MULTILINE))


def text_of(document: Path) -> str:
    return document.read_text("utf-8") if document.exists() else ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_make_target_that_a_document_names_exists(document: Path) -> None:
    code = re.findall(
        r"`make ([a-z-]+)|^\s*(?:\$ )?make ([a-z-]+)\s*(?:#.*)?$", text_of(document), re.MULTILINE
    )

    assert {first or second for first, second in code} <= targets()


@pytest.mark.parametrize("target", sorted(targets()))
def test_every_make_target_is_described_in_contributing(target: str) -> None:
    assert f"`make {target}`" in text_of(ROOT / "CONTRIBUTING.md")


def test_every_make_target_without_a_file_is_phony() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert phony is not None
    assert set(phony[1].split()) == targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    links = LINK.findall(text_of(document))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_is_there() -> None:
    assert (ROOT / "README.md").is_file()


def test_the_changelog_begins_with_unreleased_or_with_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert headings[0] in {"Unreleased", pyproject()["project"]["version"]}


def test_every_decision_is_listed_and_tells_context_choice_and_price() -> None:
    index = text_of(ROOT / "docs/adr/README.md")
    decisions = sorted((ROOT / "docs/adr").glob("0*.md"))

    assert decisions
    assert [path.name for path in decisions if f"({path.name})" not in index] == []
    assert [path.name for path in decisions if not three_parts(path)] == []


def three_parts(decision: Path) -> bool:
    headings = re.findall(r"^## (\w+)", text_of(decision), re.MULTILINE)
    return headings[:3] == ["Context", "Choice", "Price"]
