"""The keys that a check of one layer takes, and what is missing or too much among those written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial

from convcheck.spec.check import Manner
from convcheck.spec.fields import Field, declared, required
from convcheck.spec.nearest import LONGEST_WORD, nearest
from convcheck.spec.outline import EXCLUDE, JOINT, LAYER, MATRIX
from convcheck.spec.showing import listed
from convcheck.spec.sizes import LayerForm

MOST_EXPLAINED = 4
MANNER = declared(Manner)


def default_layer(forms: Mapping[str, LayerForm]) -> str:
    """The layer of a spec that names none: the first that there is."""
    return next(iter(forms))


def nearest_layer(word: str, forms: Mapping[str, LayerForm]) -> tuple[str, ...]:
    """The layer that other people call so, or whose name is spelt most alike; empty where nothing is near."""
    if JOINT in word:
        # Part by part, where each is near to one.
        parts = [(part,) if part in forms else nearest_layer(part, forms) for part in word.split(JOINT)]
        joined = JOINT.join(part[0] for part in parts) if all(parts) else ""
        return (joined,) if joined in forms else ()
    plain = word[:LONGEST_WORD].lower().replace("_", "").replace("-", "").strip()
    called = tuple(name for name, form in forms.items() if plain in form.names)
    return called or nearest(word, forms)


def layer_field(forms: Mapping[str, LayerForm]) -> Field:
    """The field that says which layer."""
    meaning = f"the layer under test; {default_layer(forms)} unless said otherwise"
    meant = partial(nearest_layer, forms=forms)
    return Field("choice", meaning, choices=tuple(forms), meant=meant, also=forms.__contains__)


class LayerKeys:
    """The keys of one layer."""

    def __init__(self, layer: str, form: LayerForm, *, is_default: bool = False) -> None:
        self.layer = layer
        self.form = form
        self.is_default = is_default

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
