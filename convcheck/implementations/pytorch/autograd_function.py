"""A torch.autograd.Function: how its `apply` is called, which takes no names."""

from __future__ import annotations

import inspect
from typing import Any

from convcheck.implementations.arguments import ADVICE, arguments, parameters_of, require_accepted, values_of
from convcheck.implementations.classes.instance import first_of
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.functions.forward_call import require_own_packing
from convcheck.implementations.pytorch.autograd import PreparedCall
from convcheck.implementations.size_spelling import PLAIN, Spelling
from convcheck.implementations.tensors import params_on_tensors
from convcheck.implementations.unwritten import require_written
from convcheck.implementations.vocabulary import quantity
from convcheck.layers.layer import Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes


def parameters_of_apply(kind: type[Any]) -> list[inspect.Parameter]:
    """Those of its forward, without ctx, which a Function with setup_context does not have. Raises CannotOpen."""
    parameters = parameters_of(kind.forward, f"{kind.__name__}.forward")
    separate = any("setup_context" in vars(k) for k in kind.__mro__ if not k.__module__.startswith("torch."))
    return parameters if separate else parameters[1:]


def of_function_class(
    kind: type[Any],
    layer: Layer,
    sizes: Sizes,
    params: Params | None,
    inputs: dict[str, Any],
    spelling: Spelling = PLAIN,
) -> PreparedCall:
    """`kind.apply` with the inputs first, then what the rest of its parameters are called.

    Raises CannotOpen for a parameter that cannot be guessed, Refusal for what it has no parameter for, NotWritten.
    """
    for name in ("forward", "backward"):
        require_written(getattr(kind, name), f"{kind.__name__}.{name}", name)
    values = values_of(layer, sizes, params_on_tensors(params)) | inputs
    parameters, what = parameters_of_apply(kind), f"{kind.__name__}.forward"
    leading = [values[key] for key in layer.leading]
    wanted_names = (*layer.leading, *layer.input_names)
    count = len(wanted_names)
    names = [p.name for p in parameters]
    if len(names) < count:
        raise CannotOpen(
            f"{what}({', '.join(names)}) takes {len(names)} inputs, and {layer.name} has "
            f"{', '.join(layer.input_names)}; {ADVICE}:{kind.__name__}"
        )
    require_own_packing(f"{what}({', '.join(names)})", names, layer)
    called = {**layer.words.settings, **layer.words.inputs}
    if any(_is_elsewhere(called[wanted], names, place) for place, wanted in enumerate(wanted_names) if place):
        # forward(ctx, x, mean, var, gamma, beta): each by its name, then.
        named = arguments(what, parameters[1:], layer, values, spelling=spelling, in_order=True)
        require_accepted(kind.__name__, named.accepted, layer, values)
        first = first_of(layer, values)
        return PreparedCall(kind.apply, (first, *named.positional), {}, inputs, {*named.accepted})
    for name in names[1:count]:
        key = quantity(name, layer, names)
        if key is not None and key not in layer.input_names:
            raise CannotOpen(
                f"{what}({', '.join(names)}) takes {name} where {layer.name} has its inputs "
                f"{', '.join(layer.input_names)}; {ADVICE}:{kind.__name__}"
            )
    rest = arguments(what, parameters[count:], layer, values, spelling=spelling, in_order=True)
    require_accepted(kind.__name__, rest.accepted, layer, values)
    apply: Any = kind.apply
    return PreparedCall(apply, (*leading, *inputs.values(), *rest.positional), {}, inputs, {*rest.accepted})


def _is_elsewhere(words: frozenset[str], names: list[str], place: int) -> bool:
    """Whether another parameter than the one in its place is called by one of the words for an input."""
    return normal(names[place]) not in words and any(normal(name) in words for name in names[place + 1 :])
