"""What may come back from a process that has run code under test: records of convcheck, and Python's plain values.

They are named here, by their modules, rather than imported: the parent needs few of them in any one run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

RECORDS: Mapping[str, frozenset[str]] = {
    "convcheck.checking.result": frozenset({"Entry", "Finding", "Result", "Sample", "TensorMap", "TensorResult"}),
    "convcheck.implementations.source": frozenset({"Found", "NotChecked", "Survey"}),
    "convcheck.running.cluster.compatibility": frozenset({"Incompatible"}),
    "convcheck.running.job": frozenset({"JobResult"}),
    "convcheck.running.message": frozenset({"Failure", "Fault", "Reply"}),
    "convcheck.running.worker.progress": frozenset({"Progress"}),
}


def is_record(kind: type) -> bool:
    """Whether it is one of them, and not one that only says so."""
    module, name = kind.__module__, kind.__name__
    return name in RECORDS.get(module, ()) and getattr(sys.modules.get(module), name, None) is kind


def plain_number(value: Any) -> float | int | bool | None:
    """What a number of NumPy's is in Python; None for everything else."""
    kind = type(value)
    if kind.__module__ != "numpy":
        return None
    numpy = sys.modules["numpy"]
    if getattr(numpy, kind.__name__, None) is not kind:
        return None
    for base, plain in ((numpy.bool_, bool), (numpy.integer, int), (numpy.floating, float)):
        if issubclass(kind, base):
            number: float | int | bool = plain(value)
            return number
    return None
