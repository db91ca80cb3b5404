"""Right code of every layer, in a file of each kind, whose every method hands what it has through `broken`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer

# What is made of a method's result, by the method.
broken: dict[str, Callable[[Any], Any]] = {}


def through(method: str, value: Any) -> Any:
    """What is handed on in place of `value`."""
    return broken[method](value) if method in broken else value


_HEAD = """
import numpy as np

from convcheck.layers.catalogue import LAYERS
from tests.fuzz.right_code import through

RIGHT = LAYERS["{layer}"].variants["{variant}"]
"""

_FUNCTIONS = """
def there({arguments}):
    through("before", {settings_or_none})
    out, cache = RIGHT.forward({given})
    through("after", {settings_or_none})
    return through("forward", (through("out", out), through("cache", cache)))


def back({douts}, cache):
    gradients = RIGHT.backward({dout}, cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    gradients = tuple(through("gradient", g) if i == 0 else through("others", g) for i, g in enumerate(gradients))
    return through("backward", gradients if len(gradients) > 1 else gradients[0])
"""

_CLASS = """
class Right:
    def __init__(self{constructor}):
{kept}
        through("made", self)

    def forward(self, {first}):
        through("before", vars(self))
        settings = dict({settings_of_self})
        out, self.cache = RIGHT.forward({of_class}{and_settings})
        vars(self).update(settings)
        through("after", vars(self))
        return through("forward", through("out", out))

    def backward(self, {douts}):
        gradients = RIGHT.backward({dout}, self.cache)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
{left}
        through("left", self)
        return {returned}
"""

_ADAPTER = """
layer = "{layer}"


def forward({adapted}):
    settings = dict({settings_by_name})
    through("before", settings)
    out, cache = RIGHT.forward({inputs}{and_settings})
    through("after", settings)
    return through("forward", (through("out", out), through("cache", (cache, settings))))


def backward({douts}, cache):
    gradients = RIGHT.backward({dout}, cache[0])
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    gradients = tuple(through("gradient", g) if i == 0 else through("others", g) for i, g in enumerate(gradients))
    return through("backward", gradients if len(gradients) > 1 else gradients[0])
"""

_RUNNING = """

def running(cache):
    return through("running", (cache[1]["running_mean"], cache[1]["running_var"]))
"""

# The methods that hand something through, and what it is.
ARRAYS = ("out", "gradient", "others")
WHOLE = ("forward", "backward", "cache", "running")
MOMENTS = ("before", "after", "made", "left")


def _text(layer: Layer, kind: str) -> str:
    names, settings = layer.input_names, layer.parameters
    others = [name for name in settings if name not in layer.leading]
    asked = "{" + ", ".join([*(f'"{name}": {name}' for name in layer.leading), *(["**params"] if others else [])]) + "}"
    asked = asked if layer.leading else "params"
    douts = [f"d{name}" for name in layer.outputs or ("out",)]
    words = {
        "layer": layer.name,
        "variant": layer.reference,
        "arguments": ", ".join([*layer.leading, *names, *(["params"] if others else [])]),
        "given": ", ".join([*names, *([asked] if settings else [])]),
        "first": (*layer.leading, names[0])[0],
        "douts": ", ".join(douts),
        "dout": f"np.concatenate([{', '.join(douts)}], axis=-1)" if len(douts) > 1 else douts[0],
        "of_class": ", ".join(f"self.{name}" if name in layer.held else name for name in names),
        "returned": "None" if layer.leading else 'through("backward", through("gradient", gradients[0]))',
        "inputs": ", ".join(names),
        "settings_or_none": "params" if others else "None",
        "constructor": "".join(f", {name}" for name in (*layer.held, *others)),
        "kept": "\n".join(f"        self.{name} = {name}" for name in (*layer.held, *others)) or "        pass",
        "settings_of_self": ", ".join(f"{key}={key if key in layer.leading else f'self.{key}'}" for key in settings),
        "settings_by_name": ", ".join(f"{key}={key}" for key in settings),
        "and_settings": ", settings" if settings else "",
        "left": "\n".join(
            f'        self.d{name} = through("others", gradients[{i}])'
            for i, name in enumerate(names)
            if name in layer.held
        ),
        "adapted": ", ".join((*names, *settings)),
    }
    body = {"functions": _FUNCTIONS, "classes": _CLASS, "adapters": _ADAPTER}[kind]
    more = _RUNNING if kind == "adapters" and layer.words.running else ""
    return _HEAD.format(**words) + body.format(**words) + more


KINDS = {"functions": ("there", "back"), "classes": ("Right",), "adapters": ()}


def right_code(folder: Path) -> dict[tuple[str, str], tuple[Source, Found]]:
    """A file for every layer and kind, written to `folder`, by (layer, kind)."""
    made = {}
    for layer in LAYERS.values():
        for kind, names in KINDS.items():
            path = folder / f"{layer.name}_{kind}.py"
            path.write_text(_text(layer, kind), encoding="utf-8")
            made[layer.name, kind] = (Source(str(path), names), Found(layer.name, names, 1, kind, kind))
    return made
