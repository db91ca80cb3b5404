"""The first text of an adapter, from what was found in a source."""

from __future__ import annotations

import re

from convcheck.implementations.adapters.discover import names_known
from convcheck.implementations.source import Found
from convcheck.implementations.vocabulary import quantity
from convcheck.layers.layer import Layer


def draft(found: Found, layer: Layer, module: str = "MODULE") -> str:
    """An adapter that calls what was found, to be edited where it is not called so; `module` is where it is.

    The parameters of forward, or of the constructor, are read from `found.how`, and those that are known are given.
    """
    gradients = ", ".join("d" + name for name in layer.input_names)
    shapes = ", ".join(f"{name} {shape}" for name, shape in layer.shapes.items())
    lines = [
        f'"""How convcheck calls {" and ".join(found.names)}: edit until it is so, then name this file with --impl."""',
        "",
        f"from {module} import {', '.join(found.names)}",
        "",
        f'layer = "{layer.name}"',
        "",
        f"# Here {shapes}, and {gradients} likewise.",
        f"# Found: {found.how}",
        "",
        "",
        *(_of_class(found, layer) if len(found.names) == 1 else _of_functions(found, layer)),
    ]
    return "\n".join(lines) + "\n"


def _of_functions(found: Found, layer: Layer) -> list[str]:
    forward, backward = found.names
    inputs = (*layer.leading, *layer.input_names)
    outs, douts = _outputs(layer)
    match = re.match(rf"{re.escape(forward)}\(([^)]*)\)", found.how)
    rest = match[1].split(", ")[len(inputs) :] if match else []
    settings_given = {name: _in_adapter(quantity(name, layer, rest), layer) for name in rest}
    if match and all(settings_given.values()):
        # A parameter for each setting, or none at all.
        settings = ", ".join(f"{name}={text}" for name, text in settings_given.items())
        wanted = _names_in(settings)
    else:
        wanted = [name for name in layer.parameters if name not in layer.leading]
        settings = "{" + ", ".join(f'"{name}": {name}' for name in wanted) + "}" if wanted else ""
    return [
        f"def forward({', '.join((*inputs, *wanted))}):",
        f"    {outs}, cache = {forward}({', '.join([*inputs, *([settings] if settings else [])])})",
        f"    return {outs}, cache",
        "",
        "",
        f"def backward({douts}, cache):",
        f"    return {backward}({douts}, cache)",
    ]


def _of_class(found: Found, layer: Layer) -> list[str]:
    name = found.names[0]
    match = re.match(rf"{re.escape(name)}\(([^)]*)\)(\.\w+)?\(([^)]*)\), (\.\w+)\(", found.how)
    names = [part for part in match[1].split(", ") if part] if match else []
    forward, backward = (match[2] or "", match[4]) if match else (".forward", ".backward")
    given = {parameter: _in_adapter(quantity(parameter, layer, names), layer) for parameter in names}
    first = (*layer.leading, layer.input_names[0])[0]
    handed = [quantity(name, layer, names) for name in match[3].split(", ")[1:]] if match else []
    states = [name for name in layer.states if name in handed]
    arrays = tuple(name for name in layer.held if name not in states)
    first = ", ".join([first, *states])
    outs, douts = _outputs(layer)
    if not {*arrays} <= {*given.values()}:
        # A constructor that takes sizes has a `bias` that says whether there is one.
        given = {parameter: "" if text in arrays else text for parameter, text in given.items()}
    spelt = {text: parameter for parameter, text in given.items()}
    kept = [array for array in arrays if array not in given.values()]
    given_back = () if layer.leading else ("dx", *(f"d{name}" for name in states))
    call = ", ".join(f"{parameter}={text}" for parameter, text in given.items() if text)
    return [
        f"def forward({', '.join(dict.fromkeys((*layer.leading, *layer.input_names, *_names_in(call))))}):",
        f"    made = {name}({call})",
        *(f"    made.{array} = {array}" for array in kept),
        *([f"    {outs} = made{forward}({first})"] if layer.outputs else []),
        f"    return {outs if layer.outputs else f'made{forward}({first})'}, made",
        "",
        "",
        f"def backward({douts}, made):",
        f"    {', '.join(given_back) + ' = ' if given_back else ''}made{backward}({douts})",
        f"    return {', '.join([*given_back, *(f'made.d{spelt.get(array, array)}' for array in arrays)])}",
    ]


def _outputs(layer: Layer) -> tuple[str, str]:
    """What forward returns, and what backward is handed for it."""
    return ", ".join(layer.outputs or ("out",)), ", ".join(f"d{name}" for name in layer.outputs or ("out",))


def _names_in(call: str) -> list[str]:
    """The names that stand for values in the text of a call: no keywords, no text in quotes."""
    return list(dict.fromkeys(re.findall(r"(?<!\")\b[A-Za-z_]\w*\b(?!=[^=])(?!\")", call)))


def _in_adapter(key: str | None, layer: Layer) -> str:
    """The quantity in the words of an adapter, empty where there is none or the class has its own default."""
    if key is None:
        return ""
    text = layer.words.in_adapters.get(key, key)
    return text if text != key or key in names_known(layer) else ""
