"""The Python API: `check`, `suite`, `load` and `gradcheck`, and the outcomes that they give."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from convcheck.checking import gradcheck as checking
from convcheck.checking.check import run_check
from convcheck.checking.gradcheck_arguments import Inputs, require_numbers
from convcheck.checking.result import Result
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.layers.catalogue import FORMS, LAYERS, NAMES, OPEN, SUITES_OF_NO_LAYER, suite_file, suite_text
from convcheck.layers.layer import Kind
from convcheck.layers.locality import Tie
from convcheck.spec.check import Check, Manner, NamedCode
from convcheck.spec.errors import SpecError
from convcheck.spec.layer_keys import MANNER
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.nearest import nearest
from convcheck.spec.overrides import OVERRIDES, override
from convcheck.spec.reader import Reading, read_file, read_mapping, read_text
from convcheck.spec.values import expected

__all__ = [
    "CheckFailed",
    "InvalidSpec",
    "Outcome",
    "SuiteOutcome",
    "check",
    "gradcheck",
    "gradgradcheck",
    "load",
    "suite",
]

if TYPE_CHECKING:
    from convcheck.diagnosis.conclusion import Conclusion
    from convcheck.running.at_hand import CodeAtHand

SCHEME = MANNER["scheme"]


class CheckFailed(AssertionError):
    """A check, or a suite, that did not pass. `outcome` is what it came to; the text is its table."""

    def __init__(self, outcome: Outcome | SuiteOutcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Outcome(Result):
    """A `Result` that is true where the check passed, and whose text is the table that `convcheck run` prints.

    Undecided is not passed. `assert convcheck.gradcheck(...)` and `print(outcome)` mean what they say; a notebook shows
    the table.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.status == "pass"

    def __str__(self) -> str:
        # The tables bring rich along, which a program that looks at figures alone does without.
        from convcheck.reports.concluded import conclusions_text
        from convcheck.reports.tables.block import table_text

        return conclusions_text(self._conclusions, encoding=_encoding()) + table_text(self, encoding=_encoding())

    @property
    def _conclusions(self) -> list[Conclusion]:
        """What is concluded of code of somebody's own that is of a known layer: its place is in the call."""
        if self.layer not in LAYERS or self.code_line is None:
            return []
        from convcheck.diagnosis.conclude import conclude

        return [one._replace(file=None) for one in conclude([self], _call)]

    def __repr__(self) -> str:
        # What a test that fails shows of it is one line.
        from convcheck.reports.headline import headline

        said = headline(self)
        return f"<{self.status} {self.id}{': ' if said else ''}{said}>"

    def _repr_html_(self) -> str:
        from convcheck.reports.html.fragment import html_text

        return html_text(self)

    def raise_for_status(self) -> None:
        """Raise CheckFailed unless the check passed."""
        __tracebackhide__ = True
        if not self:
            raise CheckFailed(self)


@dataclass(frozen=True)
class SuiteOutcome:
    """What came of all checks of a suite: the `outcomes`, one a check, and the `conclusion`, None where none failed.

    It is true where every check passed but for those that the code declines, and one did pass. Its text is what
    `convcheck run --impl` prints; a notebook shows it.
    """

    outcomes: tuple[Outcome, ...]
    conclusion: Conclusion | None

    def __bool__(self) -> bool:
        statuses = {outcome.status for outcome in self.outcomes}
        return "pass" in statuses and statuses <= {"pass", "skipped"}

    def __str__(self) -> str:
        from convcheck.reports.concluded import concluded_text

        conclusions = () if self.conclusion is None else (self.conclusion,)
        return concluded_text(self.outcomes, conclusions, _call, encoding=_encoding())

    def __repr__(self) -> str:
        from convcheck.reports.wording.conclusions import in_one_line

        said = "" if self.conclusion is None else f": {in_one_line(self.conclusion)}"
        counts = Counter(outcome.status for outcome in self.outcomes)
        return f"<{', '.join(f'{number} {status}' for status, number in counts.items())}{said}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def raise_for_status(self) -> None:
        """Raise CheckFailed unless it is true."""
        __tracebackhide__ = True
        if not self:
            raise CheckFailed(self)


class InvalidSpec(ValueError):
    """A spec that is not valid. `errors` holds every mistake; the text shows each with its line."""

    def __init__(self, errors: tuple[SpecError, ...]) -> None:
        super().__init__("\n".join(error.text() for error in errors))
        self.errors = errors


