"""Random layers and data for the tests beside this file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

import convcheck
from convcheck.layers.catalogue import LAYERS, NAMES, TOGETHER, folder_of, suite_text
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Layer, Variant
from convcheck.spec.check import Check
from convcheck.spec.sizes import Sizes
from tests.layers.case import Case

CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted(CONFIGS.glob("*.yaml"))


def case_of(name: str) -> Case:
    """What the tests ask of this layer: `CASE` of its folder, or `CASES` of one that it shares."""
    module = import_module(f"tests.layers.{folder_of(name)}.case")
    return module.CASES[name] if folder_of(name) in TOGETHER else module.CASE


CASES: dict[str, Case] = {name: case_of(name) for name in NAMES}
SIZES = {name: case.sizes for name, case in CASES.items()}
ONE_OF_EACH = {name: case.one for name, case in CASES.items()}
EXACT = [name for name, case in CASES.items() if case.exact]

VARIANTS = [(layer.name, variant) for layer in LAYERS.values() for variant in layer.variants]
SOUND_VARIANTS = [(name, v) for name, v in VARIANTS if not LAYERS[name].variants[v].known_bad]


def one(name: str, **settings: Any) -> tuple[Layer, Sizes]:
    layer = LAYERS[name]
    return layer, layer.sizes(**{**ONE_OF_EACH[name], **settings})


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


def with_observed(layer: Layer, inputs: list[Array], params: Any) -> Any:
    """The parameters, and what the reference draws by chance at these shapes."""
    if layer.observed is None:
        return params
    out, _ = forward(layer.variants[layer.reference], [np.ones(inputs[0].shape)], params)
    return {**params, **layer.observed(out)}


def forward(variant: Variant, inputs: list[Array], params: Any) -> Any:
    """out, cache; with params of its own, as the checker calls it."""
    return variant.forward(*inputs, *(() if params is None else (dict(params),)))


def passes(layer: Layer, variant: Variant, inputs: list[Array], dout: Array, params: Any) -> Arrays:
    """{"forward": out, "dx": …}."""
    out, cache = forward(variant, inputs, params)
    gradients = variant.backward(dout, cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    return {"forward": out} | {"d" + n: g for n, g in zip(layer.input_names, gradients, strict=True)}
