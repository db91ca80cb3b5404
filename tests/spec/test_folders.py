"""Reader and schema give the same answer on every file of `tests/specs`.

The first line of a good file says how many checks it holds; that of a bad one where its first error is and what it
says.
"""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_text
from convcheck.spec.schema import schema
from convcheck.spec.showing import listed
from tests.spec.conftest import SPECS, data, valid_by_schema

GOOD = sorted((SPECS / "good").glob("*.yaml"))
BAD = sorted((SPECS / "bad").glob("*.yaml"))
BEYOND = sorted((SPECS / "bad_beyond_schema").glob("*.yaml"))


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def by_name(path: Path) -> str:
    return path.stem


def test_enough_of_each() -> None:
    assert len(GOOD) >= 25
    assert len(BAD) >= 60


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema(FORMS))


@pytest.mark.parametrize("path", GOOD, ids=by_name)
def test_good(path: Path) -> None:
    text = text_of(path)
    reading = read_text(text, path.name, FORMS)
    assert [error.text() for error in reading.errors] == []
    number = len(reading.checks)
    assert text.splitlines()[0] == f"# {number} check{'s' * (number != 1)}"
    assert len({check.id for check in reading.checks}) == number
    for document in data(text):
        assert valid_by_schema(document)


@pytest.mark.parametrize("path", BAD + BEYOND, ids=by_name)
def test_bad(path: Path) -> None:
    text = text_of(path)
    reading = read_text(text, "x", FORMS)
    assert reading.errors
    said = text.splitlines()[0].removeprefix("# ").replace("expected LAYER,", f"expected {listed(tuple(FORMS), 'or')},")
    assert reading.errors[0].headline() == f"x:{said}"


@pytest.mark.parametrize("path", BAD, ids=by_name)
def test_bad_for_the_schema_too(path: Path) -> None:
    assert not all(valid_by_schema(document) for document in data(text_of(path)))
