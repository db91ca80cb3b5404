"""Whole checks of the built-in layers: their verdicts, what they cost, and how they fall back.

Covers check.py, subject.py and numeric/plan.py.

Covers checking/result.py and checking/subject.py as well.
"""

import dataclasses
import gc
import itertools

import numpy as np
import pytest
from random_specs import random_checks

from convcheck import check, load
from convcheck.checking.check import planned_evaluations, run_check, run_variant
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from convcheck.spec.check import Check, Manner

RGB = {"N": 2, "C": 3, "H": 16, "W": 16, "F": 8, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
CONV = {"N": 2, "C": 2, "H": 5, "W": 4, "F": 3, "H1": 3, "W1": 2, "stride": 2, "pad": 1}

PLANNED = ("conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm", "affine", "avg_pool")


def verdicts(result):
    return {tensor.name: tensor.verdict for tensor in result.tensors}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("implementation", ["naive", "vectorized", "closed_form"])
def test_conv_on_dyadic_data_is_exact_to_the_last_bit(implementation, dtype):
    result = check(CONV, implementation=implementation, dtype=dtype)
    assert result.status == "pass"
    assert verdicts(result) == dict.fromkeys(["forward", "dx", "dw", "db"], "exact")
    assert all(t.max_abs_error == t.max_rel_error == 0 and t.checked == t.entries for t in result.tensors)


@pytest.mark.parametrize(("dtype", "most"), [("float64", 12), ("float32", 20)])
def test_a_whole_passing_check_of_conv_on_rgb_takes_few_evaluations(dtype, most):
    result = check(RGB, implementation="vectorized", dtype=dtype)
    assert (result.status, result.scheme) == ("pass", "auto")
    assert result.forward_evaluations <= most
    assert sum(t.checked for t in result.tensors if t.name != "forward") == 1536 + 216 + 8


def test_the_paper_s_mistake_is_a_wrong_forward_with_a_consistent_gradient():
    spec = {"layer": "spatial_batchnorm", "N": 2, "C": 3, "H": 3, "W": 4, "implementation": "reshape_without_swap"}
    result = check(spec)
    assert result.status == "fail"
    assert verdicts(result)["forward"] == "wrong"
    assert {verdicts(result)[t] for t in ("dx", "dgamma", "dbeta")} <= {"exact", "within_bound"}
    assert "forward-wrong" in {f.code for f in result.findings}
    assert check(spec | {"expect": "fail"}).status == "pass"


def test_an_expected_failure_that_passes_fails():
    result = check(CONV | {"expect": "fail"})
    assert result.status == "fail"
    assert "unexpected-pass" in {f.code for f in result.findings}


def test_rows_and_columns_that_no_window_reads_are_noted_and_their_gradient_is_zero():
    result = check({**CONV, "H": 6, "stride": 3, "pad": 0, "W1": 3})
    (note,) = [f for f in result.findings if f.code == "unread"]
    assert note.severity == "note"
    assert note.message == "no window reads 1 column of the padded input: the gradient there must be zero"


def planned_alike(count):
    """Random checks of the layers whose evaluations do not hang on what no plan knows, such as an erf of Python's."""
    every = (each for each in random_checks(seed=4, count=3000) if each.layer in PLANNED)
    return list(itertools.islice(every, count))


@pytest.mark.parametrize("scheme", ["entries", "full"])
def test_the_number_of_evaluations_is_known_beforehand(scheme):
    for each in planned_alike(12):
        planned = each._replace(manner=dataclasses.replace(each.manner, scheme=scheme))
        more = run_check(planned).forward_evaluations - planned_evaluations(planned)
        # Where forward is extrapolated, to see whether a complex step is right, finer steps may be taken.
        assert more == 0 or ("batchnorm" in each.layer and 0 < more <= 22)


def test_how_many_directions_it_takes_is_known_roughly_beforehand():
    for each in planned_alike(24):
        planned, result = planned_evaluations(each), run_check(each)
        along = [tensor for tensor in result.tensors if tensor.method == "directions"]
        off = abs(result.forward_evaluations - planned)
        assert off == 0 if not along else off <= 0.5 * planned


@pytest.mark.parametrize("tensor", [0, 1, 2])
def test_directions_alone_catch_one_wrong_entry_on_exact_data(tensor):
    right = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        gradients = [g.copy() for g in right.backward(dout, cache)]
        gradients[tensor].flat[-1] *= 1 + 1e-9
        return tuple(gradients)

    result = _run(Variant(right.forward, backward, ""), scheme="auto")
    assert result.status == "fail"
    assert [t.verdict for t in result.tensors].count("wrong") == 1


def test_a_tolerance_replaces_the_bound_and_is_what_is_printed():
    right = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, db = right.backward(dout, cache)
        return dx * (1 + 1e-7), dw, db

    assert _run(Variant(right.forward, backward, "")).status == "fail"
    lenient = _run(Variant(right.forward, backward, ""), tolerance=1e-6)
    assert lenient.status == "pass"
    assert "1e-06·max(1, |analytic|, |numeric|)" in lenient.tensors[1].criterion


def test_right_code_that_rounds_where_sums_would_not_is_within_the_bound_not_accused():
    right = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, conv_param):
        out, cache = right.forward(x, w, b, conv_param)
        return out / 3 * 3, cache

    def backward(dout, cache):
        return tuple(g / 7 * 7 for g in right.backward(dout, cache))

    for dtype in ("float64", "float32"):
        result = _run(Variant(forward, backward, ""), dtype=dtype)
        assert result.status == "pass"
        assert "within_bound" in verdicts(result).values()


