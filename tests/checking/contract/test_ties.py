"""Where entries tie, any one winner or a split is right, and the whole gradient for each of them is not."""

import numpy as np
import pytest

from convcheck.checking.contract.ties import tied_direction
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.numeric.data import TIED_VALUES, tied
from tests.checking.variants import findings, run

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
