"""What code under test returned, as a plain array of numbers, whatever it was.

Code under test may return anything: a subclass of ndarray with an arithmetic of its own, an array of objects, a list, a
tensor, None. Nothing that it returned is computed with before it has come through here.
"""

import numbers
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.plain_exception import type_name
from convcheck.implementations.tensors import array
from convcheck.layers.layer import Array

# Real numbers, by NumPy's letters for kinds of dtypes.
REAL = "iufb"
# Imaginary parts up to so many epsilons of the largest number are what rounding leaves, as of an inverse transform.
ROUNDED_AWAY = 1e3
# A record may have any number of fields; so much of them is said.
LONGEST_DTYPE = 80


class Received(NamedTuple):
    """`values` is a plain array of numbers, real or complex, with memory of its own; None where there are none.

    `words` describe what was returned, "" for a plain array. `container` is the type that it came in, "" for a plain
    array or number. `dtype` and `shape` are its own, None where it has none. `masked` counts the entries that a mask
    hides, NaN in `values`.
    """

    values: Array | None
    words: str
    container: str = ""
    dtype: np.dtype[Any] | None = None
    shape: tuple[int, ...] | None = None
    masked: int = 0

    @property
    def described(self) -> str:
        """What was returned, in words."""
        return self.words or f"an array of shape {self.shape}"

    @property
    def real(self) -> Array | None:
        """The values where they are real numbers, or complex ones without imaginary parts but for rounding."""
        if self.values is None or self.values.dtype.kind in REAL:
            return self.values
        return self.values.real.copy() if _imaginary_is_rounding(self.values).all() else None


def received(value: Any) -> Received:
    """What `value` is, as numbers if it holds any. Raises MemoryError, and nothing that code of its own raises."""
    if type(value) is np.ndarray and value.dtype.kind in REAL:
        return Received(np.array(value, order="C"), "", "", value.dtype, value.shape)
    name = type_name(value)
    try:
        return _received(value, type(value), name)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        return Received(None, f"{name}, of which no array can be made ({type_name(error)})", name)


def _received(value: Any, kind: type[Any], name: str) -> Received:
    # A Python number has no dtype of its own: it takes on that of whatever it meets.
    if any(kind is number for number in (bool, int, float, complex)):
        return _of_array(np.asarray(complex(value) if kind is complex else float(value)), name, "")
    if issubclass(kind, np.generic):
        return _of_array(np.asarray(value), name, "")
    if issubclass(kind, np.ndarray):
        container = "" if kind in (np.ndarray, np.memmap) else name
        words = f"an array of shape {np.ndarray.shape.__get__(value)}"
        return _of_array(value, words + (f" of type {container}" if container else ""), container)
    if issubclass(kind, (list, tuple)):
        length = list.__len__(value) if issubclass(kind, list) else tuple.__len__(value)
        return _of_array(_made_array(value), f"a {name} of {length}", name)
    return _of_array(_made_array(value), name, name)


def real_part(values: Array) -> Array:
    """The real parts of complex numbers, NaN where there is an imaginary part that is more than rounding."""
    return np.where(_imaginary_is_rounding(values), values.real, np.nan)


def _imaginary_is_rounding(values: Array) -> Array:
    with np.errstate(all="ignore"):
        limit = ROUNDED_AWAY * np.finfo(values.dtype).eps * np.abs(values).max(initial=0)
        return np.asarray(np.abs(values.imag) <= limit)


def _made_array(value: Any) -> Any:
    """A list, a tensor, or whatever else can be made an array: as one; None where it cannot."""
    if not issubclass(type(value), (list, tuple)) and not hasattr(type(value), "__array__"):
        return None
    try:
        return np.asarray(array(value))
    # Lists of unequal length, tensors that NumPy has no dtype or no memory for, and whatever its own __array__ raises.
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException:
        return None


def _of_array(given: Any, described: str, container: str) -> Received:
    if given is None:
        return Received(None, described, container)
    # As a plain array, without a call of any method of its own.
    plain = np.array(given, subok=False)
    if plain.dtype.kind not in REAL and issubclass(type(given), np.ndarray) and plain.dtype.kind != "c":
        dtype = str(plain.dtype)
        described += f" and dtype {dtype if len(dtype) <= LONGEST_DTYPE else dtype[:LONGEST_DTYPE] + '…'}"
    values = _numbers(plain)
    masked = 0
    if values is not None and issubclass(type(given), np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(given)
        if masked := int(hidden.sum()):
            values = values.astype(np.result_type(values, np.float16))
            values[hidden] = np.nan
    return Received(values, described, container, plain.dtype, plain.shape, masked)


def _numbers(plain: Array) -> Array | None:
    """A plain array as one of numbers: an array of objects where each of them is a real number."""
    if plain.dtype.kind in REAL or plain.dtype.kind == "c":
        return plain
    if plain.dtype.kind == "O" and all(issubclass(type(each), numbers.Real) for each in plain.ravel()):
        return plain.astype(np.float64)
    return None
