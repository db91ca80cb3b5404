"""What the text of code shows of the axes that it takes its arrays to have: images or rows, channels first or last."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.source_text import definition, every_node, shape_names
from convcheck.implementations.steps import goes_over_steps, says_steps
from convcheck.implementations.vocabulary import FORWARDS, IMAGES, step_called, told_by
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer
from convcheck.layers.packed import packed_words
from convcheck.layers.words import normal

# What stands before x.
NO_INPUTS = frozenset({"self", "ctx", "context"})


def of_images(thing: Any) -> bool:
    """Whether a function, or what a class defines, speaks of the third and fourth axis, and does not ask how many.

    What asks is right for rows, whatever it does with images.
    """
    nodes = _nodes_of(thing)
    return any(map(_has_four_axes, nodes)) and not any(map(_counts_axes, nodes))


def asks_how_many_axes(thing: Any) -> bool:
    """Whether a function, or what a class defines, does."""
    return any(map(_counts_axes, _nodes_of(thing)))


def _nodes_of(thing: Any) -> list[ast.AST]:
    members = vars(thing).values() if inspect.isclass(thing) else [thing]
    functions = (inspect.unwrap(getattr(member, "__func__", member)) for member in members if callable(member))
    trees = [tree for tree in map(definition, functions) if tree is not None]
    return [node for tree in trees for node in every_node(tree)]


def _has_four_axes(node: ast.AST) -> bool:
    """`N, C, H, W = x.shape`, `x.shape[3]`, `axis=(0, 2, 3)`, `x.transpose(0, 2, 3, 1)`."""
    if isinstance(node, ast.Assign) and _is_shape(node.value):
        return any(isinstance(target, (ast.Tuple, ast.List)) and len(target.elts) == 4 for target in node.targets)
    if isinstance(node, ast.Subscript) and _is_shape(node.value):
        return isinstance(node.slice, ast.Constant) and node.slice.value == 3
    listed = node.elts if isinstance(node, (ast.Tuple, ast.List)) else node.args if isinstance(node, ast.Call) else []
    numbers = [entry.value for entry in listed if isinstance(entry, ast.Constant) and type(entry.value) is int]
    return len(numbers) >= 2 and len(numbers) == len({*numbers}) and {2, 3} <= {*numbers} <= {0, 1, 2, 3}


def _is_shape(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in {"shape", "size"}
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def _counts_axes(node: ast.AST) -> bool:
    """`x.ndim`, `x.dim()`, `len(x.shape)`."""
    if isinstance(node, ast.Attribute) and node.attr in {"ndim", "ndimension"}:
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "dim" and not node.args
    return isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1 and _is_shape(node.args[0])


def layer_on_images(layer: str | None, layers: Sequence[str]) -> str | None:
    """Which of `layers` is that layer on images, where one is."""
    return next((name for name in told_by("images", layer) if name in layers), None)


def layer_of_step(layer: str | None, thing: Any, layers: Sequence[str]) -> str | None:
    """Which of `layers` is a step of that layer, where `thing` takes the state before, forward(x, h_prev), and makes
    one step: the first state of a whole sequence may be called so, too.
    """
    return next((step for step in told_by("state", layer) if step in layers and _is_step(thing, step)), None)


def layer_of_axes(layer: str | None, thing: Any, layers: Sequence[str]) -> str | None:
    """Which of `layers` is that layer on arrays of more or fewer axes, where `thing` takes its own apart into so many:
    `N, C, L = x.shape` in what is called a convolution.
    """
    others = {_axes_of_x(name): name for name in told_by("axes", layer) if name in layers}
    if not others:
        return None
    shown = _axes_shown(_forward_of(thing), LAYERS[layer or ""])
    return others.get(shown.pop()) if len(shown) == 1 else None


def _axes_of_x(name: str) -> int:
    layer = LAYERS[name]
    return layer.shapes[layer.input_names[0]].count(",") + 1


def _axes_shown(function: Any, layer: Layer) -> set[int]:
    """Into how many axes it takes apart x, and what has as many in the layer, by what these are called."""
    alike = [name for name, shape in layer.shapes.items() if shape.count(",") + 1 == _axes_of_x(layer.name)]
    called = frozenset().union(*(layer.words.inputs[name] for name in alike))
    found = set()
    for node in _nodes_of(function):
        if isinstance(node, ast.Assign) and _is_shape(node.value) and normal(_owner(node.value)) in called:
            lists = [target for target in node.targets if isinstance(target, (ast.Tuple, ast.List))]
            whole = [one for one in lists if not any(isinstance(entry, ast.Starred) for entry in one.elts)]
            found |= {len(one.elts) for one in whole}
    return found


def _owner(shape: ast.expr) -> str:
    """Whose shape it is: w of `w.shape` and of `np.shape(w)`, W of `self.W.shape` and of `self.W.size()`."""
    attribute = shape.func if isinstance(shape, ast.Call) else shape
    whose = attribute.value if isinstance(attribute, ast.Attribute) else attribute
    if isinstance(shape, ast.Call) and shape.args:
        whose = shape.args[0]
    return whose.id if isinstance(whose, ast.Name) else whose.attr if isinstance(whose, ast.Attribute) else ""


def _forward_of(thing: Any) -> Any:
    """The forward method of a class, and a function itself."""
    return next((getattr(thing, name) for name in FORWARDS[:-1] if hasattr(thing, name)), thing)


def _is_step(thing: Any, step: str) -> bool:
    forward = _forward_of(thing)
    x, *others = _parameters_of_forward(thing) or [""]
    states = {normal(name) for name in others if "prev" in name.lower()}
    if not states or says_steps(thing) or says_steps(forward):
        return False
    known = LAYERS[step]
    weights = [known.words.inputs[name] for name in known.input_names[1:] if name not in known.states]
    return not goes_over_steps(forward, x, states.union(*weights))


def _parameters_of_forward(thing: Any) -> list[str]:
    """The names of the parameters of a function, or of the forward of a class; what stands before its arrays is left
    out.
    """
    function = _forward_of(thing)
    if function is thing and inspect.isclass(thing):
        function = vars(thing).get("__call__", thing)
    try:
        names = [*inspect.signature(function).parameters]
    except (TypeError, ValueError):
        return []
    return [name for name in names if normal(name) not in NO_INPUTS]


def layer_by_arrays(layer: str, thing: Any) -> str:
    """`layer`, or one that is the same with weights, where `thing` names those, or of one input, where it takes one."""
    layer = next((name for name in told_by("weights", layer) if _names_weights(thing, LAYERS[name])), layer)
    known = LAYERS[layer]
    return next((one for one in told_by("one input", layer) if not _takes_any(thing, known, known.states)), layer)


def _takes_any(thing: Any, layer: Layer, arrays: Sequence[str]) -> bool:
    """Whether its forward has a parameter that is called as one of these inputs."""
    wanted = frozenset().union(*(layer.words.inputs[name] for name in arrays))
    return any(normal(name) in wanted for name in _parameters_of_forward(thing)[1:])


def _names_weights(thing: Any, layer: Layer) -> bool:
    """Whether it takes, or a class keeps, something that is called as one of the layer's weights."""
    weights = (words for name, words in layer.words.inputs.items() if name not in (layer.input_names[0], *layer.states))
    wanted = frozenset().union(packed_words(layer), *weights)
    members = vars(thing).values() if inspect.isclass(thing) else ()
    codes = [code for member in members if (code := getattr(inspect.unwrap(member), "__code__", None)) is not None]
    names = {name for code in codes for name in (*code.co_names, *code.co_varnames, *code.co_consts)}
    return any(isinstance(one, str) and normal(one) in wanted for one in (*names, *_parameters_of_forward(thing)))


