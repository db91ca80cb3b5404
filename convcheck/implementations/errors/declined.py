"""What ends a check without a verdict: code that cannot be opened, is not written yet, or has no word for a setting."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(ValueError):
    """Raised by forward in place of the code under test. A ValueError, as code raises for sizes that it does not do.

    `setting` is what it has no word for, if that is all that is wrong. `instead` is what could be asked of it, by the
    fields of a spec: {"eps": 1e-7} for a constant that is built in.
    """

    def __init__(self, message: str, instead: Mapping[str, float | str] | None = None, setting: str = "") -> None:
        super().__init__(message)
        self.instead = instead or {}
        self.setting = setting


class CannotOpen(Exception):
    """The source could not be imported, or the names are not in it. The text says what was expected and what to do.

    `misshapen`: what is wrong is the shape in which it keeps an array, which may come of a size that it was told.
    """

    def __init__(self, text: str, *, misshapen: bool = False) -> None:
        super().__init__(text)
        self.misshapen = misshapen


class NotWritten(Exception):
    """A function that is not written yet: its body does nothing, or it raises NotImplementedError.

    `what` is "forward" or "backward": where only backward is not there, forward can still be compared.
    """

    def __init__(self, text: str, what: str = "forward") -> None:
        super().__init__(text)
        self.what = what


class NothingStored(NotWritten):
    """In test mode forward stores nothing for backward, which the convention leaves it free to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "backward")
