"""Networks that hold their parameters: `loss(X, y)` beside a dictionary `params`, and the gradients by the same keys.

The gradients come with the loss, from a method `gradient`, or are left in an attribute by `backward`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convcheck.implementations.arrays import is_array
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.of_no_layer.differentiable import Differentiable
from convcheck.implementations.of_no_layer.passes import times
from convcheck.implementations.pair import Pair
from convcheck.implementations.plain_exception import LEAVING, type_name
from convcheck.implementations.received import received
from convcheck.implementations.source_text import definition
from convcheck.implementations.tensors import array, loaded_torch, tensor
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.layers.network.words import ROLES, WHOLE
from convcheck.layers.words import normal, words
from convcheck.spec.nearest import nearest
from convcheck.spec.showing import listed

LOSSES = ("loss", "compute_loss", "cost", "loss_and_grad", "loss_and_grads", "forward")
GRADIENTS = ("gradient", "gradients", "grad", "backward", "backprop", "compute_gradients", "compute_grads")
PARAMETERS = ("params", "parameters", "weights")
LEFT = ("grads", "gradients", "grad", "dparams")
LABELS = words("y t ytrue target targets label labels yb tb ybatch tbatch ytrain ttrain ys ts gt groundtruth")
# What parameters are moved by from where the network begins: offsets that are 0 hide what is wrong with them.
OFFSET, WEIGHT = 0.3, 0.7
MATRIX = 2
SEED = 231


def is_network(kind: type[Any]) -> bool:
    """Whether a class computes a loss of what it is handed, keeps its parameters and has gradients of them."""
    method = _own(kind, LOSSES)
    if method is None or not _takes_labels(getattr(kind, method)):
        return False
    nodes = [node for function in _methods(kind) for node in ast.walk(function)]
    said = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    if not said & {*PARAMETERS}:
        return False
    # Every layer has a forward and its params: a network leaves its gradients somewhere.
    if method == "forward" and not (said & {*LEFT} and _own(kind, GRADIENTS) is not None):
        return False
    pairs = any(isinstance(one, ast.Return) and isinstance(one.value, ast.Tuple) for one in nodes)
    return pairs or _own(kind, GRADIENTS) is not None


def _methods(kind: type[Any]) -> Iterator[ast.AST]:
    """The syntax trees of what it defines, and of what the classes do that it extends."""
    for each in kind.__mro__:
        for value in vars(each).values():
            found = definition(value) if inspect.isfunction(value) else None
            if found is not None:
                yield found


def _takes_labels(function: Callable[..., Any]) -> bool:
    """Whether what it takes second is called as labels are."""
    taken = _parameters(function)
    return len(taken) > 1 and normal(taken[1].name) in LABELS


def taken_by(kind: type[Any]) -> tuple[str, ...]:
    """The settings of a suite that the network can be told; "hidden[]" where it takes several hidden layers."""
    whole = ("input", "hidden", "hidden[]", "classes") if _whole(_parameters(kind.__init__)) else ()
    return tuple(dict.fromkeys([*whole, *(role for role, _ in _by_role(kind))]))


def _whole(parameters: Sequence[inspect.Parameter]) -> inspect.Parameter | None:
    """What takes the sizes of all layers in one list; None where the input or the classes have a word of their own."""
    named = {normal(parameter.name) for parameter in parameters}
    if named & (ROLES["input"].words | ROLES["classes"].words):
        return None
    return next((parameter for parameter in parameters if normal(parameter.name) in WHOLE), None)


def _by_role(kind: type[Any]) -> list[tuple[str, inspect.Parameter]]:
    found: list[tuple[str, inspect.Parameter]] = []
    for parameter in (*_parameters(kind.__init__), *_parameters(getattr(kind, _own(kind, LOSSES) or LOSSES[0]))):
        inner = parameter.default if isinstance(parameter.default, dict) else {}
        for name, default in [(parameter.name, parameter.default), *inner.items()]:
            plain = normal(str(name))
            for role, known in ROLES.items():
                if plain not in known.words | known.flags | known.kinds:
                    continue
                as_one = parameter.replace(default=default)
                if role == "input" and _is_several(as_one, of_image=True):
                    found.append(("image", parameter))
                else:
                    found.append((role, parameter))
                if role == "hidden" and _is_several(as_one):
                    found.append(("hidden[]", parameter))
    return found


def _is_several(parameter: inspect.Parameter, *, of_image: bool = False) -> bool:
    """Whether it is handed a list: by its default, what is written beside it, or a name in the plural."""
    default = parameter.default
    if isinstance(default, (list, tuple)):
        return True
    if of_image or isinstance(default, (int, float)):
        return False
    plain = normal(parameter.name)
    return plain.endswith(("dims", "sizes", "list", "layers")) or "list" in str(parameter.annotation).lower()


def told(kind: type[Any], settings: Mapping[str, Any], dtype: np.dtype[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What its constructor, and what its loss, is handed by name for these settings.

    They are called as the code has them, or by one of the names of a suite. Raises CannotOpen for one that neither
    takes.
    """
    loss = _own(kind, LOSSES) or LOSSES[0]
    places = (_parameters(kind.__init__), _parameters(getattr(kind, loss)))
    given: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    whole = _whole(places[0])
    if whole is not None and {"input", "classes"} <= settings.keys():
        hidden = settings.get("hidden", ())
        inner = hidden if isinstance(hidden, tuple) else (hidden,)
        given[0][whole.name] = [settings["input"], *inner, settings["classes"]]
        settings = {key: value for key, value in settings.items() if key not in ("input", "hidden", "classes")}
    for key, value in settings.items():
        if not any(_put(key, value, parameters, into) for parameters, into in zip(places, given, strict=True)):
            known = [p.name for parameters in places for p in parameters]
            near = nearest(key, known)
            hint = f"; did you mean {near[0]}?" if near else ""
            of_constructor = ", ".join(p.name for p in places[0])
            raise CannotOpen(f"settings: neither {kind.__name__}({of_constructor}) nor its {loss} takes {key}{hint}")
    of_torch = tensor(np.empty(0, dtype)).dtype if loaded_torch() else None
    usual = {"dtype": dtype.type, "seed": SEED}
    for parameter in places[0]:
        if parameter.name in usual and parameter.name not in given[0]:
            is_of_torch = of_torch is not None and isinstance(parameter.default, type(of_torch))
            given[0][parameter.name] = of_torch if is_of_torch else usual[parameter.name]
        elif parameter.default is inspect.Parameter.empty and parameter.name not in given[0]:
            raise CannotOpen(f"{kind.__name__} needs {parameter.name}: say it under `settings`")
    return given


