"""Forward is differentiated in float64 where the code carries it, else in its own dtype with the noise it shows."""

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.check import run_variant
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from convcheck.spec.check import Check, Manner


def test_code_that_computes_in_float32_throughout_is_probed_in_float32():
    right = LAYERS["batchnorm"].variants["vectorized"]

    def forward(x, gamma, beta, bn_param):
        return right.forward(*(a.real.astype("float32") for a in (x, gamma, beta)), bn_param)

    sizes = LAYERS["batchnorm"].sizes(N=6, D=3)
    subject = Check("bn", "batchnorm", sizes, Manner(dtype="float32"))
    result = run_variant(subject, LAYERS["batchnorm"], Variant(forward, right.backward, ""))
    assert result.status == "pass"
    assert {t.scheme for t in result.tensors} == {
        "the reference, in float64",
        "Ridders extrapolation",
        "one-sided difference",
    }


@pytest.mark.parametrize("data", ["dyadic", "normal"])
@pytest.mark.parametrize(
    ("layer", "sizes"),
    [
        ("batchnorm", {"N": 30, "D": 5}),
        ("spatial_batchnorm", {"N": 2, "C": 3, "H": 4, "W": 5}),
        ("relu", {"shape": (900,)}),
    ],
)
def test_code_that_knows_float32_only_is_decided_by_the_noise_it_shows(layer, sizes, data):
    right = LAYERS[layer].variants["vectorized"]

    def forward(*arguments):
        narrow = [a.real.astype("float32") if isinstance(a, np.ndarray) else a for a in arguments]
        return right.forward(*narrow)

    for seed in range(3):
        subject = Check(layer, layer, LAYERS[layer].sizes(**sizes), Manner(dtype="float32", data=data, seed=seed))
        assert run_variant(subject, LAYERS[layer], Variant(forward, right.backward, "")).status == "pass"


def test_code_that_refuses_float64_is_probed_in_float32(rng):
    def forward(x):
        if x.dtype != np.float32:
            raise TypeError("float32 only")
        return 2 * x

    result = gradcheck(forward, lambda dout, x: 2 * dout, [rng.standard_normal(5).astype("float32")])
    assert result.status == "pass"
    assert result.tensors[0].scheme == "one-sided difference"
