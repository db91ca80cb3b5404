"""What of a module looks like a forward and a backward pass and is not checked, each with the reason.

Seen are the passes and classes that the file defines at its top level. Not seen is what has no gradient of its own to
be wrong: what only calls the passes of others one after the other, tests, base classes whose methods do nothing, and
names that begin with an underscore.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from convcheck.implementations.classes.instance import both_methods
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.functions.discover import functions_in
from convcheck.implementations.functions.matching import matched_passes, names_of
from convcheck.implementations.functions.names import customary, own_name
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.source import Found, NotChecked, Source
from convcheck.implementations.source_text import (
    definition,
    definition_line,
    first_line,
    undecorated,
)
from convcheck.implementations.unwritten import is_unwritten
from convcheck.implementations.vocabulary import BACKWARDS, layer_called, layers_by_word, parts_called, step_called
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.sequence import is_part
from convcheck.layers.words import normal, words
from convcheck.spec.nearest import near
from convcheck.spec.outline import JOINT

# Words in the names of code that tries out passes rather than being one.
_TRIALS = words("test tests check checks gradcheck bench benchmark compare plot demo numerical numeric")
# How the gradient of a function is called where it is not called its backward.
_GRADIENTS = re.compile(
    r"(?i)^(?:grad|gradient|derivative)_of_(\w+)|^(?:grad|derivative)_(\w+)|^(\w+?)_(?:grad|gradient|derivative|prime|vjp)$"
)
# How much alike a name and the word of a layer are where one is a slip of the other. Names of other layers are less so,
# meanpool and maxpool 0.8, but where they are short, or differ in their first letter or a digit: mish, conv4d.
_ALIKE = 0.85
_SHORTEST = 5


def not_checked(
    loaded: Loaded, source: Source, found: Iterable[Found], near: Iterable[NotChecked], *, nameless: bool
) -> tuple[NotChecked, ...]:
    """What was seen beside what was `found`, in the order of the file; `near` is what nearly is one of a layer.

    `nameless`: also what has the name of no layer.
    """
    module = loaded.module
    seen = [
        one
        for one in near
        if all(_is_of(module, name) for name in one.names)
        and not (_is_sequence(one.names[0]) and _is_combination(getattr(module, one.names[-1])))
    ]
    if nameless:
        seen += [*_pairs(loaded, source), *_classes(module, source)]
    checked = {name for one in found for name in one.names}
    unique = {one.names: one._replace(place=source.place) for one in reversed(seen) if not {*one.names} <= checked}
    return tuple(sorted(unique.values(), key=lambda one: one.line))


def _pairs(loaded: Loaded, source: Source) -> Iterator[NotChecked]:
    """Functions without a layer's name: both passes, a backward alone, and a forward alone whose name is nearly one."""
    module = loaded.module
    every = [f for f in functions_in(module, loaded.folder, own_name) if _is_of(module, f.name) and not _layer(f.name)]
    for word in dict.fromkeys(f.custom.layer for f in every):
        matched = matched_passes(every, word)
        for pair in matched.pairs:
            if parts_called(word or "") or not _is_combination(pair[1].function):
                yield _nameless(word, names_of(pair), first_line(pair[0].function), source)
        slip = _slip(word)
        meant = f"; {slip} was probably meant" if slip else ""
        halves = matched if slip else matched._replace(forwards=())
        yield from (one._replace(why=f"{one.why}{meant}") for one in halves.alone(module))
    yield from _losses(module)
    yield from _by_another_word(loaded, source)


def _by_another_word(loaded: Loaded, source: Source) -> Iterator[NotChecked]:
    """A function and its gradient, where they are called so: `softsign` and `softsign_grad`."""
    theirs = {n: value for n, value in defined_in(loaded.module).items() if inspect.isfunction(value)}
    for name in theirs:
        called = _GRADIENTS.match(name)
        word = next(filter(None, called.groups())) if called else ""
        forward = next((one for one in (word, f"{word}_forward") if one in theirs), None)
        if forward is None or not (_is_of(loaded.module, name) and _is_of(loaded.module, forward)):
            continue
        one = _nameless(word, (forward, name), first_line(theirs[forward]), source)
        layer = layer_called(word)
        if layer is not None:
            hint = source.as_layer(one.names, (layer,))
            one = one._replace(why=f"a backward is looked for under the name {word}_backward", hint=hint)
        yield one


def _classes(module: ModuleType, source: Source) -> Iterator[NotChecked]:
    """Classes with a forward and a backward of their own whose name is no layer's, with several passes among their
    methods, or with a backward that has no forward by a name that is known.
    """
    for name, kind in defined_in(module).items():
        if not inspect.isclass(kind) or not _is_of(module, name) or layer_called(name) is not None:
            continue
        yield from _methods(name, kind)
        try:
            forward, backward = (getattr(kind, method) for method in both_methods(kind))
        except CannotOpen:
            own = [method for method in BACKWARDS if method in vars(kind)]
            if own and not is_unwritten(getattr(kind, own[0])) and not _is_combination(getattr(kind, own[0])):
                yield NotChecked((name,), definition_line(kind), f"it has {own[0]}, and no forward by a customary name")
            continue
        # The methods of torch's own base class do nothing.
        inherited = getattr(backward, "__module__", "").partition(".")[0] == "torch"
        if inherited or (is_unwritten(forward) and is_unwritten(backward)):
            continue
        if parts_called(name) or not _is_combination(backward):
            yield _nameless(name, (name,), definition_line(kind), source)


