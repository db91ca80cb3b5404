"""What PyTorch and JAX do with a function beside its backward: forward mode, vmap, gradients that are not there.

Each is held against the backward that was found right.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np

from convcheck.checking.given import HandedOver
from convcheck.checking.result import Finding
from convcheck.implementations.of_no_layer.given import OfTorch, pairs, setting_of
from convcheck.implementations.of_no_layer.jax_passes import jax_arrays, loaded_jax, wide
from convcheck.implementations.of_no_layer.tensor_passes import differentiable
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.tensors import array, loaded_torch, tensor
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.spec.showing import numeral

# Random directions in which forward mode is looked at.
DIRECTIONS = 3
# So many epsilons of the terms may two ways of one derivative be apart: they round alike, in another order.
APART = 2.0**16
# What is coarser has few digits, and so many epsilons, or roundings as they were measured, are allowed there.
FEW_DIGITS, ROUNDINGS, MOST_ROUNDED = 1e-10, 64, 2.0**-14
# Times this a number is rounded.
FACTOR = 1.1
# Entries that are looked at one by one, once forward mode is known to be wrong.
MOST_LOOKED_AT = 1024
HOW_TO_BATCH = "torch.library or generate_vmap_rule says how"


def outputs_by_themselves(given: HandedOver, rng: Draws) -> list[Finding]:
    """A tensor function of several outputs: what comes of each by itself adds up to what comes of all at once.

    Where one output alone is used, autograd hands backward None for the others, or zeros, as the code asks.
    """
    torch, form = loaded_torch(), given.form
    outs, leaves = _recorded(given)
    places = [place for place, out in enumerate(outs) if out.requires_grad]
    if len(places) < 2:
        return []
    douts = {place: form.made(_normal(rng, pairs(array(outs[place]))), outs[place]) for place in places}

    def gradients(chosen: Sequence[int], zeros: bool = False) -> list[Array]:
        outputs = places if zeros else chosen
        upstream = [douts[place] if place in chosen else torch.zeros_like(douts[place]) for place in outputs]
        ways = [outs[place] for place in outputs]
        found = torch.autograd.grad(ways, [*leaves.values()], upstream, retain_graph=True, allow_unused=True)
        return [
            np.zeros(pairs(array(leaf)).shape) if g is None else pairs(array(g))
            for leaf, g in zip(leaves.values(), found, strict=True)
        ]

    numbers, names = {place: number for number, place in enumerate(places)}, [*given.inputs]
    for place in places:
        try:
            alone, beside = gradients([place]), gradients([place], zeros=True)
        except LEAVING as error:
            said = f"backward raised {_in_words(error)} where output {numbers[place]} alone is used"
            return [
                Finding("output-alone", "error", said, None, "take None, or zeros, for the gradients of the others")
            ]
        for name, one, other in zip(leaves, alone, beside, strict=True):
            slack = APART * float(np.finfo(other.dtype).eps) * float(np.abs(other).max(initial=0))
            apart = np.abs(one - other)
            if (apart <= slack).all():
                continue
            index = np.unravel_index(int(np.nan_to_num(apart, nan=np.inf).argmax()), apart.shape)
            message = (
                f"input {names.index(name)} ({name}), output {numbers[place]}: at [{', '.join(map(str, index))}] "
                f"backward gives {numeral(float(one[index]), 7)} where this output alone is used, "
                f"{numeral(float(other[index]), 7)} where the others come with zeros"
            )
            hint = "backward is called with None, or zeros, for the others: it must not take them for a reason to stop"
            return [Finding("output-alone", "error", message, "d" + name, hint)]
    return []


def forward_mode(given: HandedOver, rng: Draws, jvp: Callable[..., Any] | None = None) -> Iterator[Finding]:
    """Σ dout·(J v) by forward mode against Σ v·(Jᵀ dout) by backward, for random v and dout.

    It is the library's own, or `jvp`, a function of the inputs and of their tangents, as `convcheck.gradcheck` takes
    it. Where they are apart, the entry at which they are furthest apart is looked for.
    """
    what = "forward mode" if jvp is None else "jvp"
    given = _in_float64(given)
    names = [*given.arrays]

    def along(directions: Mapping[str, Array]) -> list[Array]:
        return _tangents(given, directions) if jvp is None else _tangents_by_hand(given, directions, jvp)

    def gradients(dout: Array) -> list[Array]:
        _, cache = given.pair.forward(*(values.copy() for values in given.arrays.values()))
        got = given.pair.backward(dout.copy(), cache)
        return [np.asarray(one) for one in (got if isinstance(got, (tuple, list)) else (got,))]

    out, (_, several) = given.pair.forward(*(values.copy() for values in given.arrays.values()))
    out = np.asarray(out)
    shapes = [out.shape] if several is None else [tuple(shape) for shape in several]
    for _ in range(DIRECTIONS):
        directions = {name: _normal(rng, values) for name, values in given.arrays.items()}
        try:
            tangents = along(directions)
        except LEAVING as error:
            yield Finding("forward-mode", "error", f"{what} raised {_in_words(error)}")
            return
        if [one.shape for one in tangents] != shapes:
            found = ", ".join(str(one.shape) for one in tangents)
            message = f"{what} gives tangents of {found}, expected those of the outputs, {', '.join(map(str, shapes))}"
            yield Finding("forward-mode", "error", message, None, "return a tangent for each output, in its shape")
            return
        dout = _normal(rng, out)
        row = np.concatenate([one.ravel() for one in tangents])
        moved, slopes = dout.ravel() * row, [v * g for v, g in zip(directions.values(), gradients(dout), strict=False)]
        terms = float(np.abs(moved).sum()) + sum(float(np.abs(one).sum()) for one in slopes)
        apart = float(moved.sum()) - sum(float(one.sum()) for one in slopes)
        epsilon = float(np.finfo(out.dtype).eps)
        slack = APART * epsilon * terms if epsilon < FEW_DIGITS else ROUNDINGS * epsilon * terms
        # Code may be in float32 inside whatever it is given: what is not linear to the last digit shows that.
        with suppress(*LEAVING):
            scaled = along({name: v * FACTOR for name, v in directions.items()})
            slack += ROUNDINGS * float(
                np.abs(dout.ravel() * (np.concatenate([one.ravel() for one in scaled]) / FACTOR - row)).sum()
            )
            both = zip(directions.values(), gradients(dout * FACTOR), gradients(dout), strict=True)
            slack += ROUNDINGS * sum(float(np.abs(v * (one / FACTOR - other)).sum()) for v, one, other in both)
        # A jvp that is not linear at all is no rounding.
        if abs(apart) <= min(slack, MOST_ROUNDED * terms):
            continue
        said = f"{what} disagrees with backward, which the differences agree with"
        message = (
            f"{said}: along a random direction Σ dout·(J v) is off by {apart:.3g}, of terms that come to {terms:.3g}"
        )
        hint = "look at the jvp" if jvp is None else "look at what it makes of the tangent of that input"
        with suppress(*LEAVING):
            place = _furthest(given, along, gradients, dout, shapes)
            if place is not None:
                name, output, index, ours, theirs = place
                message = (
                    f"{said}: input {[*given.inputs].index(name)} ({name}), output {output}: at "
                    f"[{', '.join(map(str, index))}] {what} gives {numeral(ours, 7)}, backward {numeral(theirs, 7)}"
                )
                yield Finding("forward-mode", "error", message, "d" + name, hint)
                return
        yield Finding("forward-mode", "error", message, "d" + names[0] if len(names) == 1 else None, hint)
        return


def _in_float64(given: HandedOver) -> HandedOver:
    """The same in float64, where the code takes it: float32 has few digits to tell two derivatives apart by."""
    wide = given._replace(arrays={name: values.astype(np.float64) for name, values in given.arrays.items()})
    with suppress(*LEAVING):
        out, cache = wide.pair.forward(*(values.copy() for values in wide.arrays.values()))
        if np.asarray(out).dtype == np.float64:
            wide.pair.backward(np.ones(np.shape(out)), cache)
            return wide
    return given


def _furthest(
    given: HandedOver,
    along: Callable[[Mapping[str, Array]], list[Array]],
    gradients: Callable[[Array], list[Array]],
    dout: Array,
    shapes: Sequence[tuple[int, ...]],
) -> tuple[str, int, tuple[int, ...], float, float] | None:
    """Of which entry of which input, and by which output, forward mode and backward are furthest apart; and by what.

    None where there are too many entries to look at.
    """
    if sum(values.size for values in given.arrays.values()) > MOST_LOOKED_AT:
        return None
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    by_output = []
    for start, end in pairwise(ends.tolist()):
        alone = np.zeros(dout.size, dout.dtype)
        alone[start:end] = dout.ravel()[start:end]
        by_output.append((alone, gradients(alone.reshape(dout.shape))))
    found, furthest = None, -1.0
    for position, (name, values) in enumerate(given.arrays.items()):
        for entry in range(values.size):
            unit = {n: np.zeros(v.shape, v.dtype) for n, v in given.arrays.items()}
            unit[name].flat[entry] = 1
            row = np.concatenate([one.ravel() for one in along(unit)])
            for output, (alone, backward) in enumerate(by_output):
                ours, theirs = float((alone * row).sum()), float(backward[position].flat[entry])
                apart = abs(ours - theirs) if np.isfinite(ours) else np.inf
                if apart > furthest:
                    index = tuple(map(int, np.unravel_index(entry, values.shape)))
                    found, furthest = (name, output, index, ours, theirs), apart
    return found


def summed_tangents(given: HandedOver, dout: Array, jvp: Callable[..., Any]) -> tuple[Array, ...]:
    """Σ dout·(J e) for each entry e of each input, by `jvp`."""
    gradients = []
    for name, values in given.arrays.items():
        gradient = np.zeros(values.shape, values.dtype)
        for entry in range(values.size):
            unit = {n: np.zeros(v.shape, v.dtype) for n, v in given.arrays.items()}
            unit[name].flat[entry] = 1
            row = np.concatenate([one.ravel() for one in _tangents_by_hand(given, unit, jvp)])
            gradient.flat[entry] = (dout.ravel() * row).sum()
        gradients.append(gradient)
    return tuple(gradients)


def _tangents(given: HandedOver, directions: Mapping[str, Array]) -> list[Array]:
    """What the library's own forward mode gives for each output that it follows."""
    form = given.form
    if isinstance(form, OfTorch):
        every = _along(given, {name: tensor(v) for name, v in directions.items()})
        outs, _ = _recorded(given)
        return [
            np.zeros(pairs(array(out)).shape) if one is None else pairs(array(one))
            for one, out in zip(every, outs, strict=True)
            if out.requires_grad
        ]
    jax = loaded_jax()
    with wide(jax):
        moved = [form.made(v, given.inputs[name]) for name, v in directions.items()]
        _, tangents = jax.jvp(*_of_arrays(given), (*moved,))
    return [pairs(np.asarray(one)) for one in tangents]


