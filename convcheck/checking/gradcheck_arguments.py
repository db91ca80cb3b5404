"""The arguments of `gradcheck`: checked, and refused with what was expected and what was received."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input
from convcheck.layers.locality import All, Same, Tie, Window
from convcheck.numeric.data import Data, far_steps, near_steps, scale_of
from convcheck.spec.sizes import Shape

Inputs = Sequence[Array] | Mapping[str, Array]


def named_inputs(forward: Callable[..., Any], inputs: Inputs) -> dict[str, Array]:
    """Arrays by name: the names given, those of forward's parameters, or x0, x1, …

    Raises TypeError for a bare array.
    """
    if isinstance(inputs, Mapping):
        return {str(name): np.asarray(array) for name, array in inputs.items()}
    if isinstance(inputs, np.ndarray):
        raise TypeError("inputs: expected a list of arrays or a mapping of names to arrays, received one array: [x]")
    arrays = [np.asarray(array) for array in inputs]
    try:
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        names = [p.name for p in inspect.signature(forward).parameters.values() if p.kind in positional]
    except (TypeError, ValueError):
        names = []
    if len(names) < len(arrays):
        names = [f"x{i}" for i in range(len(arrays))]
    return dict(zip(names, arrays, strict=False))


def common_dtype(arrays: Mapping[str, Array]) -> np.dtype[Any]:
    """The dtype of all arrays.

    Raises TypeError for dtypes that differ or are neither float64 nor float32, ValueError where there are no arrays and
    for an array that is empty or has entries that are not finite.
    """
    if not arrays:
        raise ValueError("inputs: expected at least one array, received none")
    for name, array in arrays.items():
        if array.dtype not in (np.float64, np.float32):
            raise TypeError(
                f"inputs: expected float64 or float32, received {array.dtype} for {name}: use {name}.astype(np.float64)"
            )
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
    if len(ties) != len(shape):
        raise ValueError(f"locality: {name} has {len(shape)} axes {shape}, received {len(ties)} ties")
    for axis, (length, tie) in enumerate(zip(shape, ties, strict=True)):
        if isinstance(tie, All):
            continue
        if not isinstance(tie, (Same, Window)):
            raise TypeError(f"locality: expected Same, All or Window for axis {axis} of {name}, received {tie!r}")
        if not 0 <= tie.axis < len(output):
            raise ValueError(f"locality: axis {axis} of {name}: {tie} names an axis that the output {output} lacks")
        if isinstance(tie, Same) and output[tie.axis] != length:
            lengths = f"length {length}, axis {tie.axis} of the output {output[tie.axis]}"
            raise ValueError(f"locality: axis {axis} of {name} has {lengths}: Same needs equal lengths")


def given_data(
    arrays: Mapping[str, Array], claims: Sequence[Input], dout: Array | None, out: Array, rng: Draws
) -> Data:
    """The arrays with dout, drawn where it is None, and steps for each.

    The other dout, with which linearity is tested, is as large as the first, so that both round alike. Raises
    ValueError for a dout that does not have the shape of `out`.
    """
    shape, dtype = out.shape, next(iter(arrays.values())).dtype
    if dout is None:
        dout = np.asarray(rng.normal(shape))
    elif np.shape(dout) != shape:
        raise ValueError(f"dout: expected the shape of forward's output, {shape}, received {np.shape(dout)}")
    given = np.asarray(dout).astype(dtype)
    other = np.asarray(rng.normal(shape) * scale_of(given)).astype(dtype)
    steps = [
        near_steps(array) if claim.kind == "kinked" else far_steps(array)
        for claim, array in zip(claims, arrays.values(), strict=True)
    ]
    return Data(list(arrays.values()), given, other, steps, exact=False)
