"""Layers one after the other: their sizes, what they round, and the part that is to blame.

Covers layers/sequence_mistakes.py as well.
"""

import json
import pickle

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from convcheck.api import check
from convcheck.cli.process import run_process
from convcheck.layers import sequence_mistakes
from convcheck.layers.catalogue import FORMS, LAYERS, NAMES, is_sequence, mistakes_of, suite_text
from convcheck.layers.draws import Draws
from convcheck.layers.mistakes import values_of
from convcheck.layers.sequence import PartPasses, is_part
from convcheck.spec.reader import read_text

PARTS = [name for name in NAMES if is_part(LAYERS[name])]
USUAL = [
    "affine+relu",
    "conv+relu+max_pool",
    "conv+spatial_batchnorm+relu",
    "affine+batchnorm+relu",
    "affine+relu+affine",
    "conv+relu+affine",
    "affine+layernorm+gelu",
]


def checks_of(name, most=None):
    reading = read_text(suite_text(name), "suite.yaml", FORMS)
    assert not reading.errors
    return reading.checks[:most]


def passes_of(layer, sizes):
    """The reference on random numbers: inputs, output and gradients."""
    draws = Draws("any")
    shapes = sizes.shapes()
    inputs = [draws.normal(shapes[name]) for name in layer.input_names]
    params = layer.params(sizes, draws, np.dtype(float))
    forward, backward, *_ = layer.variants["vectorized"]
    out, cache = forward(*inputs, *(() if params is None else (params,)))
    dout = draws.normal(shapes["out"])
    return inputs, params, dout, out, backward(dout, cache)


@pytest.mark.parametrize("name", USUAL)
def test_inputs_have_names_and_shapes_of_their_own_and_the_suite_is_whole(name):
    layer = LAYERS[name]
    assert len({*layer.input_names}) == len(layer.input_names)
    assert len(checks_of(name)) >= 6
    for each in checks_of(name):
        _, _, _, out, gradients = passes_of(layer, each.sizes)
        shapes = each.sizes.shapes()
        assert out.shape == shapes["out"]
        assert [g.shape for g in gradients] == [shapes[one] for one in layer.input_names]


def test_what_comes_again_is_numbered_and_what_another_has_is_told_apart():
    assert LAYERS["affine+relu+affine"].input_names == ("x", "w", "b", "w2", "b2")
    assert LAYERS["conv+relu+affine"].input_names == ("x", "w", "b", "affine_w", "affine_b")
    sizes = LAYERS["conv+relu+max_pool"].sizes
    assert {"H1", "max_pool_H1", "max_pool_stride"} <= {*sizes.__dataclass_fields__}


@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(st.lists(st.sampled_from(PARTS), min_size=2, max_size=4))
def test_no_layers_that_fit_are_accused_with_their_own_passes(names):
    name = "+".join(names)
    # Those that do not fit at any sizes have no suite.
    for each in read_text(suite_text(name), "suite.yaml", FORMS).checks[:1]:
        result = check({"layer": name, **_plain(each.sizes.given()), "implementation": "vectorized"})
        # What is normalised and then averaged is constant, and its gradients are what was rounded.
        assert result.status in ("pass", "undecided"), (name, each.sizes, result.findings)


def _plain(given):
    return {key: [*value] if isinstance(value, tuple) else value for key, value in given.items()}


def test_sizes_come_through_pickle():
    for name in USUAL:
        for each in checks_of(name):
            assert pickle.loads(pickle.dumps(each.sizes)).given() == each.sizes.given()


@pytest.mark.parametrize("name", ["conv", "conv+", "conv+capsule", "affine+dropout", "affine+svm_loss", "relu+rnn"])
def test_what_is_no_sequence(name):
    assert not is_sequence(name)


def read(text):
    reading = read_text(text, "s.yaml", FORMS)
    return reading.checks, [(error.message, error.hint) for error in reading.errors]


