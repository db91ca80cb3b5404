"""Where entries tie, any one winner or a split is right, and the whole gradient for each of them is not."""

import numpy as np
import pytest

from convcheck.checking.check import planned_evaluations, run_check, run_variant
from convcheck.checking.contract.ties import tied_direction
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Variant
from convcheck.layers.windows import offsets_in
from convcheck.numeric.data import TIED_VALUES, tied
from convcheck.spec.check import Check, Manner
from tests.checking.variants import SIZES, findings, run
from tests.layers.cases import suite_of

POOL = LAYERS["max_pool"].variants["vectorized"]
OVERLAPPING = {"H1": 3, "W1": 3, "stride": 1}


def test_tied_data_and_its_direction_are_equal_at_the_same_entries():
    x = tied((4, 5, 6), Draws("any"))
    direction = tied_direction(x, Draws("other"))
    assert set(np.unique(x)) <= set(TIED_VALUES)
    for value in TIED_VALUES:
        assert len(np.unique(direction[x == value])) == 1
    assert (direction != 0).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_winner_of_each_window_is_right(dtype):
    assert not findings(run("max_pool", dtype=dtype), "ties")


def windows(x, out):
    for row, column in np.ndindex(out.shape[2:]):
        yield (..., slice(row, row + 3), slice(column, column + 3)), out[:, :, row : row + 1, column : column + 1]


def shared_out(share):
    """Backward of a max-pool that gives each of k winners share(k) of what its window hands back."""

    def forward(x, pool_param):
        return POOL.forward(x, pool_param)[0], x

    def backward(dout, x):
        dx = np.zeros_like(x)
        out = POOL.forward(x, {"pool_height": 3, "pool_width": 3, "stride": 1})[0]
        for (window, best), (_, upstream) in zip(windows(x, out), windows(x, dout), strict=True):
            winners = x[window] == best
            count = winners.sum(axis=(2, 3), keepdims=True)
            dx[window] += (winners * upstream * share(count)).astype(x.dtype)
        return dx

    return forward, backward


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_split_among_the_winners_is_right(dtype):
    result = run("max_pool", *shared_out(lambda count: 1 / count), sizes=OVERLAPPING, dtype=dtype)
    assert result.status == "pass"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_all_of_it_for_each_winner_does_not_add_up(dtype):
    result = run("max_pool", *shared_out(lambda count: 1), sizes=OVERLAPPING, dtype=dtype)
    (finding,) = findings(result, "ties")
    assert finding.message.startswith("where entries of x tie, dx does not add up to dout: ")
    assert [t.verdict for t in result.tensors] == ["exact", "exact"]
    assert result.status == "fail"


def every_winner():
    """Max-pool of any window whose only fault is that every winner has the whole gradient."""

    def forward(x, pool_param):
        out, _ = POOL.forward(x, pool_param)
        return out, (x, out, pool_param)

    def backward(dout, cache):
        x, out, pool_param = cache
        window, stride = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
        dx = np.zeros_like(x)
        for _, _, rows, columns in offsets_in(window, out.shape[2:], stride):
            dx[:, :, rows, columns] += np.where(x[:, :, rows, columns] == out, dout, 0)
        return dx

    return Variant(forward, backward, "")


def test_all_of_it_for_each_winner_fails_exactly_the_check_of_the_suite_that_has_ties(tmp_path):
    suite = suite_of("max_pool", tmp_path)
    # It knows of no padding.
    asked = [check for check in suite if not check.sizes.pad]
    results = [run_variant(check, LAYERS["max_pool"], every_winner(), Settings(suite=True)) for check in asked]
    (failed,) = [r for r in results if r.status != "pass"]
    assert "::ties[" in failed.id
    assert [(t.name, t.verdict) for t in failed.tensors] == [("forward", "exact"), ("dx", "wrong")]
    (finding,) = findings(failed, "ties")
    assert finding.message.startswith("where entries of x tie, dx does not add up to dout: ")
    assert finding.hint == "give the gradient to one winner of each window, or split it; not all of it to every winner"
    assert all(not findings(r, "ties") for r in results if r is not failed)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("layer", ["relu", "max_pool", "conv"])
def test_on_data_with_ties_what_is_right_passes(layer, dtype):
    result = run(layer, dtype=dtype, data="ties")
    assert result.status == "pass"
    assert not findings(result, "ties")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_split_passes_on_data_with_ties_and_the_first_winner_s_neighbour_does_not(dtype):
    split = run("max_pool", *shared_out(lambda count: 1 / count), sizes=OVERLAPPING, dtype=dtype, data="ties")
    assert split.status == "pass"
    too_little = run("max_pool", *shared_out(lambda count: 1 / 9), sizes=OVERLAPPING, dtype=dtype, data="ties")
    assert {t.name: t.verdict for t in too_little.tensors} == {"forward": "exact", "dx": "wrong"}


@pytest.mark.parametrize("scheme", ["auto", "full", "entries"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("layer", ["relu", "max_pool", "conv"])
def test_what_data_with_ties_costs_is_known_beforehand(layer, dtype, scheme):
    check = Check(layer, layer, LAYERS[layer].sizes(**SIZES[layer]), Manner(dtype=dtype, data="ties", scheme=scheme))
    assert run_check(check).forward_evaluations == planned_evaluations(check)
