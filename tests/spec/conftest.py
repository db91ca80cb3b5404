"""What the tests of the reader share: the real catalogue, and a spec to spoil."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.compose import documents
from convcheck.spec.mappings import entries
from convcheck.spec.nodes import Mapping, Node, Scalar
from convcheck.spec.outline import is_empty
from convcheck.spec.reader import Reading, read_text
from convcheck.spec.scalars import meaning
from convcheck.spec.schema import schema
from convcheck.spec.spec_text import SpecText

SPECS = Path(__file__).parent.parent / "specs"
CONV = {"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}


def conv(*without: str, extra: str = "", **changed: Any) -> str:
    """The nine letters as YAML, some left out or changed, with more text under them."""
    return "".join(f"{k}: {v}\n" for k, v in {**CONV, **changed}.items() if k not in without) + extra


@pytest.fixture
def read() -> Callable[[str], Reading]:
    """Reads a text as `a.yaml`."""
    return lambda text: read_text(text, "a.yaml", FORMS)


def headlines(reading: Reading) -> list[str]:
    """The errors of a reading, without the file's name."""
    return [error.headline().removeprefix("a.yaml:") for error in reading.errors]


@cache
def validators() -> tuple[Any, Any]:
    """Two that know nothing of each other."""
    made = schema(FORMS)
    return jsonschema.Draft7Validator(made), jsonschema_rs.Draft7Validator(made)


def valid_by_schema(document: Any) -> bool:
    """Whether the schema takes it, on which the validators have to agree."""
    answers = {type(one).__module__: one.is_valid(document) for one in validators()}
    assert len(set(answers.values())) == 1, answers
    return all(answers.values())


def data(text: str) -> Iterator[Any]:
    """The documents of a text as a schema sees them: merge keys resolved, `1e-5` a number."""
    source = SpecText(text, "a.yaml")
    for root in documents(source):
        if not is_empty(root):
            yield _data(source, root)


def _data(source: SpecText, node: Node) -> Any:
    if isinstance(node, Scalar):
        written = meaning(node)
        if written.kind == "truth":
            return node.text.lower() in ("true", "yes", "on")
        return node.text if written.kind == "unclear" else written.value
    if isinstance(node, Mapping):
        return {key: _data(source, entry.value) for key, entry in entries(source, node).items()}
    return [_data(source, item) for item in node.items]
