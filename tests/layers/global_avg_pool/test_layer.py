"""Global average-pooling by hand, and of code that keeps the axes of the image.

Covers layers/global_avg_pool/words.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, sizes_of, write

GAP = LAYERS["global_avg_pool"]


@pytest.mark.parametrize("variant", GAP.variants)
def test_two_channels_of_two_pixels_by_hand(variant):
    out, cache = GAP.variants[variant].forward(np.array([[[[1.0, 5.0]], [[2.0, -2.0]]]]))
    assert out.tolist() == [[3.0, 0.0]]
    assert GAP.variants[variant].backward(np.array([[4.0, 6.0]]), cache).tolist() == [[[[2.0, 2.0]], [[3.0, 3.0]]]]


@pytest.mark.parametrize(("changed", "exact"), [({"H": 4, "W": 2}, True), ({"H": 3, "W": 5}, False)])
def test_a_mean_over_a_power_of_two_rounds_nothing(changed, exact):
    assert GAP.facts(GAP.sizes(N=1, C=1, **changed)).exact == exact


KEEPS = """
import numpy as np
class GlobalAvgPool:
    def forward(self, x):
        self.shape = x.shape
        return x.mean((2, 3), keepdims=True)
    def backward(self, dout):
        return np.ones(self.shape, dout.dtype) * dout / (self.shape[2] * self.shape[3])
"""


def result_of(folder, text, **sizes):
    source = write(folder, text)
    check = Check("gap", "global_avg_pool", sizes_of("global_avg_pool", **sizes), Manner(), None, None)
    return run_source(check, source, found(source)[0])


@pytest.mark.parametrize("sizes", [{}, {"N": 4, "C": 4, "H": 4, "W": 4}, {"N": 1, "C": 1, "H": 1, "W": 1}], ids=str)
def test_code_that_keeps_the_axes_of_the_image_is_handed_what_it_gives(tmp_path, sizes):
    result = result_of(tmp_path, KEEPS, **sizes)
    assert result.status == "pass"
    assert {tensor.verdict for tensor in result.tensors} <= {"exact", "within_bound"}


def test_it_is_no_reason_to_let_a_mistake_pass(tmp_path):
    assert result_of(tmp_path, KEEPS.replace("self.shape[2] * self.shape[3]", "self.shape[2]")).status == "fail"
    assert result_of(tmp_path, KEEPS.replace(".mean((2, 3)", ".sum((2, 3)")).status == "fail"


@pytest.mark.parametrize("sizes", [{}, {"N": 4, "C": 4, "H": 4, "W": 4}], ids=str)
def test_images_with_their_channels_last_need_an_adapter(tmp_path, sizes):
    text = KEEPS.replace("(2, 3)", "(1, 2)").replace(", keepdims=True", "")
    with pytest.raises(CannotOpen, match=r"takes images as \(N, H, W, C\)"):
        result_of(tmp_path, text, **sizes)
