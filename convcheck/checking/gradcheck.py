"""`gradcheck`: any forward and backward, or a function that is differentiated by its own library; with no layer."""

import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from convcheck.checking.advice_of_no_layer import IN_PYTHON, advised, of_its_library
from convcheck.checking.agreement.criterion import SMALLEST_NORMAL
from convcheck.checking.by_its_library import forward_mode, once, outputs_by_themselves, summed_tangents
from convcheck.checking.contract.replaced import with_replaced
from convcheck.checking.examine import Examination, Options
from convcheck.checking.examine_pair import Examined, examine_pair
from convcheck.checking.given import Further, HandedOver
from convcheck.checking.gradcheck_arguments import (
    Inputs,
    differentiated_arrays,
    named_inputs,
    plain_inputs,
    reject_unknown,
    require_mapping,
    require_numbers,
    skipped_names,
)
from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.checking.subject import stream
from convcheck.checking.termination import status_of
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.module_snapshot import modules_kept
from convcheck.implementations.of_no_layer.functions import against
from convcheck.implementations.of_no_layer.given import (
    ArrayForm,
    OfNumPy,
    OfTorch,
    Returned,
    backward_as_function,
    callable_of,
    form_of,
    half_of,
    is_complex,
    name_of,
    narrow_form,
    pair_by_forward_mode,
    pair_of_one,
    pair_of_two,
    pairs,
    pairs_of,
    parameter_names,
    parameters_of_module,
    widened,
    with_moved_parameters,
)
from convcheck.implementations.of_no_layer.returned import taken_apart
from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Kind
from convcheck.layers.locality import Tie
from convcheck.numeric.function import Function
from convcheck.spec.showing import numeral

MOVED_PARAMETERS = Finding(
    "moved-parameters",
    "note",
    "with the parameters as they are, all is right: looked at where those that are one number throughout, such as 1 or "
    "0, are moved from it",
)

PARAMETERS_ALIKE = Finding(
    "parameters-alike",
    "warning",
    "right with the parameters as they are; some are one number throughout, such as 1 or 0, which hides what is wrong "
    "with them, and with others nothing could be decided",
    hint="give parameters that differ from entry to entry, or code that rounds less",
)


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | None,
    inputs: Inputs,
    dout: Any = None,
    locality: Mapping[str, Sequence[Tie]] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = 60.0,
    seed: int = 0,
    skip: Iterable[str | int] = (),
    surrogate: Callable[..., Any] | None = None,
    outputs: int = 1,
    jvp: Callable[..., Any] | bool | None = None,
) -> Result:
    """The `Result` of any forward and backward, with "function" for a layer. Its arguments: see `convcheck.gradcheck`.

    An exception in forward or backward becomes a finding. Raises TypeError and ValueError as is said there.
    """
    if not (jvp is None or isinstance(jvp, bool) or callable(jvp)):
        raise TypeError(f"jvp: expected a function of primals and tangents, or True, received {type(jvp).__name__}")
    by_jvp = jvp if callable(jvp) else None
    given = opened(forward, backward, inputs, skip, surrogate, outputs, by_jvp)
    further: list[Further] = []
    if jvp is True and given.function is None:
        raise TypeError("jvp: expected a function of primals and tangents: True is for one function of PyTorch or JAX")
    if jvp and not given.in_forward_mode:
        further.append(once(partial(forward_mode, jvp=by_jvp)))
    return checked(
        given,
        dout,
        locality,
        kinds=kinds,
        scheme=scheme,
        tolerance=tolerance,
        budget=budget,
        seed=seed,
        further=further,
    )


