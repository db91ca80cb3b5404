"""Imports without the garbage collector: they make a hundred thousand objects and leave none to collect."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