def test_a_list_of_layers_in_a_spec_is_the_name_of_the_whole():
    sizes = "N: 2, C: 3, H: 6, W: 8, F: 4, H1: 3, W1: 3, stride: 1, pad: 1, max_pool_H1: 2, max_pool_W1: 2"
    listed, _ = read(f"{{layer: sequence, layers: [conv, relu, max_pool], {sizes}, max_pool_stride: 2}}")
    named, _ = read(f"{{layer: conv+relu+max_pool, {sizes}, max_pool_stride: 2}}")
    assert listed == named != ()
    over = "checks: [{M: 3}, {M: 4}]\ndefaults: {layer: sequence, layers: [affine, relu], N: 2, D: 5}"
    assert [one.layer for one in read(over)[0]] == ["affine+relu"] * 2


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("{layer: sequence, N: 2}", "sequence: expected a list of `layers` beside it", "[FIRST, SECOND]"),
        ("{layer: sequence, layers: relu}", "layers: expected a list, received the text", "[FIRST, SECOND]"),
        ("{layer: sequence, layers: [relu]}", "layers: expected the names of two or more layers", "[FIRST, SECOND]"),
        ("{layer: sequence, layers: [conv, rellu]}", 'received the text "conv+rellu"', "did you mean conv+relu?"),
        ("{layer: affine+conv, N: 2, D: 3, M: 4, F: 2, H1: 1, W1: 1, stride: 1, pad: 0}",
         "conv takes x as (N, C, H, W), and is handed (2, 4)", None),
        ("{layer: conv+max_pool, N: 1, C: 1, H: 4, W: 4, F: 1, H1: 3, W1: 3, stride: 1, pad: 0, max_pool_H1: 3, "
         "max_pool_W1: 1, max_pool_stride: 1}", "max_pool: H1 = 3 is more than H", None),
        ("{layer: affine+relu, N: 2, D: 3}", "missing key: affine+relu also needs M", "M: columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(text, said, hint):
    checks, ((message, remedy),) = read(text)
    assert not checks
    assert said in message
    assert hint is None or hint in remedy


@pytest.mark.parametrize("name", USUAL)
def test_what_is_rounded_is_bounded_by_what_was_tried_out(name):
    layer = LAYERS[name]
    for each in checks_of(name, 3):
        inputs, params, dout, *_ = passes_of(layer, each.sizes)
        scale = layer.rounding(layer, layer.facts(each.sizes), inputs, dout, params)
        narrow = [a.astype(np.float32) for a in inputs]
        wide = [a.astype(float) for a in narrow]
        args = () if params is None else (params,)
        runs = []
        for arrays in (narrow, wide):
            forward, backward, *_ = layer.variants["vectorized"]
            got, cache = forward(*arrays, *args)
            runs.append((got, *backward(dout.astype(np.float32).astype(arrays[0].dtype), cache)))
        for key, low, high in zip(("forward", *(f"d{n}" for n in layer.input_names)), *runs, strict=True):
            assert (np.abs(low - high) <= 4 * np.finfo(np.float32).eps * scale[key]).all(), (name, key)


class CountedPasses(PartPasses):
    """It says of every run of all parts that it was made."""

    runs: list[int] = []  # noqa: RUF012 - what a test counts

    def run(self, *arguments):
        self.runs.append(len(self.parts))
        return super().run(*arguments)


@pytest.mark.parametrize("name", ["affine+batchnorm+relu", "conv+relu+affine"])
def test_what_is_right_is_worked_out_once_for_all_mistakes_and_no_mistake_changes_it(name, monkeypatch):
    layer, known = LAYERS[name], mistakes_of(name)
    inputs, params, dout, out, gradients = passes_of(layer, checks_of(name)[0].sizes)
    monkeypatch.setattr(sequence_mistakes, "PartPasses", CountedPasses)
    made = type(known)(layer, [mistakes_of(part) for part in name.split("+")])
    CountedPasses.runs.clear()
    codes = [code for tensor in ("dx", "dw") for one in made.of(tensor) for code in one.code]
    wrong = [values_of(code, inputs, dout, params) for code in codes]
    assert len(codes) > 20
    assert CountedPasses.runs == [3]
    for code, values in zip(codes, wrong, strict=True):
        # At other data in between, all of it is worked out again.
        values_of(made.right("dx")[0], inputs, 2 * dout, params)
        again = values_of(code, inputs, dout, params)
        assert (
            str(again) == str(values)
            if isinstance(values, Exception)
            else np.array_equal(again, values, equal_nan=True)
        )
    for tensor, right in zip(("forward", "dx", "dw"), (out, *gradients), strict=False):
        assert np.array_equal(values_of(made.right(tensor)[0], inputs, dout, params), right)


PASSES = """
import numpy as np
def affine_relu_affine_forward(x, w1, b1, w2, b2):
    a = x.reshape(len(x), -1) @ w1 + b1
    h = np.maximum(a, 0)
    return h @ w2 + b2, (x, w1, w2, a, h)
def affine_relu_affine_backward(dout, cache):
    x, w1, w2, a, h = cache
    dw2, db2 = h.T @ dout, dout.sum(0)
    dh = dout @ w2.T
    da = dh * (a > 0)
    rows = x.reshape(len(x), -1)
    return (da @ w1.T).reshape(x.shape), rows.T @ da, da.sum(0), dw2, db2
"""
FAULTS = {
    "": None,
    "dh * (a > 0)": ("dh", "in its relu: dx is dout itself", {"dx", "dw", "db"}),
    "h.T @ dout": ("h.T @ dout / len(x)", "in its second affine: dw is divided by N", {"dw2"}),
    "dout @ w2.T": (
        "2 * dout @ w2.T",
        "one of: what comes back to its first affine is twice what it should be",
        {"dx", "dw", "db"},
    ),
    "rows.T @ da, da": ("rows.T @ (dh), da", "dw is made of what comes back to its relu", {"dw"}),
}


@pytest.mark.parametrize("old", FAULTS, ids=lambda old: old or "right")
def test_the_part_is_named_whose_gradient_is_wrong(tmp_path, old, monkeypatch):
    # The smallest sizes at which it is wrong are nothing that is looked at here.
    monkeypatch.setattr("convcheck.diagnosis.shrink.MOST_TRIED", 0)
    fault = FAULTS[old]
    code, report = tmp_path / "layers.py", tmp_path / "report.json"
    code.write_text(PASSES if fault is None else PASSES.replace(old, fault[0]), encoding="utf-8")
    run_process(["run", "--impl", str(code), "-q", "-o", f"json={report}", "--no-isolation"])
    conclusions = json.loads(report.read_text(encoding="utf-8")).get("conclusions", [])
    if fault is None:
        assert conclusions == []
        return
    (conclusion,) = conclusions
    assert conclusion["layer"] == "affine+relu+affine"
    first = conclusion["causes"][0]
    assert fault[1] in first["sentence"]
    assert {*first["tensors"]} == fault[2]
