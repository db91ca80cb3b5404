"""`Subject`: a layer at a size, or any pair of functions, with all that is known of it and the data to check it on."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.left_out import bound
from convcheck.checking.result import Finding, Sample
from convcheck.implementations.pair import Binding, Pair, built_in_pair
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.received import received
from convcheck.layers.catalogue import mistakes_of
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Misdrawn, OfOnes, Params
from convcheck.layers.mistakes import MadeMistake
from convcheck.numeric.data import Data, draw
from convcheck.numeric.noise import Noise
from convcheck.spec.check import Check
from convcheck.spec.sizes import Shape

# Backward as the checks call it: backward(dout, cache) returns the gradients as a list, one for each input.
Backward = Callable[[Array, Any], list[Any]]

# Stands for what is not known where there is no layer.
NOTHING: Any = MappingProxyType({})


class Subject(NamedTuple):
    """What is checked.

    `reference` is the right output in float64 and `scale` the magnitude of the terms behind each tensor, both None
    where no layer is known; the `noise` of forward is measured there. `terms` counts the terms of the sums behind
    each tensor ("forward", "dx", …), `letters` are the sizes of the spec, `params` is what forward is handed beside
    its inputs, and `state` what the arrays among them should be after it. `tiles`: every entry is read by some
    window. `hints` are what the layer says of mistakes. `mistake(name, gradient)` is the known mistake that a
    gradient makes, `findings` what is to be said of how it was made, `elsewhere` the same layer on other data,
    `observed` what the code drew by chance.
    """

    pair: Pair
    claims: tuple[Input, ...]
    data: Data
    dtype: np.dtype[Any]
    rng: Draws
    reference: Array | None = None
    scale: Mapping[str, Array] | None = None
    terms: Mapping[str, int] = NOTHING
    letters: Mapping[str, float] = NOTHING
    params: Params = NOTHING
    state: Arrays = NOTHING
    tiles: bool = True
    noise: Noise | None = None
    hints: Mapping[str, str] = NOTHING
    mistake: Callable[[str, Array], MadeMistake | None] = lambda name, gradient: None
    findings: tuple[Finding, ...] = ()
    elsewhere: "Callable[[Data], Subject] | None" = None
    observed: tuple[Sample, ...] = ()

    @property
    def epsilon(self) -> float:
        """The distance from 1 to the next number of the dtype."""
        return float(np.finfo(self.dtype).eps)


def stream(seed: int, identity: str) -> Draws:
    """The random numbers of one check. They depend on its seed and id alone, not on the folder that its file is in."""
    return Draws(f"{seed} {identity.rsplit('/', 1)[-1]}")


def layer_subject(check: Check, layer: Layer, binding: Binding) -> Subject:
    """The layer at the sizes that `check` gives, on random data of the kind it asks for; `binding` makes the pair.

    Raises what `binding` raises.
    """
    rng = stream(check.manner.seed, check.id)
    dtype = np.dtype(check.manner.dtype)
    facts = layer.facts(check.sizes)
    params = layer.params(check.sizes, rng, dtype)
    data = draw(facts, check.manner.data, dtype, rng)
    pair, params, findings = bound(check, layer, binding, params, data.inputs)
    observed: Params = {}
    if layer.observed:
        of_ones = _on_ones(pair, dtype)
        out = of_ones(facts.inputs[0].shape)
        observed = {} if out is None else layer.observed(out)
        drawn = [*_drawn_by_backward(pair, facts.inputs[0].shape, dtype)]
        drawn += layer.misdrawn(of_ones, check.sizes, params or {})
        findings = (*findings, *(Finding(one.code, one.severity, one.sentence, one.tensor, one.hint) for one in drawn))
        # What an object draws when it runs again is looked at there, and is another mask.
        pair = pair._replace(again=None)
    # Code under test is not told what it drew.
    params = {**(params or {}), **observed} if observed else params
    right = built_in_pair(layer.reference, layer.variants[layer.reference], params)
    seen = tuple(Sample(key, values.shape, tuple(values.astype(float).ravel())) for key, values in observed.items())
    return _AtASize(check, layer, facts, pair, right, params, dtype, rng, findings, seen).on(data)


def _on_ones(pair: Pair, dtype: np.dtype[Any]) -> OfOnes:
    """What forward makes of ones of any shape, once, or the second time that an object runs."""

    def of_ones(shape: Shape, second: bool = False) -> Array | None:
        if second and pair.again is None:
            return None
        try:
            out, cache = pair.forward(np.ones(shape, dtype))
            if second and pair.again is not None:
                out, _ = pair.again(cache, np.ones(shape, dtype))
                if pair.drew is not None and pair.drew():
                    return None
            got = received(out).real
        except LEAVING:  # what is wrong with it the check is to find
            return None
        return got if got is not None and got.shape == shape else None

    return of_ones


def _drawn_by_backward(pair: Pair, shape: Shape, dtype: np.dtype[Any]) -> Iterator[Misdrawn]:
    """What is wrong where backward draws numbers as well as forward."""
    try:
        _, cache = pair.forward(np.ones(shape, dtype))
        pair.backward(np.ones(shape, dtype), cache)
    except LEAVING:  # what is wrong with it the check is to find
        return
    if pair.drew is not None and pair.drew():
        said = "backward draws random numbers of its own: what it drops is not what forward has dropped"
        yield Misdrawn("drawn-by-backward", "error", said, "keep in the cache what forward drew, and use that", "dx")


class _AtASize(NamedTuple):
    """A layer at a size, to be looked at on any data. The `right` pair is the layer's reference."""

    check: Check
    layer: Layer
    facts: Facts
    pair: Pair
    right: Pair
    params: Params | None
    dtype: np.dtype[Any]
    rng: Draws
    findings: tuple[Finding, ...]
    observed: tuple[Sample, ...] = ()

    def on(self, data: Data) -> Subject:
        layer, sizes, params = self.layer, self.check.sizes, self.params
        wide = [a.astype(np.float64, copy=False) for a in data.inputs]
        reference, _ = self.right.forward(*wide)
        state = self.right.state() if self.right.state else {}
        return Subject(
            pair=self.pair,
            claims=self.facts.inputs,
            data=data,
            dtype=self.dtype,
            rng=self.rng,
            reference=reference,
            scale=layer.rounding(layer, self.facts, wide, data.dout.astype(np.float64, copy=False), params),
            terms={name: total.terms for name, total in self.facts.sums.items()},
            letters={name: value for name, value in sizes.given().items() if isinstance(value, int)},
            params=params or {},
            state={name: value for name, value in state.items() if isinstance(value, np.ndarray)},
            tiles=not any(sizes.unread()),
            mistake=lambda name, gradient: mistakes_of(layer.name).tolerated(
                name, gradient, data.inputs, data.dout, params
            ),
            findings=self.findings,
            elsewhere=self.on,
            observed=self.observed,
            hints=layer.words.hints,
        )
