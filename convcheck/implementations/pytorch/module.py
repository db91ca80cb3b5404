"""An nn.Module: made by the names of its constructor's parameters, its weights and statistics set by their names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from convcheck.implementations.arguments import ADVICE, arguments, parameters_of, require_accepted, values_of
from convcheck.implementations.arrays import reshaped
from convcheck.implementations.classes.instance import (
    Instance,
    constructor,
    first_of,
    require_not_elsewhere,
    set_attributes,
)
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.module_snapshot import run_code
from convcheck.implementations.pytorch.autograd import PreparedCall
from convcheck.implementations.size_spelling import PLAIN, Spelling
from convcheck.implementations.tensors import loaded_torch, params_on_tensors
from convcheck.layers.layer import Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes


def of_module(
    kind: type[Any],
    layer: Layer,
    sizes: Sizes,
    params: Params | None,
    inputs: dict[str, Any],
    spelling: Spelling = PLAIN,
) -> PreparedCall:
    """A new module of this kind that holds the inputs after x, in their dtype, in train or eval mode.

    Raises CannotOpen for what cannot be guessed, Refusal for what there is no way to ask for.
    """
    values = values_of(layer, sizes, params_on_tensors(params)) | inputs
    x, dtype = first_of(layer, values), inputs[layer.input_names[0]].dtype
    given = arguments(kind.__name__, constructor(kind), layer, values, spelling=spelling, sizes=True)
    module = run_code("constructor", kind, *given.positional, **given.keywords)
    module.to(dtype)
    called = parameters_of(module.forward, f"{kind.__name__}.forward")[1:]
    rest = arguments(f"{kind.__name__}.forward", called, layer, values, spelling=spelling)
    instance = Instance(module, module, rest, {*given.accepted, *rest.accepted})
    if any(name not in instance.accepted and not _parameters(module, name, layer) for name in layer.held):
        # It may make them at its first forward; whether it does is looked at below.
        with contextlib.suppress(Exception):
            run_code("forward", module, x.detach().clone(), *rest.positional, **rest.keywords)
        module.to(dtype)
    leaves = {name: inputs[name] for name in layer.input_names if name not in layer.held}
    require_not_elsewhere(kind.__name__, (path.rpartition(".")[2] for path, _ in module.named_parameters()), layer)
    for name in layer.held:
        leaves[name] = _leaf(kind, module, name, layer, inputs[name], name in instance.accepted)
    if layer.words.optional.keys() - {*layer.input_names} or layer.states:
        # What is lacking may be there under another name; and what takes several inputs may be more than the layer.
        known = {id(leaf) for leaf in leaves.values()}
        others = [path for path, value in module.named_parameters() if id(value) not in known]
        if others:
            raise CannotOpen(f"{kind.__name__}: it is not known what the parameter {others[0]} is; {ADVICE}")
    if "mode" in values:
        module.train(values["training"])
        instance.accepted |= {"mode", "training"}
        _set_statistics(module, instance, layer, values)
    set_attributes(instance, layer, values)
    require_accepted(kind.__name__, instance.accepted, layer, values)
    wanted = {key: values[key].shape for key in layer.words.running if key in values}

    def running() -> dict[str, Any]:
        if "momentum" not in instance.accepted:
            return {}
        left = {key: next(_called(module.named_buffers(), layer.words.running[key]), None) for key in wanted}
        return {key: reshaped(found[2], wanted[key]).clone() for key, found in left.items() if found is not None}

    return PreparedCall(module, (x, *rest.positional), rest.keywords, leaves, instance.accepted, running)


def _called(named: Any, words: frozenset[str]) -> Iterator[tuple[str, str, Any]]:
    """Of ("norm.weight", tensor), …: the path of the module, the name in it, the tensor, where the name, or all of the
    path, is wanted.
    """
    for path, value in named:
        owner, _, name = path.rpartition(".")
        if normal(name) in words or normal(path.replace(".", "")) in words:
            yield owner, name, value


def _parameters(module: Any, name: str, layer: Layer) -> list[tuple[str, str, Any]]:
    return list(_called(module.named_parameters(), layer.words.inputs[name]))


def _leaf(kind: type[Any], module: Any, name: str, layer: Layer, given: Any, accepted: bool) -> Any:
    """What the gradient of the input `name` is taken of: the module's parameter, which is made to hold `given`."""
    torch = loaded_torch()
    found = _parameters(module, name, layer)
    if not found and accepted:
        return given
    if len(found) != 1:
        has = ", ".join(f"{path} {tuple(p.shape)}" for path, p in module.named_parameters()) or "none"
        said = ", ".join(sorted(layer.words.inputs[name]))
        raise CannotOpen(
            f"{kind.__name__}: looked for one parameter for {name}, called {said}; found the parameters {has}; "
            f"{ADVICE}:{kind.__name__}"
        )
    owner, key, old = found[0]
    if old.shape != given.shape and (given.ndim > 1 or old.numel() != given.numel()):
        raise CannotOpen(
            f"{kind.__name__}: {key} has shape {tuple(old.shape)}, {name} has {tuple(given.shape)}, and which axis is "
            f"which is not guessed; {ADVICE}:{kind.__name__}",
            misshapen=True,
        )
    leaf = torch.nn.Parameter(given.detach().reshape(old.shape))
    setattr(module.get_submodule(owner), key, leaf)
    return leaf


def _set_statistics(module: Any, instance: Instance, layer: Layer, values: dict[str, Any]) -> None:
    for key, words in layer.words.running.items():
        for _, _, buffer in _called(module.named_buffers(), words):
            if buffer.numel() == values[key].numel():
                buffer.copy_(values[key].reshape(buffer.shape))
                instance.accepted.add(key)
