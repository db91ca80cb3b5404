"""The small contract that every layer's `layer.py` fulfils: one `LAYER` of type `Layer`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.locality import Tie
from convcheck.layers.points import NO_POINTS, Points
from convcheck.layers.words import Form, Words
from convcheck.spec.sizes import Shape, Sizes

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
Params = dict[str, Any]

Kind = Literal["linear", "kinked", "smooth"]
OfOnes = Callable[..., Array | None]


class Input(NamedTuple):
    """What is claimed of one input of forward: how the output depends on it, and which outputs each entry reaches.

    `kind`: "linear", "kinked" (piecewise linear: kinks lie where entries tie or are zero) or "smooth". The claims are
    those of the mathematics; the checker tests them on the code under test before it relies on them. `axes` are the
    letters of its indices, for sentences: ("n", "c", "h", "w"). `points`: where else an input is looked at, so that
    every entry is seen on both sides of its kinks. `drawn(rng)`: values for a kinked input whose kinks lie elsewhere
    than at zero and where entries tie, and how far every one of them is from a kink at least. `away`: how far from zero
    the entries of a smooth one are drawn. `extreme`: a factor by which they may be larger where the output is still a
    number.
    """

    name: str
    shape: Shape
    kind: Kind
    ties: tuple[Tie, ...]
    axes: tuple[str, ...] = ()
    points: Points = NO_POINTS
    drawn: Callable[[Draws], tuple[Array, float]] | None = None
    extreme: float = 0.0
    away: float = 0.0


class Sum(NamedTuple):
    """A sum that the layer forms: `terms` products of the named `factors` each, e.g. Sum(("x", "w"), C·H1·W1 + 1).

    Where sums are exact, no entry of a factor is in two of its terms.
    """

    factors: tuple[str, ...]
    terms: int


class Facts(NamedTuple):
    """A sized layer: inputs in the order of forward's arguments, the output's shape, the sums it forms.

    `sums` has a key for "forward" and for each gradient ("dx", "dw", …). With them dyadic data is drawn with few
    enough bits that every sum is exact, and elsewhere rounding is bounded. `exact` says that sums and products are all
    that the layer does (no division, no root), so that exact data gives exact results. Where it is not so, name in
    `sums` the factors of the largest products there are, and give the layer a `rounding` of its own. `is_last`: nothing
    comes after the output, and dout is 1. `parts`: where it is several layers, one after the other, those of each.
    """

    inputs: tuple[Input, ...]
    output: Shape
    sums: Mapping[str, Sum]
    exact: bool = True
    is_last: bool = False
    parts: "tuple[Facts, ...]" = ()


class Variant(NamedTuple):
    """A built-in implementation, in the calling convention of CS231n.

    `forward(*inputs, params) -> (out, cache)`; layers without parameters take `forward(*inputs)`.
    `backward(dout, cache)` returns the gradients in the order of the inputs; a bare array where there is one.
    """

    forward: Callable[..., tuple[Array, Any]]
    backward: Callable[[Array, Any], Any]
    summary: str
    known_bad: bool = False


def no_params(sizes: Any, rng: Draws, dtype: np.dtype[Any]) -> None:
    """For layers whose forward takes arrays alone."""


def copied_params(params: Params) -> Params:
    """The parameters with arrays of their own, which a forward may write into."""
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in params.items()}


def no_defaults(sizes: Any, dtype: np.dtype[Any]) -> Params:
    """For layers whose convention asks for every parameter."""
    return {}


class Misdrawn(NamedTuple):
    """What is wrong with how code draws random numbers, as a finding on a `tensor`: its `code`, a sentence, a hint."""

    code: str
    severity: Literal["error", "warning"]
    sentence: str
    hint: str
    tensor: str = "forward"


def nothing_misdrawn(of_ones: "OfOnes", sizes: Any, params: Params) -> Iterable[Misdrawn]:
    """For layers that draw nothing."""
    return ()


class AbsoluteSums(Mapping[str, Array]):
    """{"forward": Σ|terms| (output's shape), "dx": …}, each pass made when one of its sums is asked for.

    Most checks of layers that round nothing have no use for those of the backward pass.
    """

    def __init__(self, layer: "Layer", facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> None:
        self._reference = layer.variants[layer.reference]
        self._kinked = [claim.kind == "kinked" for claim in facts.inputs]
        self._inputs, self._dout = inputs, dout
        self._params = () if params is None else (params,)
        self._gradient_names = tuple("d" + name for name in layer.input_names)
        self._known: Arrays = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._known:
            self._known |= self._forward() if name == "forward" else self._backward()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        yield from ("forward", *self._gradient_names)

    def __len__(self) -> int:
        return 1 + len(self._gradient_names)

    def _passed(self) -> tuple[Array, Any]:
        # A kinked input keeps its signs, since they decide which terms there are.
        arguments = [a if kinked else np.abs(a) for a, kinked in zip(self._inputs, self._kinked, strict=True)]
        return self._reference.forward(*arguments, *self._params)

    def _forward(self) -> Arrays:
        return {"forward": np.abs(self._passed()[0])}

    def _backward(self) -> Arrays:
        # The cache of the first pass is as large as the inputs, and is not kept.
        gradients = self._reference.backward(np.abs(self._dout), self._passed()[1])
        given = gradients if isinstance(gradients, tuple) else (gradients,)
        return {name: np.abs(gradient) for name, gradient in zip(self._gradient_names, given, strict=True)}


def absolute_sums(
    layer: "Layer", facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Mapping[str, Array]:
    """Rounding scale of a layer made of sums of products: the same sums over absolute values.

    Right for every layer whose `Facts` are exact.
    """
    return AbsoluteSums(layer, facts, inputs, dout, params)


class InForm(NamedTuple):
    """The form in which code takes the arrays of a layer, and the layer in its own."""

    form: Form
    layer: "Layer"


class Layer(NamedTuple):
    """Everything that is known of one layer.

    `shapes` are those of the inputs in letters: {"x": "(N, C, H, W)", "b": "(F,)"}. `words` is what other people call
    the layer and its parts. `parameters` are the keys of what `params` makes, which an adapter may ask for, too; a key
    that a spec sets has the name of its field.
    `params(sizes, rng, dtype)` makes forward's last argument, or None where it takes none.
    `defaults(sizes, dtype)` is what the convention says of parameters that are not given.
    `rounding(layer, facts, inputs, dout, params)` gives, as float64 arrays, the magnitude S for the output
    ("forward") and each gradient, such that a sound implementation's rounding error is a small multiple of eps·S.
    `observed(out)`: for a layer that draws random numbers, what the code under test drew, by the output of ones: keys
    for forward's last argument beside those of `params`, for the reference alone. None for all others.
    `misdrawn(of_ones, sizes, params)`: what is wrong with how it draws. `of_ones(shape)` is what forward makes of ones
    of any shape, `of_ones(shape, True)` what an object makes of them the second time that it runs, where it draws no
    numbers for it; None where that is not known.
    `outputs`: where forward has several, of one shape, what they are called; here they lie side by side along their
    last axis, and so does dout. `leading`: parameters that forward takes before its inputs: indices of an embedding.
    `in_form`: of the layer as code takes it whose arrays are in another form, with other inputs where some are packed.
    `is_loss`: the output is one number, of shape (), and code may give its gradient with it: loss(x, y) -> (loss, dx).
    """

    name: str
    summary: str
    sizes: type[Sizes]
    input_names: tuple[str, ...]
    shapes: Mapping[str, str]
    facts: Callable[[Any], Facts]
    variants: Mapping[str, Variant]
    words: Words
    parameters: tuple[str, ...] = ()
    reference: str = "vectorized"
    default: str = "naive"
    params: Callable[[Any, Draws, np.dtype[Any]], Params | None] = no_params
    defaults: Callable[[Any, np.dtype[Any]], Params] = no_defaults
    rounding: Callable[["Layer", Facts, list[Array], Array, Params | None], Mapping[str, Array]] = absolute_sums
    equations: Mapping[str, str] = MappingProxyType({})
    is_loss: bool = False
    observed: Callable[[Array], Params] | None = None
    misdrawn: Callable[[OfOnes, Any, Params], Iterable[Misdrawn]] = nothing_misdrawn
    outputs: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    in_form: "InForm | None" = None

    @property
    def held(self) -> tuple[str, ...]:
        """The inputs that a class keeps, where it is handed the first one in every forward."""
        return self.input_names if self.leading else self.input_names[1:]

    @property
    def states(self) -> tuple[str, ...]:
        """The inputs beside the first one that belong to the examples: what steps begin with, and no weights."""
        return tuple(name for name in self.input_names[1:] if self.shapes[name].startswith("(N,"))
