"""`Source`: code that somebody named, and what was found in it. Plain data: nothing here imports or runs that code."""

from collections.abc import Sequence
from typing import NamedTuple

# In --input, in the place of sizes that nothing tells.
UNTOLD = "=?"
# More layers than these are not listed in one sentence.
MOST_LAYERS = 4


class Source(NamedTuple):
    """Code under test as it was named: `layers.py`, `layers.py:conv_forward,conv_backward`, `package.module:Conv`.

    `place` is the path of a file or the dotted name of a module. `names` is empty (look for the customary names of a
    layer), a pair (forward, backward), or one class. `stubs`: whether imports that are not there are replaced by
    empty modules.
    """

    place: str
    names: tuple[str, ...] = ()
    stubs: bool = True

    @property
    def is_file(self) -> bool:
        """Whether `place` is a path rather than a module's name."""
        return self.place.endswith((".py", ".ipynb")) or "/" in self.place or "\\" in self.place

    def text(self, names: tuple[str, ...] | None = None) -> str:
        """As it would be written for --impl: the place, a colon and the names."""
        chosen = self.names if names is None else names
        return f"{self.place}:{','.join(chosen)}" if chosen else self.place

    def as_layer(self, names: tuple[str, ...], layers: Sequence[str]) -> str:
        """What to do where nothing tells which of the layers these names are of; the first is the likeliest."""
        command = f"convcheck run --impl {self.text(names)} --layer {layers[0]}"
        listed = ", ".join(layers[1:]) if len(layers) <= MOST_LAYERS else "any that `convcheck layers` lists"
        others = f" (or {listed})" if layers[1:] else ""
        of_none = f"convcheck run --impl {self.text(names)} --input x=4,5"
        return f"say which it is: {command}{others}; or, of a function of no layer, what it takes: {of_none}"


class Found(NamedTuple):
    """One implementation of a layer in a source: its `names` (forward and backward, or a class), the line of the first
    one's definition, and how it would be called, in one line. `kind` is which of the kinds of `open` it is.
    `backward_line` is where backward is defined, 0 where that is not known. `takes`: the settings that it has a word
    for, among those that most code has none for (`Words.rare`). `inputs`: of a function of no layer, what it takes as
    far as its text tells that, as --input has it.
    """

    layer: str
    names: tuple[str, ...]
    line: int
    how: str
    kind: str = "functions"
    backward_line: int = 0
    takes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


class NotChecked(NamedTuple):
    """Code that was seen in a source and is not checked: its `names`, the line of its definition, and why that is.

    `hint` is what would check it, empty where that is not known; `place` is that of the source.
    """

    names: tuple[str, ...]
    line: int
    why: str
    hint: str = ""
    place: str = ""

    def text(self) -> str:
        """All of it but the hint, in one line."""
        return f"{','.join(self.names)} (line {self.line}): {self.why}"


class Discovery(NamedTuple):
    """What one kind of implementation found in a source: what there is, and what nearly is one of a layer.

    `alone`: whatever other kinds find is part of this.
    """

    found: tuple[Found, ...] = ()
    near: tuple[NotChecked, ...] = ()
    alone: bool = False


class Survey(NamedTuple):
    """What importing a source showed. `missing` names the modules that were not there and were replaced by stubs.

    `problem` says why nothing could be found (the file is not there, its import raised, no name fits), with what to do;
    None where something was found. `opened` is False where it could not even be imported. `not_checked` is what was
    seen beside what was found.
    """

    found: tuple[Found, ...]
    missing: tuple[str, ...] = ()
    problem: str | None = None
    opened: bool = True
    not_checked: tuple[NotChecked, ...] = ()


def parse_source(text: str) -> Source | None:
    """The source that somebody wrote, as `Source.text` gives it back; None for a bare word, which names none.

    Raises ValueError, with what to write, for names that are no names.

    >>> parse_source("layers.py:conv_forward,conv_backward")
    Source(place='layers.py', names=('conv_forward', 'conv_backward'), stubs=True)
    """
    if not any(sign in text for sign in "./\\:"):
        return None
    place, colon, after = text.rpartition(":")
    # The colon of C:\layers.py, or of a folder's name, is no colon before names.
    if not colon or any(sign in after for sign in "./\\"):
        return Source(text)
    names = tuple(name.strip() for name in after.split(","))
    if not place or not 1 <= len(names) <= 2 or not all(name.isidentifier() for name in names):
        raise ValueError(
            f"expected FILE.py:forward,backward or FILE.py:ClassName (or package.module before the colon), "
            f"received {text!r}"
        )
    return Source(place, names)
