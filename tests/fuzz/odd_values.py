"""What code under test may return, keep or raise that nobody expects. Every entry makes a new one each time."""

from __future__ import annotations

import fractions
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np


class Angry(Exception):
    """What the methods of these values raise."""


def refuse(*arguments: Any, **keywords: Any) -> Any:
    raise Angry("not today")


class Own(np.ndarray):
    """A subclass whose methods and operators raise."""

    copy = astype = view = max = reshape = tobytes = __array_ufunc__ = __array_function__ = refuse
    __eq__ = __ne__ = __lt__ = __bool__ = __iter__ = __len__ = __getitem__ = __float__ = refuse
    __hash__ = None


class Finicky(np.ndarray):
    """A subclass that raises whenever an array is made of it."""

    armed = False

    def __array_finalize__(self, of: Any) -> None:
        if Finicky.armed:
            refuse()


class Agreeable(np.ndarray):
    """A subclass that finds itself equal to everything, and off by nothing."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        plain = [np.asarray(value).view(np.ndarray) for value in inputs]
        keywords.pop("out", None)
        if ufunc in (np.equal, np.less_equal, np.isfinite):
            return np.ones(self.shape, bool)
        if ufunc is np.subtract:
            return np.zeros(self.shape)
        return getattr(ufunc, method)(*plain, **keywords)

    def __eq__(self, other: object) -> Any:
        return True

    __hash__ = None


class LyingShape(np.ndarray):
    """A subclass that tells another shape, dtype and size than it has."""

    shape = property(lambda self: (1,))
    dtype = property(lambda self: "none")
    size = property(refuse)
    ndim = property(lambda self: -1)


class Closed:
    """All that can be asked of it raises."""

    def __getattribute__(self, name: str) -> Any:
        raise Angry(name)

    __len__ = __iter__ = __getitem__ = __array__ = __bool__ = __eq__ = __hash__ = __repr__ = refuse
    __str__ = __float__ = __int__ = __index__ = __reduce__ = __reduce_ex__ = __call__ = __dir__ = refuse


class Eager:
    """It has every attribute that it is asked for, of a kind that nobody expects."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self

    def __len__(self) -> int:
        return -1  # noqa: PLE0303

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        raise Angry("neither")


