"""What a person is shown of a tensor that is wrong: every entry with its state, or of a large one the gravest of each
block, and what the layer says of its axes."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.agreement.compare import compare_entries
from convcheck.checking.agreement.criterion import Criterion
from convcheck.checking.agreement.tensor_map import map_of, on_axes
from convcheck.checking.check import run_variant
from convcheck.checking.result import MOST_CELLS, MOST_MAPS, TensorMap
from convcheck.layers.catalogue import FORMS, LAYERS
from convcheck.layers.layer import Input
from convcheck.layers.locality import All, Same, Window
from convcheck.running.message import Reply, packed, unpacked
from convcheck.spec.reader import read_mapping
from tests.reports.samples import tensor


def compared(analytic, numeric, bound, undecided=None):
    shape = np.shape(numeric)
    criterion = Criterion(np.broadcast_to(bound, shape).copy(), np.zeros(shape, dtype=bool), "near", "equal")
    return compare_entries("dx", np.asarray(analytic), np.asarray(numeric), criterion, "scheme", undecided)


def test_every_entry_has_its_state_its_ratio_and_both_values():
    result = compared([1.0, 2.05, 3.5, 4.0, np.nan], [1.0, 2.0, 3.0, np.inf, 5.0], 0.1).with_map
    assert result.map is not None
    assert result.map.states == "=~!?!"
    assert result.map.ratio == pytest.approx((0, 0.5, 5, np.inf, np.inf))
    assert result.map.numeric == (1, 2, 3, np.inf, 5)
    assert result.map.analytic[:4] == (1, 2.05, 3.5, 4)
    assert (result.map.shape, result.map.block) == ((5,), (1,))


def test_what_is_right_has_no_map():
    assert compared([1.0, 2.0], [1.0, 2.0], 0.0).with_map.map is None
    assert compared([1.0, 2.01], [1.0, 2.0], 0.1).with_map.map is None


def test_an_error_where_none_is_allowed_is_beyond_any_bound():
    assert compared([1.0, 0.0], [0.0, 0.0], 0.0).with_map.map.ratio == (np.inf, 0)


def test_a_large_tensor_has_blocks_and_each_the_gravest_of_its_entries():
    numeric = np.zeros((3, 4, 50, 61))
    analytic, undecided = numeric.copy(), np.zeros(numeric.shape, dtype=bool)
    analytic[2, 3, 49, 60] = 7
    analytic[2, 3, 48, 60] = 9
    undecided[0, 0, 0, 0] = True
    drawn = compared(analytic, numeric, 1.0, {"kink": undecided}).with_map.map
    assert np.prod(drawn.shape) == len(drawn.states) == len(drawn.ratio) <= MOST_CELLS
    assert drawn.shape == tuple(-(-n // b) for n, b in zip(numeric.shape, drawn.block, strict=True))
    assert drawn.block[:2] == (1, 1)
    states = np.array(list(drawn.states)).reshape(drawn.shape)
    assert states[-1, -1, -1, -1] == "!"
    assert states[0, 0, 0, 0] == "?"
    assert (states == "=").sum() == states.size - 2
    # Of several wrong ones in a block, the worst.
    assert (max(drawn.ratio), max(drawn.analytic)) == (9, 9)


def test_a_scalar_has_one_cell():
    assert compared(2.0, 1.0, 0.5).with_map.map == TensorMap((), (), "!", (2,), (2,), (1,))


def test_what_was_not_looked_at_by_itself_says_so():
    seen = np.array([False, True, False])
    drawn = map_of(np.ones(3), np.full(3, np.nan), np.ones(3), seen, np.zeros(3, dtype=bool), seen)
    assert drawn.states == " ! "


def on_axis(claim, shape, name="dx"):
    drawn = TensorMap(shape, (1,) * len(shape), "", (), (), ())
    [found] = on_axes([tensor(name, shape, verdict="wrong", map=drawn)], [claim])
    return found.map


def test_axes_padding_and_what_no_window_reads_come_from_what_the_layer_says():
    # Windows of 2 from -1 on, every 3: they read -1, 0, 2, 3.
    claim = Input("x", (2, 6), "linear", (All(), Window(1, 2, 3, 1)), ("n", "h"))
    assert on_axis(claim, (2, 6))[-3:] == (("n", "h"), (0, 1), ((), (1, 4)))
    plain = Input("w", (2, 6), "linear", (Same(0), All()), ("f", "c"))
    assert on_axis(plain, (2, 6), "dw")[-3:] == (("f", "c"), (), ())
    assert on_axis(plain._replace(axes=()), (2, 6), "dw").axes == ()


def test_a_window_that_does_not_fit_reads_nothing_and_marks_nothing():
    assert on_axis(Input("x", (2,), "linear", (Window(0, 9),)), (2,)).unread == ((),)


def test_the_output_has_the_letters_of_the_inputs_that_are_tied_to_it():
    tied = Input("x", (5, 7), "linear", (Same(0), Window(1, 2)), ("n", "h"))
    assert on_axis(tied, (5, 6), "forward").axes == ("n", "h")
    untied = Input("x", (5, 7), "smooth", (All(), All()), ("n", "d"))
    assert on_axis(untied, (5, 7), "forward").axes == ("n", "d")
    assert on_axis(untied, (5, 6), "forward").axes == ()


def test_a_check_has_a_few_maps_and_no_more():
    drawn = TensorMap((), (), "!", (2,), (2,), (1,))
    tensors = [tensor(f"d{n}", (), verdict="wrong", map=drawn) for n in range(MOST_MAPS + 2)]
    assert [one.map is not None for one in on_axes(tensors, [])] == [True] * MOST_MAPS + [False] * 2


def with_wrong(layer, spec, position):
    """The check of a variant that is right but for one gradient, whose entries it doubles."""
    right = LAYERS[layer].variants["vectorized"]

    def backward(dout, cache):
        gradients = right.backward(dout, cache)
        given = list(gradients) if isinstance(gradients, tuple) else [gradients]
        given[position] = 2 * given[position]
        return tuple(given) if len(given) > 1 else given[0]

    [check] = read_mapping({"layer": layer, **spec}, FORMS).checks
    return run_variant(check, LAYERS[layer], right._replace(backward=backward))


CONV = {"N": 1, "C": 1, "H": 4, "W": 6, "F": 2, "H1": 2, "W1": 2, "stride": 3, "pad": 1}


@pytest.mark.parametrize("scheme", ["auto", "entries", "full"])
def test_a_check_of_a_layer_draws_what_is_wrong_and_costs_nothing_where_all_is_right(scheme):
    result = with_wrong("conv", {**CONV, "scheme": scheme}, 0)
    named = {one.name: one.map for one in result.tensors}
    assert [name for name, drawn in named.items() if drawn] == ["dx"]
    drawn = named["dx"]
    assert (drawn.shape, drawn.axes, drawn.pad) == ((1, 1, 4, 6), ("n", "c", "h", "w"), (0, 0, 1, 1))
    # Rows -1, 0, 2, 3 are read, and columns -1, 0, 2, 3, 5, 6.
    assert drawn.unread == ((), (), (1,), (1, 4))
    states = np.array(list(drawn.states)).reshape(4, 6)
    assert (states[1] == "=").all()
    assert states[2, 2] == "!"
    assert np.array(drawn.analytic) == pytest.approx(2 * np.array(drawn.numeric))


def test_a_map_crosses_processes():
    result = with_wrong("conv", CONV, 1)
    assert any(one.map for one in result.tensors)
    assert unpacked(packed(Reply(result))).value == result


def test_of_directions_that_lead_nowhere_nothing_was_looked_at():
    x = np.linspace(-1, 1, 300)
    [dx] = gradcheck(np.tanh, lambda dout, inputs: 2 * dout / np.cosh(inputs) ** 2, {"x": x}, budget=0).tensors
    assert (dx.verdict, dx.checked, set(dx.map.states)) == ("wrong", 0, {" "})


def test_a_wrong_output_is_drawn_against_the_reference():
    right = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, params):
        out, cache = right.forward(x, w, b, params)
        out[0, 1, 0, 2] += 1
        return out, cache

    [check] = read_mapping({"layer": "conv", **CONV}, FORMS).checks
    result = run_variant(check, LAYERS["conv"], right._replace(forward=forward))
    drawn = result.tensors[0].map
    assert (drawn.axes, drawn.pad, drawn.unread) == (("n", "f", "h", "w"), (), ())
    assert np.unravel_index(drawn.states.index("!"), drawn.shape) == (0, 1, 0, 2)
    assert sum(drawn.analytic) - sum(drawn.numeric) == pytest.approx(1)


def test_what_is_wrong_on_the_other_side_of_a_kink_is_drawn_as_it_was_there():
    right = LAYERS["relu"].variants["vectorized"]
    others = []
    for sign in (1, -1):

        def forward(x):
            return np.maximum(x, 0), x

        def backward(dout, x, sign=sign):
            gradient = dout * (x > 0)
            gradient[0, 1] += sign * x[0, 1] > 0
            return gradient

        [check] = read_mapping({"layer": "relu", "shape": [2, 3]}, FORMS).checks
        result = run_variant(check, LAYERS["relu"], right._replace(forward=forward, backward=backward))
        drawn = result.tensors[1].map
        assert drawn.states == "=!===="
        assert drawn.analytic[1] - drawn.numeric[1] == 1
        others.append(any(finding.code == "other-side" for finding in result.findings))
    # At the data that is drawn first the entry has one sign.
    assert sorted(others) == [False, True]
