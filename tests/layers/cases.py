"""Random layers and data for the tests beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

import convcheck
from convcheck.layers.catalogue import LAYERS, suite_text
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Layer, Variant
from convcheck.spec.check import Check
from convcheck.spec.sizes import Sizes

few = st.integers(1, 3)
EXACT = ("conv", "max_pool", "relu")
CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted(CONFIGS.glob("*.yaml"))


@st.composite
def conv_sizes(draw: Any) -> Sizes:
    pad = draw(st.integers(0, 3))
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    H1, W1 = draw(st.integers(1, min(4, H + 2 * pad))), draw(st.integers(1, min(4, W + 2 * pad)))
    letters = {"N": draw(few), "C": draw(few), "F": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    return LAYERS["conv"].sizes(**letters, stride=draw(st.integers(1, 5)), pad=pad)


@st.composite
def max_pool_sizes(draw: Any) -> Sizes:
    H, W = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    H1, W1 = draw(st.integers(1, min(4, H))), draw(st.integers(1, min(4, W)))
    letters = {"N": draw(few), "C": draw(few), "H": H, "W": W, "H1": H1, "W1": W1}
    return LAYERS["max_pool"].sizes(**letters, stride=draw(st.integers(1, 5)))


def relu_sizes() -> st.SearchStrategy[Sizes]:
    relu = LAYERS["relu"].sizes
    by_letters = st.builds(relu, N=few, C=few, H=few, W=few)
    by_shape = st.builds(relu, shape=st.lists(few, min_size=1, max_size=5).map(tuple))
    return by_letters | by_shape


def modes() -> dict[str, Any]:
    return {"mode": st.sampled_from(["train", "test"]), "eps": st.sampled_from([1e-5, 1e-3, 1e-8, 1.0])}


def batchnorm_sizes() -> st.SearchStrategy[Sizes]:
    return st.builds(LAYERS["batchnorm"].sizes, N=st.integers(1, 9), D=st.integers(1, 4), **modes())


def spatial_batchnorm_sizes() -> st.SearchStrategy[Sizes]:
    return st.builds(LAYERS["spatial_batchnorm"].sizes, N=few, C=few, H=few, W=st.integers(1, 4), **modes())


SIZES = {
    "conv": conv_sizes(),
    "max_pool": max_pool_sizes(),
    "relu": relu_sizes(),
    "batchnorm": batchnorm_sizes(),
    "spatial_batchnorm": spatial_batchnorm_sizes(),
}

# One of each for tests that need no more. All sizes of a layer differ, so that no two axes can be confused.
ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "conv": {"N": 2, "C": 3, "H": 5, "W": 7, "F": 4, "H1": 3, "W1": 2, "stride": 2, "pad": 1},
    "max_pool": {"N": 2, "C": 3, "H": 5, "W": 7, "H1": 3, "W1": 2, "stride": 2},
    "relu": {"N": 2, "C": 3, "H": 4, "W": 5},
    "batchnorm": {"N": 6, "D": 3},
    "spatial_batchnorm": {"N": 2, "C": 3, "H": 4, "W": 5},
}

VARIANTS = [(layer.name, variant) for layer in LAYERS.values() for variant in layer.variants]
SOUND_VARIANTS = [(name, v) for name, v in VARIANTS if not LAYERS[name].variants[v].known_bad]


def one(name: str, **settings: Any) -> tuple[Layer, Sizes]:
    layer = LAYERS[name]
    return layer, layer.sizes(**ONE_OF_EACH[name] | settings)


def suite_of(name: str, folder: Path) -> list[Check]:
    """The checks of a layer's suite."""
    path = folder / f"{name}.yaml"
    path.write_text(suite_text(name), encoding="utf-8")
    return convcheck.load(path)


def sizes_of_suite(name: str, folder: Path) -> list[Any]:
    return [check.sizes for check in suite_of(name, folder)]


def shipped() -> list[Check]:
    """The checks of the specs that ship."""
    return [check for path in SHIPPED for check in convcheck.load(path)]


def dyadic(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Multiples of 1/4 up to 2: few enough bits that every sum here is exact, in float32 too, and ties are common."""
    return (rng.integers(-8, 9, shape) / 4).astype(dtype)


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    return rng.standard_normal(shape).astype(dtype)


def data_for(layer: Layer, sizes: Sizes, seed: int, draw: Any = normal, dtype: Any = "float64") -> Any:
    """inputs, dout, params."""
    rng = np.random.default_rng(seed)
    facts = layer.facts(sizes)
    inputs = [draw(rng, i.shape, dtype) for i in facts.inputs]
    dout = draw(rng, facts.output, dtype)
    return inputs, dout, layer.params(sizes, Draws(str(seed)), np.dtype(dtype))


def forward(variant: Variant, inputs: list[Array], params: Any) -> Any:
    """out, cache; with params of its own, as the checker calls it."""
    return variant.forward(*inputs, *(() if params is None else (dict(params),)))


def passes(layer: Layer, variant: Variant, inputs: list[Array], dout: Array, params: Any) -> Arrays:
    """{"forward": out, "dx": …}."""
    out, cache = forward(variant, inputs, params)
    gradients = variant.backward(dout, cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    return {"forward": out} | {"d" + n: g for n, g in zip(layer.input_names, gradients, strict=True)}
