"""An adapter: the few lines that say how code is called which cannot be called by guessing.

A Python file that says `layer = "conv"` (or max_pool, relu, batchnorm, spatial_batchnorm) and defines two functions:

    forward(x, …)         -> out, cache      the cache is yours: whatever backward needs
    backward(dout, cache) -> dx, dw, db      a gradient for each input, in their order; a bare dx where x is all

forward is called by the names of its parameters, in any order. These are the inputs (x w b, or x gamma beta), the
layer's parameters (stride pad; pool_height pool_width stride; mode eps momentum running_mean running_var) and its sizes
(N C D H W F H1 W1). Take those that you need. Arrays are as in the paper: x (N, C, H, W), w (F, C, H1, W1), b (F,).
Beside these an adapter of a batchnorm may define `running(cache) -> running_mean, running_var` as forward left them.

Images as (N, H, W, C) and filters as (H1, W1, C, F):

    from cnn import conv_forward, conv_backward

    layer = "conv"

    def forward(x, w, b, stride, pad):
        out, cache = conv_forward(x.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), b, stride, pad)
        return out.transpose(0, 3, 1, 2), cache

    def backward(dout, cache):
        dx, dw, db = conv_backward(dout.transpose(0, 2, 3, 1), cache)
        return dx.transpose(0, 3, 1, 2), dw.transpose(3, 2, 0, 1), db

Biases as (F, 1):

    import cnn

    layer = "conv"

    def forward(x, w, b, stride, pad):
        return cnn.conv(x, w, b[:, None], {"s": stride, "p": pad})

    def backward(dout, cache):
        dx, dw, db = cnn.conv_prime(dout, cache)
        return dx, dw, db[:, 0]

A class with sizes in its constructor and gradients in .grads:

    from cnn import Conv

    layer = "conv"

    def forward(x, w, b, C, F, H1, W1, stride, pad):
        conv = Conv(C, F, (H1, W1), stride, pad)
        conv.theta = {"kernel": w, "intercept": b}
        return conv.forward(x), conv

    def backward(dout, conv):
        dx = conv.backward(dout)
        return dx, conv.grads["kernel"], conv.grads["intercept"]

The file is named with --impl. Modules beside it are imported as usual.
"""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

from convcheck.implementations.adapters.draft import draft
from convcheck.implementations.arguments import EMPTY, parameters_of
from convcheck.implementations.classes.instance import RUNNING, refuse_untold
from convcheck.implementations.errors.raised import called
from convcheck.implementations.measured_eps import with_measured_eps
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.quantities import quantities
from convcheck.implementations.source import CannotOpen, Found, NotWritten
from convcheck.implementations.source_text import is_unwritten
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.nearest import nearest
from convcheck.spec.sizes import Sizes

__all__ = ["bind_adapter", "draft", "found_in_adapter", "is_adapter"]


def is_adapter(module: ModuleType) -> bool:
    """Whether it says `layer = "…"` and defines forward and backward."""
    parts = (getattr(module, "forward", None), getattr(module, "backward", None))
    return isinstance(getattr(module, "layer", None), str) and all(map(callable, parts))


def found_in_adapter(module: ModuleType, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """What it adapts, where that is one of `layers`. Raises CannotOpen for an unknown layer or parameter."""
    name = module.layer
    if name not in LAYERS:
        meant = nearest(name, LAYERS)
        hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
        raise CannotOpen(f"layer = {name!r}: expected one of {', '.join(LAYERS)}{hint}")
    names = _names(module, LAYERS[name])
    if name not in layers:
        return ()
    line = getattr(getattr(module.forward, "__code__", None), "co_firstlineno", 1)
    # No names: what is found is the file, and `FILE.py:forward,backward` would be two functions like any others.
    return (Found(name, (), line, f"forward({', '.join(names)}), backward(dout, cache)"),)


def bind_adapter(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the adapter's two functions. Raises CannotOpen for a parameter that the layer has not."""
    names = _names(module, layer)
    # A window is told by either of its names; filters tell theirs by their shape.
    told = set(names) | {{"pool_height": "H1", "pool_width": "W1"}.get(name, name) for name in names}

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        return _pair(module, layer, sizes, params, names, told)

    def make(params: Params | None) -> Pair:
        return with_measured_eps(bare(sizes, params), sizes, params, lambda cache: "eps" in told, bare)

    return make


def _pair(
    module: ModuleType, layer: Layer, sizes: Sizes, params: Params | None, names: list[str], told: set[str]
) -> Pair:
    last: list[Any] = []
    said = ", ".join(f"{k} = {v}" for k, v in dataclasses.asdict(sizes).items() if v is not None)

    def forward(*inputs: Array) -> tuple[Any, Any]:
        _require_written(module.forward, "forward")
        values = quantities(sizes, params)
        refuse_untold("forward of the adapter", told, layer.name, values)
        values |= _values(sizes) | values.get("params", {}) | dict(zip(layer.input_names, inputs, strict=True))
        returned = called("forward", module.forward, (), {name: values[name] for name in names}, said)
        if returned is None:
            raise NotWritten("forward is not written yet: it returns None")
        last[:] = [returned[1]] if isinstance(returned, tuple) and len(returned) == 2 else []
        # Anything else than (out, cache) is for the check to say.
        return returned  # type: ignore[no-any-return]

    def backward(dout: Array, cache: Any) -> Any:
        _require_written(module.backward, "backward")
        gradients = called("backward", module.backward, (dout, cache), {}, said)
        if gradients is None:
            raise NotWritten("backward is not written yet: it returns None", "backward")
        return gradients

    def state() -> dict[str, Any]:
        running = getattr(module, "running", None)
        return dict(zip(RUNNING, running(last[0]), strict=True)) if callable(running) and last else {}

    return Pair(module.__name__, forward, backward, state)


def _require_written(function: Any, what: str) -> None:
    if is_unwritten(function):
        raise NotWritten(f"{what} is not written yet: its body does nothing", what)


def _values(sizes: Sizes) -> dict[str, Any]:
    return {field.name: getattr(sizes, field.name) for field in dataclasses.fields(sizes)}


def _known(layer: Layer) -> list[str]:
    parameters = {
        "max_pool": ["pool_height", "pool_width", "stride"],
        "batchnorm": list(RUNNING),
        "spatial_batchnorm": list(RUNNING),
    }
    fields = [field.name for field in dataclasses.fields(layer.sizes)]
    return list(dict.fromkeys([*layer.input_names, *parameters.get(layer.name, ()), *fields]))


def _names(module: ModuleType, layer: Layer) -> list[str]:
    """The parameters of the adapter's forward that are given. Raises CannotOpen for one that has no meaning."""
    known = _known(layer)
    chosen = []
    for parameter in parameters_of(module.forward, "forward"):
        if parameter.name in known and parameter.kind is not parameter.POSITIONAL_ONLY:
            chosen.append(parameter.name)
        elif parameter.default is EMPTY:
            meant = nearest(parameter.name, known)
            hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
            raise CannotOpen(
                f"forward of the adapter: {parameter.name!r} is no name of {layer.name}: "
                f"there are {', '.join(known)}{hint}"
            )
    return chosen
