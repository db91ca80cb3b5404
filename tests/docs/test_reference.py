"""docs/reference/ says what the code says, and the pages by hand leave nothing out that the code may say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import convcheck
from convcheck.cli.exits import MEANINGS
from convcheck.layers.catalogue import LAYERS
from convcheck.reports.formats import FORMAT_BY_SUFFIX, FORMATS
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared
from tests.docs.pages import PAGES, ROOT, name_of
from tests.docs.reference import REFERENCE, with_tables

AGAIN = "python -m tests.docs.regenerate"


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text("utf-8")


def rows(page: str) -> list[str]:
    return [line for line in text_of(page).splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("page", REFERENCE, ids=name_of)
def test_a_page_of_the_reference_is_what_the_code_says(page: Path) -> None:
    assert page.read_text("utf-8") == REFERENCE[page](), AGAIN


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_table_in_a_page_is_what_the_catalogue_says(page: Path) -> None:
    text = page.read_text("utf-8")
    assert with_tables(text) == text, AGAIN


def test_every_layer_has_a_section() -> None:
    for name in LAYERS:
        assert f"\n## {name}\n" in text_of("reference/layers.md")


def test_every_key_of_a_spec_is_explained() -> None:
    for key in declared(Manner):
        assert any(row.startswith(f"| `{key}`") for row in rows("specs.md")), key


def test_every_exit_code_is_explained() -> None:
    for code in MEANINGS:
        assert any(row.startswith(f"| {code.value} |") for row in rows("ci.md")), code


def test_every_format_is_explained() -> None:
    for name in FORMATS:
        row = next(row for row in rows("ci.md") if row.startswith(f"| `{name}`"))
        suffixes = [suffix for suffix, form in FORMAT_BY_SUFFIX.items() if form == name]
        assert not suffixes or any(f"`{suffix}`" in row for suffix in suffixes), row


def codes_in(tree: ast.AST) -> Iterator[str]:
    """What a `Finding` or a `Failure` is called where one is made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Finding", "Failure"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_finding_is_explained() -> None:
    explained = " ".join(row for row in rows("verdicts.md"))
    found = {
        code
        for path in Path(convcheck.__file__).parent.rglob("*.py")
        for code in codes_in(ast.parse(path.read_text("utf-8")))
    }
    assert len(found) > 20
    assert [code for code in sorted(found) if f"`{code}`" not in explained] == []