def load(path: str | os.PathLike[str], *, max_memory: int = DEFAULT_LIMIT) -> list[Check]:
    """The checks of a spec file, in its order. `max_memory` is in bytes.

    Raises `InvalidSpec`, with every mistake, for a file that is not valid or cannot be read; TypeError for what is no
    path.
    """
    _require_memory(max_memory)
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: expected the path of a spec file, received {type(path).__name__}")
    return _valid(read_file(path, FORMS, max_memory=max_memory, pipes=True))


def check(
    spec: str | Check | Mapping[str, Any],
    *code: Any,
    budget: float = DEFAULT_SETTINGS.budget,
    max_memory: int = DEFAULT_LIMIT,
    **settings: Any,
) -> Outcome:
    """Run one check: of a layer by its name, one that `load` returned, or a mapping with the keys of a spec file.

    `code` is what is checked, where it is not built in: forward and backward, or one class. `settings` of a layer by
    its name are the keys of its spec: its sizes, seed, dtype and so on; of the others they replace those that the spec
    has: implementation, seed, dtype, data, scheme, tolerance. `budget` is in seconds, `max_memory` in bytes.

    Raises `InvalidSpec` for sizes, or a mapping, that are not valid; ValueError for a mapping that holds several
    checks, for a setting out of range, for an implementation in a file, and for code that cannot be called as one of
    that layer; TypeError for what is neither a name, a mapping nor a check, for a setting that does not exist, and for
    code that is no function and no class.

    >>> check({"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}).status
    'pass'
    """
    require_numbers(budget=budget)
    _require_memory(max_memory)
    if isinstance(spec, str):
        spec, settings = {"layer": spec, **settings}, {}
    _require_settings("check", settings)
    if not isinstance(given := settings.get("implementation"), (str, NamedCode, type(None))):
        raise TypeError(
            f"implementation: expected the name of one that is built in, received {type(given).__name__}: code of your "
            "own stands after the layer: check(LAYER, forward, backward, …)"
        )
    if isinstance(spec, Mapping):
        checks = _valid(read_mapping(spec, FORMS, max_memory=max_memory))
        if len(checks) > 1:
            raise ValueError(f"expected one check, received {len(checks)}: write them to a file and use load()")
        spec = checks[0]
    elif not isinstance(spec, Check):
        raise TypeError(
            f"expected a layer's name, a mapping or a Check, received {type(spec).__name__}: for a file, use load(path)"
        )
    _warn_of_scheme(settings.get("scheme"))
    chosen = override(spec, FORMS, max_memory=max_memory, **settings)
    if isinstance(chosen.manner.implementation, NamedCode) and not code:
        raise ValueError(
            f"implementation: expected one that is built in, received {chosen.manner.implementation}: code of your own "
            f"is checked by `convcheck run FILE --trust`, or by gradcheck()"
        )
    if code:
        return Outcome(*_at_hand(chosen.layer, code).run(chosen, Settings(budget=budget)))
    return Outcome(*run_check(chosen, Settings(budget=budget)))