def _put(key: str, value: Any, parameters: Sequence[inspect.Parameter], into: dict[str, Any]) -> bool:
    """Whether one of the parameters is this setting; then it is put into what is handed over."""
    as_list = list(value) if isinstance(value, tuple) else value
    for parameter in parameters:
        if parameter.name == key:
            into[key] = tuple(value) if isinstance(value, tuple) and isinstance(parameter.default, tuple) else as_list
            return True
    role = ROLES.get("input" if key == "image" else key)
    if role is None:
        return False
    done = False
    for parameter in parameters:
        if isinstance(parameter.default, dict):
            inner = into.setdefault(parameter.name, dict(parameter.default))
            for name in parameter.default:
                if normal(str(name)) in role.words:
                    inner[name], done = _spelt(value, parameter.replace(default=parameter.default[name])), True
        plain = normal(parameter.name)
        if plain in role.words:
            into[parameter.name], done = _spelt(value, parameter), True
        elif plain in role.flags and value:
            into[parameter.name], done = True, True
        elif plain in role.kinds and value:
            into[parameter.name], done = role.word, True
    return done


def _spelt(value: Any, parameter: inspect.Parameter) -> Any:
    if _is_several(parameter):
        values = value if isinstance(value, tuple) else (value,)
        return tuple(values) if isinstance(parameter.default, tuple) else list(values)
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else tuple(value)
    return value


