"""Several outputs as one array, and the upstream gradient of each; parameters that lead."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from convcheck.implementations.side_by_side import joined, parted

ONE = SimpleNamespace(outputs=())
TWO = SimpleNamespace(outputs=("h", "c"))
H, C = np.arange(6.0).reshape(2, 3), -np.ones((2, 3))


def test_outputs_lie_side_by_side_along_the_last_axis():
    out, rest = joined((H, C, "cache"), TWO)
    assert out.tolist() == [[0, 1, 2, -1, -1, -1], [3, 4, 5, -1, -1, -1]]
    assert rest == ("cache",)


def test_the_upstream_gradients_are_arrays_of_their_own():
    both = np.hstack([H, C])
    dh, dc = parted(both, TWO)
    assert (dh.tolist(), dc.tolist()) == (H.tolist(), C.tolist())
    dh += 1
    assert both[0, 0] == 0
    assert parted(both, ONE)[0] is both


@pytest.mark.parametrize("returned", [(H, "cache"), (H, None, "cache"), (H, C.T, "cache"), (H,), (np.float64(1), C)])
def test_what_is_no_pair_of_outputs_is_one_output_with_the_rest_beside_it(returned):
    out, rest = joined(returned, TWO)
    assert out is returned[0]
    assert rest == returned[1:]


def test_tensors_stay_tensors():
    torch = pytest.importorskip("torch")
    h = torch.ones(2, 3, requires_grad=True)
    out, rest = joined((h, 2 * h), TWO)
    assert (tuple(out.shape), rest, out.requires_grad) == ((2, 6), (), True)
    assert [tuple(part.shape) for part in parted(out, TWO)] == [(2, 3), (2, 3)]
