"""`Refusal`: the code under test offers no way to ask for what a check asks. No answer, and so no wrong one."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(ValueError):
    """Raised by forward in place of the code under test. A ValueError, as code raises for sizes that it does not do.

    `setting` is what it has no word for, if that is all that is wrong. `instead` is what could be asked of it, by the
    fields of a spec: {"eps": 1e-7} for a constant that is built in.
    """

    def __init__(self, message: str, instead: Mapping[str, float] | None = None, setting: str = "") -> None:
        super().__init__(message)
        self.instead = instead or {}
        self.setting = setting
