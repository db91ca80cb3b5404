"""A torch.autograd.Function: how its `apply` is called, which takes no names."""

from __future__ import annotations

import inspect
from typing import Any

from convcheck.implementations.arguments import ADVICE, arguments, parameters_of
from convcheck.implementations.autograd import Ready
from convcheck.implementations.instance import refuse_untold
from convcheck.implementations.quantities import quantities
from convcheck.implementations.source import CannotOpen, NotWritten
from convcheck.implementations.synonyms import INPUTS, QUANTITIES, normal, quantity
from convcheck.implementations.tensors import params_on_tensors
from convcheck.implementations.unwritten import is_unwritten
from convcheck.layers.layer import Layer, Params
from convcheck.spec.sizes import Sizes


def parameters_of_apply(kind: type[Any]) -> list[inspect.Parameter]:
    """Those of its forward, without ctx, which a Function with setup_context does not have. Raises CannotOpen."""
    parameters = parameters_of(kind.forward, f"{kind.__name__}.forward")
    separate = any("setup_context" in vars(k) for k in kind.__mro__ if not k.__module__.startswith("torch."))
    return parameters if separate else parameters[1:]


def of_function_class(
    kind: type[Any], layer: Layer, sizes: Sizes, params: Params | None, inputs: dict[str, Any]
) -> Ready:
    """`kind.apply` with the inputs first, then what the rest of its parameters are called.

    Raises CannotOpen for a parameter that cannot be guessed, Refusal for what it has no parameter for, NotWritten.
    """
    for name in ("forward", "backward"):
        if is_unwritten(getattr(kind, name)):
            raise NotWritten(f"{kind.__name__}.{name} is not written yet: its body does nothing", name)
    values = quantities(sizes, params_on_tensors(params)) | inputs
    parameters = parameters_of_apply(kind)
    count = len(layer.input_names)
    names = [p.name for p in parameters]
    if len(names) < count:
        raise CannotOpen(
            f"{kind.__name__}.forward({', '.join(names)}) takes {len(names)} inputs, and {layer.name} has "
            f"{', '.join(layer.input_names)}; {ADVICE} FILE.py:{kind.__name__}"
        )
    for position, name in enumerate(names[1:count], 1):
        key = quantity(name, layer.name, names)
        wanted = INPUTS[layer.input_names[position]]
        # forward(ctx, x, mean, var, gamma, beta): apply takes no names, and what stands in its place is another's.
        elsewhere = normal(name) not in wanted and any(normal(later) in wanted for later in names[position + 1 :])
        if elsewhere or key in QUANTITIES[layer.name] or key == "params":
            raise CannotOpen(
                f"{kind.__name__}.forward({', '.join(names)}) takes {name} where {layer.name} has its inputs "
                f"{', '.join(layer.input_names)}; {ADVICE} FILE.py:{kind.__name__}"
            )
    rest = arguments(f"{kind.__name__}.forward", parameters[count:], layer.name, values, in_order=True)
    refuse_untold(kind.__name__, {*rest.said}, layer.name, values)
    apply: Any = kind.apply
    return Ready(apply, (*inputs.values(), *rest.positional), {}, inputs, {*rest.said})
