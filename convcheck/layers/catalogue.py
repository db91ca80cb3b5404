"""Every layer there is. A new one is a folder beside this file, and its name here.

Layers that are made from one table share a folder, whose `layer.py` has `LAYERS` in place of `LAYER`, and whose
`words.py` has `WORDS` by the name of each. What is said of all of them lies there as that of one layer does:
`suite.yaml`, in which NAME stands for the name of each, and `mistakes.yaml`. What is said of one alone lies in folders
beside these: `suite/<name>.yaml` and `mistakes/<name>.yaml`, either of which there need not be, and
`readable/<name>.py`.

Layers one after the other are a layer, too, by their names with a + between them: see `sequence.py`.

Suites run in this order. A spec that names no layer is of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from convcheck.spec.inputs import FunctionSizes, NetworkSizes, OpenSizes
from convcheck.spec.outline import JOINT
from convcheck.spec.sizes import LayerForm, Sizes

if TYPE_CHECKING:
    from convcheck.layers.layer import Layer
    from convcheck.layers.mistakes import Mistakes
    from convcheck.layers.words import Words

Value = TypeVar("Value")

# The layers of each folder that has several.
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "activations": (
        "sigmoid",
        "tanh",
        "leaky_relu",
        "elu",
        "selu",
        "softplus",
        "gelu",
        "swish",
        "hard_sigmoid",
        "hard_swish",
    ),
}
NAMES = (
    "conv",
    "max_pool",
    "relu",
    "batchnorm",
    "spatial_batchnorm",
    "affine",
    "softmax_loss",
    "svm_loss",
    "dropout",
    "layernorm",
    "groupnorm",
    "instance_norm",
    "rmsnorm",
    *TOGETHER["activations"],
    "avg_pool",
    "global_avg_pool",
    "word_embedding",
    "temporal_affine",
    "temporal_softmax_loss",
    "rnn_step",
    "rnn",
    "lstm_step",
    "lstm",
    "gru_step",
    "conv1d",
    "conv_transpose",
    "depthwise_conv",
    "attention",
    "multi_head_attention",
    "self_attention",
    "conv3d",
)
MISTAKES = "mistakes"
# Code that is of no layer, by what a spec calls it: nothing is known of what it should compute.
OPEN: Mapping[str, type[OpenSizes]] = {sizes.called: sizes for sizes in (FunctionSizes, NetworkSizes)}
# Those of them whose arguments are known well enough for a suite.
SUITES_OF_NO_LAYER = (NetworkSizes.called,)
# Of a spec that names no layer.
DEFAULT_LAYER = NAMES[0]


class _OnDemand(Mapping[str, Value]):
    """By the names of the layers, and `more`, each made when it is asked for: most runs have one layer."""

    def __init__(self, make: Callable[[str], Value], more: tuple[str, ...] = ()) -> None:
        self._make = make
        self._names = (*NAMES, *more)

    def __getitem__(self, name: str) -> Value:
        if name not in self:
            raise KeyError(name)
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names or (isinstance(name, str) and is_sequence(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def folder_of(name: str) -> str:
    """The folder of the layer, which it may have to itself or share."""
    return next((folder for folder, names in TOGETHER.items() if name in names), name)


@cache
def is_sequence(name: str) -> bool:
    """Whether it is the name of layers one after the other, each of which can be part of a sequence: conv+relu."""
    parts = name.split(JOINT)
    if len(parts) < 2 or not all(part in NAMES for part in parts):
        return False
    from convcheck.layers.sequence import is_part

    return all(is_part(_layer(part)) for part in parts)


@cache
def _sequence(name: str) -> Layer:
    from convcheck.layers.sequence import sequence

    return sequence(name, [_layer(part) for part in name.split(JOINT)], sizes_again)


def sizes_again(name: str, given: Mapping[str, Any]) -> Sizes:
    """The sizes of this layer: how those are unpickled whose class is made at run time."""
    sizes: Sizes = _layer(name).sizes(**given)
    return sizes


@cache
def _layer(name: str) -> Layer:
    if name not in NAMES:
        return _sequence(name)
    module = import_module(f"convcheck.layers.{folder_of(name)}.layer")
    layer: Layer = module.LAYERS[name] if folder_of(name) in TOGETHER else module.LAYER
    return layer


def _words(name: str) -> Words:
    if name not in NAMES:
        return _sequence(name).words
    module = import_module(f"convcheck.layers.{folder_of(name)}.words")
    words: Words = module.WORDS[name] if folder_of(name) in TOGETHER else module.WORDS
    return words


def _form(name: str) -> LayerForm:
    if name in OPEN:
        return LayerForm(OPEN[name], ())
    layer = _layer(name)
    return LayerForm(layer.sizes, tuple(layer.variants), layer.words.names)


LAYERS: Mapping[str, Layer] = _OnDemand(_layer)

# What other people call each: to look a name up takes nothing else of a layer.
WORDS: Mapping[str, Words] = _OnDemand(_words)

FORMS: Mapping[str, LayerForm] = _OnDemand(_form, tuple(OPEN))


def suite_file(name: str) -> str:
    """The name of the suite of a layer where a spec file would have its own: before the `::` of an id."""
    return f"suite/{name}.yaml"


def suite_text(name: str) -> str:
    """The specs that code of this layer is checked with where nobody gave any, as YAML: hostile sizes, on purpose.

    Raises KeyError for a name that no layer has.
    """
    if name not in LAYERS and name not in SUITES_OF_NO_LAYER:
        raise KeyError(name)
    if name not in (*NAMES, *SUITES_OF_NO_LAYER):
        from convcheck.layers.sequence import suite_of

        return suite_of(name, _sequence(name), tuple(suite_text(part) for part in name.split(JOINT)))
    return "\n".join(_texts_of(name, "suite"))


@cache
def mistakes_of(name: str) -> Mistakes:
    """What people get wrong in this layer, nothing where its folder does not say.

    Raises KeyError for a name that no layer has.
    """
    if name not in LAYERS:
        raise KeyError(name)
    if name not in NAMES:
        from convcheck.layers.sequence_mistakes import SequenceMistakes

        return SequenceMistakes(_sequence(name), [mistakes_of(part) for part in name.split(JOINT)])
    from convcheck.layers.mistakes import Mistakes

    place = f"convcheck.layers.{folder_of(name)}.readable" + (f".{name}" if folder_of(name) in TOGETHER else "")
    readable = import_module(place) if find_spec(place) else None
    # What is said of one alone comes first, since it says more; a layer that is like it has the rest already.
    return Mistakes(
        readable,
        lambda: "\n".join(reversed(_texts_of(name, MISTAKES))),
        lambda other: _texts_of(other, MISTAKES)[-1],
    )


def _texts_of(name: str, what: str) -> list[str]:
    """The files of this kind: that of its folder, and its own where the folder has several layers."""
    # It brings half of the standard library along, and most runs ask for no such file.
    from importlib.resources import files

    folder = files(f"convcheck.layers.{folder_of(name)}")
    of_all = folder.joinpath(f"{what}.yaml").read_text(encoding="utf-8")
    if folder_of(name) not in TOGETHER:
        return [of_all]
    own = folder.joinpath(what, f"{name}.yaml")
    return [of_all.replace("NAME", name), *([own.read_text(encoding="utf-8")] if own.is_file() else [])]
