"""What makes start-up short: one thread for NumPy's linear algebra, and imports without the garbage collector."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from convcheck.running.threads import THREAD_VARIABLES


def limit_threads() -> None:
    """Give linear algebra one thread, unless the environment says otherwise. To be called before NumPy is imported.

    Halves the time of that import, keeps processes side by side from fighting over the cores, and adds up every product
    in the same order each time.
    """
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")


def reserve_standard_descriptors() -> None:
    """Open those that are closed (`<&-`, `>&-`) onto nothing: a report that got one of their numbers would be taken for
    it by whatever this process starts."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free.
            os.open(os.devnull, os.O_RDWR)


@contextmanager
def gc_paused() -> Iterator[None]:
    """No garbage collection while modules are imported, and none of what was imported afterwards."""
    modules_before = len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        # What was imported stays to the end: the collector, which would now look through it, is to leave it alone.
        if len(sys.modules) > modules_before:
            gc.freeze()
        gc.enable()
