"""One check, at which mistakes are tried: whether its data tells them from what is right, and whether a run does."""

import dataclasses
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from convcheck.audit.mistaken import Code, Way, effect_of, variant_with
from convcheck.checking.check import run_variant
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.checking.subject import stream
from convcheck.checking.termination import status_of
from convcheck.checking.watch import watched_by
from convcheck.diagnosis.conditions import Sizes
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Params
from convcheck.layers.mistakes import values_of
from convcheck.numeric.data import Data, draw
from convcheck.spec.check import Check

# Two orders of summation differ by fewer epsilons of the largest entry; two mistakes by many times as much.
NEAR = 256
WARNED = "warning"


class AuditCheck(NamedTuple):
    """A check of a spec or, where `suite`, of a built-in suite that is run as such; `of_suite`: it stands in one."""

    check: Check
    suite: bool = False
    of_suite: bool = False


# What a check is beside its letters, where all is as usual.
USUAL = {"dtype": "float64", "data": "dyadic", "seed": 0}


def sizes_of_check(check: Check) -> dict[str, Any]:
    """Its letters, with its dtype, the kind of its data and the seed of that beside them."""
    return {**check.sizes.given(), **{name: getattr(check.manner, name) for name in USUAL}}


def check_of_sizes(like: Check, sizes: Sizes, identity: str) -> Check | None:
    """The check at these sizes, in the manner of `like`; None where these cannot be."""
    letters = {name: value for name, value in sizes.items() if name not in USUAL}
    try:
        made = type(like.sizes)(**letters)
        if any(made.problems()):
            return None
    except (TypeError, ValueError):
        return None
    manner = dataclasses.replace(like.manner, name=None, **{name: sizes[name] for name in USUAL})
    return Check(identity, like.layer, made, manner)


class _IsWrong(Exception):
    """Enough is known of a check: whatever else it finds, it fails."""


class _UntilWrong:
    """Ends a check as soon as something is wrong in it: looking closely at that takes most of its time."""

    def evaluated(self, evaluations: int) -> None:
        """Nothing to do."""

    def found(self, so_far: Callable[[], Result]) -> None:
        """Raises _IsWrong where what was found fails the check."""
        result = so_far()
        if status_of("whole", result.tensors, result.findings, result.expect) == "fail":
            raise _IsWrong


class Trial:
    """The mistakes of its layer are tried at this check, whatever implementation it names and expects to fail."""

    def __init__(self, audit: AuditCheck) -> None:
        self.layer = LAYERS[audit.check.layer]
        manner = dataclasses.replace(audit.check.manner, implementation=self.layer.reference, expect="pass")
        self.check = audit.check._replace(manner=manner)
        self.of_suite = audit.of_suite
        self._settings = Settings(suite=audit.suite)
        self._right: dict[Callable[..., Any], Array | Exception] = {}
        self._passes: dict[tuple[Callable[..., Any], ...], bool] = {}

    def notices(self, way: Way, name: str) -> str:
        """What the check becomes where the mistake `name` is made in this way: "fail", …; "" where it passes.

        Readable code may be right only as long as nothing ties. Where it does not pass itself, what the mistake changes
        in it is tried by itself, on the reference.
        """
        key = tuple(way.right.values())
        if key not in self._passes:
            self._passes[key] = self._run(way.right, name) == ""
        return self._run(way.wrong if self._passes[key] else effect_of(self.layer, way), name)

    def passes(self) -> bool:
        """Whether the layer's own reference does."""
        return self._run({}, "") == ""

    def differs(self, way: Way) -> bool:
        """Whether the mistake gives something else than what is right at the data of the check, before any point that
        is looked at further: to the last bit, or, where the layer rounds, by more than that.
        """
        return any(self._is_other(way.wrong[tensor], way.right[tensor]) for tensor in way.wrong)

    def _run(self, code: Code, name: str) -> str:
        try:
            with watched_by(_UntilWrong()):
                result = run_variant(self.check, self.layer, variant_with(self.layer, code), self._settings)
        except _IsWrong:
            return "fail"
        if result.status not in ("pass", "skipped"):
            return result.status
        named = any(finding.code == name and finding.severity == "warning" for finding in result.findings)
        return WARNED if named else ""

    def _is_other(self, wrong: Callable[..., Any], right: Callable[..., Any]) -> bool:
        data, params = self._drawn
        if right not in self._right:
            self._right[right] = values_of(right, data.inputs, data.dout, params)
        expected, made = self._right[right], values_of(wrong, data.inputs, data.dout, params)
        if isinstance(expected, Exception) or isinstance(made, Exception):
            return not (isinstance(expected, Exception) and isinstance(made, Exception))
        if made.shape != expected.shape:
            return True
        if data.exact:
            return not np.array_equal(made, expected, equal_nan=True)
        with np.errstate(all="ignore"):
            noise = NEAR * np.finfo(self.check.manner.dtype).eps * max(1e-300, float(np.abs(expected).max(initial=0)))
            near = (np.abs(made - expected) <= noise) | (made == expected) | (np.isnan(made) & np.isnan(expected))
        return not bool(near.all())

    @cached_property
    def _drawn(self) -> tuple[Data, Params | None]:
        check, layer = self.check, self.layer
        dtype, rng = np.dtype(check.manner.dtype), stream(check.manner.seed, check.id)
        params = layer.params(check.sizes, rng, dtype)
        data = draw(layer.facts(check.sizes), check.manner.data, dtype, rng)
        if layer.observed is not None and params is not None:
            out, _ = layer.variants[layer.reference].forward(np.ones(data.inputs[0].shape), {**params})
            params = {**params, **layer.observed(out)}
        return data, params