class ArrayOf:
    """Has `__array__`, which gives `value`, or raises it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


class Interface:
    """Has an array interface that is none."""

    @property
    def __array_interface__(self) -> Any:
        return {"shape": (-1, "a"), "typestr": "?", "data": (0, False), "version": 3}


class Sparse:
    """Like a sparse matrix: a shape, a dtype, arithmetic, and no array."""

    dtype = np.dtype(float)

    def __init__(self, array: Any) -> None:
        self.shape, self.ndim, self.size = np.shape(array), np.ndim(array), np.size(array)

    def toarray(self) -> Any:
        return refuse()

    reshape = copy = __array__ = refuse


class Shaped:
    """Has a shape that is no tuple of numbers, and whatever else makes an array be taken for one."""

    def __init__(self, shape: Any) -> None:
        self.shape, self.dtype, self.ndim, self.size = shape, float, 2, "many"

    reshape = copy = clone = refuse


class LyingList(list[Any]):
    """A list that has another length than it says, and another content each time."""

    def __len__(self) -> int:
        return 10**9

    def __iter__(self) -> Iterator[Any]:
        raise Angry("no end")

    def __getitem__(self, key: Any) -> Any:
        raise Angry(key)


class LyingTuple(tuple[Any, ...]):
    __slots__ = ()

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __eq__(self, other: object) -> bool:
        raise Angry("equal")

    __hash__ = None


class LyingDict(dict[Any, Any]):
    def items(self) -> Any:
        return refuse()

    keys = values = get = __iter__ = __len__ = __getitem__ = __contains__ = refuse


class OddKey(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise Angry("key")

    def __hash__(self) -> int:
        return 7

    def lower(self) -> Any:
        return 5

    def replace(self, *arguments: Any) -> Any:
        return self


class Number(float):
    """A number whose arithmetic raises."""

    __add__ = __sub__ = __mul__ = __truediv__ = __eq__ = __le__ = __float__ = __abs__ = refuse
    __hash__ = None


class Meta(type):
    """Of classes that have no name, and are no class."""

    @property
    def __name__(cls) -> Any:
        raise Angry("name")

    def __instancecheck__(cls, instance: Any) -> bool:
        raise Angry("instance")

    def __hash__(cls) -> int:
        raise Angry("hash")


class Nameless(metaclass=Meta):
    """Of such a class."""


class Disguised:
    """Says that it is of another class."""

    def __init__(self, kind: type[Any]) -> None:
        self.kind = kind

    @property
    def __class__(self) -> Any:
        return self.kind


class DisguiseRaises:
    @property
    def __class__(self) -> Any:
        raise Angry("class")


def _finicky(array: Any) -> Any:
    made = np.array(array).view(Finicky)
    Finicky.armed = True
    return made


def _itself() -> Any:
    inside: list[Any] = []
    inside.append(inside)
    return inside


def _deep(levels: int) -> Any:
    inside: Any = 1.0
    for _ in range(levels):
        inside = [inside]
    return inside


def _structured(array: Any) -> Any:
    return np.zeros(np.shape(array), [("a", float), ("b", int)])


def _objects(array: Any, value: Any) -> Any:
    made = np.empty(np.shape(array), object)
    made.fill(value)
    return made


def _read_only(array: Any) -> Any:
    made = np.array(array)
    made.flags.writeable = False
    return made


def _dead(array: Any) -> Any:
    class Held:
        pass

    return weakref.proxy(Held())


def _huge(array: Any) -> Any:
    return np.broadcast_to(np.float64(1), (10**6, 10**6))


# By name: what is made of a right array. Their numbers are right, or right but for the precision.
RIGHT: Mapping[str, Callable[[Any], Any]] = {
    "matrix": lambda a: np.asmatrix(a) if np.ndim(a) <= 2 else a,
    "masked": np.ma.array,
    "own": lambda a: np.array(a).view(Own),
    "finicky": _finicky,
    "agreeable": lambda a: np.array(a).view(Agreeable),
    "lying shape": lambda a: np.array(a).view(LyingShape),
    "list": lambda a: np.array(a).tolist(),
    "array of it": lambda a: ArrayOf(np.array(a)),
    "objects": lambda a: np.array(a).astype(object),
    "fractions": np.vectorize(fractions.Fraction, otypes=[object]),
    "read only": _read_only,
    "big-endian": lambda a: np.array(a).astype(np.dtype(float).newbyteorder(">")),
    "longdouble": lambda a: np.array(a).astype(np.longdouble),
    "complex": lambda a: np.array(a).astype(complex),
    "backwards": lambda a: np.array(np.array(a)[..., ::-1])[..., ::-1],
    "memmap": lambda a: np.array(a).view(np.memmap),
    "recarray": lambda a: np.array(a).view(np.recarray),
    "one more axis": lambda a: np.array(a)[None],
}

# What cannot be right, whatever the layer.
WRONG: Mapping[str, Callable[[Any], Any]] = {
    "none": lambda a: None,
    "not implemented": lambda a: NotImplemented,
    "ellipsis": lambda a: ...,
    "type": lambda a: np.ndarray,
    "module": lambda a: np,
    "text": lambda a: "dx",
    "bytes": lambda a: b"\0\xff",
    "surrogate": lambda a: "\ud800",
    "empty list": lambda a: [],
    "empty tuple": lambda a: (),
    "empty dict": lambda a: {},
    "set": lambda a: {1.0},
    "generator": lambda a: (each for each in a),
    "function": lambda a: refuse,
    "ragged": lambda a: [[1.0], [1.0, 2.0]],
    "none inside": lambda a: [None, 1.0],
    "angry inside": lambda a: [Closed(), 1.0],
    "itself inside": lambda a: _itself(),
    "deep": lambda a: _deep(200),
    "nested too deep": lambda a: _deep(100_000),
    "closed": lambda a: Closed(),
    "eager": lambda a: Eager(),
    "array that raises": lambda a: ArrayOf(Angry("no array")),
    "array that ends": lambda a: ArrayOf(SystemExit(0)),
    "array of text": lambda a: ArrayOf("text"),
    "array of closed": lambda a: ArrayOf(Closed()),
    "interface": lambda a: Interface(),
    "sparse": Sparse,
    "shape of text": lambda a: Shaped("shape"),
    "shape of none": lambda a: Shaped(None),
    "shape of closed": lambda a: Shaped((Closed(), 2)),
    "shape right": lambda a: Shaped(np.shape(a)),
    "lying list": lambda a: LyingList([1.0]),
    "lying tuple": lambda a: LyingTuple((1.0, 2.0, 3.0)),
    "lying dict": lambda a: LyingDict(x=1.0),
    "odd keys": lambda a: {OddKey("dx"): a, None: a, 3: a, (1,): a},
    "number": lambda a: Number(3.5),
    "bool": lambda a: True,
    "huge number": lambda a: 10**400,
    "complex number": lambda a: 1j,
    "nan": lambda a: float("nan"),
    "nameless": lambda a: Nameless(),
    "disguised array": lambda a: Disguised(np.ndarray),
    "disguised tuple": lambda a: Disguised(tuple),
    "disguised dict": lambda a: Disguised(dict),
    "class raises": lambda a: DisguiseRaises(),
    "dead": _dead,
    "structured": _structured,
    "datetime": lambda a: np.zeros(np.shape(a), "M8[s]"),
    "timedelta": lambda a: np.ones(np.shape(a), "m8[s]"),
    "texts": lambda a: np.full(np.shape(a), "1.5"),
    "byte strings": lambda a: np.full(np.shape(a), b"1.5"),
    "void": lambda a: np.zeros(np.shape(a), "V8"),
    "nones": lambda a: _objects(a, None),
    "closeds": lambda a: _objects(a, Closed()),
    "numbers": lambda a: _objects(a, Number(0.5)),
    "huge numbers": lambda a: _objects(a, 10**400),
    "arrays in it": lambda a: _objects(a, np.ones(2)),
    "bools": lambda a: np.zeros(np.shape(a), bool),
    "no entries": lambda a: np.empty(0),
    "too many axes": lambda a: np.ones((1,) * 60),
    "other shape": lambda a: np.ones((*np.shape(a), 2)),
    "huge": _huge,
    "all masked": lambda a: np.ma.masked_all(np.shape(a)),
    "masked constant": lambda a: np.ma.masked,
    "masked records": lambda a: np.ma.zeros(np.shape(a), [("a", float)]),
    "imaginary": lambda a: np.array(a) * (1 + 1j) + 1j,
    "nans": lambda a: np.full(np.shape(a), np.nan),
    "infinities": lambda a: np.full(np.shape(a), -np.inf),
    "agreeable, off": lambda a: (np.array(a) * 2 + 1).view(Agreeable),
    "matrix, off": lambda a: np.asmatrix(np.atleast_1d(np.array(a) * 2 + 1).reshape(len(np.atleast_1d(a)), -1)),
    "masked, off": lambda a: np.ma.array(np.array(a) * 2 + 1, mask=False),
    "own, off": lambda a: (np.array(a) * 2 + 1).view(Own),
    "longdouble, off": lambda a: (np.array(a) * 2 + 1).astype(np.longdouble),
    "float16, off": lambda a: (np.array(a) * 2 + 1).astype(np.float16),
    "list, off": lambda a: (np.array(a) * 2 + 1).tolist(),
    "array of it, off": lambda a: ArrayOf(np.array(a) * 2 + 1),
}


class Numbered(Exception):
    def __str__(self) -> Any:
        return 5  # noqa: PLE0307


class Speechless(Exception):
    __str__ = __repr__ = refuse


class Leaving(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)


class Endless(Exception):
    def __str__(self) -> str:
        return "long " * 400_000

    __repr__ = __str__


class Text(str):
    """A text whose methods are none."""

    __slots__ = ()

    split = splitlines = strip = lower = __len__ = __getitem__ = __iter__ = __contains__ = __eq__ = refuse
    __str__ = __format__ = __add__ = __mod__ = encode = __repr__ = refuse
    __hash__ = str.__hash__


class Wordy(Exception):
    def __str__(self) -> str:
        return Text("a text of its own")


class Argued(ValueError):
    args = property(refuse)


class ArgumentsAreText(KeyError):
    args = Text("key")


class Pretending(Exception):
    __class__ = property(lambda self: ValueError)


class Unclassed(Exception):
    __class__ = property(refuse)


class Traceless(Exception):
    __traceback__ = property(lambda self: 5)


class TraceRaises(Exception):
    __traceback__ = property(refuse)


class CauseRaises(Exception):
    __cause__ = property(refuse)
    __context__ = property(refuse)
    __suppress_context__ = property(refuse)
    __notes__ = property(refuse)


class Unreduced(Exception):
    __reduce__ = __reduce_ex__ = refuse


class Nothing(BaseException):
    """Neither an Exception nor one of those that end a program."""


class Unspeakable(Exception, metaclass=Meta):
    """Of a class whose name cannot be had."""


class Attributed(AttributeError):
    obj = property(refuse)
    name = property(lambda self: 5)


class Imported(ImportError):
    name = 5


class Syntactic(SyntaxError):
    msg = lineno = filename = text = property(refuse)


class Refusing(NotImplementedError):
    __str__ = refuse


class Asserting(AssertionError):
    args = property(lambda self: (Closed(),))


class UnslicedKey(KeyError):
    def __str__(self) -> Any:
        return b"bytes"  # noqa: PLE0307


def _circle() -> BaseException:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    return first


def _deep_cause() -> BaseException:
    error = ValueError("the innermost")
    for _ in range(3000):
        outer = ValueError("outer")
        outer.__cause__ = error
        error = outer
    return error


def _noted() -> BaseException:
    error = ValueError("a")
    error.__notes__ = 5
    return error


EXCEPTIONS: Mapping[str, Callable[[], BaseException]] = {
    "numbered": Numbered,
    "speechless": Speechless,
    "leaving": Leaving,
    "endless": Endless,
    "wordy": Wordy,
    "a text": lambda: ValueError(Text("shape")),
    "a closed": lambda: ValueError(Closed()),
    "closed key": lambda: KeyError(Closed()),
    "odd key": lambda: KeyError(OddKey("stride")),
    "text key": lambda: KeyError(Text("stride")),
    "argued": Argued,
    "arguments are text": ArgumentsAreText,
    "pretending": Pretending,
    "unclassed": Unclassed,
    "traceless": Traceless,
    "trace raises": TraceRaises,
    "cause raises": CauseRaises,
    "unreduced": Unreduced,
    "nothing": Nothing,
    "unspeakable": Unspeakable,
    "attributed": Attributed,
    "imported": Imported,
    "syntactic": Syntactic,
    "syntax": lambda: SyntaxError("bad", (5, "a", None, 7)),
    "refusing": Refusing,
    "not implemented": lambda: NotImplementedError(Closed()),
    "asserting": Asserting,
    "assertion of closed": lambda: AssertionError(Closed()),
    "bytes of a key": UnslicedKey,
    "circle": _circle,
    "deep cause": _deep_cause,
    "noted": _noted,
    "group": lambda: ExceptionGroup("several", [Speechless(), Numbered()]),
    "unicode": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "\ud800"),
    "surrogate": lambda: ValueError("\ud800\x1b[31m\0"),
    "lines": lambda: ValueError("\n::error::a\r\n" * 1000),
    "exit": lambda: SystemExit(Closed()),
    "generator exit": GeneratorExit,
    "stop": lambda: StopIteration(Closed()),
    "memory": MemoryError,
    "recursion": RecursionError,
    "warning": lambda: UserWarning(Closed()),
    "os": lambda: OSError(Closed(), Closed()),
}
