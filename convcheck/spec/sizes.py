"""What the spec reader asks of a layer's sizes. Each layer subclasses `Sizes` in its own file."""

import dataclasses
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import Field
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, cast

Shape = tuple[int, ...]


class Problem(NamedTuple):
    """Sizes that cannot be: the field to blame, and a sentence with the numbers worked out."""

    field: str
    message: str


class Sizes:
    """The sizes of one layer. Subclasses are dataclasses, their fields declared with `convcheck.spec.fields`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    # Where a layer can be written in more than one way (N C H W, or shape), the sets of keys that go together;
    # exactly one of the sets must be present, whole. Empty: every field without a default is required.
    ways: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def given(self) -> dict[str, Any]:
        """The fields that have a value: {"N": 2, …}."""
        names = _names_of(cast(Hashable, type(self)))
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def in_words(self) -> str:
        """`N = 2, C = 3, …`, for messages."""
        return ", ".join(f"{name} = {value}" for name, value in self.given().items())

    def problems(self) -> Iterator[Problem]:
        """What is impossible although each field by itself is in range. Sizes with a problem are never used."""
        return iter(())

    def shapes(self) -> Mapping[str, Shape]:
        """The shape of every input, in the order in which forward takes them, then of the output as "out".

        Raises NotImplementedError: every layer has its own.
        """
        raise NotImplementedError

    def workspace(self) -> int:
        """Entries of the largest temporary array that a vectorised implementation allocates."""
        return 0

    def is_smooth(self) -> bool:
        """Whether an input is differentiated as one of a smooth function, over many steps at once."""
        return False

    def unread(self) -> tuple[int, ...]:
        """How many rows and columns, and frames, of the padded input no window reads, for layers with windows."""
        return (0, 0)


# Every forward asks for them.
@lru_cache(maxsize=128)
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


class LayerForm(NamedTuple):
    """What the reader knows of a layer: its sizes, and the names that `implementation:` may take.

    `names` are what other people call the layer, in lower case and without underscores.
    """

    sizes: type[Sizes]
    implementations: tuple[str, ...]
    names: frozenset[str] = frozenset()
