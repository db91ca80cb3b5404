"""Checks of functions and classes that a program has at hand: no file is imported, and nothing is isolated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcheck.checking.result import Result
from convcheck.checking.run_source import run_loaded
from convcheck.checking.settings import Settings
from convcheck.implementations.asked_for import is_for
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.loading.at_hand import NOWHERE, loaded_at_hand
from convcheck.implementations.open import found_in
from convcheck.running.blame import blame
from convcheck.running.message import Fault
from convcheck.running.results import unfinished_result
from convcheck.running.worker.restore_state import restored_state
from convcheck.spec.check import Check


class CodeAtHand:
    """A forward and a backward, or one class, as an implementation of `layer`.

    Raises TypeError for what is neither, and CannotOpen where it cannot be called as one of that layer.
    """

    def __init__(self, layer: str, code: Sequence[Any]) -> None:
        self._loaded, source = loaded_at_hand(code)
        found, _ = found_in(self._loaded, source, (layer,))
        if not found:
            said = f"{' and '.join(source.names)} cannot be called as the passes of {layer}"
            alone = len(code) == 1 and not isinstance(code[0], type)
            raise CannotOpen(f"{said}: hand over its backward as well" if alone else said)
        self.found = found[0]

    def run(self, check: Check, settings: Settings) -> Result:
        """Check it. What the code brings about is a finding; what convcheck itself raises is raised."""
        loaded, names = self._loaded, ",".join(self.found.names)
        with restored_state():
            try:
                result = run_loaded(check, lambda: loaded, self.found, settings)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                said = blame(error)
                if isinstance(said, Fault):
                    raise
                result = unfinished_result(check, names, said, 0.0)
        file = None if loaded.place == NOWHERE else loaded.place
        return result._replace(implementation=names, code_file=file, code_line=self.found.line)

    def is_asked(self, check: Check) -> bool:
        """Whether a check of a suite is one for this code."""
        return is_for(check, self.found)
