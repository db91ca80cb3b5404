"""Code on PyTorch's tensors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from convcheck.implementations.pair import Binding
from convcheck.implementations.source import CannotOpen, Found
from convcheck.layers.layer import Layer
from convcheck.spec.sizes import Sizes


def is_torch(thing: Any) -> bool:
    """Whether it is a torch.autograd.Function, an nn.Module, or a function on tensors."""
    return False


def found_torch(module: ModuleType, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """What of PyTorch's the module holds."""
    return ()


def bind_torch(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """The binding of what was found. Raises CannotOpen."""
    raise CannotOpen(f"{found.names[0]} in {module.__name__} cannot be bound")
