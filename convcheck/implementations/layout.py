"""Images as (N, H, W, C), seen from the names that a function gives to the axes: convcheck has (N, C, H, W)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.body import shape_names
from convcheck.implementations.source import CannotOpen

_HEIGHT = re.compile(r"^(n?_?h(_?\w*)?|\w*height\w*|rows?\w*|\w*_h)$", re.I)
_CHANNELS = re.compile(r"^(n?_?c(_?(prev|in|new|x|out)\w*)?|\w*channels?\w*|c\d?|depth|\w*_c)$", re.I)


def hold_layout(function: Callable[..., Any], layer: str, names: tuple[str, ...]) -> None:
    """Raise CannotOpen where x is taken apart as batch, rows, columns, channels, naming the line."""
    if layer not in {"conv", "max_pool", "spatial_batchnorm"} or not names:
        return
    axes, line = shape_names(function, names[0])
    if len(axes) != 4:
        return
    if _HEIGHT.match(axes[1]) and not _CHANNELS.match(axes[1]) and _CHANNELS.match(axes[3]):
        raise CannotOpen(
            f"{function.__name__} takes images as (N, H, W, C): line {line} calls the axes of {names[0]} "
            f"{', '.join(axes)}; they are (N, C, H, W) here: {ADVICE}"
        )
