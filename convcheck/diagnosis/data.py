"""The data that a check was made on, made again: it depends on the seed, the id and the sizes alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from convcheck.checking.result import Result
from convcheck.checking.subject import stream
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Params
from convcheck.numeric.data import Data, draw


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
        drawn = self._drawn[0].inputs
        if not self._further:
            return drawn
        return [np.reshape(values, a.shape).astype(a.dtype) for values, a in zip(self._further, drawn, strict=True)]

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
    def _drawn(self) -> tuple[Data, Params | None]:
        result = self._result
        layer, dtype = LAYERS[result.layer], np.dtype(result.dtype)
        given: Any = {name: tuple(v) if isinstance(v, list) else v for name, v in result.spec.items()}
        sizes, rng = layer.sizes(**given), stream(result.seed, result.id)
        params = layer.params(sizes, rng, dtype)
        return draw(layer.facts(sizes), result.data, dtype, rng), params
