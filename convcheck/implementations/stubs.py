"""Modules that are not there, replaced by empty ones while the user's code is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Self

from convcheck.implementations.absent import AbsentModule, Stage
from convcheck.implementations.grounds import is_theirs
from convcheck.implementations.guards import is_guarded
from convcheck.implementations.useful import useful_names


class Stubs(MetaPathFinder, Loader):
    """Stands last among the finders, so it is asked only for what no other knows; `missing` names what it gave.

    It answers imports that stand in files of `folder` alone: a library that tries an optional import must see it fail.
    So must code that is ready for it (`try: … except ImportError`). `wanted` is the module under test itself.
    """

    def __init__(self, folder: Path, wanted: str) -> None:
        self.missing: list[str] = []
        self.stage = Stage()
        self._folder = folder
        self._wanted = wanted

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stub's spec, None where the import should fail."""
        if f"{self._wanted}.".startswith(f"{fullname}."):
            return None
        parent = fullname.rpartition(".")[0]
        if not (isinstance(sys.modules.get(parent), AbsentModule) or self._is_asked_for()):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module."""
        self.missing.append(spec.name)
        return AbsentModule(spec.name, self.stage, useful_names(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

    def _is_asked_for(self) -> bool:
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib._bootstrap"):
            if frame.f_back is None:
                return False
            frame = frame.f_back
        filename = frame.f_code.co_filename
        return is_theirs(filename, self._folder) and not is_guarded(filename, frame.f_lineno)

    def __enter__(self) -> Self:
        sys.meta_path.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        """No stub stays behind: what is imported later, by whomever, must not find it."""
        sys.meta_path.remove(self)
        self.stage.importing = False
        for name in self.missing:
            stub = sys.modules.pop(name, None)
            parent, _, child = name.rpartition(".")
            holder = sys.modules.get(parent)
            if holder is not None and getattr(holder, "__dict__", {}).get(child) is stub:
                delattr(holder, child)
