"""Warnings that the code under test causes: a finding for each kind of them, with their number."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from convcheck.checking.result import Finding
from convcheck.implementations.errors.ownership import is_own


@contextmanager
def warnings_counted(findings: list[Finding]) -> Iterator[None]:
    """Collect the warnings raised inside the block, NumPy's floating-point warnings too, and add them to `findings`."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        yield
    if not caught:
        return
    counts = Counter(
        f"{w.category.__name__}: {w.message}{_place(w.filename, w.lineno)}"
        for w in caught
        if not issubclass(w.category, (DeprecationWarning, PendingDeprecationWarning))
    )
    for text, times in counts.items():
        again = f", {times} times" if times > 1 else ""
        findings.append(Finding("warned", "note", f"{text}{again}"))


def _place(filename: str, line: int) -> str:
    """The line that warned; nothing for one of convcheck's, where a function without lines, as np.log, was called."""
    return "" if is_own(filename) else f" (line {line} of {Path(filename).name})"
