"""An exception in the code under test is a finding, never confused with a fault of the checker."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any


class Raised(Exception):
    """`what` ("forward" or "backward") raised `error`."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(what, error)
        self.what = what
        self.error = error

    def sentence(self) -> str:
        """Type, message, and the innermost line that raised, without its folder."""
        said = f"{self.what} raised {type(self.error).__name__}: {self.error}".rstrip(": ")
        frames = traceback.extract_tb(self.error.__traceback__)
        if not frames:
            return said
        last = frames[-1]
        return (
            f"{said} (line {last.lineno} of {last.filename.replace(chr(92), '/').rsplit('/', 1)[-1]}, in {last.name})"
        )


def guarded(what: str, call: Callable[..., Any], *arguments: Any) -> Any:
    """`call(*arguments)`; raises `Raised` for whatever exception comes out of it."""
    try:
        return call(*arguments)
    except Exception as error:
        raise Raised(what, error) from error
