"""The data that a check was made on, made again: it depends on the seed, the id and the sizes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from convcheck.checking.result import Result
from convcheck.checking.subject import stream
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.without import absent, without
from convcheck.numeric.data import Data, draw
from convcheck.spec.sizes import Sizes


class CheckData:
    """The inputs, dout and parameters of the check that gave `result`, drawn when they are asked for; at a further
    point with the `inputs` there, entry by entry.
    """

    def __init__(self, result: Result, inputs: Sequence[Sequence[float]] = ()) -> None:
        self._result = result
        self._further = inputs

    @property
    def inputs(self) -> list[Array]:
        """In float64, as they were drawn in the check's dtype."""
        inputs = list(self._drawn[0].inputs)
        if self._further:
            inputs = [
                np.reshape(values, a.shape).astype(a.dtype) for values, a in zip(self._further, inputs, strict=True)
            ]
        for position, name in enumerate(self._layer.input_names):
            if name in self._lacking:
                # Code that has no such input is checked at the value at which that vanishes.
                inputs.insert(position, absent(self._layer, name, self._sizes).astype(inputs[0].dtype))
        return inputs

    @property
    def dout(self) -> Array:
        """What backward was given."""
        return self._drawn[0].dout

    @property
    def exact(self) -> bool:
        """Whether the layer rounds nothing on it."""
        return self._drawn[0].exact

    @property
    def params(self) -> Params | None:
        """What forward was handed beside its inputs."""
        observed = {one.tensor: np.reshape(one.values, one.shape) for one in self._result.observed}
        return {**(self._drawn[1] or {}), **observed} if observed else self._drawn[1]

    @cached_property
    def rounded(self) -> Mapping[str, float]:
        """The largest magnitude behind each tensor, of which some epsilons are rounded, where that may be far above its
        entries: of layers one after the other. Nothing for others.
        """
        layer, facts = self._layer, self._layer.facts(self._sizes)
        if not facts.parts:
            return {}
        wide = [a.astype(np.float64) for a in self.inputs]
        scales = layer.rounding(layer, facts, wide, self.dout.astype(np.float64), self.params)
        return {name: float(scale.max(initial=0)) for name, scale in scales.items()}

    @cached_property
    def _drawn(self) -> tuple[Data, Params | None]:
        result, layer, sizes = self._result, self._layer, self._sizes
        for name in self._lacking:
            layer = without(layer, name, sizes)
        dtype, rng = np.dtype(result.dtype), stream(result.seed, result.id)
        params = layer.params(sizes, rng, dtype)
        return draw(layer.facts(sizes), result.data, dtype, rng), params

    @property
    def _layer(self) -> Layer:
        return LAYERS[self._result.layer]

    @cached_property
    def _sizes(self) -> Sizes:
        given: Any = {name: tuple(v) if isinstance(v, list) else v for name, v in self._result.spec.items()}
        return self._layer.sizes(**given)

    @property
    def _lacking(self) -> list[str]:
        """The inputs that the code under test does not have."""
        said = [finding.message for finding in self._result.findings if finding.code == "no-input"]
        return [name for name in self._layer.words.optional if any(f" no {name}: " in message for message in said)]
