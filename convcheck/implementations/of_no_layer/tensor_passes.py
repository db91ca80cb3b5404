"""A torch.autograd.Function, an nn.Module or a function on tensors: its backward is what autograd runs."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.of_no_layer.passes import Settings, keywords_of, require_keywords
from convcheck.implementations.plain_exception import type_name
from convcheck.implementations.pytorch.autograd_function import parameters_of_apply
from convcheck.implementations.tensors import array, loaded_torch, tensor
from convcheck.implementations.unwritten import require_written, returned_none
from convcheck.layers.layer import Array


@dataclasses.dataclass
class Recorded:
    """What came of one forward: its outputs, and the leaves, None for what has no gradient.

    `inputs` are what it came of, and `spent` is whether a backward has gone through it.
    """

    outputs: tuple[Any, ...]
    leaves: tuple[Any, ...]
    inputs: tuple[Array, ...]
    spent: bool = False


class OfTensors:
    """`function(*tensors)`; `differentiated` says of which inputs a gradient is wanted.

    What it returns in a tuple are outputs, but for those of whole numbers, and those that autograd does not follow
    where it follows others: what is detached, or marked as not differentiable, is no part of the derivative.
    """

    def __init__(self, function: Callable[..., Any], differentiated: Sequence[bool], text: Callable[[], str]) -> None:
        self._function, self._differentiated, self._text = function, differentiated, text

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Recorded]:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        kept_inputs = tuple(a.copy() for a in inputs)
        given = [tensor(a) for a in inputs]
        leaves = [t.requires_grad_() if wanted else t for t, wanted in zip(given, self._differentiated, strict=True)]
        returned = called("forward", self._function, leaves, {}, self._text)
        if returned is None:
            raise returned_none(self._function, getattr(self._function, "__name__", "forward"), "forward")
        outputs = tuple(differentiable(returned))
        if not outputs:
            raise Raised("forward", WrongReturn(f"returned {type_name(returned)}, expected a tensor of real numbers"))
        for out in outputs:
            _require_dense(out, "forward", "returned", "return it dense: out.to_dense()")
        followed = tuple(out for out in outputs if out.requires_grad)
        outputs = followed or outputs
        kept = (leaf if wanted else None for leaf, wanted in zip(leaves, self._differentiated, strict=True))
        return [array(out) for out in outputs], Recorded(outputs, tuple(kept), kept_inputs)

    def back(self, douts: Sequence[Array], cache: Recorded) -> Any:
        """The gradients of all inputs; zeros where no way leads from the outputs to one. Raises Raised.

        Where a second backward raises, as in a graph that is gone after the first, it is one of a forward of its own.
        """
        try:
            return self._gradients(douts, cache)
        except Raised:
            if not cache.spent:
                raise
        _, fresh = self.run(cache.inputs)
        return self._gradients(douts, fresh)

    def _gradients(self, douts: Sequence[Array], cache: Recorded) -> Any:
        torch = loaded_torch()
        leaves = [leaf for leaf in cache.leaves if leaf is not None]
        ways = [
            (out, tensor(d).to(out.dtype)) for out, d in zip(cache.outputs, douts, strict=True) if out.requires_grad
        ]
        found: Sequence[Any] = [None] * len(leaves)
        if ways:
            outputs, upstream = zip(*ways, strict=True)
            keywords = {"grad_outputs": upstream, "retain_graph": True, "allow_unused": True}
            found = called("backward", torch.autograd.grad, (outputs, leaves), keywords, self._text)
            cache.spent = True
        for gradient in found:
            if gradient is not None:
                _require_dense(gradient, "backward", "gave the gradient of a dense input as", "return it .to_dense()")
        gradients = iter(array(torch.zeros_like(a) if g is None else g) for a, g in zip(leaves, found, strict=True))
        return tuple(None if leaf is None else next(gradients) for leaf in cache.leaves)


def _require_dense(one: Any, what: str, gave: str, advice: str) -> None:
    """Raise Raised for a tensor whose entries are not all there."""
    if one.layout is not loaded_torch().strided:
        raise Raised(what, WrongReturn(f"{gave} a tensor of layout {one.layout}, expected a dense one: {advice}"))


def differentiable(returned: Any) -> list[Any]:
    """The tensors of real or complex numbers in what was returned, nested or by name."""
    torch = loaded_torch()
    if isinstance(returned, torch.Tensor):
        return [returned] if returned.is_floating_point() or returned.is_complex() else []
    if isinstance(returned, Mapping):
        returned = tuple(returned.values())
    if isinstance(returned, (tuple, list)):
        return [tensor for one in returned for tensor in differentiable(one)]
    return []


def applied(kind: type[Any], inputs: int, settings: Settings) -> Callable[..., Any]:
    """`kind.apply` of a torch.autograd.Function with the inputs first; it takes no names, so settings go by place.

    Raises CannotOpen for a setting that it has no parameter for, and for a parameter of which nothing is said.
    """
    for name in ("forward", "backward"):
        require_written(getattr(kind, name), f"{kind.__name__}.{name}", name)
    parameters = parameters_of_apply(kind)
    names = [p.name for p in parameters]
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return lambda *tensors: kind.apply(*tensors, *settings.values())
    for key in settings:
        if key not in names[inputs:]:
            raise CannotOpen(f"settings: {kind.__name__}.forward({', '.join(names)}) takes no {key} after its inputs")
    if len(names) < inputs:
        raise CannotOpen(
            f"{kind.__name__}.forward({', '.join(names)}) takes {len(names)} inputs, the spec has {inputs}"
        )
    rest: list[Any] = []
    for parameter in parameters[inputs:]:
        if parameter.name in settings:
            rest.append(settings[parameter.name])
        elif parameter.default is not inspect.Parameter.empty:
            rest.append(parameter.default)
        else:
            raise CannotOpen(f"{kind.__name__}.forward needs {parameter.name}: say it under `inputs` or `settings`")
    return lambda *tensors: kind.apply(*tensors, *rest)


class OwnModule:
    """An nn.Module: `parameters` are those that it makes, as arrays; calling it takes them after the inputs."""

    def __init__(self, kind: type[Any], settings: Settings, dtype: Any, text: Callable[[], str]) -> None:
        told = {key: value for key, value in settings.items() if key in keywords_of(kind.__init__)}
        self._of_forward = {key: value for key, value in settings.items() if key not in told}
        require_keywords(kind.forward, self._of_forward, kind.__name__)
        self._module = called("constructor", kind, (), told, text)
        self._module.to(dtype)
        self.parameters = {name: array(p).copy() for name, p in self._module.named_parameters() if p.requires_grad}
        self.__name__ = kind.__name__

    def __call__(self, *tensors: Any) -> Any:
        """What forward makes of the inputs with these parameters."""
        torch = loaded_torch()
        count = len(tensors) - len(self.parameters)
        values = dict(zip(self.parameters, tensors[count:], strict=True))
        return torch.func.functional_call(self._module, values, tensors[:count], self._of_forward)
