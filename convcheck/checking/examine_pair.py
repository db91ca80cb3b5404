"""A pair of functions that no layer is known of, checked at given arrays: what holds of it is found out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.contract.findings import wrong_shape
from convcheck.checking.examine import Examination, Options, examine
from convcheck.checking.gradcheck_arguments import given_data, validate_locality
from convcheck.checking.result import Finding, Status
from convcheck.checking.subject import NOTHING, Subject
from convcheck.checking.termination import status_of, termination_of
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Pair
from convcheck.implementations.received import Received
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input, Kind
from convcheck.layers.locality import Tie
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.groups import no_locality
from convcheck.numeric.linearity import Line, line_through, noise_beside
from convcheck.numeric.noise import POINTS, Noise, measured_noise, unmeasured_noise
from convcheck.numeric.plan import NOT_OF_KIND

# Seconds that noise may take to measure, whatever the budget: what forward rounds decides what is held against it.
LEAST_FOR_NOISE = 1.0


class Examined(NamedTuple):
    """What came of it: the examination, the output, empty where there is none, and what the first forward kept.

    `has_no_entries`: the output is an array, and there is nothing in it.
    """

    examination: Examination
    out: Array
    cache: Any = None
    has_no_entries: bool = False

    @property
    def status(self) -> Status:
        """That of the check, which is expected to pass."""
        return status_of(self.examination.ended, self.examination.tensors, self.examination.findings, "pass")


def examine_pair(
    pair: Pair,
    arrays: Mapping[str, Array],
    options: Options,
    rng: Draws,
    function: Function,
    *,
    dout: Array | None = None,
    locality: Mapping[str, Sequence[Tie]] = NOTHING,
    kinds: Mapping[str, Kind] = NOTHING,
    letters: Mapping[str, float] = NOTHING,
    hints: Mapping[str, str] = NOTHING,
    checkpoint: Callable[[Callable[[], Examination]], None] = lambda so_far: None,
) -> Examined:
    """Examine `pair` at arrays of one dtype, by name, in the order of its forward, which `function` calls.

    `locality` and `kinds` are as in `convcheck.gradcheck`, `letters` and `hints` as a Subject has them, and
    `checkpoint` as in `examine`. An exception in the code under test ends it, and is a finding. Raises TypeError and
    ValueError for a dout, a locality or kinds that do not fit.
    """
    dtype = next(iter(arrays.values())).dtype
    try:
        received, cache = function.received([a.copy() for a in arrays.values()])
        out = received.real
        # A tuple of any other length than two is neither an output nor one with its cache.
        if out is None or not out.size or received.container == "tuple":
            raise _NoNumbers(received)
        claims, noise, given_up = _claims(arrays, out, locality, kinds, function, options.budget, rng)
        subject = Subject(
            pair=pair,
            claims=claims,
            data=given_data(arrays, claims, dout, out, rng),
            dtype=dtype,
            rng=rng,
            noise=noise,
            letters=letters,
            hints=hints,
        )
        examination = examine(subject, options, function, checkpoint)
        return Examined(examination._replace(findings=(*given_up, *examination.findings)), out, cache)
    except _NoNumbers as error:
        finding = wrong_shape("forward", "forward", error.out, None)
        if error.out.container == "tuple":
            hint = "return out, or (out, cache), where the cache may be a tuple itself"
            finding = finding._replace(hint=f"{hint}; several outputs are told by `outputs`, in a spec and in Python")
        examination = Examination((), (finding,), options.scheme, function.evaluations, 0)
        return Examined(examination, np.empty(0), None, error.out.real is not None and not error.out.real.size)
    except (Raised, NotWritten) as error:
        ended, said = termination_of(error, tiles=True, hints=hints)
        examination = Examination((), tuple(said), options.scheme, function.evaluations, 0, ended)
        return Examined(examination, np.empty(0))


class _NoNumbers(Exception):
    """Forward gave `out`, of which nothing can be differentiated: no numbers, or none at all."""

    def __init__(self, out: Received) -> None:
        super().__init__()
        self.out = out


def _claims(
    arrays: Mapping[str, Array],
    out: Array,
    locality: Mapping[str, Sequence[Tie]],
    kinds: Mapping[str, Kind],
    function: Function,
    budget: float,
    rng: Draws,
) -> tuple[tuple[Input, ...], Noise, list[Finding]]:
    """What holds of each input, the noise of forward, and a finding for each declared kind that does not hold."""
    ties = {name: locality[name] if name in locality else no_locality(a.shape) for name, a in arrays.items()}
    for name, array in arrays.items():
        validate_locality(name, array.shape, ties[name], out.shape)
        if kinds.get(name, "linear") not in get_args(Kind):
            raise ValueError(f"kinds: expected linear, kinked or smooth for {name}, received {kinds[name]!r}")
    linear, noise = _linear_inputs(arrays, out.astype(np.float64, copy=False), kinds, function, budget, rng)
    claims: list[Input] = []
    given_up = []
    for name, array in arrays.items():
        kind = kinds.get(name, "linear")
        if kind == "linear" and name not in linear:
            kind = "smooth"
            if name in kinds:
                given_up.append(Finding("claim-lost", "note", NOT_OF_KIND.format("linear", name), "d" + name))
        claims.append(Input(name, array.shape, kind, tuple(ties[name])))
    return tuple(claims), noise, given_up


def _linear_inputs(
    arrays: Mapping[str, Array],
    base: Array,
    kinds: Mapping[str, Kind],
    function: Function,
    budget: float,
    rng: Draws,
) -> tuple[set[str], Noise]:
    """The names of the inputs in which forward is linear, as far as nobody said anything else, and its noise.

    Where it is linear in all of them, what is left of the lines that show it is the noise. `base` is forward's output.
    """
    inputs, epsilon = list(arrays.values()), float(np.finfo(next(iter(arrays.values())).dtype).eps)
    lines: dict[str, Line] = {}
    # Where forward raises, it does so once more when the input's turn has come: what was declared holds until then.
    untold: set[str] = set()

    def told_linear(noise: Noise) -> set[str]:
        linear = set(untold)
        for name, line in lines.items():
            try:
                if line.is_linear(noise.bound):
                    linear.add(name)
            except Raised:
                if name in kinds:
                    linear.add(name)
        return linear

    for position, (name, array) in enumerate(arrays.items()):
        if kinds.get(name, "linear") != "linear":
            continue
        roundoff = rounding_factor(array.size) * epsilon
        try:
            line = line_through(InputProbe(function, inputs, position), base, roundoff, len(arrays), rng)
        except Raised:
            if name in kinds:
                untold.add(name)
            continue
        if line:
            lines[name] = line
    if len(lines) == len(arrays) and (beside := noise_beside([*lines.values()], epsilon)):
        linear = told_linear(beside)
        if len(linear) == len(arrays):
            return linear, beside
    if POINTS * function.seconds / function.evaluations <= max(LEAST_FOR_NOISE, budget / 4):
        noise = measured_noise(function, inputs, base, rng)
    else:
        noise = unmeasured_noise(base)
    return told_linear(noise), noise
