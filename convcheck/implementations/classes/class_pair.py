"""A class as a `Pair`: every forward is one of a new instance, which is the cache of that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convcheck.implementations.arguments import ADVICE, EMPTY, parameters_of, values_of
from convcheck.implementations.arrays import copied, is_array, reshaped, without_empty
from convcheck.implementations.classes.gradients import gradient_left_in, gradient_places
from convcheck.implementations.classes.instance import (
    Instance,
    array_places,
    both_methods,
    constructor,
    first_of,
    instance_of,
    statistics_places,
)
from convcheck.implementations.classes.places import Place, attributes
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import called
from convcheck.implementations.functions.loss_pair import times
from convcheck.implementations.gradient_names import flattened, returned_by_name
from convcheck.implementations.pair import Pair
from convcheck.implementations.side_by_side import joined, parted
from convcheck.implementations.size_spelling import Speller, Spelling
from convcheck.implementations.unwritten import require_written, returned_none
from convcheck.implementations.vocabulary import CACHES, OUTPUTS, RATES, quantity
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes


@dataclass
class ForwardRun:
    """What belongs to one forward: the instance, what it returned beside its output, the gradients it then held."""

    instance: Instance
    named: Mapping[str, Any]
    cache: Any = None
    held: list[tuple[Place, Any]] = field(default_factory=list)

    def start_over(self) -> None:
        """The gradients as they were before the first backward: code that adds to them means them to be cleared."""
        for place, value in self.held:
            place.put(copied(value))


class ClassPair:
    """The forward and backward of `kind` with these parameters of the layer; see `pair`."""

    def __init__(self, kind: type[Any], layer: Layer, sizes: Sizes, params: Params | None) -> None:
        self.kind, self.layer, self.sizes, self.params = kind, layer, sizes, params
        self._forward, self._backward = both_methods(kind)
        self._last: ForwardRun | None = None
        self._speller = Speller(kind.__name__, sizes)
        wanted = parameters_of(getattr(kind, self._backward), f"{kind.__name__}.{self._backward}")
        # A backward that is given a learning rate changes the weights: then they are the instance's own.
        self._descends = any(normal(p.name) in RATES for p in wanted)

    def pair(self) -> Pair:
        """As a `Pair`, whose state is that of the last forward."""
        # Where a parameter leads, forward is handed no input that another one could take the place of; and a state that
        # it is not handed is what the forward before has left.
        taken = parameters_of(getattr(self.kind, self._forward), f"{self.kind.__name__}.{self._forward}")
        names = [p.name for p in taken]
        handed = {quantity(name, self.layer, names) for name in names}
        again = None if self.layer.leading or {*self.layer.states} - handed else self.again
        return Pair(self.kind.__name__, self.forward, self.backward, self.state, again=again)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """Run a new instance. Raises what `instance_of` and the code raise, and NotWritten."""
        named = dict(zip(self.layer.input_names, inputs, strict=True))
        if self._descends:
            named = {name: copied(value) if name in self.layer.held else value for name, value in named.items()}
        require_written(getattr(self.kind, self._forward), f"{self.kind.__name__}.{self._forward}", "forward")
        run, returned = self._speller.run(lambda spelling: self._run(named, spelling), lambda done: done[1])
        if returned is None:
            raise returned_none(getattr(self.kind, self._forward), f"{self.kind.__name__}.{self._forward}", "forward")
        kept = self._kept(run)
        for name in self.layer.input_names:
            found = gradient_places(run.instance.object, name, self.layer, kept, named[name])
            run.held += [(place, copied(place.value)) for place in found if is_array(place.value)]
        self._last = run
        return returned, run

    def _run(self, named: Mapping[str, Any], spelling: Spelling) -> tuple[ForwardRun, Any]:
        """A new instance that holds `named` and has run forward, with its output; None where it gave none."""
        instance = instance_of(self.kind, self.layer, self.sizes, self.params, named, spelling=spelling)
        run = ForwardRun(instance, named)
        return run, self._call(run)

    def again(self, run: ForwardRun, x: Array) -> tuple[Any, Any]:
        """Forward of this x on an instance that has run before, with the weights that it has. Raises what code does."""
        named = {**run.named, self.layer.input_names[0]: x}
        second = ForwardRun(run.instance, named, held=run.held)
        return self._call(second), second

    def _call(self, run: ForwardRun) -> Any:
        """The output of forward on the instance of this run; None where it gave none."""
        instance = run.instance
        values = {**values_of(self.layer, self.sizes, self.params), **run.named}
        positional = (first_of(self.layer, values), *instance.arguments.positional)
        returned = called("forward", instance.forward, positional, instance.arguments.keywords, self.sizes.in_words)
        if self.layer.outputs and isinstance(returned, tuple):
            out, rest = joined(returned, self.layer)
            returned = (out, *rest) if rest else out
        if isinstance(returned, tuple) and len(returned) == 2:
            returned, run.cache = returned
        if returned is None:
            own = attributes(instance.object)
            returned = next((v for k, v in own.items() if normal(k) in OUTPUTS and is_array(v)), None)
        return returned

    def backward(self, dout: Array, run: ForwardRun) -> tuple[Any, ...]:
        """The gradients in the order of the inputs. Raises CannotOpen for one that is found nowhere."""
        require_written(getattr(self.kind, self._backward), f"{self.kind.__name__}.{self._backward}", "backward")
        run.start_over()
        made = run.instance.object
        before = self._weights(run)
        own = parameters_of(getattr(made, self._backward), f"{self.kind.__name__}.{self._backward}")
        # A loss need not know of dout, which is 1 for it.
        knows_dout = bool(own) or not self.layer.is_loss
        handed = tuple(parted(dout, self.layer)) if knows_dout else ()
        kept = attributes(made)
        returned = called("backward", getattr(made, self._backward), handed, self._rest(run), self.sizes.in_words)
        _remind(made, kept)
        if not knows_dout:
            returned = times(dout, returned)
        after = self._weights(run)
        names = self.layer.input_names
        returned = flattened(returned, self.layer)
        if isinstance(returned, (tuple, list)) and len(returned) == len(names):
            return tuple(returned)
        by_position = self._of_forwards_own(run, returned)
        gradients: list[Any] = []
        for name in names:
            if isinstance(returned, dict):
                gradient = returned_by_name(returned, name, self.layer)
            else:
                gradient = by_position.get(name)
            if gradient is None:
                gradient = gradient_left_in(made, name, self.layer, self._kept(run), run.named[name])
            if gradient is None and name in before:
                # W -= rate·dW with a rate of 1.
                gradient = before[name] - after[name]
            gradients.append(self._in_shape(run, name, gradient))
        if self._descends:
            for name, value in before.items():
                for place in array_places(made, name, self.layer):
                    place.put(value)
        self._require(gradients, returned, made)
        return tuple(gradients)

    def _handed(self, run: ForwardRun) -> list[str]:
        """The inputs that forward takes: the first one, and the state before a step."""
        accepted = run.instance.arguments.accepted
        return [n for n in self.layer.input_names if n in accepted or n not in self.layer.held]

    def _kept(self, run: ForwardRun) -> list[list[str]]:
        """The others, which the instance has from its constructor, in the order of that, or as an attribute; and those
        of its constructor, where there are both: a state that it goes on from is an attribute, and none of its
        parameters.
        """
        handed = self._handed(run)
        names = [p.name for p in constructor(self.kind)]
        told = [quantity(name, self.layer, names) for name in names]
        kept = [name for name in self.layer.input_names if name not in handed]
        kept.sort(key=lambda name: told.index(name) if name in told else len(told))
        return [kept, [name for name in kept if name not in run.instance.placed]]

    def _of_forwards_own(self, run: ForwardRun, returned: Any) -> dict[str, Any]:
        """What backward returned, by the inputs that forward takes; of one such input it may be anything."""
        names = self._handed(run) or [self.layer.input_names[0]]
        if returned is None:
            return {}
        bare = without_empty(returned, len(names)) if isinstance(returned, (tuple, list)) else ()
        if len(bare) == len(names):
            return dict(zip(names, bare, strict=True))
        return {names[0]: returned}

    def _weights(self, run: ForwardRun) -> dict[str, Any]:
        if not self._descends:
            return {}
        found = {name: array_places(run.instance.object, name, self.layer) for name in self.layer.held}
        return {name: copied(where[0].value) for name, where in found.items() if where}

    def _rest(self, run: ForwardRun) -> dict[str, Any]:
        what = f"{self.kind.__name__}.{self._backward}"
        chosen: dict[str, Any] = {}
        douts = max(1, len(self.layer.outputs))
        for parameter in parameters_of(getattr(run.instance.object, self._backward), what)[douts:]:
            plain = normal(parameter.name)
            if plain in RATES:
                chosen[parameter.name] = 1.0
            elif plain in CACHES and run.cache is not None:
                chosen[parameter.name] = run.cache
            elif parameter.default is EMPTY or parameter.default is None:
                # None is no array: what it stands for is the forward before, and an instance may have forgotten that.
                known = next((n for n in self.layer.input_names if plain in self.layer.words.inputs[n]), None)
                if known is None and parameter.default is None:
                    continue
                if known is None:
                    raise CannotOpen(
                        f"{what}: it is not known what {parameter.name!r} is; looked for a cache, a learning rate and "
                        f"{', '.join(self.layer.input_names)}; {ADVICE}:{self.kind.__name__}"
                    )
                chosen[parameter.name] = run.named[known]
        return chosen

    def _in_shape(self, run: ForwardRun, name: str, gradient: Any) -> Any:
        """In the shape of the input, where the class keeps that input, and its gradient, in one of its own."""
        if name not in self.layer.held or not is_array(gradient):
            return gradient
        wanted = tuple(run.named[name].shape)
        kept = [p.value for p in array_places(run.instance.object, name, self.layer)]
        own = any(is_array(k) and tuple(k.shape) == tuple(gradient.shape) != wanted for k in kept)
        return reshaped(gradient, wanted) if own else gradient

    def _require(self, gradients: list[Any], returned: Any, made: Any) -> None:
        names = self.layer.input_names
        missing = [f"d{name}" for name, gradient in zip(names, gradients, strict=True) if gradient is None]
        if len(missing) == len(names):
            name = f"{self.kind.__name__}.{self._backward}"
            raise returned_none(getattr(self.kind, self._backward), name, "backward")
        if missing:
            got = f"a tuple of {len(returned)}" if isinstance(returned, tuple) else type(returned).__name__
            raise CannotOpen(
                f"{self.kind.__name__}.{self._backward} returned {got}, and {', '.join(missing)} was found nowhere: "
                f"looked for attributes like {', '.join('.' + m for m in missing)} and for grads[...]; "
                f"found {', '.join(attributes(made)) or 'none'}; {ADVICE}:{self.kind.__name__}"
            )

    def state(self) -> dict[str, Any]:
        """The running statistics that the last forward left, in the layer's shape; none where the class has no word
        for momentum, since nothing then says what they should be.
        """
        if self._last is None or self.params is None or "momentum" not in self._last.instance.accepted:
            return {}
        left: dict[str, Any] = {}
        for key in self.layer.words.running:
            values = [p.value for p in statistics_places(self._last.instance.object, key, self.layer)]
            found = next((v for v in values if is_array(v)), None)
            if found is not None:
                left[key] = reshaped(found, self.params[key].shape)
        return left


def _remind(made: Any, kept: Mapping[str, Any]) -> None:
    """Give the instance back what it had before backward and has forgotten: it takes forward and backward in turn."""
    for name, value in attributes(made).items():
        if value is None and kept.get(name) is not None:
            setattr(made, name, kept[name])