@dataclass
class Network:
    """A network made with its settings, as a function of its parameters at fixed data."""

    kind: type[Any]
    made: Any
    data: Sequence[Array]
    of_loss: Mapping[str, Any]
    text: Callable[[], str]
    names: tuple[str, ...] = ()
    loss: str = ""
    gradient: str | None = None
    # Whether the network sees arrays that are put in the place of its own, rather than only what is written into these.
    replaces: bool = field(default=False)
    # Whether its parameters are tensors, and it takes its data so.
    on_tensors: bool = field(default=False)

    def __post_init__(self) -> None:
        self.loss = _own(self.kind, LOSSES) or LOSSES[0]
        self.gradient = _own(self.kind, GRADIENTS)
        self.on_tensors = any(array(one) is not one for one in self._by_key().values())
        self.names = tuple(self.parameters())

    @property
    def _held(self) -> Any:
        """The dictionary or the list in which it keeps its parameters; None where there is neither."""
        kept = (getattr(self.made, name, None) for name in PARAMETERS)
        return next((one for one in kept if isinstance(one, (dict, list, tuple))), None)

    def _by_key(self) -> dict[str, Any]:
        held = self._held
        if isinstance(held, dict):
            return {str(key): value for key, value in held.items()}
        return {f"params[{i}]": value for i, value in enumerate(held or ())}

    def parameters(self) -> dict[str, Array]:
        """Its parameters by name. Raises CannotOpen where it has none that are arrays."""
        found = {key: array(value) for key, value in self._by_key().items() if is_array(value)}
        if not found:
            raise CannotOpen(f"{self.kind.__name__} has no arrays in {listed([f'self.{n}' for n in PARAMETERS], 'or')}")
        return found

    def put(self, arrays: Mapping[str, Array]) -> None:
        """Make these its parameters. Raises TypeError for complex ones that its own arrays do not hold."""
        own = self.parameters()
        if self.replaces:
            self._held.update({name: self._as_theirs(value.copy()) for name, value in arrays.items()})
            return
        for name, value in arrays.items():
            if np.iscomplexobj(value):
                raise TypeError("the parameters of this network are written into arrays of real numbers")
            own[name][...] = value

    def find_out(self, arrays: Mapping[str, Array]) -> None:
        """Whether parameters may be replaced: a layer that was made with the old arrays would go on with these."""
        held = self._held
        if not isinstance(held, dict):
            return
        before = dict(held)
        try:
            self.put({name: value + 0.25 for name, value in arrays.items()})
            written = self.value_of(self.run())
            self.put(arrays)
            self.replaces = True
            self.put({name: value + 0.25 for name, value in arrays.items()})
            self.replaces = bool(np.array_equal(self.value_of(self.run()), written))
        except (*LEAVING, Raised):  # what is wrong with it the check is to find
            self.replaces = False
        finally:
            held.update(before)
            replaces, self.replaces = self.replaces, False
            self.put(arrays)
            self.replaces = replaces

    def run(self) -> Any:
        """What its loss returns."""
        return called("forward", getattr(self.made, self.loss), self._own_data(), self.of_loss, self.text)

    def _own_data(self) -> list[Any]:
        return [self._as_theirs(a.copy()) for a in self.data]

    def _as_theirs(self, value: Array) -> Any:
        return tensor(value) if self.on_tensors else value

    def value_of(self, returned: Any) -> Array:
        """The loss in what was returned. Raises Raised where there is none."""
        value = returned[0] if isinstance(returned, (tuple, list)) and returned else returned
        got = received(value).values
        if got is None or got.size != 1:
            said = f"{self.loss} returned {received(value).described}, expected one number"
            raise Raised("forward", WrongReturn(said))
        return got.reshape(())

    def forward(self, *arrays: Array) -> tuple[Any, Any]:
        """(loss, what the gradients are found in)."""
        given = dict(zip(self.names, arrays, strict=True))
        self.put(given)
        returned = self.run()
        if isinstance(returned, (tuple, list)) and len(returned) > 1:
            return self.value_of(returned), self._by_name(returned[1])
        return self.value_of(returned), {name: value.copy() for name, value in given.items()}

    def backward(self, dout: Array, cache: Mapping[str, Any]) -> tuple[Any, ...]:
        """The gradients times dout; None for a parameter that has none. Raises Raised where there are none at all."""
        found = cache
        if not isinstance(cache, _Gradients):
            if self.gradient is None:
                said = f"{self.loss} returned its loss alone, expected (loss, gradients)"
                raise Raised("backward", WrongReturn(said))
            self.put(cache)
            method = getattr(self.made, self.gradient)
            takes = _positional(getattr(self.kind, self.gradient))
            data = self._own_data() if len(takes) >= len(self.data) else []
            if not data:
                self.run()
            returned = called("backward", method, data, {}, self.text)
            if returned is None or isinstance(returned, (int, float)) or is_array(returned):
                returned = next((getattr(self.made, name) for name in LEFT if hasattr(self.made, name)), None)
            found = self._by_name(returned)
        return tuple(times(found.get(name), dout) for name in self.names)

    def _by_name(self, gradients: Any) -> Mapping[str, Any]:
        """A copy of the gradients, by the names of the parameters. Raises Raised for what has no such names."""
        if isinstance(gradients, (list, tuple)) and len(gradients) == len(self.names):
            return _Gradients(zip(self.names, map(_copied, gradients), strict=True))
        if not isinstance(gradients, dict):
            said = (
                f"returned its gradients as {type_name(gradients)}, expected a dictionary with a key for each parameter"
            )
            raise Raised("backward", WrongReturn(said))
        kept = _Gradients()
        for name in self.names:
            value = gradients.get(name, gradients.get(f"d{name}"))
            kept[name] = _copied(value)
        return kept


