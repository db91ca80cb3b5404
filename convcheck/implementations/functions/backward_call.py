"""How a backward function is called: dout and the cache, or dout and what else it names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from convcheck.implementations.arguments import ADVICE, EMPTY
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.functions.forward_call import signature_of
from convcheck.implementations.functions.settings import Setting, setting_of, setting_value
from convcheck.implementations.side_by_side import parted
from convcheck.implementations.vocabulary import CACHES
from convcheck.layers.layer import Array, Layer
from convcheck.layers.words import normal, words
from convcheck.spec.showing import count

# What the upstream gradient is called.
DOUT = words(
    "dout dz da dy dl dh do doutput douts doutputs grad gradout gradoutput gradoutputs gradsoutput gradient dnext delta"
    " error upstream upstreamgrad outputgrad outgrad dldout dldy dldz dlda dlout derivativesout dvalues g gy dloss"
    " gradloss lossgrad dcost"
)
# Beside a layer whose input is not called a, that is what comes out of it.
_OUT = words("out output y z a activation activations")


class Nothing(Enum):
    """There is no such thing; unlike None, which a cache may well be."""

    CACHE = "no cache"


@dataclass(frozen=True)
class Given:
    """What is there when backward is called: forward's inputs, its output, and its cache."""

    inputs: Sequence[Array]
    out: Any
    cache: Any
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BackwardCall:
    """`function(dout, cache)` in whatever way it wants that; `douts` are the positions of the upstream gradients,
    one for each output; none for a loss that knows of none.
    """

    function: Callable[..., Any]
    layer: Layer
    parameters: tuple[inspect.Parameter, ...]
    settings: tuple[Setting, ...]
    douts: tuple[int, ...] = (0,)

    @property
    def wants_cache_alone(self) -> bool:
        """Whether the cache is all that it is given besides dout, if forward has one."""
        return len(self.needed) == 1 and len(self.parameters) == 1 + len(self.douts)

    @property
    def needed(self) -> list[inspect.Parameter]:
        """What must be given besides dout."""
        rest = [p for i, p in enumerate(self.parameters) if i not in self.douts]
        return [p for p in rest if p.default is EMPTY]

    def arguments(self, dout: Array, given: Given) -> tuple[list[Any], dict[str, Any]]:
        """What it is called with. Raises Refusal for a parameter that nothing is known of."""
        chosen = self._chosen(given)
        douts = dict(zip(self.douts, parted(dout, self.layer), strict=False))
        positional, keywords = [], {}
        for position, parameter in enumerate(self.parameters):
            value = douts[position] if position in douts else chosen.get(parameter.name, EMPTY)
            if value is EMPTY and parameter.default is EMPTY:
                raise Refusal(f"it is not known what {parameter.name!r} of {self.text()} is; {ADVICE}")
            if parameter.default is EMPTY and parameter.kind is not parameter.KEYWORD_ONLY:
                positional.append(value)
            elif value is not EMPTY:
                keywords[parameter.name] = value
        return positional, keywords

    def text(self) -> str:
        """backward(dout, cache), in its own names."""
        return f"{self.function.__name__}({', '.join(p.name for p in self.parameters)})"

    def _chosen(self, given: Given) -> dict[str, Any]:
        needed = [p.name for p in self.needed]
        rest = [p for i, p in enumerate(self.parameters) if i not in self.douts]
        if len(needed) == 1 and given.cache is not Nothing.CACHE:
            # Whatever it is called, forward's second result is meant for it.
            others = {p.name: self._by_name(p, given) for p in rest if p.name != needed[0]}
            return others | {needed[0]: given.cache}
        chosen = {p.name: self._by_name(p, given) for p in rest}
        if len(needed) == 1 and chosen[needed[0]] is EMPTY:
            chosen[needed[0]] = self._made_up(given)
        elif unknown := [name for name in needed if chosen[name] is EMPTY]:
            in_order = self._in_order(needed, given)
            # One that no name tells is what forward has left for it.
            left = len(unknown) == 1 and given.cache is not Nothing.CACHE and not isinstance(given.cache, (tuple, list))
            chosen |= {unknown[0]: given.cache} if left else in_order
        return chosen

    def _by_name(self, parameter: inspect.Parameter, given: Given) -> Any:
        name = normal(parameter.name)
        if name in CACHES or "cache" in name:
            return self._made_up(given) if given.cache is Nothing.CACHE else given.cache
        for position, array in enumerate(self.layer.input_names):
            if name in self.layer.words.inputs[array] and parameter.default in (EMPTY, None):
                return given.inputs[position]
        if name in {"xshape", "inputshape", "inshape", "shape"}:
            return given.inputs[0].shape
        setting = next(s for s in self.settings if s.parameter is parameter)
        if setting.key or setting.fixed is not EMPTY:
            return setting_value(setting, self.layer, given.values, self.function.__name__)
        return given.out if name in _OUT else EMPTY

    def _made_up(self, given: Given) -> Any:
        """In place of a cache that forward does not return: what it was called with."""
        if len(self.layer.input_names) == 1 and "params" not in given.values:
            return given.inputs[0]
        leading = [given.values[key] for key in self.layer.leading]
        told = self.layer.words.in_order[:1] if self.layer.is_loss else ("params",)
        return (*leading, *given.inputs, *(given.values[key] for key in told if key in given.values))

    def _in_order(self, needed: Sequence[str], given: Given) -> dict[str, Any]:
        """Where names say nothing: the parts of the cache if there are as many, else what forward was called with."""
        if isinstance(given.cache, (tuple, list)) and len(given.cache) == len(needed):
            return dict(zip(needed, given.cache, strict=True))
        called_with = self._made_up(given)
        if isinstance(called_with, tuple) and len(called_with) == len(needed):
            return dict(zip(needed, called_with, strict=True))
        return {}


