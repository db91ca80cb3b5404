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
from operator import is_, itemgetter
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from convcheck.layers.words import words

T = TypeVar("T")

# What decides: the functions of NumPy that checking/ and numeric/ call, of which a test finds those that are missing,
# and the builtins. They are looked at after the first call of each kind and every backward, which is compared at once.
OF_NUMPY = words(
    "abs allclose any append arange argsort array array_equal asarray ascontiguousarray bincount bitwise_or"
    " broadcast_to concatenate copysign count_nonzero cumsum diff divide empty errstate exp finfo flatnonzero flip"
    " float32 float64 floor fmax fmin frexp full iscomplexobj isfinite isin isnan ldexp log log2 logical_and"
    " logical_or max maximum median min minimum nan_to_num ndarray ones prod ravel real result_type rint searchsorted"
    " shape sign signbit sort sqrt stack sum unique unravel_index where zeros"
)
BUILTINS = words(
    "abs all any bool dict enumerate float getattr hasattr int isinstance issubclass len list map max min next range"
    " sorted str sum tuple type zip"
)
# All of this is looked at after the import, the first backward, and in the end: after every call it would cost as much
# as some layers do. What is replaced in between comes to light too late.
MODULES = (
    *("numpy", "builtins", "math", "operator", "functools", "itertools", "numpy.linalg"),
    *("numpy._core.fromnumeric", "numpy._core._methods", "numpy.core.fromnumeric", "numpy.core._methods"),
)
_LOOKED_AT = frozenset({"import", "backward"})
# An interpreter that shows results puts the last one here.
_PASSING = frozenset({"_", "__warningregistry__"})
_GONE: Any = object()
# What is used here while the code's own may be in place.
_Anything, _all, _map, _is = BaseException, all, map, is_


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
        self._modules = {name: _Module(name, vars(module), dict(vars(module))) for name, module in present}
        self._often = [
            (take := itemgetter(*(name for name in names if name in space)), space, take(space))
            for space, names in ((vars(sys.modules["builtins"]), BUILTINS), (vars(sys.modules["numpy"]), OF_NUMPY))
        ]
        # By module and name: what the code has put there.
        self._theirs: dict[tuple[str, str], Any] = {}
        self._in_place = False
        self._depth = 0
        self._seen: set[str] = set()
        self._names: dict[str, None] = {}
        self._late: dict[str, None] = {}
        self.ended = False
        # The kinds of calls after which nothing is looked at, as long as nothing has been replaced.
        self.quiet: set[str] = set()

    def run(self, what: str, function: Callable[..., T], arguments: Any, keywords: Mapping[str, Any]) -> T:
        """`function(*arguments, **keywords)` with what the code has put in the modules, and the originals after it."""
        if self._theirs and not self._in_place:
            self._put_in_place()
        self._depth += 1
        try:
            return function(*arguments, **keywords)
        finally:
            self._depth -= 1
            # Calls within calls are looked at once, at the outer one's end.
            first = what not in self._seen
            decides = first or (what == "backward" and not self._depth)
            if self._in_place or (first and what in _LOOKED_AT) or (decides and self._is_decisive_changed()):
                self._put_back()
            self._seen.add(what)
            if not self._theirs and what != "backward":
                self.quiet.add(what)

    def end(self) -> Replaced:
        """Whatever is still replaced is put back: nobody called the code, and yet it was at work."""
        self.ended = True
        self._in_place = True
        self._put_back()
        self._late |= {f"{module}.{name}": None for module, name in self._theirs}
        self._theirs = {}
        return Replaced(tuple(self._names), tuple(self._late))

    def _put_in_place(self) -> None:
        for (module, name), value in self._theirs.items():
            namespace = self._modules[module].namespace
            if value is _GONE:
                namespace.pop(name, None)
            else:
                namespace[name] = value
        self._in_place = True

    def _is_decisive_changed(self) -> bool:
        for take, namespace, before in self._often:
            try:
                if not _all(_map(_is, take(namespace), before)):
                    return True
            except _Anything:  # one of them is gone
                return True
        return False

    def _put_back(self) -> None:
        """The originals are put in their places; what stood there is the code's from now on."""
        theirs = {} if self._in_place else {**self._theirs}
        decisive = self._is_decisive_changed()
        for module, namespace, original in self._modules.values():
            if not decisive and _equal(namespace, original):
                continue
            for name, value in original.items():
                found = namespace.get(name, _GONE)
                if found is not value and name not in _PASSING:
                    theirs[module, name] = found
                    namespace[name] = value
                    self._names[f"{module}.{name}"] = None
        self._theirs = theirs
        self._in_place = False
        if theirs:
            self.quiet.clear()


def _equal(namespace: dict[str, Any], original: Mapping[str, Any]) -> bool:
    """Whether nothing was replaced. Dictionaries compare by identity first, and no faster way is known."""
    try:
        return namespace == original
    except _Anything:  # the code's own __eq__
        return False


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
        if not snapshot.ended:
            snapshot.end()
        _active.snapshot = None


def run_code(what: str, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> T:
    """`function(*arguments, **keywords)`, which is code under test; `what` is the kind of call: "import", "forward"."""
    snapshot = _active.snapshot
    if snapshot is None or what in snapshot.quiet:
        return function(*arguments, **keywords)
    return snapshot.run(what, function, arguments, keywords)