def _of_arrays(given: HandedOver) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A function of JAX of what is differentiated alone, and its arguments."""
    form = given.form
    values = {name: form.made(values, given.inputs[name]) for name, values in given.arrays.items()}

    def function(*chosen: Any) -> Any:
        taken = dict(zip(values, chosen, strict=True))
        assert given.function is not None
        return jax_arrays(given.function(*(taken.get(name, form.copied(v)) for name, v in given.inputs.items())))

    return function, (*values.values(),)


def _tangents_by_hand(given: HandedOver, directions: Mapping[str, Array], jvp: Callable[..., Any]) -> list[Array]:
    """What `jvp(primals, tangents)` gives for each output: the tangents alone, or (outputs, tangents)."""
    form = given.form
    with setting_of(form):
        primals = tuple(
            form.made(given.arrays[name].copy(), value) if name in given.arrays else form.copied(value)
            for name, value in given.inputs.items()
        )
        tangents = tuple(
            form.made(directions[name].copy(), value) if name in directions else None
            for name, value in given.inputs.items()
        )
        returned = jvp(primals, tangents)
        out, (_, several) = given.pair.forward(*(values.copy() for values in given.arrays.values()))
        count = 1 if several is None else len(several)
        both = isinstance(returned, (tuple, list)) and len(returned) == 2
        if count == 1:
            moved = [returned[1] if both else returned]
        elif both and all(isinstance(one, (tuple, list)) for one in returned):
            moved = [*returned[1]]
        else:
            moved = [*returned] if isinstance(returned, (tuple, list)) else [returned]
        return [np.asarray(form.numbers(one), dtype=np.asarray(out).dtype) for one in moved]


def _along(given: HandedOver, directions: Mapping[str, Any]) -> list[Any]:
    """What PyTorch's forward mode gives for each output along these directions, None for one that does not move.

    As PyTorch's own check has it, nothing requires a gradient there.
    """
    forward_ad, made = loaded_torch().autograd.forward_ad, given.form.made
    with forward_ad.dual_level():
        duals = {}
        for name, value in _plain(given).items():
            like = given.inputs[name]
            duals[name] = forward_ad.make_dual(made(value, like), made(directions[name], like))
        return [forward_ad.unpack_dual(out).tangent for out in _called(given, duals)]


def batched_tangents(given: HandedOver, rng: Draws) -> Iterator[Finding]:
    """PyTorch's forward mode under vmap against one direction after the other."""
    torch = loaded_torch()
    # As in the gradients that it batches itself: the vmap of torch.func has no forward mode of this kind.
    from torch._vmap_internals import _vmap  # type: ignore[import-not-found, unused-ignore]

    several = {name: [tensor(_normal(rng, values)) for _ in range(2)] for name, values in given.arrays.items()}
    names = [*several]

    def along(*chosen: Any) -> tuple[Any, ...]:
        # What does not move has a tangent of zeros under vmap, and None by itself.
        moved = _along(given, dict(zip(names, chosen, strict=True)))
        return tuple(torch.zeros(()) if one is None else one for one in moved)

    try:
        one_by_one = [along(*(several[name][i] for name in names)) for i in range(2)]
        at_once = _vmap(along)(*(torch.stack(several[name]) for name in names))
    except LEAVING as error:
        message = f"forward mode under vmap raised {_in_words(error)}"
        yield Finding("batched-forward-gradient", "error", message, None, HOW_TO_BATCH)
        return
    for number, (batch, *loop) in enumerate(zip(at_once, *one_by_one, strict=True)):
        values, expected = pairs(array(batch)), np.stack([pairs(array(one)) for one in loop])
        if not _is_near(values, expected):
            message = f"the tangents of output {number} under vmap are not what forward mode gives one by one"
            yield Finding("batched-forward-gradient", "error", message, None, "look at the jvp, and at its vmap")
            return


