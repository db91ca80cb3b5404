"""Imports without the garbage collector: they make a hundred thousand objects and leave none to collect."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While modules are imported."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
