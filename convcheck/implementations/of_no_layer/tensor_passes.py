"""A torch.autograd.Function, an nn.Module or a function on tensors: its backward is what autograd runs."""

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convcheck.implementations.arguments import parameters_of
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.of_no_layer.passes import Settings, keywords_of, require_keywords
from convcheck.implementations.plain_exception import type_name
from convcheck.implementations.pytorch.autograd_function import parameters_of_apply
from convcheck.implementations.tensors import array, loaded_torch, tensor
from convcheck.implementations.unwritten import require_written, returned_none
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.spec.showing import listed

# What a re-entrant checkpoint says, which runs a backward of its own within that of autograd.
_BACKWARD_ALONE = re.compile(r"\.grad\(\)")
# How far parameters that begin alike are moved: as a share of themselves where they are not 0.
MOVED = 0.3


@dataclasses.dataclass
class Recorded:
    """What came of one forward: its outputs, and the leaves, None for what has no gradient.

    It was handed the tensors `given`, made of `inputs`; `spent` is whether a backward has gone through it.
    """

    outputs: tuple[Any, ...]
    leaves: tuple[Any, ...]
    given: tuple[Any, ...]
    inputs: tuple[Array, ...]
    spent: bool = False


class OfTensors:
    """`function(*tensors)`; `differentiated` says of which inputs a gradient is wanted.

    What it returns in a tuple are outputs, but for those of whole numbers, and those that autograd does not follow
    where it follows others: what is detached, or marked as not differentiable, is no part of the derivative.
    """

    def __init__(self, function: Callable[..., Any], differentiated: Sequence[bool], text: Callable[[], str]) -> None:
        self.function, self._differentiated, self._text = function, differentiated, text

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Recorded]:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        kept_inputs = tuple(a.copy() for a in inputs)
        given = [tensor(a) for a in inputs]
        leaves = [t.requires_grad_() if wanted else t for t, wanted in zip(given, self._differentiated, strict=True)]
        returned = called("forward", self.function, leaves, {}, self._text)
        if returned is None:
            raise returned_none(self.function, getattr(self.function, "__name__", "forward"), "forward")
        outputs = tuple(differentiable(returned))
        if not outputs:
            raise Raised("forward", WrongReturn(f"returned {type_name(returned)}, expected a tensor of real numbers"))
        for out in outputs:
            _require_dense(out, "forward", "returned", "return it dense: out.to_dense()")
        followed = tuple(out for out in outputs if out.requires_grad)
        outputs = followed or outputs
        kept = (leaf if wanted else None for leaf, wanted in zip(leaves, self._differentiated, strict=True))
        return [array(out) for out in outputs], Recorded(outputs, tuple(kept), tuple(leaves), kept_inputs)

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
        for leaf in leaves:
            leaf.grad = None
        if ways:
            outputs, upstream = zip(*ways, strict=True)
            keywords = {"grad_outputs": upstream, "retain_graph": True, "allow_unused": True}
            try:
                found = self._back(cache, torch.autograd.grad, (outputs, leaves), keywords)
            except Raised as raised:
                if not _BACKWARD_ALONE.search(str(raised.error)):
                    raise
                self._back(cache, torch.autograd.backward, (outputs, upstream), {"retain_graph": True})
            cache.spent = True
        for gradient in found:
            if gradient is not None:
                _require_dense(gradient, "backward", "gave the gradient of a dense input as", "return it .to_dense()")
        gradients = iter(_in_all(leaf, gradient) for leaf, gradient in zip(leaves, found, strict=True))
        return tuple(None if leaf is None else next(gradients) for leaf in cache.leaves)

    def _back(
        self, cache: Recorded, run: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> Any:
        """What autograd's `run` returns, while a Module has the parameters that it had in that forward."""
        holding = getattr(self.function, "holding", None)
        if holding is None:
            return called("backward", run, arguments, keywords, self._text)
        return called("backward", holding, (cache.given, lambda: run(*arguments, **keywords)), {}, self._text)


def _in_all(leaf: Any, gradient: Any) -> Array:
    """The gradient of a leaf, with what a backward has added to its .grad that runs autograd by itself."""
    parts: list[Array] = [array(one) for one in (gradient, leaf.grad) if one is not None]
    leaf.grad = None
    return sum(parts[1:], parts[0]) if parts else np.zeros_like(array(leaf))


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
            name = parameter.name
            raise CannotOpen(
                f"{kind.__name__}.forward needs {name}: say it under `inputs` or `settings`, or as "
                f"--input {name}=SIZES or --setting {name}=VALUE"
            )
    return lambda *tensors: kind.apply(*tensors, *rest)


class OnParameters:
    """An nn.Module as a function of its inputs and, behind them, of its `parameters`, by their names.

    It has the tensors that stand for these while it runs and, by `holding`, while its backward does: that of a
    reversible block runs parts of the module again. What it keeps beside, as a running mean, stays as it was.
    """

    def __init__(self, module: Any, settings: Settings) -> None:
        self._module, self._settings = module, settings
        self.parameters = {name: p for name, p in module.named_parameters() if p.requires_grad}
        self.__name__ = type(module).__name__
        self._stage = _stage(module)

    def __call__(self, *tensors: Any) -> Any:
        """What forward makes of the inputs with these parameters."""
        inputs = tensors[: len(tensors) - len(self.parameters)]
        return self.holding(tensors, lambda: self._module(*inputs, **self._settings))

    def holding(self, tensors: Sequence[Any], action: Callable[[], Any]) -> Any:
        """What `action` returns while the module has the last of the tensors as its parameters."""
        values = dict(zip(self.parameters, tensors[len(tensors) - len(self.parameters) :], strict=True))
        dtype = next((p.dtype for p in values.values()), None)
        beside = {
            name: b.to(dtype, copy=True) if b.is_floating_point() and dtype is not None else b.clone()
            for name, b in self._module.named_buffers()
        }
        held = {f"module.{name}": value for name, value in (beside | values).items()}
        return loaded_torch().func.functional_call(self._stage, held, (action,))


def _stage(module: Any) -> Any:
    """A Module that runs whatever it is called with, and holds another one."""
    base: Any = loaded_torch().nn.Module

    class Stage(base):  # type: ignore[misc]  # PyTorch need not be there for the types
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, action: Callable[[], Any]) -> Any:
            return action()

    return Stage()


