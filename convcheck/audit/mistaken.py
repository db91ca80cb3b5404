"""An implementation with one known mistake in it, to be checked as anybody's code is.

What a mistake makes wrong comes from the layer's readable code with the mistake in it, all else from its reference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.catalogue import LAYERS, mistakes_of
from convcheck.layers.layer import Array, Layer, Params, Variant, copied_params
from convcheck.layers.mistakes import MadeMistake

# The readable code of each tensor that it is of.
Code = Mapping[str, Callable[..., Any]]
FORWARD = "forward"


class Way(NamedTuple):
    """One way to make a mistake: the code of the tensors that are `wrong`, and code of them that is `right`."""

    wrong: Code
    right: Code


class Slip(NamedTuple):
    """One mistake of a layer's catalogue with one of its choices, in all `ways` in which people make it.

    `equivalent`: why it is none, where it gives what is right at any sizes; else empty.
    """

    layer: str
    made: MadeMistake
    ways: tuple[Way, ...]
    equivalent: str = ""


def tensors_of(layer: Layer) -> tuple[str, ...]:
    """What readable code gives of a layer: the output, gradients, and what forward leaves for the next one."""
    left = (name for name in layer.parameters if mistakes_of(layer.name).right(name))
    return (FORWARD, *(f"d{name}" for name in layer.input_names), *left)


def slips_of(name: str) -> Iterator[Slip]:
    """All mistakes of the layer of this name, in the order of its catalogue."""
    known = mistakes_of(name)
    together: dict[str, list[tuple[str, MadeMistake]]] = {}
    for tensor in tensors_of(LAYERS[name]):
        for made in (one for tied in (False, True) for one in known.of(tensor, tied=tied)):
            # Of layers one after the other, a slip makes wrong what comes before it as well, under the same id.
            together.setdefault(made.id, []).append((tensor, made))
    for identity, those in together.items():
        # Readable code may be right only where nothing ties.
        right_of = partial(_of_reference, LAYERS[name]) if those[0][1].mistake.tied else known.right
        ways = tuple(
            _way(right_of, [(tensor, made.code[min(number, len(made.code) - 1)]) for tensor, made in those])
            for number in range(max(len(made.code) for _, made in those))
        )
        yield Slip(name, those[0][1], ways, known.equivalent.get(identity, ""))


def _way(
    right_of: Callable[[str], Sequence[Callable[..., Any]]], wrong: Sequence[tuple[str, Callable[..., Any]]]
) -> Way:
    def right(tensor: str, code: Callable[..., Any]) -> Callable[..., Any]:
        every = right_of(tensor)
        return next((one for one in every if one.__name__ == code.__name__), every[0])

    return Way(dict(wrong), {tensor: right(tensor, code) for tensor, code in wrong})


def _of_reference(layer: Layer, tensor: str) -> Sequence[Callable[..., Any]]:
    """The reference as readable code of one of its tensors would be."""
    variant = layer.variants[layer.reference]

    def code(dout: Array, *given: Any) -> Array:
        out, cache = variant.forward(*given)
        if tensor == FORWARD:
            return out
        gradients = variant.backward(dout, cache)
        every = gradients if isinstance(gradients, tuple) else (gradients,)
        return np.asarray(every[layer.input_names.index(tensor[1:])])

    return [code]


def effect_of(layer: Layer, way: Way) -> Code:
    """What is wrong by the layer's reference with what the mistake changes in readable code, where that is right only
    as long as nothing ties: the gradients; the other tensors as they are.
    """

    def changed(tensor: str) -> Callable[..., Any]:
        (reference,) = _of_reference(layer, tensor)

        def code(dout: Array, *given: Any) -> Array:
            wrong, right = (np.asarray(each[tensor](dout, *_copied(given))) for each in (way.wrong, way.right))
            return wrong if wrong.shape != right.shape else reference(dout, *_copied(given)) + (wrong - right)

        return code

    gradients = {f"d{name}" for name in layer.input_names}
    return {tensor: changed(tensor) if tensor in gradients else code for tensor, code in way.wrong.items()}


def _copied(given: Sequence[Any]) -> list[Any]:
    return [copied_params(one) if isinstance(one, dict) else one.copy() for one in given]


def variant_with(layer: Layer, code: Code) -> Variant:
    """The layer's reference, with what this readable code gives in the place of these tensors."""
    reference = layer.variants[layer.reference]
    number = len(layer.input_names)
    names = [f"d{name}" for name in layer.input_names]

    def forward(*arguments: Any) -> tuple[Array, Any]:
        inputs, params = arguments[:number], (*arguments[number:], None)[0]
        handed = None if params is None else copied_params(params)
        if handed is not None and layer.observed is not None:
            ones, _ = reference.forward(np.ones(inputs[0].shape), copied_params(handed))
            handed |= layer.observed(ones)
        out, cache = reference.forward(*arguments)
        for name, function in code.items():
            if name == FORWARD:
                out = _made(function, inputs, np.ones(out.shape), handed).astype(inputs[0].dtype)
            elif name not in names and params is not None:
                params[name] = _made(function, inputs, np.ones(out.shape), handed)
        return out, (cache, inputs, handed)

    def backward(dout: Array, cache: Any) -> Any:
        own, inputs, handed = cache
        gradients = reference.backward(dout, own)
        given = [*gradients] if isinstance(gradients, tuple) else [gradients]
        for position, name in enumerate(names):
            if name in code:
                given[position] = _made(code[name], inputs, dout, handed).astype(dout.dtype)
        return tuple(given) if isinstance(gradients, tuple) else given[0]

    return Variant(forward, backward, "with a mistake")


def _made(function: Callable[..., Any], inputs: Sequence[Array], dout: Array, params: Params | None) -> Array:
    """What readable code gives, in float64. Raises what that raises, and TypeError for numbers that are not real."""
    if any(a.dtype.kind == "c" for a in inputs):
        raise TypeError("it takes real numbers")
    given = [a.astype(np.float64) for a in inputs] + ([] if params is None else [copied_params(params)])
    # What is made of layers one after the other takes dout for the output as well, which does not hang on it.
    upstream = [dout.astype(np.float64)] if function.__code__.co_varnames[:1] == ("dout",) else []
    return np.asarray(function(*upstream, *given), dtype=np.float64)
