"""Importing the code under test afresh, as it is, and leaving no trace of it but its modules."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import CodeType, ModuleType

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.hints import install
from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.loading.absent import Absent, MissingModule
from convcheck.implementations.loading.module_name import ModuleNames, module_names
from convcheck.implementations.loading.read import compiled, unreadable
from convcheck.implementations.loading.stubs import Stubs
from convcheck.implementations.module_snapshot import run_code
from convcheck.implementations.plain_exception import LEAVING, plain
from convcheck.implementations.source import Source
from convcheck.spec.nearest import nearest


@dataclass(frozen=True)
class Loaded:
    """An imported source: `missing` are the modules that stubs stood in for, `paths` are on sys.path while it runs.

    `place` is what it is called. `afresh()` imports it anew; None for code that is at hand only as it is. `told` is
    handed what each call of a pass returns.
    """

    module: ModuleType
    folder: Path
    missing: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    place: str = ""
    afresh: Callable[[], Loaded] | None = None
    told: Callable[[object], None] = lambda returned: None

    @contextmanager
    def running(self) -> Iterator[None]:
        """While its functions run: an import within them finds the modules beside the file."""
        with on_path(self.paths):
            yield


@contextmanager
def on_path(paths: tuple[str, ...]) -> Iterator[None]:
    """These folders first on sys.path, for a while."""
    before = list(sys.path)
    sys.path[:0] = paths
    try:
        yield
    finally:
        # In place: others may hold the list.
        sys.path[:] = before


def load_source(source: Source, text: str | None = None) -> Loaded:
    """Import the source and everything beside it anew; `text`: what its file has in the place of its own.

    Raises CannotOpen with the reason where that fails.
    """
    _forget()
    return _from_file(source, text) if source.is_file else _from_name(source)


def file_of(source: Source) -> Path:
    """The file that a source names."""
    return Path(os.path.abspath(os.path.expanduser(source.place)))


def _from_file(source: Source, text: str | None) -> Loaded:
    path = file_of(source)
    code, imports = compiled(path, text)
    naming = module_names(path, imports)
    return _imported(source, naming.name, naming.folder, naming.paths, lambda stubs: _run(code, path, naming, stubs))


def _from_name(source: Source) -> Loaded:
    name = source.place
    if os.path.isfile(name):
        raise CannotOpen(f"{name} is a file, and the name of a file of code ends in .py: save it under such a name")
    if not all(part.isidentifier() for part in name.split(".")):
        raise CannotOpen(f"{name!r} is neither a file (layers.py) nor the name of a module (package.layers)")
    here = Path.cwd()
    with on_path((str(here),)):
        importlib.invalidate_caches()
        try:
            top = importlib.util.find_spec(name.partition(".")[0])
        except (ValueError, ImportError):
            top = None
    if top is None:
        raise CannotOpen(not_a_module(name, here))
    places = list(top.submodule_search_locations or ()) or [os.path.dirname(top.origin or "")]
    return _imported(source, name, Path(places[0]), (here,), lambda _: importlib.import_module(name))


def _imported(
    source: Source, name: str, folder: Path, paths: tuple[Path, ...], bring: Callable[[Stubs | None], ModuleType]
) -> Loaded:
    before = set(sys.modules)
    searched = tuple(map(str, paths))
    stubs = Stubs(folder, name)
    argv, wrote = sys.argv, sys.dont_write_bytecode
    # A file may read its command line as it is imported; and a stale .pyc must never be what is checked.
    sys.argv, sys.dont_write_bytecode = [source.place], True
    try:
        with on_path(searched), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.invalidate_caches()
            if source.stubs:
                with stubs:
                    module = run_code("import", bring, stubs)
            else:
                module = run_code("import", bring, None)
    except (CannotOpen, KeyboardInterrupt):
        raise
    except BaseException as caught:
        error = plain(caught)
        raise CannotOpen(import_trouble(error, source)) from error
    finally:
        sys.argv, sys.dont_write_bytecode = argv, wrote
        # It may have taken the place of one of the same name.
        _remember({*before} - {name}, folder)
    return Loaded(module, folder, tuple(stubs.missing), searched, source.place, partial(load_source, source))


def _run(code: CodeType, path: Path, naming: ModuleNames, stubs: Stubs | None) -> ModuleType:
    for package, folder in naming.packages:
        _package(package, folder)
    already = sys.modules.get(naming.name)
    if already is not None and getattr(already, "__file__", None) == str(path):
        # The package's own __init__ has imported it.
        return already
    spec = importlib.util.spec_from_file_location(naming.name, path)
    if spec is None:
        raise CannotOpen(f"{path.name} is not a file of Python code")
    module = importlib.util.module_from_spec(spec)
    sys.modules[naming.name] = module
    if stubs is not None and "get_ipython" in code.co_names:
        # What notebooks' commands become when they are written out as a file.
        module.__dict__["get_ipython"] = Absent("IPython", "get_ipython", stubs.stage)
    exec(code, module.__dict__)
    return module


def _package(name: str, folder: Path) -> None:
    """The package around the file. What its __init__ does is no concern of the layers in it: failing is allowed."""
    if not name.rpartition(".")[2].startswith("_") and (folder / "__init__.py").exists():
        try:
            importlib.import_module(name)
            return
        except LEAVING:
            sys.modules.pop(name, None)
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    package.__file__ = str(folder / "__init__.py")
    sys.modules[name] = package


_REMEMBERED: set[str] = set()


def _remember(before: set[str], folder: Path) -> None:
    """Note which of the user's modules have come since `before`, the names in sys.modules then."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        # Compiled modules cannot be imported twice.
        if is_theirs(file, folder) and not str(file).endswith(tuple(EXTENSION_SUFFIXES)):
            _REMEMBERED.add(name)


def _forget() -> None:
    """Take them out of sys.modules."""
    while _REMEMBERED:
        sys.modules.pop(_REMEMBERED.pop(), None)


def import_trouble(error: BaseException, source: Source) -> str:
    """What to tell of an exception that importing the source raised."""
    if isinstance(error, SyntaxError):
        return unreadable(error, source.place)
    raised = Raised(f"importing {source.place}", error)
    said = raised.sentence()
    if isinstance(error, MissingModule):
        return f"{said}; {install(error.name or '')}, or take that line out of what runs at import"
    if isinstance(error, ImportError) and error.name:
        top = error.name.partition(".")[0]
        if isinstance(error, ModuleNotFoundError):
            return said if source.stubs else f"{said}; {install(top)}, or leave out --no-stubs"
        return f"{said}; {top} is there, but not with what is imported from it"
    hint = raised.hint or 'what is not needed to define the layers belongs under if __name__ == "__main__":'
    return f"{said}; {hint}"


def not_a_module(name: str, here: Path) -> str:
    """There is no such module; the nearest in the folder one is in."""
    top = name.partition(".")[0]
    beside = [entry.stem for entry in here.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists()]
    near = nearest(top, beside)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"there is no module {top!r} in {here} or among the installed packages{meant}"
