"""The keys that a check of one layer takes, and what is missing or too much among those written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from convcheck.spec.check import Manner
from convcheck.spec.fields import Field, declared, required
from convcheck.spec.nearest import nearest
from convcheck.spec.plans import EXCLUDE, LAYER, MATRIX
from convcheck.spec.showing import listed
from convcheck.spec.sizes import LayerForm

DEFAULT_LAYER = "conv"
MOST_EXPLAINED = 4
MANNER = declared(Manner)


def layer_field(forms: Mapping[str, LayerForm]) -> Field:
    """The field that says which layer."""
    return Field("choice", f"the layer under test; {DEFAULT_LAYER} unless said otherwise", choices=tuple(forms))


class LayerKeys:
    """The keys of one layer."""

    def __init__(self, layer: str, form: LayerForm) -> None:
        self.layer = layer
        self.form = form

    @cached_property
    def sizes(self) -> Mapping[str, Field]:
        """The fields of the layer itself."""
        return declared(self.form.sizes)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field of a check: sizes, then manner, whose implementation is one of the layer's."""
        implementation = MANNER["implementation"]._replace(form="choice", choices=self.form.implementations, code=True)
        return {**self.sizes, **MANNER, "implementation": implementation}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Keys that every check of the layer has, whichever way it is written."""
        optional = {key for way in self.form.sizes.ways for key in way}
        return tuple(key for key in required(self.form.sizes) if key not in optional)

    def meant(self, key: str) -> tuple[str, ...]:
        """The keys that an unknown key was probably meant to be."""
        return nearest(key, (*self.fields, LAYER, MATRIX, EXCLUDE))

    def missing(self, keys: set[str]) -> tuple[str, str] | None:
        """What to say where keys are missing, and what they mean; None if nothing is."""
        lacking = [key for key in self.required if key not in keys]
        ways = self.form.sizes.ways
        begun = [way for way in ways if any(key in keys for key in way)]
        if len(begun) == 1:
            lacking += [key for key in begun[0] if key not in keys]
        elif ways and not begun:
            either = ", or ".join(listed(way) for way in ways)
            more = f"; and {listed(lacking)}" if lacking else ""
            return f"{self.layer} needs either {either}{more}", self._meanings(ways[0])
        if not lacking:
            return None
        noun = "key" if len(lacking) == 1 else "keys"
        return f"missing {noun}: {self.layer} also needs {listed(lacking)}", self._meanings(lacking)

    def clash(self, keys: list[str]) -> tuple[str, str] | None:
        """A key that does not go with another, and what to say; None if all written keys go together."""
        ways = self.form.sizes.ways
        begun = [way for way in ways if any(key in keys for key in way)]
        if len(begun) < 2:
            return None
        first = next(way for key in keys for way in begun if key in way)
        other = next(key for key in keys if key not in first and any(key in way for way in begun))
        either = ", or ".join(listed(way) for way in ways)
        beside = listed([key for key in keys if key in first])
        return other, f"{other}: cannot stand beside {beside}; {self.layer} takes either {either}"

    def _meanings(self, keys: tuple[str, ...] | list[str]) -> str:
        if len(keys) > MOST_EXPLAINED:
            return f"`convcheck init {self.layer}` prints a spec to start from"
        return "; ".join(f"{key}: {self.fields[key].meaning}" for key in keys)
