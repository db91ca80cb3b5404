"""What code under test may return and nobody expects: arrays and tensors that answer nothing."""

import numpy as np


class Own(np.ndarray):
    """A subclass whose every method raises."""

    def _refuse(self, *arguments, **keywords):
        raise RuntimeError("not today")

    copy = astype = view = max = __array_ufunc__ = _refuse


class Closed:
    """What has neither a shape nor an array to give."""

    @property
    def shape(self):
        raise RuntimeError("no shape")

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")
