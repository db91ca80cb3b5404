"""Any function with a backward of its own: two functions, a class, a torch.autograd.Function, a Module, one of JAX."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from convcheck.implementations.classes.instance import both_methods
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, WrongReturn
from convcheck.implementations.functions.static_classes import as_functions, is_contextual
from convcheck.implementations.of_no_layer.differentiable import Differentiable, in_words
from convcheck.implementations.of_no_layer.hips_passes import OfHips, is_hips
from convcheck.implementations.of_no_layer.jax_passes import OfJax, is_jax
from convcheck.implementations.of_no_layer.passes import OfClass, OfFunctions, OfLoss, OpenPasses, require_keywords
from convcheck.implementations.of_no_layer.returned import in_order, side_by_side, taken_apart
from convcheck.implementations.of_no_layer.tensor_passes import OfTensors, applied, made_module, moved
from convcheck.implementations.on_tensors import on_tensors
from convcheck.implementations.pair import Pair
from convcheck.implementations.seeded import SEED, OwnGenerators, same_numbers
from convcheck.implementations.tensors import array, is_torch, loaded_torch, tensor
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.spec.inputs import FunctionSizes
from convcheck.spec.showing import listed


def opened_function(
    module: ModuleType,
    names: Sequence[str],
    told: FunctionSizes,
    arrays: Mapping[str, Array],
    dtype: np.dtype[Any],
    rng: Draws,
) -> Differentiable:
    """What goes by these names in `module`, at the arrays that a spec tells of. Raises CannotOpen."""
    things = [getattr(module, name) for name in names]
    wanted = {each.name: each.is_differentiated for each in told.inputs}
    text = partial(in_words, arrays)
    with same_numbers(OwnGenerators(module), SEED):
        passes, every, differentiated = _passes(things, told, arrays, wanted, dtype, rng, text)
    if told.order == 2:
        from convcheck.implementations.of_no_layer.second_order import backward_of

        passes, every, differentiated = backward_of(passes, every, differentiated, rng, text)
    if not any(differentiated.values()):
        raise CannotOpen("inputs: there is none of which there is a gradient: all are of whole numbers, or left out")
    pair = pair_of(",".join(names), passes, every, differentiated, len(told.outputs or ()) if told.order == 1 else 0)
    if told.surrogate is not None:
        pair = against(pair, _surrogate(module, told, every, differentiated, text))
    if told.scale != 1:
        pair = _scaled(pair, told.scale)
    inputs = {name: array for name, array in every.items() if differentiated[name]}
    return Differentiable(pair, inputs, by_its_library=isinstance(passes, (OfTensors, OfJax)))


def _passes(
    things: Sequence[Any],
    told: FunctionSizes,
    arrays: Mapping[str, Array],
    wanted: Mapping[str, bool],
    dtype: np.dtype[Any],
    rng: Draws,
    text: Callable[[], str],
) -> tuple[OpenPasses, Mapping[str, Array], Mapping[str, bool]]:
    """The passes of what was named, and the arrays with those that a module has made itself."""
    thing, settings = things[0], dict(told.settings)
    if len(things) == 2:
        made: OpenPasses = OfFunctions(things[0], things[1], settings, len(told.outputs or (None,)), text)
        return (_OnTensorsByHand(made) if is_torch(thing) else made), arrays, wanted
    torch = loaded_torch()
    if torch is not None and inspect.isclass(thing) and issubclass(thing, torch.nn.Module):
        module = made_module(thing, settings, tensor(np.empty(0, dtype)).dtype, text)
        begun = {name: array(p).copy() for name, p in module.parameters.items()}
        own = {apart(name, arrays, thing): value for name, value in moved(begun, rng).items()}
        wanted = {**wanted, **dict.fromkeys(own, True)}
        return OfTensors(module, [*wanted.values()], text), {**arrays, **own}, wanted
    if torch is not None and inspect.isclass(thing) and issubclass(thing, torch.autograd.Function):
        return OfTensors(applied(thing, len(arrays), settings), [*wanted.values()], text), arrays, wanted
    if inspect.isclass(thing):
        methods, outputs = both_methods(thing), len(told.outputs or (None,))
        if is_contextual(thing, *methods):
            return OfFunctions(*as_functions(thing, *methods), settings, outputs, text), arrays, wanted
        return OfClass(thing, methods, [*arrays], settings, text), arrays, wanted
    if is_hips(thing):
        made = OfHips(thing, [*wanted.values()], settings, text)
    elif is_torch(thing) or is_jax(thing):
        require_keywords(thing, settings)
        kind = OfTensors if is_torch(thing) else OfJax
        made = kind(_with_settings(thing, settings), [*wanted.values()], text)
    else:
        made = OfLoss(thing, settings, text)
    return made, arrays, wanted


def apart(name: str, inputs: Container[str], kind: type[Any]) -> str:
    """What a parameter of a Module is called beside its inputs: by its name, which is not that of an input."""
    return f"{kind.__name__}.{name}" if name in inputs else name


def _with_settings(function: Callable[..., Any], settings: Mapping[str, Any]) -> Callable[..., Any]:
    return (lambda *given: function(*given, **settings)) if settings else function


class _OnTensorsByHand:
    """Two functions that are written on tensors, as passes on arrays."""

    def __init__(self, inner: OpenPasses) -> None:
        def forward(*inputs: Any) -> tuple[Any, Any]:
            outputs, cache = inner.run(inputs)
            self._count = len(outputs)
            return outputs[0] if len(outputs) == 1 else tuple(outputs), cache

        def backward(dout: Any, cache: Any) -> Any:
            return inner.back((dout,), cache)

        self._count = 1
        self._pair = on_tensors(Pair("", forward, backward))

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`."""
        out, cache = self._pair.forward(*inputs)
        return [out] if self._count == 1 else [*out], cache

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`. Raises Raised where there are several outputs."""
        if len(douts) > 1:
            raise Raised("backward", WrongReturn("several outputs of functions on tensors: make a Function of them"))
        return self._pair.backward(douts[0], cache)


def pair_of(
    name: str, passes: OpenPasses, arrays: Mapping[str, Array], wanted: Mapping[str, bool], outputs: int
) -> Pair:
    """The passes as a pair of what is differentiated; the rest is handed on as it is."""
    names, differentiated = [*arrays], [name for name in arrays if wanted[name]]

    def forward(*given: Array) -> tuple[Any, Any]:
        chosen = dict(zip(differentiated, given, strict=True))
        found, cache = passes.run([chosen[name] if name in chosen else a.copy() for name, a in arrays.items()])
        if outputs > 1 and len(found) != outputs:
            raise Raised(
                "forward", WrongReturn(f"returned {len(found)} outputs, and the spec says that it has {outputs}")
            )
        if len(found) == 1:
            return found[0], (cache, None)
        row, shapes = side_by_side(found)
        return row, (cache, shapes)

    def backward(dout: Array, kept: Any) -> Any:
        cache, shapes = kept
        douts = [dout] if shapes is None else taken_apart(dout, shapes)
        return in_order(passes.back(douts, cache), names, differentiated)

    return Pair(name, forward, backward)


def _surrogate(
    module: ModuleType,
    told: FunctionSizes,
    arrays: Mapping[str, Array],
    wanted: Mapping[str, bool],
    text: Callable[[], str],
) -> Callable[..., Any]:
    """The function whose gradient is meant, of what is differentiated. Raises CannotOpen where there is none."""
    name = str(told.surrogate)
    function = getattr(module, name, None)
    if not callable(function):
        known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise CannotOpen(f"surrogate: there is no function {name}; there is {listed(tuple(known)) or 'none'}")
    outputs = len(told.outputs or (None,))
    if is_torch(function) or is_jax(function):
        kind = OfTensors if is_torch(function) else OfJax
        return pair_of(name, kind(function, [*wanted.values()], text), arrays, wanted, outputs).forward
    return pair_of(name, OfFunctions(function, function, {}, outputs, text), arrays, wanted, outputs).forward


def against(pair: Pair, surrogate: Callable[..., Any]) -> Pair:
    """Its backward, beside another forward: that of the `surrogate`, whose gradient it is meant to be."""

    def forward(*given: Array) -> tuple[Any, Any]:
        out, _ = surrogate(*(a.copy() for a in given))
        return out, [a.copy() for a in given]

    def backward(dout: Array, kept: Sequence[Array]) -> Any:
        _, cache = pair.forward(*kept)
        return pair.backward(dout, cache)

    return pair._replace(forward=forward, backward=backward)


def _scaled(pair: Pair, scale: float) -> Pair:
    """Its backward, beside `scale` times its forward."""

    def forward(*given: Array) -> tuple[Any, Any]:
        out, cache = pair.forward(*given)
        return scale * np.asarray(out), cache

    return pair._replace(forward=forward)