def _copied(value: Any) -> Any:
    return np.array(array(value)) if is_array(value) else value


class _Gradients(dict[str, Any]):
    """Gradients that came with the loss."""


def opened(
    kind: type[Any],
    settings: Mapping[str, Any],
    data: Mapping[str, Array],
    dtype: np.dtype[Any],
    rng: Draws,
    text: Callable[[], str],
) -> Differentiable:
    """The network on this data. Raises CannotOpen where it cannot be made of these settings."""
    of_constructor, of_loss = told(kind, settings, dtype)
    try:
        made = called("constructor", kind, (), of_constructor, text)
    except Raised as error:
        raise CannotOpen(error.sentence()) from error
    network = Network(kind, made, [*data.values()], of_loss, text)
    arrays = {name: _drawn(value, rng, dtype) for name, value in network.parameters().items()}
    network.find_out(arrays)
    pair = Pair(kind.__name__, network.forward, network.backward)
    first = next(iter(data.values()))
    letters = {"N": first.shape[0]} if first.ndim else {}
    letters |= {key: value for key, value in settings.items() if type(value) in (int, float)}
    return Differentiable(pair, arrays, letters, is_last=True)


def _drawn(value: Array, rng: Draws, dtype: np.dtype[Any]) -> Array:
    """A parameter in place of what the network begins with: no offset is 0, no scale 1, and no score is far off.

    Where all begin alike, what is wrong with them is hidden; and where a probability is next to nothing, what a loss
    adds to it before the logarithm is not.
    """
    if value.ndim < MATRIX or value.size == max(value.shape):
        return np.asarray(value + OFFSET * rng.normal(value.shape)).astype(dtype)
    inputs = value.shape[0] if value.ndim == MATRIX else int(np.prod(value.shape[1:]))
    return np.asarray(WEIGHT * rng.normal(value.shape) / np.sqrt(inputs)).astype(dtype)


def _own(kind: type[Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if callable(getattr(kind, name, None))), None)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        found = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return []
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p for p in found if p.kind in plain and p.name != "self"]


def _positional(function: Callable[..., Any]) -> list[str]:
    return [p.name for p in _parameters(function) if p.default is inspect.Parameter.empty]