def backward_call(function: Callable[..., Any], layer: Layer) -> BackwardCall:
    """How to call it as a backward of `layer`: dout is its first parameter, unless another one is plainly called so.

    Raises CannotOpen where it lacks the upstream gradient of an output.
    """
    every = signature_of(function)
    if every is None or any(p.kind is p.VAR_POSITIONAL for p in every):
        kind = inspect.Parameter.POSITIONAL_ONLY
        every = [inspect.Parameter(name, kind) for name in ("dout", "cache")]
    parameters = tuple(p for p in every if p.kind is not p.VAR_KEYWORD)
    names = [p.name for p in parameters]
    called = [i for i, name in enumerate(names) if normal(name) in DOUT]
    before = next((i for i, name in enumerate(names) if normal(name) in CACHES), len(names))
    if before < len(layer.outputs):
        raise CannotOpen(
            f"{function.__name__}({', '.join(names)}) takes {count(before, 'upstream gradient')}, and {layer.name} has "
            f"{', '.join(layer.outputs)}, with one for each: {ADVICE}"
        )
    settings = tuple(setting_of(function, p, layer, names) for p in parameters)
    wanted = max(1, len(layer.outputs))
    usual = () if layer.is_loss and not _has_room_for_dout(parameters, settings, layer) else tuple(range(wanted))
    return BackwardCall(function, layer, parameters, settings, tuple(called) if len(called) == wanted else usual)


def _has_room_for_dout(parameters: Sequence[inspect.Parameter], settings: Sequence[Setting], layer: Layer) -> bool:
    """Whether the first parameter of a loss's backward may be dout: a name that says nothing, before a cache."""
    inputs = frozenset().union(*layer.words.inputs.values())
    needed = [p for p in parameters if p.default is EMPTY]
    unknown = [s for s in settings[:1] if not s.key and normal(s.parameter.name) not in inputs | CACHES]
    return bool(unknown) and len(needed) == 2 and normal(needed[1].name) in CACHES
