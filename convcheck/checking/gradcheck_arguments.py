"""The arguments of `gradcheck`: checked, and refused with what was expected and what was received."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np

from convcheck.implementations.of_no_layer.given import ArrayForm, pairs
from convcheck.implementations.received import REAL
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input
from convcheck.layers.locality import All, Same, Tie, Window
from convcheck.numeric.data import Data, far_steps, near_steps
from convcheck.spec.sizes import Shape

# Arrays of NumPy, PyTorch or JAX; what is none is handed on.
Inputs = Sequence[Any] | Mapping[str, Any]


def named_inputs(names: Sequence[str], inputs: Inputs) -> dict[str, Any]:
    """Inputs by name: the names given, those of forward's parameters, `names`, or x0, x1, …

    Raises TypeError for what is no sequence or mapping of arrays, ValueError for a mapping in another order than that
    of forward's parameters of the same names.
    """
    expected = "inputs: expected a list of arrays or a mapping of names to arrays"
    if isinstance(inputs, Mapping):
        named = {str(name): array for name, array in inputs.items()}
        _require_order(names, tuple(named))
        return named
    if hasattr(inputs, "shape"):
        raise TypeError(f"{expected}, received one array: [x]")
    # A set has no order, in which forward could be called with it.
    if isinstance(inputs, (str, bytes, Set)) or not isinstance(inputs, Iterable):
        raise TypeError(f"{expected}, received {type(inputs).__name__}")
    arrays = [*inputs]
    if len(names) < len(arrays):
        names = [f"x{i}" for i in range(len(arrays))]
    return dict(zip(names, arrays, strict=False))


def plain_inputs(inputs: Mapping[str, Any]) -> dict[str, Array]:
    """Inputs that are of no other library's as NumPy's arrays. Raises TypeError."""
    return {name: _array(name, value) for name, value in inputs.items()}


def differentiated_arrays(form: ArrayForm, inputs: Mapping[str, Any], skip: Container[str]) -> dict[str, Array]:
    """The inputs that are differentiated, as real arrays of one dtype: those of real or complex numbers, but `skip`.

    Raises TypeError and ValueError as `common_dtype`, and TypeError where there is none.
    """
    every: dict[str, Array] = {}
    for name, value in inputs.items():
        if name in skip:
            continue
        try:
            values = form.values(value)
        except TypeError as error:
            raise TypeError(f"inputs: {name}: {error}") from None
        if values is not None:
            every[name] = pairs(values)
    chosen = {name: values for name, values in every.items() if values.dtype.kind not in "iub"}
    common_dtype(chosen or every)
    return chosen


def skipped_names(skip: Any, inputs: Mapping[str, Any]) -> set[str]:
    """The inputs that are not to be differentiated, by name or by number. Raises TypeError and ValueError."""
    if isinstance(skip, (str, int)) or not isinstance(skip, Iterable):
        raise TypeError(f"skip: expected a list of names or numbers of inputs, received {skip!r}")
    names, found = [*inputs], set()
    for one in skip:
        is_number = isinstance(one, int) and not isinstance(one, bool) and -len(names) <= one < len(names)
        if not is_number and one not in inputs:
            raise ValueError(f"skip: no input is named {one!r}; there is {', '.join(names)}")
        found.add(names[one] if is_number else one)
    if names and len(found) == len(names):
        raise ValueError("skip: no input is left to differentiate")
    return found


def _require_order(parameters: Sequence[str], names: Sequence[str]) -> None:
    """Raise ValueError where forward's parameters have these names in another order: it is called by position."""
    theirs = [name for name in parameters if name in names]
    if len(theirs) == len(names) and theirs != list(names):
        raise ValueError(
            f"inputs: forward is called by position: expected the order {', '.join(theirs)}, "
            f"received {', '.join(names)}"
        )


def _array(name: str, given: Any, argument: str = "inputs") -> Array:
    """`given` as an array.

    Raises TypeError where it cannot be one, as a tensor that requires a gradient, and where it is one that hides
    entries.
    """
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(f"{argument}: expected an array for {name}, received a masked one: use .filled(0)")
    try:
        return np.asarray(given)
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        advice = ": use .detach().numpy()" if hasattr(given, "detach") else ""
        raise TypeError(
            f"{argument}: expected an array for {name}, received {type(given).__name__}, of which NumPy makes none "
            f"({said}){advice}"
        ) from None


