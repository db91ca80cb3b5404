"""How a field of a spec is declared: its type, meaning and limits, said once.

The reader, the JSON Schema, `convcheck layers` and the documentation all read these declarations.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Form = Literal["integer", "number", "choice", "text", "shape", "truth", "inputs", "settings", "names"]

LARGEST_SIZE = 2**31 - 1
LONGEST_SHAPE = 32  # what every NumPy can index
LONGEST_TEXT = 200


class Field(NamedTuple):
    """What a spec may say under one key.

    `form` is the type of the value: a whole number, a number, one of `choices`, a text, a list of whole numbers
    ("shape"), true and false ("truth"), arrays to draw ("inputs"), names with values ("settings"), or a list of names
    ("names"). `minimum` and `maximum` are inclusive; `above` and `below` are exclusive.
    Those of a "shape" hold for each of its entries. `code`: a mapping that names code may stand in the place of one of
    the choices. `meant` gives the choices that a word was probably meant to be, where more is known of it than how it
    is spelt. `renamed` has words that were choices and are taken for the choice that they are called now. `alone`: a
    "shape" may also be one whole number. `also`: whether a word that is none of the choices will do as well.
    """

    form: Form
    meaning: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    code: bool = False
    meant: Callable[[str], tuple[str, ...]] | None = None
    renamed: Mapping[str, str] = MappingProxyType({})
    alone: bool = False
    also: Callable[[str], bool] | None = None

    def called_now(self, key: str, word: str) -> str:
        """What to say of a word that was renamed."""
        return f"{key} {word} is called {self.renamed[word]} now"


def size(meaning: str, *, minimum: int = 1, default: Any = MISSING) -> Any:
    """A whole number of things: N, C, H, stride, pad."""
    return _declare(Field("integer", meaning, minimum=minimum, maximum=LARGEST_SIZE), default)


def number(
    meaning: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    default: Any = MISSING,
) -> Any:
    """A real number: eps, momentum, tolerance."""
    return _declare(Field("number", meaning, minimum, maximum, above, below), default)


def choice(
    meaning: str, *choices: str, default: Any = MISSING, renamed: Mapping[str, str] = MappingProxyType({})
) -> Any:
    """One of a few words."""
    return _declare(Field("choice", meaning, choices=choices, renamed=renamed), default)


def text(meaning: str, *, default: Any = MISSING) -> Any:
    """Any text: a name."""
    return _declare(Field("text", meaning), default)


def truth(meaning: str, *, default: Any = MISSING) -> Any:
    """True or false."""
    return _declare(Field("truth", meaning), default)


def shape(meaning: str, *, number: bool = False, default: Any = MISSING) -> Any:
    """A list of sizes, at least one; or one size, a number, where that may stand for it."""
    return _declare(Field("shape", meaning, minimum=1, maximum=LARGEST_SIZE, alone=number), default)


def inputs(meaning: str) -> Any:
    """Names with the shapes of arrays, or with more to say of them."""
    return _declare(Field("inputs", meaning), MISSING)


def settings(meaning: str, *, default: Any) -> Any:
    """Names with values of any kind."""
    return _declare(Field("settings", meaning), default)


def names(meaning: str, *, default: Any) -> Any:
    """A list of names."""
    return _declare(Field("names", meaning), default)


def _declare(declaration: Field, default: Any) -> Any:
    return dataclasses.field(default=default, metadata={"spec": declaration})


def declared(record: type[Any]) -> Mapping[str, Field]:
    """The declared fields of a dataclass, in their order: {"N": Field(...), ...}."""
    return {f.name: f.metadata["spec"] for f in dataclasses.fields(record) if "spec" in f.metadata}


def required(record: type[Any]) -> tuple[str, ...]:
    """The names of the declared fields that have no default."""
    return tuple(f.name for f in dataclasses.fields(record) if "spec" in f.metadata and f.default is MISSING)