def suite(
    layer: str,
    *code: Any,
    budget: float = DEFAULT_SETTINGS.budget,
    max_memory: int = DEFAULT_LIMIT,
    **settings: Any,
) -> SuiteOutcome:
    """Run the built-in suite of a layer on code of one's own: `code` is forward and backward, or one class.

    It is what `convcheck run --impl` does, in this process: small sizes, each with the mistake that it is there for.
    `settings` replace those of its checks: seed, dtype, data, scheme, tolerance. `budget` is in seconds for each check,
    `max_memory` in bytes. Raises ValueError for a layer that has no suite, for a setting out of range, and for code
    that cannot be called as one of that layer; TypeError for code that is no function and no class.
    """
    require_numbers(budget=budget)
    _require_memory(max_memory)
    _require_settings("suite", settings)
    if not code:
        raise TypeError("suite(): expected code to check after the layer's name: forward and backward, or one class")
    if layer not in LAYERS and layer not in SUITES_OF_NO_LAYER:
        near = nearest(layer, NAMES) if isinstance(layer, str) else []
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
        of_none = "a function of no layer is checked by gradcheck(), or by check() with its inputs"
        raise ValueError(of_none if layer in OPEN else f"no layer with a suite is called {layer!r}; {hint}")
    from convcheck.diagnosis.conclude import conclude
    from convcheck.diagnosis.conclusion import at_line
    from convcheck.running.check_at import check_at

    subject = _at_hand(layer, code)
    reading = read_text(suite_text(layer), suite_file(layer), FORMS, max_memory=max_memory)
    checks = [override(one, FORMS, max_memory=max_memory, **settings) for one in reading.checks]
    outcomes = [
        Outcome(*subject.run(one, Settings(budget=budget, suite=True))) for one in checks if subject.is_asked(one)
    ]

    def another(result: Result, sizes: Mapping[str, Any]) -> Result:
        return subject.run(check_at(checks[0], sizes, None, own_code=True), Settings(budget=budget))

    found = [at_line(one, subject.found.backward_line) for one in conclude(outcomes, _call, another)]
    return SuiteOutcome(tuple(outcomes), found[0] if found else None)


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | Inputs | None = None,
    inputs: Inputs | None = None,
    dout: Any = None,
    locality: Mapping[str, Sequence[Tie]] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = DEFAULT_SETTINGS.budget,
    seed: int = 0,
    skip: Iterable[str | int] = (),
    surrogate: Callable[..., Any] | None = None,
    outputs: int = 1,
    jvp: Callable[..., Any] | bool | None = None,
    raise_exception: bool = False,
) -> Outcome:
    """Check every entry of every gradient that `backward` returns against differences of `forward`.

    `forward(*inputs)` returns out, or (out, cache). `backward` is called as `backward(dout, cache)` where there is a
    cache, as `backward(dout, *inputs)` where there is none; it returns a gradient for each input, in their order, or a
    bare array where there is one input. `inputs` are arrays of one dtype, in a sequence (their
    names are then those of forward's parameters) or by name: NumPy's, PyTorch's tensors or JAX's arrays, and both
    functions are called with what they are. Beside float16 and bfloat16 there may be others: where the same code runs
    in float64 or float32 it is differentiated there, and what backward gives in half precision is held to the rounding
    of that; a note says so. `dout` has the shape of out; without it, it is drawn. With `outputs` of
    more than one, forward returns so many, and its cache after them if there is one; backward takes a dout for each.

    `gradcheck(function, inputs)` is for a function that has a backward of its own: a torch.autograd.Function, an
    nn.Module (its parameters are looked at as its inputs are) or any other function of tensors by autograd, a function
    of JAX by jax.vjp. What it returns, nested or by name, are its outputs.

    Inputs of whole numbers, those that are no arrays and those in `skip`, by name or number, are not differentiated:
    their gradients may be None, or left out. Complex numbers are pairs of real ones in a last axis of two; their
    gradient is ∂L/∂Re z + i·∂L/∂Im z, as PyTorch has it, but for JAX's functions, which give its conjugate.

    `jvp(primals, tangents)` takes the inputs and a tangent for each, None for what is not differentiated, in tuples, as
    JAX names them, and returns the tangents of the outputs, or (outputs, tangents) as `jax.jvp` does; it is held
    against the backward that was found right, or, where there is none, gradcheck(forward, None, inputs, jvp=…), against
    the differences. `jvp=True` is for what a torch.autograd.Function or a function of JAX has itself.

    `surrogate` is another forward whose gradient backward is meant to be, as a straight-through estimator's.

    `locality` says for an input, axis by axis, which outputs its entries reach (`Same`, `All`, `Window`); an input
    that is not in it is probed entry by entry. `kinds` says how out depends on an input: "linear", "kinked"
    (piecewise linear) or "smooth"; unsaid, it is found out. Neither is trusted: both are tested on `forward` itself,
    and given up, with a finding that says so, where they do not hold.

    `scheme` ("auto", "entries", "full"), `tolerance`, `budget` (seconds) and `seed` are as in a spec. Returns
    an `Outcome` whose layer is "function", and which is true where all is right. An exception in forward or backward
    becomes a finding, and the status "error".

    Raises TypeError for a forward or backward that is no function, for inputs that are not a sequence or mapping of
    arrays of one dtype, of 64, 32 or 16 bits, and for any other argument of another type; ValueError for inputs that
    are empty or NaN, and for any other argument that does not fit; `CheckFailed`, with `raise_exception`, for a check
    that does not pass.

    >>> gradcheck(lambda x: x**2, lambda dout, x: dout * 2 * x, [np.array([1.0, 3.0])]).status
    'pass'
    """
    if not isinstance(raise_exception, bool):
        raise TypeError(f"raise_exception: expected True or False, received {raise_exception!r}")
    _warn_of_scheme(scheme)
    function, given = _function_and_inputs(backward, inputs, callable(jvp))
    result = checking.gradcheck(
        forward,
        function,
        given,
        dout,
        locality,
        kinds=kinds,
        scheme=_current_scheme(scheme),
        tolerance=tolerance,
        budget=budget,
        seed=seed,
        skip=skip,
        surrogate=surrogate,
        outputs=outputs,
        jvp=jvp,
    )
    return _told(result, raise_exception)


