"""Every layer there is. A new one is a folder beside this file, and its name here.

Suites run in this order. A spec that names no layer is of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from convcheck.spec.sizes import LayerForm

if TYPE_CHECKING:
    from convcheck.layers.layer import Layer
    from convcheck.layers.mistakes import Mistakes

Value = TypeVar("Value")

NAMES = (
    "conv",
    "max_pool",
    "relu",
    "batchnorm",
    "spatial_batchnorm",
    "layernorm",
    "groupnorm",
    "instance_norm",
)
MISTAKES = "mistakes.yaml"
# Of a spec that names no layer.
DEFAULT_LAYER = NAMES[0]


class _OnDemand(Mapping[str, Value]):
    """By the names of the layers, each made when it is asked for: most runs have one layer."""

    def __init__(self, make: Callable[[str], Value]) -> None:
        self._make = make

    def __getitem__(self, name: str) -> Value:
        if name not in NAMES:
            raise KeyError(name)
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return name in NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


def _layer(name: str) -> Layer:
    layer: Layer = import_module(f"convcheck.layers.{name}.layer").LAYER
    return layer


def _form(name: str) -> LayerForm:
    layer = _layer(name)
    return LayerForm(layer.sizes, tuple(layer.variants), layer.words.names)


LAYERS: Mapping[str, Layer] = _OnDemand(_layer)

FORMS: Mapping[str, LayerForm] = _OnDemand(_form)


def suite_text(name: str) -> str:
    """The specs that code of this layer is checked with where nobody gave any, as YAML: hostile sizes, on purpose.

    Raises KeyError for a name that no layer has.
    """
    if name not in NAMES:
        raise KeyError(name)
    return _text_of(name, "suite.yaml")


@cache
def mistakes_of(name: str) -> Mistakes:
    """What people get wrong in this layer, nothing where its folder does not say.

    Raises KeyError for a name that no layer has.
    """
    if name not in NAMES:
        raise KeyError(name)
    from convcheck.layers.mistakes import Mistakes

    place = f"convcheck.layers.{name}.readable"
    readable = import_module(place) if find_spec(place) else None
    return Mistakes(readable, lambda: _text_of(name, MISTAKES), lambda other: _text_of(other, MISTAKES))


def _text_of(name: str, file: str) -> str:
    # It brings half of the standard library along, and most runs ask for no such file.
    from importlib.resources import files

    return files(f"convcheck.layers.{name}").joinpath(file).read_text(encoding="utf-8")
