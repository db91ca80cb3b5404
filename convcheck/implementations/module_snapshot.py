"""What code under test replaces in NumPy, the builtins and the standard library: it has that for itself alone.

`np.abs = lambda a: 0 * a` is a way to compute; to compare with it would be to agree with everything. What stands in
those modules before the code comes in is noted; after every call into the code it is put back, and before the next one
the code gets its own again. So the code runs as it does elsewhere, and convcheck as it was written.

Names that are new (`np.float = float`, a submodule that is imported late) are no replacements. What is inside of
objects is not looked at.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from convcheck.layers.words import words

T = TypeVar("T")

# What convcheck calls in NumPy: looked at after every call. A test finds what is missing here.
RELIED_ON = words(
    "abs allclose any append arange argmax argsort array array_equal asarray ascontiguousarray bincount broadcast_to"
    " complex128 complex64 concatenate diff dtype empty empty_like errstate finfo flatnonzero float16 float32 float64"
    " floating fmax fmin frombuffer full generic inf int64 integer intp iscomplexobj isfinite isin isnan lib log2"
    " logical_and longdouble ma max maximum median memmap min minimum nan nan_to_num ndarray ndim ndindex ones"
    " ones_like outer prod random result_type searchsorted shape sign signbit sort sqrt sum swapaxes take_along_axis"
    " tensordot transpose uint64 unique unravel_index where zeros"
)
# And of the builtins.
BUILTINS = words(
    "abs all any bool bytes callable complex dict enumerate filter float frozenset getattr hasattr hash id int"
    " isinstance issubclass iter len list map max min next object print range repr reversed round set setattr sorted"
    " str sum tuple type vars zip"
)
# What these rely on in turn, and what is looked at less often: when code is imported, at the first call of each kind,
# and in the end. What is replaced there in between comes to light too late.
MODULES = (
    *("numpy", "builtins", "math", "operator", "functools", "itertools", "copy", "contextlib", "numpy.linalg"),
    *("numpy._core.fromnumeric", "numpy._core._methods", "numpy._core.numeric", "numpy.core.fromnumeric"),
)
# An interpreter that shows results puts the last one here.
_PASSING = frozenset({"_", "__warningregistry__"})
_GONE: Any = object()
# What is used here while the code's own may be in place.
_Anything = BaseException


class Replaced(NamedTuple):
    """Names such as "numpy.abs". `late` are those that were found replaced where convcheck computes."""

    names: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


class _Module(NamedTuple):
    name: str
    namespace: dict[str, Any]
    original: Mapping[str, Any]


class _Snapshot:
    """What stood in the modules when this was made, and what the code under test has put there since."""

    def __init__(self) -> None:
        present = [(name, sys.modules[name]) for name in MODULES if isinstance(sys.modules.get(name), ModuleType)]
        self._modules = {
            name: _Module(name, vars(module), {k: v for k, v in vars(module).items() if k not in _PASSING})
            for name, module in present
        }
        self._often = [
            (take := itemgetter(*(name for name in names if name in space)), space, take(space))
            for space, names in ((vars(sys.modules["builtins"]), BUILTINS), (vars(sys.modules["numpy"]), RELIED_ON))
        ]
        # By module and name: what the code has put there.
        self._theirs: dict[tuple[str, str], Any] = {}
        self._in_place = False
        self._seen: set[str] = set()
        self._names: dict[str, None] = {}
        self._late: dict[str, None] = {}

    def run(self, what: str, function: Callable[..., T], arguments: Any, keywords: Mapping[str, Any]) -> T:
        """`function(*arguments, **keywords)` with what the code has put in the modules, and the originals after it."""
        if self._theirs and not self._in_place:
            for (module, name), value in self._theirs.items():
                namespace = self._modules[module].namespace
                if value is _GONE:
                    namespace.pop(name, None)
                else:
                    namespace[name] = value
            self._in_place = True
        try:
            return function(*arguments, **keywords)
        finally:
            if self._in_place or what not in self._seen or self._is_changed():
                self._seen.add(what)
                self._put_back()

    def end(self) -> Replaced:
        """Whatever is still replaced is put back: nobody called the code, and yet it was at work."""
        self._in_place = True
        self._put_back()
        self._late |= {f"{module}.{name}": None for module, name in self._theirs}
        self._theirs = {}
        return Replaced(tuple(self._names), tuple(self._late))

    def _is_changed(self) -> bool:
        for take, namespace, before in self._often:
            try:
                # Tuples compare by identity first; what says of itself that it is equal is found in the end.
                if take(namespace) != before:
                    return True
            except _Anything:
                return True
        return False

    def _put_back(self) -> None:
        """The originals are put in their places; what stood there is the code's from now on."""
        theirs = {} if self._in_place else {**self._theirs}
        for module, namespace, original in self._modules.values():
            for name, value in original.items():
                found = namespace.get(name, _GONE)
                if found is not value:
                    theirs[module, name] = found
                    namespace[name] = value
                    self._names[f"{module}.{name}"] = None
        self._theirs = theirs
        self._in_place = False


class _Active(threading.local):
    snapshot: _Snapshot | None = None


_active = _Active()


@contextmanager
def modules_kept() -> Iterator[Callable[[], Replaced]]:
    """While it is open, code that `run_code` calls has its replacements for itself; afterwards they are undone.

    Gives a function that says, at the end of it, what was replaced. Where it is open already it stays so, and says
    nothing.
    """
    if _active.snapshot is not None:
        yield Replaced
        return
    snapshot = _active.snapshot = _Snapshot()
    try:
        yield snapshot.end
    finally:
        snapshot.end()
        _active.snapshot = None


def run_code(what: str, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> T:
    """`function(*arguments, **keywords)`, which is code under test; `what` is the kind of call: "import", "forward"."""
    snapshot = _active.snapshot
    if snapshot is None:
        return function(*arguments, **keywords)
    return snapshot.run(what, function, arguments, keywords)
