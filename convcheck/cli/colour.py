"""Whether to write in colour, decided here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO


def wants_colour(choice: str, stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> bool:
    """`--color` first, then NO_COLOR, FORCE_COLOR and TERM, then whether a person looks at the stream.

    NO_COLOR and FORCE_COLOR count when they are not empty; FORCE_COLOR=0 means off.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_COLOR"):
        return forced.lower() not in ("0", "false")
    if environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()