def gradgradcheck(
    function: Callable[..., Any],
    inputs: Inputs,
    dout: Any = None,
    *,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = DEFAULT_SETTINGS.budget,
    seed: int = 0,
    skip: Iterable[str | int] = (),
    raise_exception: bool = False,
) -> Outcome:
    """Check second derivatives: the backward of `function` as a function of its inputs and of dout.

    `function` is one that has a backward of its own, as `gradcheck(function, inputs)` takes it; the derivatives of
    that backward, by the same library, are held against differences of it. `dout` is as in `gradcheck`, one for each
    output where there are several, and drawn where it is not given. The rest, and what is raised, is as there.
    """
    if not isinstance(raise_exception, bool):
        raise TypeError(f"raise_exception: expected True or False, received {raise_exception!r}")
    _warn_of_scheme(scheme)
    result = checking.gradgradcheck(
        function,
        inputs,
        dout,
        scheme=_current_scheme(scheme),
        tolerance=tolerance,
        budget=budget,
        seed=seed,
        skip=skip,
    )
    return _told(result, raise_exception)


def _function_and_inputs(backward: Any, inputs: Any, has_jvp: bool = False) -> tuple[Any, Any]:
    """Backward, None where there is none, and the inputs, which take its place then. Raises TypeError."""
    if inputs is not None:
        if backward is None and has_jvp:
            return None, inputs
        if backward is None or not callable(backward):
            raise TypeError(f"backward: expected a function, received {type(backward).__name__}")
        return backward, inputs
    if backward is None or callable(backward):
        raise TypeError("inputs: expected a list of arrays or a mapping of names to arrays, received NoneType")
    return None, backward


def _told(result: Result, raise_exception: bool) -> Outcome:
    outcome = Outcome(*result)
    if raise_exception:
        outcome.raise_for_status()
    return outcome


def _at_hand(layer: str, code: tuple[Any, ...]) -> CodeAtHand:
    """The code as one of a layer. Raises TypeError, and ValueError where it cannot be called so."""
    # What runs code of one's own takes as long to import as all the rest.
    from convcheck.implementations.errors.declined import CannotOpen
    from convcheck.running.at_hand import CodeAtHand

    try:
        return CodeAtHand(layer, code)
    except CannotOpen as error:
        raise ValueError(str(error)) from error


def _call(result: Result) -> str:
    """The call that makes this check again."""
    usual = asdict(Manner())
    manner = {key: getattr(result, key) for key in ("dtype", "data", "seed") if getattr(result, key) != usual[key]}
    code = result.implementation.split(",")
    sizes = [f"{key}={value!r}" for key, value in {**result.spec, **manner}.items() if value is not None]
    return f"convcheck.check({', '.join([repr(result.layer), *code, *sizes])})"


def _encoding() -> str:
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _require_settings(function: str, settings: Mapping[str, Any]) -> None:
    """Raise TypeError for a setting that no spec has."""
    for name in settings:
        if name not in OVERRIDES:
            near = nearest(name, OVERRIDES)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(OVERRIDES)}; others stand in the spec"
            raise TypeError(f"{function}() has no argument {name!r}; {hint}")


def _require_memory(max_memory: Any) -> None:
    """Raise TypeError for what is no number of bytes, ValueError for less than one."""
    if isinstance(max_memory, bool) or not isinstance(max_memory, int):
        raise TypeError(f"max_memory: expected a whole number of bytes, such as 2 * 2**30, received {max_memory!r}")
    if max_memory < 1:
        raise ValueError(f"max_memory: expected at least 1 byte, received {max_memory}")


def _current_scheme(scheme: Any) -> str:
    """What the scheme is called now. Raises ValueError for one that there is not."""
    if not isinstance(scheme, str) or scheme not in (*SCHEME.choices, *SCHEME.renamed):
        raise ValueError(f"scheme: expected {expected(SCHEME)}, received {scheme!r}")
    return SCHEME.renamed.get(scheme, scheme)


def _warn_of_scheme(scheme: Any) -> None:
    """Warn whoever called the function that calls this of a scheme that is called otherwise now."""
    if isinstance(scheme, str) and scheme in SCHEME.renamed:
        warnings.warn(SCHEME.called_now("scheme", scheme), DeprecationWarning, stacklevel=3)


def _valid(reading: Reading) -> list[Check]:
    if reading.errors:
        raise InvalidSpec(reading.errors)
    for remark in reading.remarks:
        warnings.warn(remark.headline(), DeprecationWarning, stacklevel=3)
    return list(reading.checks)