def _tangents_of_jax(given: HandedOver, directions: dict[str, Array], rng: Draws) -> tuple[list[Array], list[Array]]:
    jax, form = loaded_jax(), given.form
    with wide(jax):
        values = {name: form.made(values, given.inputs[name]) for name, values in given.arrays.items()}
        moved = [form.made(v, given.inputs[name]) for name, v in directions.items()]

        def of_those(*chosen: Any) -> Any:
            taken = dict(zip(values, chosen, strict=True))
            returned = given.function(*(taken.get(name, form.copied(v)) for name, v in given.inputs.items()))  # type: ignore[misc]
            return jax_arrays(returned)

        outputs, tangents = jax.jvp(of_those, (*values.values(),), (*moved,))
        _, back = jax.vjp(of_those, *values.values())
        douts = [form.made(_normal(rng, pairs(np.asarray(out))), out) for out in outputs]
        found = back(douts)
    # JAX's pairing of complex numbers conjugates neither.
    along = [np.real(np.asarray(d) * np.asarray(t)) for d, t in zip(douts, tangents, strict=True)]
    return along, [np.real(np.asarray(g) * np.asarray(v)) for g, v in zip(found, moved, strict=True)]


def undefined_gradients(given: HandedOver, rng: Draws) -> Iterator[Finding]:
    """Backward where no gradient comes to an output: nothing, or zeros, may come of it, and nothing raised."""
    torch = loaded_torch()

    class Undefined(torch.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, out: Any) -> Any:
            return out.view_as(out)

        @staticmethod
        def backward(ctx: Any, dout: Any) -> None:
            return None

    outs, leaves = _recorded(given)
    outs = [out for out in outs if out.requires_grad]
    for number in range(-1 if len(outs) > 1 else 0, len(outs)):
        cut = [Undefined.apply(out) if number in (-1, index) else out for index, out in enumerate(outs)]
        zeros = [torch.zeros_like(out) for out in cut]
        which = "any output" if number < 0 else f"output {number}"
        try:
            with torch.random.fork_rng():
                found = torch.autograd.grad(cut, [*leaves.values()], zeros, allow_unused=True, retain_graph=True)
        except LEAVING as error:
            message = f"backward raised {_in_words(error)} where no gradient comes to {which}"
            yield Finding("undefined-gradient", "error", message, None, "take None for zeros there")
            return
        for name, gradient in zip(leaves, found, strict=True):
            if gradient is not None and bool((gradient != 0).any()):
                message = f"d{name} is not zero where no gradient comes to {which}, and zeros to the others"
                yield Finding("undefined-gradient", "error", message, "d" + name)
                return


