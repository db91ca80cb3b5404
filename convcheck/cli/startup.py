"""One thread for NumPy's linear algebra, unless the person says otherwise."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_thread() -> None:
    """To be called before NumPy is imported.

    Halves the time of the import, keeps processes side by side from fighting over the cores, and adds up every product
    in the same order each time.
    """
    for variable in VARIABLES:
        os.environ.setdefault(variable, "1")


@contextmanager
def uncollected() -> Iterator[None]:
    """While modules are imported."""
    known = len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        # What was imported stays to the end: the collector, which would now look through it, is to leave it alone.
        if len(sys.modules) > known:
            gc.freeze()
        gc.enable()