@pytest.mark.parametrize("every", range(2, 7))
@pytest.mark.parametrize("layer", ["relu", "batchnorm"])
def test_forward_that_is_wrong_every_few_calls_is_not_passed(layer, every):
    """Whichever probe it falls on: a kink that only the random direction meets is no excuse for it."""
    right = LAYERS[layer].variants["vectorized"]
    calls = iter(range(1, 1000))

    def forward(*arguments):
        out, cache = right.forward(*arguments)
        return (out if next(calls) % every else 1.5 * out), cache

    sizes = {"shape": (4, 5)} if layer == "relu" else {"N": 6, "D": 3}
    subject = Check(layer, layer, LAYERS[layer].sizes(**sizes), Manner())
    assert run_variant(subject, LAYERS[layer], Variant(forward, right.backward, "")).status != "pass"


def test_code_that_breaks_the_declared_locality_is_probed_entry_by_entry():
    right = LAYERS["relu"].variants["vectorized"]

    def forward(x):
        out, cache = right.forward(x)
        return out + 2**-10 * out[::-1], cache

    def backward(dout, cache):
        return right.backward(dout + 2**-10 * dout[::-1], cache)

    subject = Check("relu", "relu", LAYERS["relu"].sizes(shape=(4, 3)), Manner())
    result = run_variant(subject, LAYERS["relu"], Variant(forward, backward, ""))
    assert verdicts(result) == {"forward": "wrong", "dx": "exact"}
    assert {"claim-lost", "forward-wrong"} <= {f.code for f in result.findings}


def test_the_stream_of_a_check_depends_on_its_id_and_seed_but_not_on_its_folder(tmp_path):
    (tmp_path / "a").mkdir()
    text = "layer: batchnorm\nN: 4\nD: 3\n"
    for place in ("one.yaml", "a/one.yaml", "two.yaml"):
        (tmp_path / place).write_text(text)
    here, there, other = (run_check(load(tmp_path / p)[0]).tensors for p in ("one.yaml", "a/one.yaml", "two.yaml"))
    assert here == there
    assert here != other


def test_a_check_of_another_seed_draws_other_data():
    spec = {"layer": "batchnorm", "N": 4, "D": 3}
    assert check(spec).tensors == check(spec).tensors
    assert check(spec).tensors != check(spec, seed=1).tensors


def test_no_right_layer_is_accused_on_random_sizes_dtypes_and_data():
    for each in random_checks(seed=11, count=150):
        result = run_check(each, Settings(budget=1e9))
        assert result.status == "pass", (each, result)


@pytest.mark.parametrize("implementation", ["naive", "closed_form"])
def test_no_right_naive_conv_is_accused(implementation):
    for seed in range(10):
        (each,) = [c for c in random_checks(seed, 1, implementation) if c.layer == "conv"]
        assert run_check(each).status == "pass"


def _run(variant, **manner):
    subject = Check("conv", "conv", LAYERS["conv"].sizes(**CONV), Manner(**manner))
    return run_variant(subject, LAYERS["conv"], variant)


def test_a_batch_of_one_value_has_a_zero_gradient_and_passes():
    for dtype in ("float64", "float32"):
        result = check({"layer": "batchnorm", "N": 1, "D": 4, "dtype": dtype}, implementation="vectorized")
        assert result.status == "pass"
        assert np.isfinite([t.max_abs_error for t in result.tensors]).all()


@pytest.mark.parametrize("layer", ["conv", "relu", "batchnorm"])
def test_the_arrays_of_a_check_are_let_go_with_it_and_wait_for_no_search_for_circles(layer):
    one = next(one for one in random_checks(0, 1000) if one.layer == layer)
    run_check(one)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        run_check(one)
        gc.collect()
        assert not [kept for kept in gc.garbage if type(kept).__module__.startswith("convcheck")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