def opened(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | None,
    inputs: Inputs,
    skip: Iterable[str | int] = (),
    surrogate: Callable[..., Any] | None = None,
    outputs: int = 1,
    jvp: Callable[..., Any] | None = None,
) -> HandedOver:
    """What is checked. Raises TypeError and ValueError as `convcheck.gradcheck`.

    Where there is no backward of any kind, it is made of the tangents that `jvp` gives, if that is given.
    """
    functions = [forward] if backward is None else [forward, backward]
    named = {"forward": forward, "backward": backward, "surrogate": surrogate}
    for name, one in named.items():
        if one is not None and not callable(one):
            raise TypeError(f"{name}: expected a function, received {type(one).__name__}")
    if isinstance(outputs, bool) or not isinstance(outputs, int) or outputs < 1:
        raise TypeError(f"outputs: expected how many there are, received {outputs!r}")
    given = named_inputs(parameter_names(forward), inputs)
    form = form_of(functions, given)
    if isinstance(form, OfNumPy):
        given = plain_inputs(given)
        form = OfNumPy(given)
    one = None
    if backward is None:
        one, parameters = parameters_of_module(callable_of(forward), [*given])
        if isinstance(form, OfNumPy):
            if jvp is not None:
                return opened_by_jvp(opened(forward, _no_backward, given, skip, surrogate, outputs), jvp)
            raise TypeError(
                f"backward: expected a function, received NoneType: {name_of(forward)} is none of PyTorch's or JAX's, "
                "which have backward themselves: gradcheck(forward, backward, inputs)"
            )
        given |= parameters
    skipped = skipped_names(skip, given)

    def handed_over(form: ArrayForm, inputs: Mapping[str, Any], arrays: Mapping[str, Array]) -> HandedOver:
        if one is None:
            assert backward is not None
            pair = pair_of_two((forward, backward), form, inputs, arrays, outputs)
        else:
            pair = pair_of_one(one, form, inputs, arrays)
        if surrogate is not None:
            meant = pair_of_one(surrogate, form, inputs, arrays)
            if isinstance(form, OfNumPy):
                meant = pair_of_two((surrogate, surrogate), form, inputs, arrays, outputs)
            pair = against(pair, meant.forward)
        return HandedOver(pair._replace(name=name_of(forward)), arrays, inputs, form, one)

    if not any(half_of(value) for name, value in given.items() if name not in skipped):
        return handed_over(form, given, differentiated_arrays(form, given, skipped))
    narrow, wider = narrow_form(form, given), []
    for dtype in ("float64", "float32"):
        wide = {name: widened(form, value, dtype) for name, value in given.items()}
        wider.append(handed_over(form, wide, differentiated_arrays(form, wide, skipped)))
    return handed_over(narrow, given, wider[0].arrays)._replace(wider=tuple(wider))


def gradgradcheck(
    function: Callable[..., Any], inputs: Inputs, dout: Any, skip: Iterable[str | int], **how: Any
) -> Result:
    """The `Result` of the backward of `function`, as a function itself. `how` is as in `checked`.

    Raises TypeError and ValueError as `convcheck.gradgradcheck`.
    """
    return checked(opened_backward(opened(function, None, inputs, skip), dout, how.get("seed", 0)), **how)


def opened_backward(given: HandedOver, dout: Any = None, seed: int = 0) -> HandedOver:
    """The backward of what is given as a function of its inputs and of `dout`, which is drawn where it is None.

    Where forward raises, it is what is given: then there is nothing else to look at.
    """
    assert given.function is not None
    if given.wider:
        narrow = opened_backward(given._replace(wider=()), dout, seed)
        drawn = [values for name, values in narrow.arrays.items() if name not in given.arrays]
        wider = [opened_backward(wide, drawn[0] if len(drawn) == 1 else drawn or None) for wide in given.wider]
        return narrow._replace(wider=tuple(wider))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            second = backward_as_function(given.function, given.form, given.inputs, [*given.arrays])
    except (Raised, NotWritten):
        return given
    form, rng = given.form, stream(seed, "gradgradcheck")
    douts = [name for name in second.inputs if name not in given.inputs]
    chosen = [None] * len(douts) if dout is None else [dout] if len(douts) == 1 else [*dout]
    if len(chosen) != len(douts):
        raise ValueError(f"dout: expected one for each of {len(douts)} outputs, received {len(chosen)}")
    arrays = dict(given.arrays)
    for name, one in zip(douts, chosen, strict=True):
        like = pairs_of(form, second.inputs[name])
        values = np.asarray(rng.normal(like.shape)) if one is None else pairs_of(form, one)
        # In half precision it is what is left of it there.
        values = form.numbers(form.made(values, second.inputs[name])) if form.narrow else values.astype(like.dtype)
        if values.shape != like.shape:
            raise ValueError(f"dout: expected the shape of forward's output, {like.shape}, received {values.shape}")
        if values.size:
            arrays[name] = values
    pair = pair_of_one(second.function, form, second.inputs, arrays)
    return given._replace(pair=pair, arrays=arrays, inputs=second.inputs, function=second.function)


