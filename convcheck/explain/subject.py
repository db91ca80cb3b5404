"""`Explained`: a layer at the sizes of a spec, on the very data that `run` draws, with its reference and other code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of
from convcheck.checking.contract.contract import Contract, ForwardPass
from convcheck.checking.gradients.precision import in_float64, probing_of, widest_precision
from convcheck.checking.subject import Subject, layer_subject
from convcheck.implementations.pair import Binding, built_in_pair
from convcheck.layers.layer import Array, Facts, Layer
from convcheck.numeric.function import Function
from convcheck.numeric.slope import Scheme, Slope
from convcheck.spec.check import Check


class Explained:
    """`binding` makes the code whose values stand beside those of the layer's reference; None where there is none.

    Raises what it raises.
    """

    def __init__(self, check: Check, layer: Layer, binding: Binding | None) -> None:
        self.check, self.layer, self._binding = check, layer, binding
        self.facts: Facts = layer.facts(check.sizes)
        built_in = partial(built_in_pair, layer.reference, layer.variants[layer.reference])
        subject = layer_subject(check, layer, built_in if binding is None else binding)
        # With the settings that the code has, and with what it drew; nothing of it is rounded to the code's dtype.
        self.right = Code(in_float64(subject._replace(pair=built_in(subject.params or None))))
        self.own = None if binding is None else Code(subject)

    @cached_property
    def again(self) -> Explained:
        """The same sizes with other numbers: what is read off the first is held against these."""
        manner = replace(self.check.manner, seed=self.check.manner.seed + 1)
        return Explained(self.check._replace(manner=manner), self.layer, self._binding)

    def scale(self, dout: Array) -> Mapping[str, Array]:
        """The magnitude of the terms behind each tensor, in units of which code rounds."""
        data, params = self.right.data, self.right.subject.params
        return self.layer.rounding(self.layer, self.facts, data.inputs, dout, params or None)

    def position(self, name: str) -> int:
        """The number of an input."""
        return self.layer.input_names.index(name)


class Code:
    """One implementation on the data of a check: what forward and backward give, and how forward moves."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.data = subject.data
        self._function = Function(subject.pair.forward)
        self._schemes: dict[int, Scheme] = {}

    @cached_property
    def _contract(self) -> Contract:
        return Contract(self.subject, self._function)

    @cached_property
    def _passed(self) -> ForwardPass:
        return self._contract.check_forward()

    @property
    def out(self) -> Array | None:
        """The output; None where it cannot be compared. Raises `Raised` or NotWritten, as all below."""
        out = self._passed.out
        return None if out is None else out.astype(np.float64)

    @cached_property
    def _returned(self) -> Mapping[str, Array | None]:
        return self._contract.check_backward(self._passed)

    @cached_property
    def gradients(self) -> dict[str, Array | None]:
        """What backward gives for dout, by names such as "dx"; None for what cannot be compared."""
        return {name: None if g is None else g.astype(np.float64) for name, g in self._returned.items()}

    def tensor(self, name: str) -> Array | None:
        """The output, "forward", or a gradient."""
        return self.out if name == "forward" else self.gradients[name]

    def epsilon(self, tensor: str) -> float:
        """What a tensor can be held to: that of its dtype, and of the output's, where these are coarser than asked."""
        returned = None if tensor == "forward" else self._returned[tensor]
        own = 0.0 if returned is None else epsilon_of(returned, self.subject.dtype)
        return max(self._passed.epsilon, own)

    def gradients_of(self, dout: Array) -> list[Array]:
        """What backward gives for another dout, after a forward of its own."""
        _ = self.gradients
        _, cache = self._function.call([a.copy() for a in self.data.inputs])
        found = self._contract.backward(dout.astype(self.subject.dtype), cache)
        return [np.asarray(gradient, np.float64) for gradient in found]

    def value(self, tensor: str, index: tuple[int, ...]) -> float:
        """An entry of the output, "forward", or of a gradient; NaN for what cannot be compared."""
        values = self.tensor(tensor)
        return float("nan") if values is None else float(values[index])

    def rows_at(self, index: tuple[int, ...]) -> list[Array]:
        """The slopes of one output in every entry of all inputs: what backward gives for a dout of 1 there alone."""
        return self.gradients_of(one_at(self.data.dout.shape, index))

    def slopes(self, position: int, index: tuple[int, ...]) -> Slope:
        """∂out/∂ one entry, for every output, by the differences that a check uses."""
        return self.scheme(position)(one_at(self.data.inputs[position].shape, index))

    def scheme(self, position: int) -> Scheme:
        """How an input is differentiated, found out once."""
        if position not in self._schemes:
            out = self.out
            assert out is not None
            precision = widest_precision(self.subject, self._function, out)
            probing = probing_of(self.subject, self._function, precision, position)
            self._schemes[position] = next(iter(probing.schemes(self.subject.claims[position].kind)))
        return self._schemes[position]


def one_at(shape: tuple[int, ...], index: tuple[int, ...]) -> Array:
    """1 at an index, and 0 elsewhere."""
    vector = np.zeros(shape)
    vector[index] = 1.0
    return vector


def text_of(value: Any) -> str:
    """A number as grids show it: to three digits, of which three are behind the point at most."""
    number = float(value)
    return f"{round(number, 3) + 0.0:.3g}" if abs(number) < 1000 else f"{number:.3g}"
