"""The first text of an adapter, from what was found in a source."""

from __future__ import annotations

import re

from convcheck.implementations.source import Found
from convcheck.implementations.vocabulary import quantity
from convcheck.layers.layer import Layer

SHAPES = {
    "conv": "x (N, C, H, W), w (F, C, H1, W1), b (F,)",
    "max_pool": "x (N, C, H, W)",
    "relu": "x of any shape",
    "batchnorm": "x (N, D), gamma (D,), beta (D,)",
    "spatial_batchnorm": "x (N, C, H, W), gamma (C,), beta (C,)",
}
STATISTICS = ("mode", "eps", "momentum", "running_mean", "running_var")
PARAMETERS = {
    "conv": ("stride", "pad"),
    "max_pool": ("pool_height", "pool_width", "stride"),
    "batchnorm": STATISTICS,
    "spatial_batchnorm": STATISTICS,
}
# How a quantity is written in the names that an adapter's forward may have.
WRITTEN = {
    "kernel": "({H1}, {W1})",
    "H1": "{H1}",
    "W1": "{W1}",
    "input_shape": "(C, H, W)",
    "feature_shape": "({D},)",
    "features": "{D}",
    "training": 'mode == "train"',
    "testing": 'mode == "test"',
}


def draft(found: Found, layer: Layer, module: str = "MODULE") -> str:
    """An adapter that calls what was found, to be edited where it is not called so; `module` is where it is.

    The constructor's parameters are read from `found.how`, and those with a known meaning are given.
    """
    settings = PARAMETERS.get(layer.name, ())
    gradients = ", ".join("d" + name for name in layer.input_names)
    if len(found.names) == 1:
        body = _of_class(found, layer, settings)
    else:
        body = _of_functions(found.names[0], found.names[1], layer.input_names, settings)
    lines = [
        f'"""How convcheck calls {" and ".join(found.names)}: edit until it is so, then name this file with --impl."""',
        "",
        f"from {module} import {', '.join(found.names)}",
        "",
        f'layer = "{layer.name}"',
        "",
        f"# Here {SHAPES.get(layer.name, 'arrays')}, and {gradients} likewise.",
        f"# Found: {found.how}",
        "",
        "",
        *body,
    ]
    return "\n".join(lines) + "\n"


def _of_functions(forward: str, backward: str, inputs: tuple[str, ...], settings: tuple[str, ...]) -> list[str]:
    dictionary = ", {" + ", ".join(f'"{name}": {name}' for name in settings) + "}" if settings else ""
    return [
        f"def forward({', '.join((*inputs, *settings))}):",
        f"    out, cache = {forward}({', '.join(inputs)}{dictionary})",
        "    return out, cache",
        "",
        "",
        "def backward(dout, cache):",
        f"    return {backward}(dout, cache)",
    ]


def _of_class(found: Found, layer: Layer, settings: tuple[str, ...]) -> list[str]:
    name = found.names[0]
    match = re.match(rf"{re.escape(name)}\(([^)]*)\)(\.\w+)?\(x\), (\.\w+)\(", found.how)
    names = [part for part in match[1].split(", ") if part] if match else []
    forward, backward = (match[2] or "", match[3]) if match else (".forward", ".backward")
    given = {parameter: _written(quantity(parameter, layer.name, names), layer, settings) for parameter in names}
    arrays = layer.input_names[1:]
    if not {*arrays} <= {*given.values()}:
        # A constructor that takes sizes has a `bias` that says whether there is one.
        given = {parameter: "" if text in arrays else text for parameter, text in given.items()}
    spelt = {text: parameter for parameter, text in given.items()}
    kept = [array for array in arrays if array not in given.values()]
    call = ", ".join(f"{parameter}={text}" for parameter, text in given.items() if text)
    used = re.findall(r"(?<!\")\b[A-Za-z_]\w*\b(?!=[^=])(?!\")", call)
    wanted = dict.fromkeys((*layer.input_names, *(word for word in used if word)))
    return [
        f"def forward({', '.join(wanted)}):",
        f"    made = {name}({call})",
        *(f"    made.{array} = {array}" for array in kept),
        f"    return made{forward}(x), made",
        "",
        "",
        "def backward(dout, made):",
        f"    dx = made{backward}(dout)",
        f"    return {', '.join(['dx', *(f'made.d{spelt.get(array, array)}' for array in arrays)])}",
    ]


def _written(key: str | None, layer: Layer, settings: tuple[str, ...]) -> str:
    """The quantity in the words of an adapter, empty where there is none or the class has its own default."""
    pool = layer.name == "max_pool"
    letters = {
        "H1": "pool_height" if pool else "H1",
        "W1": "pool_width" if pool else "W1",
        "D": "D" if layer.name == "batchnorm" else "C",
    }
    if key is None or key == "params" or (key == "pad" and pool):
        return ""
    if key in ("training", "testing") and "mode" not in settings:
        return ""
    return WRITTEN.get(key, key).format(**letters)
