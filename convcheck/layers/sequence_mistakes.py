"""The mistakes of layers one after the other: those of each part in its place, and those on the way between two.

What a part gets wrong in its dx makes wrong what comes before it: dx of the whole, and the gradients of the weights of
all parts before it. These are one slip, and have one id.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.mistakes import MadeMistake, Mistake, Mistakes, values_of
from convcheck.layers.sequence import Part, PartPasses, Passes, own_params


class _Between(NamedTuple):
    """What code does on the way back between two parts: `made` of the gradient g that comes out of the backward
    of the later one, and of what went into that.
    """

    id: str
    said: str
    made: Callable[[Array, Array], Array]


# What a part may be handed in place of what comes back to it.
BETWEEN = (
    _Between("half", "half of what it should be", lambda g, before: g / 2),
    _Between("twice", "twice what it should be", lambda g, before: g * 2),
    _Between("negated", "its negative", lambda g, before: -g),
    _Between("mean", "divided by the number of examples", lambda g, before: g / len(g)),
    _Between("nothing", "zero", lambda g, before: g * 0),
    _Between(
        "past", "what went into the backward of its {}: that is left out", lambda g, before: before.reshape(g.shape)
    ),
)


class _Right(NamedTuple):
    """What is right at some data: the inputs and parameters, what came of the parts, the gradients by their names, and
    what comes back to each part, dout last.
    """

    inputs: list[Array]
    params: Params | None
    run: Passes
    gradients: Mapping[str, Array]
    upstream: Sequence[Array]


ORDINALS = dict(enumerate(("first", "second", "third", "fourth", "fifth")))


class SequenceMistakes(Mistakes):
    """The mistakes of all parts, each in the place of its part: what becomes of it in the gradients before it."""

    def __init__(self, layer: Layer, of_parts: Sequence[Mistakes]) -> None:
        super().__init__(None, str)
        self._layer, self._of_parts = layer, of_parts
        self._parts: tuple[Part, ...] = layer.sizes.parts  # type: ignore[attr-defined]
        self._passes = PartPasses(self._parts, "reference")
        sizes = [len(part.inputs) for part in self._parts]
        self._starts = [1 + sum(sizes[:number]) for number in range(len(sizes))]
        # All mistakes are made at the data of one check, and then at those of the next.
        self._last: tuple[bytes, _Right] | None = None

    def __iter__(self) -> Iterator[Mistake]:
        return (
            made.mistake
            for name in ("forward", *(f"d{one}" for one in self._layer.input_names))
            for made in self.of(name)
        )

    def right(self, tensor: str) -> Sequence[Callable[..., Any]]:
        """The code of this tensor as it should be."""

        def code(dout: Array, *given: Any) -> Array:
            right = self._right_at(dout, given)
            return right.run.xs[-1] if tensor == "forward" else right.gradients[tensor[1:]]

        return [code]

    def of(self, tensor: str, *, tied: bool = False) -> Sequence[MadeMistake]:
        """Those of the part that the tensor is of, then those of what comes back to it from the parts after it."""
        if tied:
            return []
        if tensor not in self._made:
            self._made[tensor] = [*self._made_of(tensor)]
        return self._made[tensor]

    def _made_of(self, tensor: str) -> Iterator[MadeMistake]:
        place = next((i for i, part in enumerate(self._parts) if tensor[1:] in part.inputs.values()), -1)
        for number, (part, mistakes) in enumerate(zip(self._parts, self._of_parts, strict=True)):
            own = next((f"d{name}" for name, called in part.inputs.items() if f"d{called}" == tensor), "dx")
            if tensor == "forward":
                own = tensor
            elif number < place:
                continue
            if own == "dx" and number:
                yield from (self._between(between, number, tensor) for between in BETWEEN)
            yield from (self._placed(made, number, tensor) for made in mistakes.of(own))
            if own == "dx" and number > place >= 0:
                yield self._of_later(number, place, tensor)

    def _placed(self, made: MadeMistake, number: int, tensor: str) -> MadeMistake:
        part = self._parts[number]
        said = f"in its {self._called(number)}: {made.sentence}"
        name = f"{part.dictionary.replace('_param', '')}-{made.mistake.name}"
        mistake = made.mistake._replace(name=name, tensor=tensor, sentence=said, edits=(), ways=(), tolerated="")
        code = [self._in_place(function, number, tensor, made.mistake.tensor) for function in made.code]
        tensors = self._before(number) if made.mistake.tensor == "dx" else (tensor,)
        return MadeMistake(f"{self._called(number)}: {made.id}", mistake, said, made.mend, code, tensors)

    def _between(self, between: _Between, number: int, tensor: str) -> MadeMistake:
        """A mistake on the way from part `number` to the one before it."""
        before, after = self._called(number - 1), self._called(number)
        said = f"what comes back to its {before} is {between.said.format(after)}"
        mend = f"hand the backward of the {before} what that of the {after} returns"
        mistake = Mistake(f"between-{between.id}", tensor, said, mend, ())
        code = self._handed_on(between, number, tensor)
        return MadeMistake(f"{before}, {after}: {between.id}", mistake, said, mend, [code], self._before(number))

    def _of_later(self, number: int, place: int, tensor: str) -> MadeMistake:
        """That one gradient of part `place` is made of what goes into the backward of part `number`, a later one, the
        others of what comes out of that of the next.
        """
        after, later = self._called(place + 1), self._called(number)
        last = number == len(self._parts) - 1
        goes_in = "dout" if last else f"what comes back to its {later}"
        said = f"{tensor} is made of {goes_in}, and not of what the backward of the {after} returns"
        mend = f"make {tensor} of what the backward of the {after} returns"

        def code(dout: Array, *given: Any) -> Array:
            right = self._right_at(dout, given)
            instead = right.upstream[number + 1].reshape(right.upstream[place + 1].shape)
            return self._back_from(place + 1, instead, right.run, tensor)

        mistake = Mistake(f"of-{later}", tensor, said, mend, ())
        return MadeMistake(f"{tensor}: of {number}", mistake, said, mend, [code])

    def _before(self, number: int) -> tuple[str, ...]:
        """The gradients that go through this part: of x, and of the weights of the parts before it."""
        return ("dx", *(f"d{called}" for part in self._parts[:number] for called in part.inputs.values()))

    def _in_place(self, function: Callable[..., Any], number: int, tensor: str, own: str) -> Callable[..., Any]:
        """Code in whose place the part `number` has `function` for its tensor `own`."""

        def code(dout: Array, *given: Any) -> Array:
            inputs, params, run, _, upstream = self._right_at(dout, given)
            weights = [inputs[at : at + len(part.inputs)] for at, part in zip(self._starts, self._parts, strict=True)]
            last = (*own_params(self._parts[number], params), None)[0]
            wrong = values_of(function, [run.xs[number], *weights[number]], upstream[number + 1], last)
            if isinstance(wrong, Exception):
                raise wrong
            if own == "forward":
                after = PartPasses(self._parts[number + 1 :], "reference")
                return after.run([wrong, *(a for arrays in weights[number + 1 :] for a in arrays)], params).xs[-1]
            return wrong if own != "dx" else self._back_from(number, wrong, run, tensor)

        return code

    def _handed_on(self, between: _Between, number: int, tensor: str) -> Callable[..., Any]:
        """Code that hands on something else than what part `number` gives."""

        def code(dout: Array, *given: Any) -> Array:
            right = self._right_at(dout, given)
            wrong = between.made(right.upstream[number], right.upstream[number + 1])
            return self._back_from(number, wrong, right.run, tensor)

        return code

    def _back_from(self, number: int, dx: Array, run: Passes, tensor: str) -> Array:
        """The tensor, where part `number` gives this dx."""
        before = PartPasses(self._parts[:number], "reference")
        return before.back(dx, run.caches[:number])[0][tensor[1:]]

    def _called(self, number: int) -> str:
        """The name of a part, and which it is where there are several of that name."""
        name = self._parts[number].layer.name
        alike = [i for i, part in enumerate(self._parts) if part.layer.name == name]
        return name if len(alike) == 1 else f"{ORDINALS.get(alike.index(number), str(number + 1))} {name}"

    def _right_at(self, dout: Array, given: Sequence[Any]) -> _Right:
        """What is right at these inputs and parameters, worked out once for all mistakes in a row."""
        data = pickle.dumps((dout, given))
        if self._last is None or self._last[0] != data:
            count = len(self._layer.input_names)
            inputs, params = [*given[:count]], given[count] if len(given) > count else None
            run = self._passes.run(inputs, params)
            self._last = data, _Right(inputs, params, run, *self._passes.back(dout, run.caches))
        return self._last[1]
