"""Why an import failed, in one line: what was raised, the line in the user's file, and what to do."""

from __future__ import annotations

from pathlib import Path

from convcheck.implementations.absent import MissingModule
from convcheck.implementations.hints import install
from convcheck.implementations.raised import Raised
from convcheck.implementations.reading import unreadable
from convcheck.implementations.source import Source
from convcheck.spec.nearest import nearest


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
