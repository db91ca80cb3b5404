"""Activations by hand on small examples, far from zero, and code with constants of its own.

Covers layers/activations/layer.py, layers/activations/table.py, layers/activations/sizes.py,
layers/activations/naive.py, layers/activations/vectorized.py, layers/activations/built_in.py,
layers/activations/words.py, layers/activations/readable/gelu.py and layers/entrywise.py.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from convcheck.layers.activations.layer import settings_of
from convcheck.layers.activations.table import ACTIVATIONS
from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import one

BY_HAND = {
    ("sigmoid", 0.0): (0.5, 0.25),
    ("tanh", 0.0): (0.0, 1.0),
    ("leaky_relu", -2.0): (-0.02, 0.01),
    ("elu", -1.0): (math.exp(-1) - 1, math.exp(-1)),
    ("elu", 2.0): (2.0, 1.0),
    ("selu", 2.0): (2.1014019747109610, 1.0507009873554805),
    ("softplus", 0.0): (math.log(2), 0.5),
    ("gelu", 1.0): (0.8413447460685429, 1.0833154705876864),
    ("swish", 0.0): (0.0, 0.5),
    ("hard_sigmoid", 1.5): (0.75, 1 / 6),
    ("hard_sigmoid", -4.0): (0.0, 0.0),
    ("hard_swish", 1.0): (4 / 6, 5 / 6),
    ("hard_swish", 4.0): (4.0, 1.0),
}
SMOOTH = [name for name, row in ACTIVATIONS.items() if row.kind == "smooth"]


def passes_at(name, variant, x):
    """The output and dx for a dout of 1."""
    layer, sizes = one(name)
    settings = settings_of(name, sizes)
    values = np.array(x, float)
    chosen = layer.variants[variant]
    out, cache = chosen.forward(values, *([settings] if settings else []))
    return out, chosen.backward(np.ones(values.shape), cache)


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
@pytest.mark.parametrize(("name", "x"), BY_HAND)
def test_values_and_slopes_are_those_that_are_worked_out_by_hand(name, x, variant):
    np.testing.assert_allclose(np.ravel(passes_at(name, variant, [x])), BY_HAND[name, x], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nothing_overflows_far_from_zero(name, variant):
    """Warnings are errors."""
    out, dx = passes_at(name, variant, [-2000.0, -800.0, 800.0, 2000.0])
    assert np.isfinite(out).all()
    assert (np.abs(dx) <= 1.2).all()


def test_the_approximation_by_tanh_is_near_the_exact_form_and_another_one():
    x = np.linspace(-4, 4, 33)
    forward = LAYERS["gelu"].variants["vectorized"].forward
    apart = np.abs(forward(x, {"approximate": "tanh"})[0] - forward(x, {"approximate": "none"})[0]).max()
    assert 1e-4 < apart < 1e-3


@pytest.mark.parametrize("name", SMOOTH)
def test_data_may_be_drawn_far_from_zero(name):
    layer = LAYERS[name]
    sizes = layer.sizes(shape=(2, 3), away=800.0)
    assert sizes.is_smooth()
    assert layer.facts(sizes).inputs[0].away == 800


def test_a_slope_that_is_a_power_of_two_rounds_nothing():
    layer = LAYERS["leaky_relu"]
    exact = {slope: layer.facts(layer.sizes(shape=(3,), slope=slope)).exact for slope in (0.25, 0.5, 0.01, 0.3)}
    assert exact == {0.25: True, 0.5: True, 0.01: False, 0.3: False}


def own(name, f, key=None):
    """What is measured of code that computes f, for the constant `key` or the only one there is."""
    layer = LAYERS[name]
    sizes = layer.sizes(shape=(2, 3))
    (constant,) = [c for c in layer.words.built_in if key in (None, c.key)]
    return constant.measured(lambda sizes, params, inputs: f(inputs[0]), sizes, settings_of(name, sizes))


@pytest.mark.parametrize(
    ("name", "f", "expected"),
    [
        ("leaky_relu", lambda x: np.where(x > 0, x, 0.2 * x), 0.2),
        ("leaky_relu", lambda x: np.where(x > 0, x, np.float32(0.3) * x.astype(np.float32)), 0.3),
        ("elu", lambda x: np.where(x > 0, x, 0.5 * np.expm1(np.minimum(x, 0))), 0.5),
        ("softplus", lambda x: np.logaddexp(0, 2 * x) / 2, 2.0),
        ("swish", lambda x: x / (1 + np.exp(-1.702 * x)), 1.702),
        ("hard_sigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1), 1 / 6),
        ("hard_sigmoid", lambda x: np.clip(0.2 * x + 0.5, 0, 1), 0.2),
        # With a mistake in what does not hang on it.
        ("hard_sigmoid", lambda x: np.clip(0.2 * x + 0.5, -1, 1), 0.2),
        ("hard_sigmoid", lambda x: 0.2 * x + 0.5, 0.2),
        ("hard_sigmoid", lambda x: np.where(abs(x) < 2.5, 0.2 * x + 0.5, 0), 0.2),
    ],
)
def test_a_constant_that_is_built_in_is_measured(name, f, expected):
    assert own(name, f) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("leaky_relu", lambda x: np.maximum(x, 0)),
        ("leaky_relu", lambda x: np.where(x > 0, x, -0.2 * x)),
        ("leaky_relu", lambda x: np.where(x > 0, 0.2 * x, x)),
        ("elu", lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)))),
        ("softplus", lambda x: np.logaddexp(0, 2 * x)),
        ("swish", np.tanh),
        ("hard_sigmoid", lambda x: np.clip(x + 0.5, 0, 6)),
    ],
)
def test_what_no_constant_explains_is_a_mistake_and_none(name, f):
    layer, sizes = one(name)
    (constant,) = layer.words.built_in
    measured = own(name, f)
    assert math.isnan(measured)
    assert constant.objection(measured, sizes, settings_of(name, sizes)) is None


def test_the_constants_of_selu_are_taken_as_they_were_written_and_no_others():
    def selu(alpha, scale):
        return lambda x: scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))

    assert own("selu", selu(1.67326, 1.0507), "alpha") == 1.67326
    assert own("selu", selu(1.67326, 1.0507), "scale") == 1.0507
    assert math.isnan(own("selu", selu(1.67326, 1.0), "scale"))
    assert math.isnan(own("selu", selu(1.0, 1.0507), "alpha"))


def test_the_form_of_gelu_is_found_out_and_said():
    layer, sizes = one("gelu")
    (constant,) = layer.words.built_in
    by_tanh = own("gelu", lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
    assert by_tanh == "tanh"
    assert own("gelu", lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))) == "none"
    assert own("gelu", lambda x: x / (1 + np.exp(-1.702 * x))) == ""
    assert own("gelu", lambda x: None) is None
    assert constant.objection("", sizes, {"approximate": "none"}) is None
    assert constant.objection("none", sizes, {"approximate": "none"}) is None
    said = constant.objection("tanh", sizes, {"approximate": "none"})
    assert said.instead == {"approximate": "tanh"}
    assert "a spec with approximate: tanh can be" in said.sentence


def test_every_word_for_a_setting_is_of_one_that_there_is():
    for name in ACTIVATIONS:
        assert tuple(LAYERS[name].words.settings) == LAYERS[name].parameters


def test_what_comes_out_may_be_called_a():
    assert all("a" not in LAYERS[name].words.inputs["x"] for name in ACTIVATIONS)


@pytest.mark.parametrize(("name", "key"), [("softplus", "beta"), ("gelu", "approximate")])
def test_code_that_no_value_explains_is_asked_for_the_usual_one_alone(name, key):
    layer, sizes = one(name)
    (constant,) = layer.words.built_in
    unexplained = "" if isinstance(constant.usual, str) else math.nan
    assert constant.objection(unexplained, sizes, {key: constant.usual}) is None
    other = "tanh" if isinstance(constant.usual, str) else 2.0
    objection = constant.objection(unexplained, sizes, {key: other})
    assert objection.sentence == f"has no parameter and no attribute for {key}: {key} = {other} cannot be asked of it"
    assert objection.instead == {}
