"""`inputs:`, `outputs:` and `settings:` of code that is of no layer. Covers spec/drawn.py."""

from __future__ import annotations

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.inputs import DrawnInput
from convcheck.spec.reader import read_text


def read(text):
    return read_text(text, "f.yaml", FORMS)


def sizes(text):
    reading = read(text)
    assert reading.errors == ()
    return reading.checks[0].sizes


def test_inputs_are_shapes_or_say_more():
    made = sizes(
        """
layer: function
inputs:
  x: [4, 5]
  beta:
  scale: []
  y: {shape: [4], dtype: int64, high: 10}
  m: {value: [[1, 2.5], [3, 4]], differentiate: false}
outputs: [out, h]
settings: {alpha: 0.5, mode: train, flag: yes, dims: [3, 4], nothing: ~}
surrogate: hard_tanh
scale: -1
"""
    )
    assert made.inputs == (
        DrawnInput("x", (4, 5)),
        DrawnInput("beta"),
        DrawnInput("scale"),
        DrawnInput("y", (4,), "int64", high=10),
        DrawnInput("m", (2, 2), differentiate=False, value=((1, 2.5), (3, 4))),
    )
    assert [each.is_differentiated for each in made.inputs] == [True, True, True, False, False]
    assert made.outputs == ("out", "h")
    assert dict(made.settings) == {"alpha": 0.5, "mode": "train", "flag": True, "dims": (3, 4), "nothing": None}
    assert (made.surrogate, made.scale) == ("hard_tanh", -1)
    assert made.given()["x"] == [4, 5]


def test_an_id_says_what_a_matrix_goes_through_and_a_name_says_enough():
    text = "defaults: {layer: function}\nchecks:\n- {name: small, inputs: {x: [2]}}\n- {inputs: {x: [2, 3]}}\n"
    assert [check.id for check in read(text).checks] == ["f.yaml::small", "f.yaml::function[inputs=x 2x3]"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("inputs: 4", "inputs: expected a mapping of names to shapes, received 4"),
        ("inputs: {x: 4}", "inputs.x: expected a list of sizes, received 4"),
        ("inputs: {x: [0]}", "inputs.x[0]: expected a whole number of at least 1, received 0"),
        ("inputs: {x: {shpe: [2]}}", 'unknown key "shpe" under inputs.x'),
        ("inputs: {x: {shape: [2], value: 1}}", "inputs.x: a value has a shape of its own"),
        ("inputs: {x: {value: [[1, 2], [3]]}}", "inputs.x.value: expected rows of one length"),
        ("inputs: {x: {value: a}}", 'inputs.x.value: expected a number, or a list of them, received the text "a"'),
        ("inputs: {x: {shape: [2], low: 2, high: 1}}", "inputs.x.high: expected more than low = 2, received 1"),
        ("inputs: {x: {shape: [2], dtype: int8}}", "inputs.x.dtype: expected float64, float32, int64, int32 or bool"),
        ("inputs: {x: [2]}\noutputs: [a, a]", "outputs: expected a list of different names"),
        ("inputs: {x: [2]}\nsettings: [1]", "settings: expected a mapping of names to values, received a list"),
        ("inputs: {x: [2]}\nsettings: {a: {b: 1}}", "settings.a: expected a number, a text, true or false, or a list"),
        ("inputs: {x: [2]}\nsettings: {a: 1_000}", 'settings.a: expected a number, received "1_000"'),
        ("scale: 2", "missing key: function also needs inputs"),
        ("inputs: {x: [100000, 100000]}", "this check needs about"),
    ],
)
def test_what_is_wrong_says_where_and_what_to_write(line, message):
    errors = read(f"layer: function\n{line}\n").errors
    assert message in errors[0].message, errors