def layer_meant(layer: str | None, thing: Any, layers: Sequence[str]) -> str | None:
    """`layer`, which the name of `thing` tells, or the same on images where `thing` speaks of images, a step of it, it
    on arrays of more or fewer axes, or another one that its arrays show.

    Where nothing but that is asked for, it is meant whatever the text shows.
    """
    step = layer_of_step(layer, thing, layers)
    if layer is None and (called := step_called(getattr(thing, "__name__", ""))) and _is_step(thing, called):
        step = called
    if step is not None:
        return step
    if (apart := layer_of_axes(layer, thing, layers)) is not None:
        return apart
    layer = layer and layer_by_arrays(layer, thing)
    other = layer_on_images(layer, layers)
    if other is None:
        return layer
    return other if set(layers) == {other} or of_images(thing) else layer


_HEIGHT = re.compile(r"^(n?_?h(_?\w*)?|\w*height\w*|rows?\w*|\w*_h)$", re.I)
_CHANNELS = re.compile(r"^(n?_?c(_?(prev|in|new|x|out)\w*)?|\w*channels?\w*|c\d?|depth|\w*_c)$", re.I)


def require_channels_first(function: Callable[..., Any], layer: Layer, names: tuple[str, ...]) -> None:
    """Raise CannotOpen where x is taken apart as batch, rows, columns, channels, naming the line."""
    if layer.shapes[layer.input_names[0]] != IMAGES or not names:
        return
    axes, line = shape_names(function, names[0])
    if len(axes) != 4:
        return
    if _HEIGHT.match(axes[1]) and not _CHANNELS.match(axes[1]) and _CHANNELS.match(axes[3]):
        raise CannotOpen(
            f"{function.__name__} takes images as (N, H, W, C): line {line} calls the axes of {names[0]} "
            f"{', '.join(axes)}; they are (N, C, H, W) here: {ADVICE}"
        )