def batched_gradients(given: HandedOver, rng: Draws) -> Iterator[Finding]:
    """Backward under vmap against one call after the other."""
    yield from (_batched_of_torch if isinstance(given.form, OfTorch) else _batched_of_jax)(given, rng)


def _batched_of_jax(given: HandedOver, rng: Draws) -> Iterator[Finding]:
    jax = loaded_jax()
    with wide(jax):
        function, values = _of_arrays(given)
        outputs, back = jax.vjp(function, *values)
        for number in range(len(outputs)):
            several = [
                [
                    given.form.made(_normal(rng, pairs(np.asarray(out))) * (place == number), out)
                    for place, out in enumerate(outputs)
                ]
                for _ in range(2)
            ]
            one_by_one = [back(douts) for douts in several]
            try:
                at_once = jax.vmap(back)([jax.numpy.stack(batch) for batch in zip(*several, strict=True)])
            except LEAVING as error:
                message = f"backward of output {number} under vmap raised {_in_words(error)}"
                hint = "jax.custom_batching.custom_vmap, or the vmap_method of a callback, says how"
                yield Finding("batched-gradient", "error", message, None, hint)
                return
            for position, name in enumerate(given.arrays):
                loop = np.stack([pairs(np.asarray(gradients[position])) for gradients in one_by_one])
                if said := _apart_under_vmap(given, name, number, pairs(np.asarray(at_once[position])), loop):
                    yield said
                    return