def made_module(kind: type[Any], settings: Settings, dtype: Any, text: Callable[[], str]) -> OnParameters:
    """A Module made with those of the settings that its constructor takes; the others are handed to its forward.

    Raises CannotOpen where it cannot be made of them.
    """
    told = {key: value for key, value in settings.items() if key in keywords_of(kind.__init__)}
    of_forward = {key: value for key, value in settings.items() if key not in told}
    if kind.__init__ is not loaded_torch().nn.Module.__init__:
        needed = [p for p in parameters_of(kind.__init__, kind.__name__)[1:] if p.default is inspect.Parameter.empty]
        named = [p.name for p in needed if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        if lacking := [name for name in named if name not in told]:
            takes = ", ".join(n for n in keywords_of(kind.__init__) if n != "self")
            raise CannotOpen(
                f"{kind.__name__}({takes}) needs {listed(lacking)}: say {_plural(lacking)} under `settings`, or as "
                f"{' '.join(f'--setting {name}=…' for name in lacking)}"
            )
    require_keywords(kind.forward, of_forward, kind.__name__)
    try:
        module = called("constructor", kind, (), told, text)
    except Raised as error:
        raise CannotOpen(error.sentence()) from error
    return OnParameters(module.to(dtype), of_forward)


def _plural(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def moved(parameters: Mapping[str, Array], rng: Draws) -> dict[str, Array]:
    """Parameters of which those that all begin alike do so no more: a factor of 1, or an offset of 0, hides what is
    wrong with them.
    """
    return {name: _moved(value, rng) if is_alike(value) else value for name, value in parameters.items()}


def is_alike(values: Array) -> bool:
    """Whether all entries are one number."""
    return bool(values.size and (values == values.flat[0]).all())


def _moved(values: Array, rng: Draws) -> Array:
    if not values.flat[0]:
        return np.asarray(MOVED * rng.normal(values.shape)).astype(values.dtype)
    return np.asarray(values * (1 + MOVED * rng.uniform(-1, 1, values.shape))).astype(values.dtype)