def opened_forward_mode(given: HandedOver) -> HandedOver:
    """What is given, with derivatives by forward mode in the place of its backward."""
    pair = pair_by_forward_mode(given.function, given.form, given.inputs, given.arrays)
    wider = tuple(map(opened_forward_mode, given.wider))
    return given._replace(pair=pair, in_forward_mode=True, wider=wider)


def opened_by_jvp(given: HandedOver, jvp: Callable[..., Any]) -> HandedOver:
    """What is given, with a backward that sums what `jvp` gives for each entry: Σ dout·(J e)."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        out, (_, shapes) = given.pair.forward(*inputs)
        return out, ([values.copy() for values in inputs], shapes)

    def backward(dout: Array, kept: Any) -> Any:
        at = given._replace(arrays=dict(zip(given.arrays, kept[0], strict=True)))
        return summed_tangents(at, dout, jvp)

    wider = tuple(opened_by_jvp(wide, jvp) for wide in given.wider)
    pair = given.pair._replace(forward=forward, backward=backward)
    return given._replace(pair=pair, in_forward_mode=True, wider=wider)


def _no_backward(*arguments: Any) -> Any:
    raise NotImplementedError("there is no backward")


def without_entries(function: Callable[..., Any], inputs: Inputs) -> HandedOver:
    """A function of which no input has an entry: there is no gradient that could be wrong."""
    named = named_inputs(parameter_names(function), inputs)
    form = form_of([function], named)
    return HandedOver(Pair(name_of(function), function, function), {}, named, form, function)


def nothing_to_check(given: HandedOver, message: str = "no input that is differentiated has any entries") -> Result:
    """The `Result` where there is nothing to differentiate, as `message` says."""
    return Result(
        id="gradcheck",
        layer="function",
        spec={},
        output_shape=(),
        implementation=given.pair.name,
        dtype="float64",
        data="given",
        seed=0,
        scheme="auto",
        expect="pass",
        status="pass",
        tensors=(),
        findings=(Finding("nothing-to-check", "note", message),),
        forward_evaluations=0,
        backward_evaluations=0,
        seconds=0.0,
    )


def checked(
    given: HandedOver,
    dout: Any = None,
    locality: Mapping[str, Sequence[Tie]] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = 60.0,
    seed: int = 0,
    further: Sequence[Further] = (),
    subgradients: bool = False,
    linear_within: float = 0.0,
) -> Result:
    """The `Result` of what is given. `subgradients`: at a kink, what is between the slopes of both sides is right.

    `linear_within` is a tolerance for what backward of a sum may be off from the sum of both.

    Raises TypeError and ValueError as `convcheck.gradcheck`.
    """
    if given.wider:
        from convcheck.checking.half_precision import checked_in_half

        how: dict[str, Any] = {
            "locality": locality,
            "kinds": kinds,
            "scheme": scheme,
            "tolerance": tolerance,
            "budget": budget,
        }
        return checked_in_half(given, partial(checked, **how, further=further, subgradients=subgradients), dout, seed)
    start = time.perf_counter()
    require_numbers(tolerance=tolerance, budget=budget, seed=seed)
    locality = require_mapping("locality", locality, "ties, axis by axis")
    kinds = require_mapping("kinds", kinds, "linear, kinked or smooth")
    pair, arrays = given.pair, given.arrays
    reject_unknown("locality", locality, arrays)
    reject_unknown("kinds", kinds, arrays)
    with modules_kept() as replaced, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        function = Function(pair.forward)
        options = Options(scheme, tolerance, budget, linear_within=linear_within)
        rng = stream(seed, "gradcheck")
        upstream = _upstream(dout, given.form)
        examined = examine_pair(pair, arrays, options, rng, function, dout=upstream, locality=locality, kinds=kinds)
        elsewhere, notes = with_moved_parameters(given.function, given.inputs, arrays, rng), []
        if elsewhere is not None and examined.status == "pass":
            again = examine_pair(pair, elsewhere, options, rng, function, dout=upstream, locality=locality, kinds=kinds)
            if again.status == "fail":
                arrays, examined, notes = elsewhere, again, [MOVED_PARAMETERS]
                given = given._replace(arrays=elsewhere)
            elif again.status != "pass":
                notes = [PARAMETERS_ALIKE]
        examination = examined.examination
        if examined.has_no_entries and given.function is not None:
            return nothing_to_check(given, "the output has no entries")
        if given.function is not None:
            tensors = tuple(_beyond_sight(tensor, given, examined.out) for tensor in examination.tensors)
            examination = examination._replace(tensors=tensors)
            examined = examined._replace(examination=examination)
        at_kinks: list[Finding] = []
        if subgradients and examined.status == "undecided":
            examination, at_kinks = _with_kinks(examination, given, function, rng)
            examined = examined._replace(examination=examination)
        meant = advised(examination.findings, examination.tensors, arrays, examined.out, given.inputs, IN_PYTHON)
        findings = [of_its_library(one) if given.function else one for one in meant]
        findings += notes
        findings += _taken_for_cache(examined, arrays.values())
        findings += _places(given, examined, options, rng)
        findings += [*_complex_numbers(given), *at_kinks]
        if isinstance(given.form, OfTorch) and given.function is not None and not given.in_forward_mode:
            further = (outputs_by_themselves, *further)
        if examined.status == "pass":
            findings += [found for ask in further for found in ask(given, rng)]
    status = status_of(examination.ended, examination.tensors, findings, "pass")
    result = Result(
        id="gradcheck",
        layer="function",
        spec={name: list(array.shape) for name, array in arrays.items()},
        output_shape=tuple(examined.out.shape),
        implementation=pair.name,
        dtype=str(next(iter(arrays.values())).dtype),
        data="given",
        seed=seed,
        scheme=examination.scheme,
        expect="pass",
        status=status,
        tensors=examination.tensors,
        findings=tuple(findings),
        forward_evaluations=function.evaluations,
        backward_evaluations=examination.backward_evaluations,
        seconds=time.perf_counter() - start,
    )
    return with_replaced(result, replaced())


def _upstream(dout: Any, form: ArrayForm) -> Any:
    """What was given for dout, as one plain array: of several outputs, all in one row."""
    if isinstance(dout, (list, tuple)) and any(hasattr(one, "shape") for one in dout):
        return np.concatenate([np.ravel(pairs(np.asarray(form.values(one)))) for one in dout])
    if dout is None or isinstance(form, OfNumPy):
        return dout
    values = form.values(dout)
    return dout if values is None else pairs(values)


def _beyond_sight(tensor: TensorResult, given: HandedOver, out: Array) -> TensorResult:
    """What is wrong by less than any difference of forward could show is undecided: forward may round it away.

    So it is where an input that is moved by its own size moves the output by less than epsilon of its rounding, as
    behind a softmax that is saturated.
    """
    if tensor.verdict != "wrong" or tensor.worst is None:
        return tensor
    x = given.arrays[tensor.name[1:]]
    size = float(np.abs(out).max(initial=0)) / max(float(np.abs(x).max(initial=0)), SMALLEST_NORMAL)
    floor = float(np.finfo(x.dtype).eps) ** 2 * size
    wrong = [entry for entry in tensor.listed if entry.undecided is None]
    if len(wrong) < tensor.wrong or not all(abs(one.analytic - one.numeric) <= floor for one in wrong):
        return tensor
    listed = tuple(one._replace(undecided=one.undecided or "bound too wide") for one in tensor.listed)
    undecided = tensor.undecided + tensor.wrong
    return tensor._replace(verdict="undecided", wrong=0, undecided=undecided, worst=listed[0], listed=listed, map=None)


def _with_kinks(
    examination: Examination, given: HandedOver, function: Function, rng: Draws
) -> tuple[Examination, list[Finding]]:
    from convcheck.checking.at_kinks import with_kinks

    tensors, notes = with_kinks(examination.tensors, given, function, rng)
    settled = {note.tensor for note in notes}
    findings = tuple(f for f in examination.findings if f.severity == "error" or f.tensor not in settled)
    return examination._replace(tensors=tuple(tensors), findings=findings), notes


def _places(given: HandedOver, examined: Examined, options: Options, rng: Draws) -> list[Finding]:
    """For each gradient that is wrong, which input it is of, and which output, with an entry and both its values."""
    wrong = [tensor for tensor in examined.examination.tensors if tensor.verdict == "wrong"]
    shapes = examined.cache[1] if isinstance(examined.cache, tuple) and examined.cache else None
    if not wrong or (shapes is None and given.function is None):
        return []
    by_output: list[Mapping[str, TensorResult]] = [{tensor.name: tensor for tensor in wrong}]
    if shapes is not None:
        ways = [_only(given.pair, number) for number in range(len(shapes))]
        tries = [examine_pair(one, given.arrays, options, rng, Function(one.forward)) for one in ways]
        by_output = [{t.name: t for t in one.examination.tensors if t.verdict == "wrong"} for one in tries]
    names = [*given.inputs]
    found = []
    for tensor in wrong:
        number = names.index(tensor.name[1:])
        for output, of_it in enumerate(by_output):
            worst = of_it[tensor.name].worst if tensor.name in of_it else None
            if worst is None:
                continue
            index = ", ".join(map(str, worst.index))
            which = f"in direction {index}" if of_it[tensor.name].method == "directions" else f"at [{index}]"
            message = (
                f"input {number} ({names[number]}), output {output}: {which} backward gives "
                f"{numeral(worst.analytic, 7)}, the differences {numeral(worst.numeric, 7)}"
            )
            found.append(Finding("wrong-at", "note", message, tensor.name))
    return found


def _only(pair: Pair, number: int) -> Pair:
    """The pair with output `number` alone; those beside it have a dout of zeros."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        row, (cache, shapes) = pair.forward(*inputs)
        return taken_apart(row, shapes)[number], (cache, shapes)

    def backward(dout: Array, kept: Any) -> Any:
        douts = [np.zeros(shape, dout.dtype) for shape in kept[1]]
        douts[number] = dout
        return pair.backward(np.concatenate([one.ravel() for one in douts]), kept)

    return pair._replace(forward=forward, backward=backward)


