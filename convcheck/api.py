"""The Python API: `check`, `load` and `gradcheck`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from convcheck.checking.check import run_check
from convcheck.checking.gradcheck import gradcheck
from convcheck.checking.result import Result
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.layers.catalogue import FORMS
from convcheck.spec.check import Check, NamedCode
from convcheck.spec.errors import SpecError
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.overrides import override
from convcheck.spec.reader import Reading, read_file, read_mapping

__all__ = ["InvalidSpec", "check", "gradcheck", "load"]


class InvalidSpec(ValueError):
    """A spec that is not valid. `errors` holds every mistake; the text shows each with its line."""

    def __init__(self, errors: tuple[SpecError, ...]) -> None:
        super().__init__("\n".join(error.text() for error in errors))
        self.errors = errors


def load(path: str | os.PathLike[str], *, max_memory: int = DEFAULT_LIMIT) -> list[Check]:
    """The checks of a spec file, in its order. `max_memory` is in bytes.

    Raises `InvalidSpec`, with every mistake, for a file that is not valid or cannot be read.
    """
    return _valid(read_file(path, FORMS, max_memory=max_memory))


def check(
    spec: Check | Mapping[str, Any],
    *,
    budget: float = DEFAULT_SETTINGS.budget,
    max_memory: int = DEFAULT_LIMIT,
    **settings: Any,
) -> Result:
    """Run one check: one that `load` returned, or a mapping with the keys of a spec file.

    `settings` replace those of the spec: implementation, seed, dtype, data, scheme, tolerance. `budget` is in seconds,
    `max_memory` in bytes. Raises `InvalidSpec` for a mapping that is not valid; ValueError for one that holds several
    checks, for a setting out of range and for code of one's own as the implementation; TypeError for what is neither a
    mapping nor a check, and for a setting that does not exist.

    >>> check({"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}).status
    'pass'
    """
    if isinstance(spec, Mapping):
        checks = _valid(read_mapping(spec, FORMS, max_memory=max_memory))
        if len(checks) > 1:
            raise ValueError(f"expected one check, received {len(checks)}: write them to a file and use load()")
        spec = checks[0]
    elif not isinstance(spec, Check):
        raise TypeError(f"expected a mapping or a Check, received {type(spec).__name__}: for a file, use load(path)")
    chosen = override(spec, FORMS, max_memory=max_memory, **settings)
    if isinstance(chosen.manner.implementation, NamedCode):
        raise ValueError(
            f"implementation: expected one that is built in, received {chosen.manner.implementation}: code of your own "
            f"is checked by `convcheck run FILE --trust`, or by gradcheck()"
        )
    return run_check(chosen, Settings(budget=budget))


def _valid(reading: Reading) -> list[Check]:
    if reading.errors:
        raise InvalidSpec(reading.errors)
    return list(reading.checks)