def require_mapping(argument: str, given: Any, of: str) -> Mapping[str, Any]:
    """`given`, or nothing for None. Raises TypeError for what is no mapping of inputs' names."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{argument}: expected a mapping of inputs to {of}, received {given!r}")
    return given


def require_numbers(**given: Any) -> None:
    """Raise TypeError for a setting that is no number, ValueError for one below 0 or that allows anything.

    A tolerance may be None, which is one that is not given, and a budget may be infinite.
    """
    for name, value in given.items():
        whole = name == "seed"
        if value is None and name == "tolerance":
            continue
        if isinstance(value, bool) or not isinstance(
            value, (int, np.integer) if whole else (int, float, np.integer, np.floating)
        ):
            raise TypeError(f"{name}: expected a {'whole ' if whole else ''}number, received {value!r}")
        if not value >= 0 or (name == "tolerance" and value == math.inf):
            finite = "finite " if name == "tolerance" else ""
            raise ValueError(f"{name}: expected a {finite}number of at least 0, received {value!r}")


def common_dtype(arrays: Mapping[str, Array]) -> np.dtype[Any]:
    """The dtype of all arrays.

    Raises TypeError for dtypes that differ or are neither float64 nor float32, ValueError where there are no arrays and
    for an array that is empty or has entries that are NaN. Infinite ones are legal: masked logits are -inf.
    """
    if not arrays:
        raise ValueError("inputs: expected at least one array, received none")
    for name, array in arrays.items():
        if array.dtype not in (np.float64, np.float32):
            # Of what is no real number, a conversion makes something else.
            advice = f": use {name}.astype(np.float64)" if array.dtype.kind in REAL else ""
            raise TypeError(f"inputs: expected float64 or float32, received {array.dtype} for {name}{advice}")
        if not array.size:
            raise ValueError(f"inputs: {name} has shape {array.shape}, no entries to check")
        if np.isnan(array).any():
            raise ValueError(f"inputs: {name} has entries that are NaN")
    dtypes = {array.dtype for array in arrays.values()}
    if len(dtypes) > 1:
        received = ", ".join(f"{name} {array.dtype}" for name, array in arrays.items())
        raise TypeError(f"inputs: expected one dtype, received {received}")
    return dtypes.pop()


def reject_unknown(argument: str, given: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Raise ValueError for a key of `given` that names no input."""
    for name in given:
        if name not in arrays:
            raise ValueError(f"{argument}: no input is named {name!r}; there is {', '.join(arrays)}")


def validate_locality(name: str, shape: Shape, ties: Sequence[Tie], output: Shape) -> None:
    """Raise ValueError or TypeError unless there is a tie for each axis of the input and it fits the output."""
    # A tie is a sequence itself, as a named tuple.
    if not isinstance(ties, Sequence) or isinstance(ties, (str, Same, Window)):
        raise TypeError(f"locality: expected a tie for each axis of {name}, such as (Same(0),), received {ties!r}")
    if len(ties) != len(shape):
        raise ValueError(f"locality: {name} has {len(shape)} axes {shape}, received {len(ties)} ties")
    for axis, (length, tie) in enumerate(zip(shape, ties, strict=True)):
        if isinstance(tie, All):
            continue
        if not isinstance(tie, (Same, Window)):
            raise TypeError(f"locality: expected Same, All or Window for axis {axis} of {name}, received {tie!r}")
        if not all(isinstance(number, (int, np.integer)) for number in tie):
            raise TypeError(f"locality: axis {axis} of {name}: expected whole numbers, received {tie}")
        if isinstance(tie, Window) and (tie.length < 1 or tie.stride < 1 or tie.pad < 0):
            raise ValueError(
                f"locality: axis {axis} of {name}: expected a length and a stride of at least 1 and a pad of at least "
                f"0, received {tie}"
            )
        if not 0 <= tie.axis < len(output):
            raise ValueError(f"locality: axis {axis} of {name}: {tie} names an axis that the output {output} lacks")
        if isinstance(tie, Same) and output[tie.axis] != length:
            lengths = f"length {length}, axis {tie.axis} of the output {output[tie.axis]}"
            raise ValueError(f"locality: axis {axis} of {name} has {lengths}: Same needs equal lengths")


def given_data(
    arrays: Mapping[str, Array], claims: Sequence[Input], dout: Array | None, out: Array, rng: Draws
) -> Data:
    """The arrays with dout, drawn where it is None, and steps for each.

    The other dout, with which linearity is tested, is as large as the first, entry by entry, so that both round alike.
    Raises TypeError for a dout that is not of numbers, ValueError for one that does not have the shape of `out`, or
    with which nothing can be told.
    """
    shape, dtype = out.shape, next(iter(arrays.values())).dtype
    if dout is None:
        dout = np.asarray(rng.normal(shape))
    elif _array("it", dout, "dout").dtype.kind not in REAL:
        received = f"an array of {dout.dtype}" if isinstance(dout, np.ndarray) else repr(dout)
        raise TypeError(f"dout: expected an array of real numbers, received {received}")
    elif np.shape(dout) != shape:
        raise ValueError(f"dout: expected the shape of forward's output, {shape}, received {np.shape(dout)}")
    elif not np.isfinite(dout).all():
        raise ValueError("dout: expected finite numbers, received some that are NaN or infinite")
    elif not np.any(dout):
        raise ValueError("dout: expected numbers that are not all 0, with which every gradient is 0")
    given = np.asarray(dout).astype(dtype)
    other = np.asarray(rng.normal(shape) * np.abs(given)).astype(dtype)
    steps = [
        near_steps(array) if claim.kind == "kinked" else far_steps(array)
        for claim, array in zip(claims, arrays.values(), strict=True)
    ]
    return Data(list(arrays.values()), given, other, steps, exact=False)