def _batched_of_torch(given: HandedOver, rng: Draws) -> Iterator[Finding]:
    torch, form = loaded_torch(), given.form
    outs, leaves = _recorded(given)
    for number, out in enumerate(out for out in outs if out.requires_grad):
        several = [form.made(_normal(rng, pairs(array(out))), out) for _ in range(2)]
        keywords = {"allow_unused": True, "retain_graph": True}
        one_by_one = [torch.autograd.grad(out, [*leaves.values()], dout, **keywords) for dout in several]
        try:
            at_once = torch.autograd.grad(
                out, [*leaves.values()], torch.stack(several), is_grads_batched=True, **keywords
            )
        except LEAVING as error:
            message = f"backward of output {number} under vmap raised {_in_words(error)}"
            yield Finding("batched-gradient", "error", message, None, HOW_TO_BATCH)
            return
        ways = [at_once]
        # A vmap that a Function has itself is called by the newer vmap alone, which takes fewer Functions.
        with suppress(*LEAVING):
            by_its_own = torch.vmap(lambda dout, out=out: _given_gradients(torch, out, leaves, dout))
            ways.append(by_its_own(torch.stack(several)))
        for position, name, batch in ((p, name, way[p]) for way in ways for p, name in enumerate(leaves)):
            loop = [gradients[position] for gradients in one_by_one]
            if batch is None or any(one is None for one in loop):
                continue
            values, expected = pairs(array(batch)), np.stack([pairs(array(one)) for one in loop])
            if said := _apart_under_vmap(given, name, number, values, expected):
                yield said
                return


