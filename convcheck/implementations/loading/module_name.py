"""The name that a file goes by when it is imported, and the packages around it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.loading.read import Imports

# How many folders further up a program is looked for that the file may be part of.
_FURTHEST = 6


@dataclass(frozen=True)
class ModuleNames:
    """`name` is dotted where the file belongs to packages; `packages` are these and their folders, outermost first.

    `paths` are the folders in which modules are looked for, first of all, and `folder` is that beneath which
    everything is the user's.
    """

    name: str
    packages: tuple[tuple[str, Path], ...]
    paths: tuple[Path, ...]
    folder: Path


def module_names(path: Path, imports: Imports) -> ModuleNames:
    """The names for a file that is imported by its path.

    Folders with an __init__.py are packages. So are others if the file imports relatively, as if it were in one; and
    the folder's own name can be imported from, as it can when the program is started one folder further up.
    """
    folders = [folder for folder in path.parents if folder.name.isidentifier()]
    depth = 0
    while depth < len(folders) and folders[depth] == path.parents[depth] and (folders[depth] / "__init__.py").exists():
        depth += 1
    depth = min(max(depth, _relative_levels(imports)), len(folders))
    chain = list(path.parents)[:depth][::-1]
    stem = path.stem if path.stem.isidentifier() else "layers_under_test"
    top = chain[0].name if chain else stem
    parts = [folder.name for folder in chain] + [stem]
    if _is_taken(top, chain[0] if chain else path.parent):
        # torch.py, or a folder called test: they must neither be mistaken for the real ones nor replace them.
        parts[0] = f"_{parts[0]}"
    packages = tuple((".".join(parts[: i + 1]), folder) for i, folder in enumerate(chain))
    paths = [path.parent]
    if chain or _imports_from(imports, path.parent.name):
        paths.append(chain[0].parent if chain else path.parent.parent)
    paths += [start for start in _starts(imports, path) if start not in paths]
    return ModuleNames(".".join(parts), packages, tuple(paths), chain[0] if chain else path.parent)


def _relative_levels(imports: Imports) -> int:
    return max((node.level for node in imports if isinstance(node, ast.ImportFrom)), default=0)


def _starts(imports: Imports, path: Path) -> list[Path]:
    """The folders further up in which modules lie that the file imports by their full names: model.nn.base.

    Where a program is started there, it finds them; the folders between need no __init__.py.
    """
    dotted = {n.module for n in imports if isinstance(n, ast.ImportFrom) and n.module and not n.level}
    dotted |= {alias.name for n in imports if isinstance(n, ast.Import) for alias in n.names}
    inward = [name.split(".") for name in dotted if "." in name]
    return [
        start
        for start in list(path.parents)[1:_FURTHEST]
        if any(
            parts[0] == path.relative_to(start).parts[0]
            and (start.joinpath(*parts).with_suffix(".py").is_file() or start.joinpath(*parts).is_dir())
            for parts in inward
        )
    ]


def _imports_from(imports: Imports, package: str) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == package and not node.level)
        or (isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == package for alias in node.names))
        for node in imports
    )


def _is_taken(name: str, folder: Path) -> bool:
    if name in sys.stdlib_module_names or name == "convcheck":
        return True
    loaded = sys.modules.get(name)
    return loaded is not None and not is_theirs(getattr(loaded, "__file__", None), folder)
