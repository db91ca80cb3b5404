"""Arrays as tensors of PyTorch and back. PyTorch is looked at only where the code under test has imported it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def loaded_torch() -> Any:
    """PyTorch where something has imported it, else None."""
    torch = sys.modules.get("torch")
    # A stub for a package that is not installed has no Tensor.
    return torch if isinstance(getattr(torch, "Tensor", None), type) else None


def tensor(array: Array) -> Any:
    """The array's memory as a tensor, so that what is written there is seen; a copy only for strides below zero."""
    torch = loaded_torch()
    # What is computed from arrays without axes is a scalar.
    array = np.asarray(array)
    return torch.from_numpy(array if all(s >= 0 for s in array.strides) else array.copy())


def array(value: Any) -> Any:
    """A tensor's values as an array; anything else as it is."""
    torch = loaded_torch()
    # By its type: what it says of its class is code under test as well.
    if torch is None or not issubclass(type(value), torch.Tensor):
        return value
    return value.detach().cpu().resolve_conj().resolve_neg().numpy()


def params_on_tensors(params: Params | None) -> Params | None:
    """The layer's parameters, with tensors for the arrays among them."""
    return params and {k: tensor(v.copy()) if isinstance(v, np.ndarray) else v for k, v in params.items()}


def uses_torch(thing: Any) -> bool:
    """Whether the body of a function, or of a method of a class, names torch or something that comes from it."""
    if loaded_torch() is None:
        return False
    return any(
        _comes_from_torch(function, name) for function in _functions(thing) for name in _names(function.__code__)
    )


def is_torch(thing: Any) -> bool:
    """Whether it is a torch.autograd.Function, an nn.Module, or a function whose body names something of torch's."""
    torch = loaded_torch()
    if torch is None:
        return False
    if inspect.isclass(thing):
        return issubclass(thing, (torch.autograd.Function, torch.nn.Module))
    return inspect.isfunction(thing) and uses_torch(thing)


def keeps_graph(thing: Any) -> bool:
    """Whether a function, or a method of a class, has autograd retain its graph, so that gradients add up in it."""
    return any(_says(function.__code__, "retain_graph") for function in _functions(thing))


def _says(code: CodeType, keyword: str) -> bool:
    return any(
        keyword in constant
        if isinstance(constant, tuple)
        else isinstance(constant, CodeType) and _says(constant, keyword)
        for constant in code.co_consts
    )


def _functions(thing: Any) -> Iterator[Any]:
    members = list(vars(thing).values()) if inspect.isclass(thing) else [thing]
    for member in members:
        bare = inspect.unwrap(getattr(member, "__func__", member))
        if inspect.isfunction(bare):
            yield bare


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _comes_from_torch(function: Any, name: str) -> bool:
    value = function.__globals__.get(name)
    if inspect.isclass(value) and is_torch(value):
        return True
    home = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None)
    return isinstance(home, str) and home.split(".")[0] == "torch"
