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
from convcheck.layers.catalogue import LAYERS
from tests.fuzz.right_code import through

RIGHT = LAYERS["{layer}"].variants["{variant}"]
"""

_FUNCTIONS = """
def there({arguments}):
    through("before", {settings_or_none})
    out, cache = RIGHT.forward({arguments})
    through("after", {settings_or_none})
    return through("forward", (through("out", out), through("cache", cache)))


def back(dout, cache):
    gradients = RIGHT.backward(dout, cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    gradients = tuple(through("gradient", g) if i == 0 else through("others", g) for i, g in enumerate(gradients))
    return through("backward", gradients if len(gradients) > 1 else gradients[0])
"""

_CLASS = """
class Right:
    def __init__(self{constructor}):
{kept}
        through("made", self)

    def forward(self, x):
        through("before", vars(self))
        settings = dict({settings_of_self})
        out, self.cache = RIGHT.forward(x{weights_of_self}{and_settings})
        vars(self).update(settings)
        through("after", vars(self))
        return through("forward", through("out", out))

    def backward(self, dout):
        gradients = RIGHT.backward(dout, self.cache)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
{left}
        through("left", self)
        return through("backward", through("gradient", gradients[0]))
"""

_ADAPTER = """
layer = "{layer}"


def forward({adapted}):
    settings = dict({settings_by_name})
    through("before", settings)
    out, cache = RIGHT.forward({inputs}{and_settings})
    through("after", settings)
    return through("forward", (through("out", out), through("cache", (cache, settings))))


def backward(dout, cache):
    gradients = RIGHT.backward(dout, cache[0])
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
    words = {
        "layer": layer.name,
        "variant": layer.reference,
        "arguments": ", ".join([*names, *(["params"] if settings else [])]),
        "inputs": ", ".join(names),
        "settings_or_none": "params" if settings else "None",
        "constructor": "".join(f", {name}" for name in (*names[1:], *settings)),
        "kept": "\n".join(f"        self.{name} = {name}" for name in (*names[1:], *settings)) or "        pass",
        "settings_of_self": ", ".join(f"{key}=self.{key}" for key in settings),
        "settings_by_name": ", ".join(f"{key}={key}" for key in settings),
        "weights_of_self": "".join(f", self.{name}" for name in names[1:]),
        "and_settings": ", settings" if settings else "",
        "left": "\n".join(
            f'        self.d{name} = through("others", gradients[{i}])' for i, name in enumerate(names) if i
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
