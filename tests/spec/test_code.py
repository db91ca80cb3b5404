"""Code that a spec names: what it becomes, and what is said where it cannot be."""

from __future__ import annotations

import pytest

import convcheck
from convcheck.layers.catalogue import FORMS
from convcheck.spec.check import NamedCode
from convcheck.spec.overrides import override
from convcheck.spec.reader import read_mapping, read_text


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{file: layers.py}", NamedCode("layers.py")),
        ("{file: ../a/layers.py, class: Conv}", NamedCode("../a/layers.py", ("Conv",))),
        ("{file: layers.py, backward: g, forward: f}", NamedCode("layers.py", ("f", "g"))),
        ("{module: package.layers, class: Conv}", NamedCode("package.layers", ("Conv",), is_file=False)),
    ],
)
def test_the_mapping_becomes_plain_data(written: str, code: NamedCode) -> None:
    (check,) = read_text(f"layer: relu\nshape: [2]\nimplementation: {written}\n", "a.yaml", FORMS).checks
    assert check.manner.implementation == code
    with pytest.raises(KeyError):
        check.manner.variant  # noqa: B018


def test_a_matrix_of_code_has_readable_ids() -> None:
    code = [{"file": "a.py"}, {"file": "a.py", "forward": "f", "backward": "g"}, "naive"]
    reading = read_mapping({"layer": "relu", "shape": [2], "matrix": {"implementation": code}}, FORMS)
    assert [check.id for check in reading.checks] == [
        "relu[implementation=a.py]", "relu[implementation=a.py:f,g]", "relu[implementation=naive]",
    ]  # fmt: skip


def test_every_mistake_is_said_once_where_it_stands() -> None:
    text = "matrix: {layer: [relu, batchnorm]}\nN: 2\nD: 3\nimplementation:\n  file: layers\n  clas: Conv\n"
    errors = read_text(text, "a.yaml", FORMS).errors
    assert [error.headline() for error in errors if error.line > 4] == [
        'a.yaml:5:9: file: expected the path of a Python file, such as layers.py, received "layers"',
        'a.yaml:6:3: implementation: unknown key "clas"',
    ]
    assert errors[-1].hint == "did you mean class?"


def test_code_replaces_an_implementation_and_what_was_expected_of_it() -> None:
    (check,) = read_text("layer: relu\nshape: [2]\nexpect: fail\n", "a.yaml", FORMS).checks
    changed = override(check, FORMS, implementation=NamedCode("layers.py"))
    assert (str(changed.manner.implementation), changed.manner.expect) == ("layers.py", "pass")
    assert override(changed, FORMS, implementation="naive").manner.variant == "naive"


def test_from_python_such_a_spec_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"received layers\.py:f,g: code of your own is checked by `convcheck run"):
        convcheck.check(
            {"layer": "relu", "shape": [2], "implementation": {"file": "layers.py", "forward": "f", "backward": "g"}}
        )