def _complex_numbers(given: HandedOver) -> list[Finding]:
    """What a gradient of complex numbers is, where there are any."""
    names = [name for name in given.arrays if is_complex(given.form, given.inputs[name])]
    if not names:
        return []
    convention = "∂L/∂Re + i·∂L/∂Im, PyTorch's" if isinstance(given.form, (OfNumPy, OfTorch)) else "JAX's"
    message = f"{', '.join(names)}: complex; the last index is 0 for real parts, 1 for imaginary ones ({convention})"
    return [Finding("complex", "note", message)]


def _taken_for_cache(examined: Examined, inputs: Iterable[Array]) -> list[Finding]:
    """What was taken for what, where forward returned two arrays: it may have meant two outputs.

    Of a check that passed, only where the second is as an output would be: of the same shape, and none of the inputs.
    """
    out, kept = examined.out, examined.cache
    cache = getattr(kept[0], "handed", None) if isinstance(kept, tuple) and kept else None
    if not isinstance(cache, Returned) or not hasattr(cache[0], "shape"):
        return []
    second = np.shape(cache[0])
    is_an_input = second == out.shape and any(np.array_equal(pairs(np.asarray(cache[0])), a) for a in inputs)
    if examined.status == "pass" and (second != out.shape or is_an_input):
        return []
    message = (
        f"forward returned two arrays: the first, {out.shape}, was taken for the output, and backward is called with "
        f"the second, {tuple(second)}, as its cache"
    )
    hint = "where both are outputs, say so with outputs=2: backward is then called as backward(dout0, dout1, …)"
    return [Finding("taken-for-cache", "note", message, None, hint)]