def _apart_under_vmap(given: HandedOver, name: str, number: int, values: Array, expected: Array) -> Finding | None:
    """A finding where a gradient under vmap is not what it is one by one."""
    if _is_near(values, expected):
        return None
    apart = np.nan_to_num(np.abs(values - expected), nan=np.inf)
    index = np.unravel_index(int(apart.argmax()), apart.shape)
    message = (
        f"input {[*given.inputs].index(name)} ({name}), output {number}: at "
        f"[{', '.join(map(str, index))}] backward under vmap gives {numeral(float(values[index]), 7)}, "
        f"one by one {numeral(float(expected[index]), 7)}"
    )
    hint = "the first index counts what is batched: look at the vmap of what backward calls"
    return Finding("batched-gradient", "error", message, "d" + name, hint)


def _given_gradients(torch: Any, out: Any, leaves: Mapping[str, Any], dout: Any) -> tuple[Any, ...]:
    found = torch.autograd.grad(out, [*leaves.values()], dout, allow_unused=True, retain_graph=True)
    return tuple(torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves.values(), found, strict=True))


def once(ask: Callable[[HandedOver, Draws], Iterator[Finding]]) -> Callable[[HandedOver, Draws], list[Finding]]:
    """The question with its answers in a list, and without warnings of the code's."""

    def asked(given: HandedOver, rng: Draws) -> list[Finding]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [*ask(given, rng)]

    return asked


def _is_near(values: Array, expected: Array) -> bool:
    slack = APART * float(np.finfo(expected.dtype).eps) * float(np.abs(expected).max(initial=0))
    return bool((np.abs(values - expected) <= slack).all())


def _plain(given: HandedOver) -> dict[str, Any]:
    """What is differentiated, as tensors of real numbers."""
    return {name: tensor(values.copy()) for name, values in given.arrays.items()}


def _recorded(given: HandedOver) -> tuple[list[Any], dict[str, Any]]:
    """The outputs of tensors, and the tensors that they are differentiated in."""
    leaves = {name: value.requires_grad_() for name, value in _plain(given).items()}
    return _outputs(given, leaves), leaves


def _outputs(given: HandedOver, chosen: Mapping[str, Any]) -> list[Any]:
    """The outputs for tensors of real numbers in the place of what is differentiated."""
    return _called(given, {name: given.form.made(value, given.inputs[name]) for name, value in chosen.items()})


def _called(given: HandedOver, chosen: Mapping[str, Any]) -> list[Any]:
    form = given.form
    arguments = [chosen[name] if name in chosen else form.copied(value) for name, value in given.inputs.items()]
    assert given.function is not None
    return differentiable(given.function(*arguments))


def _normal(rng: Draws, like: Array) -> Array:
    return np.asarray(rng.normal(like.shape)).astype(like.dtype)


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