def _methods(name: str, kind: type[Any]) -> Iterator[NotChecked]:
    """`conv_forward` and `conv_backward` where they are methods: the class, and what they are called."""
    named = [(word, own) for word in vars(kind) if (own := own_name(word)) is not None and own.layer]
    ways = {own.layer: {each.way for _, each in named if each.layer == own.layer} for _, own in named}
    both = [word for word, own in named if len(ways[own.layer]) == 2 and not word.startswith("_")]
    if both:
        why = f"its passes are methods ({', '.join(both)}): make functions of them"
        yield NotChecked((name,), definition_line(kind), why)


def _nameless(word: str | None, names: tuple[str, ...], line: int, source: Source) -> NotChecked:
    slip = _slip(word)
    if word is None:
        why = "their names tell no layer"
    elif layer_called(word) is not None:
        why = "by their names they are a part of a layer"
    elif parts := parts_called(word):
        return NotChecked(names, line, _cannot_be_joined(parts))
    elif (step := step_called(word)) is not None:
        return NotChecked(names, line, f"there is no layer for {word} over time; there is one for a step of it, {step}")
    else:
        why = f"no layer is called {word}" + (f"; did you mean {slip}?" if slip else "")
    return NotChecked(names, line, why, source.as_layer(names, (slip,) if slip else tuple(LAYERS)))


def _cannot_be_joined(parts: Sequence[str]) -> str:
    """Why layers are not checked one after the other."""
    those = [LAYERS[name] for name in parts]
    said = f"it is {', '.join(parts)} one after the other, "
    if drawn := next((one.name for one in those if one.observed is not None), ""):
        return f"{said}and {drawn} draws numbers by chance: it is checked by itself alone"
    if loss := next((one.name for one in those if one.is_loss), ""):
        return f"{said}and {loss} is a loss: it is checked by itself alone"
    other = next((one.name for one in those if not is_part(one)), parts[0])
    return f"{said}and {other} takes or gives more than one array: it is checked by itself alone"


def _losses(module: ModuleType) -> Iterator[NotChecked]:
    """Functions called as layers one after the other of which the last is a loss: affine_softmax_loss."""
    for name, value in defined_in(module).items():
        if not inspect.isfunction(value) or not _is_of(module, name) or own_name(name) is not None or customary(name):
            continue
        parts = parts_called(name)
        if parts and LAYERS[parts[-1]].is_loss and not any(LAYERS[one].is_loss for one in parts[:-1]):
            yield NotChecked((name,), first_line(value), _cannot_be_joined(parts))


def _layer(name: str) -> str | None:
    known = customary(name)
    return known.layer if known is not None else None


def _slip(word: str | None) -> str | None:
    """The layer that the word names but for a slip of the pen; None where it is another word."""
    plain = normal(word or "")
    of_layer = layers_by_word()
    if len(plain) < _SHORTEST or plain in of_layer:
        return None
    alike = [called for called in of_layer if called[0] == plain[0] and _digits(called) == _digits(plain)]
    found = near(plain, alike, most=1, cutoff=_ALIKE)
    return of_layer[found[0]] if found else None


def _digits(word: str) -> str:
    return re.sub(r"\D", "", word)


def _is_of(module: ModuleType, name: str) -> bool:
    """Whether the module itself defines it, for others to use; a package's own file speaks for the files in it."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    if name.startswith("_") or _TRIALS & {*parts}:
        return False
    thing = getattr(module, name)
    if inspect.isclass(thing):
        return bool(thing.__module__ == module.__name__)
    file = getattr(getattr(undecorated(thing), "__code__", None), "co_filename", "")
    return hasattr(module, "__path__") or os.path.abspath(file) == os.path.abspath(module.__file__ or "")


def _is_sequence(name: str) -> bool:
    known = customary(name)
    return known is not None and known.layer is not None and JOINT in known.layer


def _is_combination(backward: Callable[..., Any]) -> bool:
    """Whether a backward does nothing but hand on what other backward passes return: two of them, or some in a loop."""
    body = definition(backward)
    nodes: Sequence[ast.AST] = () if body is None else tuple(ast.walk(body))
    if any(isinstance(node, (ast.BinOp, ast.AugAssign)) for node in nodes):
        return False
    looped = [node for loop in nodes if isinstance(loop, (ast.For, ast.While)) for node in ast.walk(loop)]
    return any(map(_calls_backward, looped)) or len({_text(n) for n in nodes if _calls_backward(n)}) > 1


def _calls_backward(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return False
    known = own_name(node.func.id if isinstance(node.func, ast.Name) else node.func.attr)
    return known is not None and known.way == "backward"


def _text(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""
