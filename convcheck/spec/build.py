"""Outlines to checks: values converted, matrices multiplied out, sizes held against each other and against memory."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from convcheck.spec.check import Check, Manner
from convcheck.spec.exclusion import Exclusion
from convcheck.spec.ids import Ids, shown_value
from convcheck.spec.inputs import Inputs
from convcheck.spec.layer_keys import MANNER, LayerKeys, default_layer, layer_field
from convcheck.spec.mappings import Entries
from convcheck.spec.memory import too_much
from convcheck.spec.nodes import Node
from convcheck.spec.outline import CHECKS, DEFAULTS, EXCLUDE, LAYER, MATRIX, NAME, Axis, Outline
from convcheck.spec.showing import count, listed, quote
from convcheck.spec.sizes import LayerForm, Problem, Sizes
from convcheck.spec.spec_text import MOST_ERRORS, SpecText, TooManyErrors
from convcheck.spec.values import BAD, Values

# Keys of the structure: one that stands in the wrong place has the sizes with it, so none are reported as missing.
OUTLINE = {CHECKS, DEFAULTS, MATRIX, EXCLUDE}

MOST_CHECKS = 25_000
MOST_LOOKUPS = 500_000
# Beyond it a number of combinations is not worked out.
COUNTLESS = 10**12


class _Defaults(NamedTuple):
    """The defaults of several checks as one layer has them, read once for all of them.

    `values` holds those of its keys, BAD where not valid; `meant` what unknown keys were probably meant to be.
    """

    entries: Entries
    values: Mapping[str, Any]
    meant: frozenset[str]
    known: bool


class _Verdict(NamedTuple):
    """What is to be said of a set of keys: the unknown ones with a hint, the one that does not go with another, and
    what is missing.
    """

    unknown: Mapping[str, str]
    clash: tuple[str, str] | None
    missing: tuple[str, str] | None


class _Keyed(NamedTuple):
    """An outline with one layer's keys: the values of its plain keys and of its matrix, BAD where not valid."""

    keys: LayerKeys
    defaults: _Defaults
    plain: Mapping[str, Any]
    columns: Mapping[str, list[Any]]
    complete: bool


class _Sized(NamedTuple):
    """Sizes, what is impossible about them, and by how much they are too large in a dtype, as that is found out."""

    sizes: Sizes
    problems: tuple[Problem, ...]
    excess: tuple[str, str] | None


class _Impossible:
    """Combinations that cannot be, gathered so that a fault that many share is said once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, str], tuple[Node, str, str | None, str]] = {}
        self._more: dict[tuple[int, int, str], int] = {}

    def add(self, place: Node, kind: str, message: str, hint: str | None, varied: Mapping[str, Any]) -> None:
        """Note one; the first of its kind at its place is the one described."""
        key = (place.line, place.column, kind)
        if key in self._found:
            self._more[key] += 1
        else:
            combination = ", ".join(f"{name}={shown_value(value)}" for name, value in varied.items())
            self._found[key] = (place, message, hint, combination)
            self._more[key] = 0

    def report(self, source: SpecText) -> None:
        """Record them all. What was said of a default need not be said again for each check that takes it."""
        for key, (place, message, hint, combination) in self._found.items():
            if combination:
                others = self._more[key]
                more = f" and {count(others, 'other')}" if others else ""
                message = f"{message} (in the combination {combination}{more})"  # noqa: PLW2901
            source.add(place, message, hint, kind=f"impossible {key[2]}")


SOUND = _Verdict({}, None, None)


class Builder:
    """Makes the checks of one file."""

    def __init__(self, source: SpecText, forms: Mapping[str, LayerForm], file: str | None, max_memory: int) -> None:
        self._source = source
        self._forms = forms
        self._keys: dict[str, LayerKeys] = {}
        self._layer_field = layer_field(forms)
        self._values = Values(source)
        self._ids = Ids(file)
        self._file = file
        self._max_memory = max_memory
        self._total = 0
        # What many checks share is worked out once. Nodes and defaults are known by their id, and live as long as this.
        self._defaults: dict[tuple[int, str], _Defaults] = {}
        self._kept: list[Entries] = []
        self._verdicts: dict[tuple[int, str, tuple[str, ...], tuple[str, ...]], _Verdict] = {}
        self._sizes: dict[tuple[str, tuple[Any, ...]], _Sized] = {}
        self._manners: dict[tuple[tuple[str, Any], ...], Manner] = {}

    def checks(self, outline: Outline) -> Iterator[Check]:
        """The checks of one outline. What is wrong with it is recorded; a check with an error is not made.

        Raises TooManyErrors where the rest of the file is not to be read.
        """
        combinations = 1
        for axis in outline.matrix.values():
            combinations = min(combinations * len(axis.values), COUNTLESS)
        if self._total + combinations > MOST_CHECKS:
            number = f"{combinations:,}" if combinations < COUNTLESS else f"more than {COUNTLESS:,}"
            which = f"the matrix multiplies out to {number} checks" if outline.matrix else "there are more checks"
            place = next(iter(outline.matrix.values())).key if outline.matrix else outline.place
            message = f"{which}, and a file may hold {MOST_CHECKS:,}"
            self._source.add(place, message, "split the file", kind="too many checks")
            if combinations > 1:
                return
            raise TooManyErrors
        self._total += combinations
        sound = self._source.mistakes
        layers = [layer for layer in dict.fromkeys(self._layers(outline)) if layer is not BAD]
        keyed = {layer: self._keyed(outline, layer) for layer in layers}
        self._repeated(outline, keyed)
        exclusion = self._exclusion(outline, keyed)
        if exclusion is None or not any(reading.complete for reading in keyed.values()):
            return
        if exclusion.groups * combinations > MOST_LOOKUPS:
            assert outline.exclude_key is not None
            self._source.add(outline.exclude_key, "exclude: too many different sets of keys", "split the matrix")
            return
        impossible = _Impossible()
        left = 0
        for indices in itertools.product(*(range(len(axis.values)) for axis in outline.matrix.values())):
            chosen = dict(zip(outline.matrix, indices, strict=True))
            layer = self._layer_at(outline, chosen)
            reading = keyed.get(layer) if layer is not BAD else None
            if reading is None:
                continue
            varied = {key: layer if key == LAYER else reading.columns[key][i] for key, i in chosen.items()}
            if outline.exclude and exclusion.holds(varied):
                continue
            left += 1
            if reading.complete and BAD not in varied.values():
                check = self._check(outline, reading, varied, chosen, impossible)
                if check is not None:
                    yield check
        impossible.report(self._source)
        if outline.exclude and sound == self._source.mistakes:
            self._excluded_right(outline, exclusion, left, combinations)

    def _keys_of(self, layer: str) -> LayerKeys:
        if layer not in self._keys:
            self._keys[layer] = LayerKeys(layer, self._forms[layer])
        return self._keys[layer]

    def _excluded_right(self, outline: Outline, exclusion: Exclusion, left: int, combinations: int) -> None:
        """Record an exclude that leaves nothing, or has items that match nothing."""
        assert outline.exclude_key is not None
        if not left:
            message = f"exclude leaves out all {count(combinations, 'combination')} of the matrix"
            self._source.add(outline.exclude_key, message, "leave a combination in")
        for node in exclusion.unmatched():
            self._source.add(node, "this item of exclude matches no combination of the matrix", "leave it out")

    def _layers(self, outline: Outline) -> list[Any]:
        """The layers that an outline's checks are of, BAD for names that are none."""
        if LAYER in outline.matrix:
            return [self._values.of(LAYER, self._layer_field, node) for node in outline.matrix[LAYER].values]
        layer = self._layer_at(outline, {})
        if layer is not BAD and layer not in self._forms:
            self._source.add(outline.place, "missing key: layer", f"write {listed(tuple(self._forms), 'or')}")
            layer = BAD
        return [layer]

    def _layer_at(self, outline: Outline, chosen: Mapping[str, int]) -> Any:
        if LAYER in outline.matrix:
            return self._values.of(LAYER, self._layer_field, outline.matrix[LAYER].values[chosen[LAYER]])
        for entries in (outline.entries, outline.defaults):
            if LAYER in entries:
                return self._values.of(LAYER, self._layer_field, entries[LAYER].value)
        return default_layer(self._forms)

    def _keyed(self, outline: Outline, layer: str) -> _Keyed:
        """Read every value of an outline as the layer has it; record what is unknown, missing or not valid."""
        keys = self._keys_of(layer)
        defaults = self._defaults_of(outline.defaults, keys)
        verdict = self._verdict(outline, keys, defaults)
        for key, hint in verdict.unknown.items():
            place = outline.matrix[key].key if key in outline.matrix else outline.entries[key].key
            self._unknown(keys, key, place, hint)
        if verdict.clash:
            key, message = verdict.clash
            holder = next(each for each in (outline.matrix, outline.entries, defaults.entries) if key in each)
            self._source.add(holder[key].key, message, "leave one of the two out", kind="clash")
        elif verdict.missing:
            self._source.add(outline.place, *verdict.missing)
        own = {
            key: self._values.of(key, keys.fields[key], entry.value)
            for key, entry in outline.entries.items()
            if key in keys.fields
        }
        columns = {key: self._column(keys, key, axis) for key, axis in outline.matrix.items() if key != LAYER}
        plain = {key: value for key, value in {**defaults.values, **own}.items() if key not in columns}
        complete = defaults.known and verdict == SOUND and BAD not in plain.values()
        return _Keyed(keys, defaults, plain, columns, complete)

    def _defaults_of(self, defaults: Entries, keys: LayerKeys) -> _Defaults:
        """The defaults as a layer has them. All of them are read, whether or not every check has its own."""
        known = (id(defaults), keys.layer)
        if known not in self._defaults:
            self._kept.append(defaults)
            if LAYER in defaults:
                self._values.of(LAYER, self._layer_field, defaults[LAYER].value)
            entries = {key: entry for key, entry in defaults.items() if key in keys.fields}
            meant: set[str] = set()
            unknown = [key for key in defaults if key not in keys.fields and key != LAYER]
            for key in unknown:
                near = keys.meant(key)
                meant.update(near)
                self._unknown(keys, key, defaults[key].key, self._unknown_hint(keys, key, near))
            values = {key: self._values.of(key, keys.fields[key], entry.value) for key, entry in entries.items()}
            self._defaults[known] = _Defaults(entries, values, frozenset(meant), not unknown)
        return self._defaults[known]

    def _verdict(self, outline: Outline, keys: LayerKeys, defaults: _Defaults) -> _Verdict:
        """What is to be said of the keys of an outline, which many outlines may have."""
        known = (id(outline.defaults), keys.layer, tuple(outline.entries), tuple(outline.matrix))
        if known not in self._verdicts:
            own = {key: None for key in (*outline.entries, *outline.matrix) if key != LAYER}
            unknown = {}
            meant = set(defaults.meant)
            for key in own:
                if key not in keys.fields:
                    near = keys.meant(key)
                    meant.update(near)
                    unknown[key] = self._unknown_hint(keys, key, near)
                    if len(unknown) > MOST_ERRORS:
                        break
            written = [key for key in {**defaults.entries, **own} if key in keys.fields]
            clash = keys.clash(written)
            missing = None if clash or OUTLINE & own.keys() else keys.missing({*written, *meant})
            self._verdicts[known] = _Verdict(unknown, clash, missing)
        return self._verdicts[known]

    def _unknown(self, keys: LayerKeys, key: str, place: Node, hint: str) -> None:
        self._source.add(place, f"unknown key {quote(key)} for {keys.layer}", hint, kind="unknown")

    def _column(self, keys: LayerKeys, key: str, axis: Axis) -> list[Any]:
        """The values that a matrix goes through under one key."""
        field = keys.fields.get(key)
        return [BAD if field is None else self._values.of(key, field, node) for node in axis.values]

    def _unknown_hint(self, keys: LayerKeys, key: str, near: tuple[str, ...]) -> str:
        if others := [name for name in self._forms if key in self._keys_of(name).sizes]:
            return f"{key} belongs to {listed(others)}; {keys.layer} takes {listed(tuple(keys.sizes))}"
        if key in (CHECKS, DEFAULTS):
            return f"{key} stands at the top of a file, above the keys of any check"
        if key in (MATRIX, EXCLUDE):
            return f"{key} stands beside the keys of a check, not in a matrix"
        if near:
            return f"did you mean {listed(near)}?"
        return f"{keys.layer} takes {listed(tuple(keys.sizes))}; every check also {listed(tuple(MANNER))}"

    def _repeated(self, outline: Outline, keyed: Mapping[str, _Keyed]) -> None:
        """Record values that stand twice in one list of a matrix: they would make the same check twice."""
        for key, axis in outline.matrix.items():
            columns = [self._layers(outline)] if key == LAYER else [reading.columns[key] for reading in keyed.values()]
            for column in columns:
                first: dict[Any, int] = {}
                for i, value in enumerate(column):
                    if value is not BAD and first.setdefault(value, i) != i:
                        where = f"{shown_value(value)} stands twice, first on line {axis.values[first[value]].line}"
                        self._source.add(axis.values[i], f"matrix: {key}: {where}", "keep one of the two")

    def _exclusion(self, outline: Outline, keyed: Mapping[str, _Keyed]) -> Exclusion | None:
        """The combinations left out; None where a value there is not valid."""
        items = []
        for node, found in outline.exclude:
            values = {}
            for key, entry in found.items():
                fields = [self._layer_field] if key == LAYER else [r.keys.fields.get(key) for r in keyed.values()]
                field = next((f for f in fields if f is not None), None)
                if field is None:
                    return None
                values[key] = self._values.of(key, field, entry.value)
            items.append((node, values))
        return None if any(value is BAD for _, values in items for value in values.values()) else Exclusion(items)

    def _check(
        self,
        outline: Outline,
        reading: _Keyed,
        varied: Mapping[str, Any],
        chosen: Mapping[str, int],
        impossible: _Impossible,
    ) -> Check | None:
        """One check, or None if its sizes cannot be or would not fit."""
        keys = reading.keys
        values = {**reading.plain, **varied}
        sized = self._sized(keys, values)
        manner = self._manner(values)
        for problem in sized.problems:
            place = self._blamed(outline, reading, chosen, problem.field)
            impossible.add(place, problem.field, problem.message, None, varied)
        if sized.problems:
            return None
        if excess := sized.excess:
            largest = max(keys.sizes, key=lambda key: _extent(values.get(key)))
            impossible.add(self._blamed(outline, reading, chosen, largest), "memory", *excess, varied)
            return None
        label = manner.name or keys.layer
        told = [(key, reading.plain[key]) for key in outline.bracketed if key in reading.plain]
        # The label says the name or, where there is none, the layer.
        labelled = (NAME,) if manner.name else (NAME, LAYER)
        told += [(key, value) for key, value in varied.items() if key not in labelled]
        name = self._ids.next(label, told)
        return Check(name, keys.layer, sized.sizes, manner, self._file, outline.place.line)

    def _sized(self, keys: LayerKeys, values: Mapping[str, Any]) -> _Sized:
        """The sizes among the values."""
        known = (keys.layer, tuple(map(values.get, keys.sizes)))
        if known not in self._sizes:
            sizes = keys.form.sizes(**{key: values[key] for key in keys.sizes if key in values})
            problems = tuple(sizes.problems())
            self._sizes[known] = _Sized(sizes, problems, None if problems else too_much(sizes, self._max_memory))
        return self._sizes[known]

    def _manner(self, values: Mapping[str, Any]) -> Manner:
        """The manner among the values."""
        said = tuple([(key, values[key]) for key in MANNER if key in values])
        if said not in self._manners:
            # An id says what is written.
            self._manners[said] = Manner(**{key: MANNER[key].renamed.get(value, value) for key, value in said})
        return self._manners[said]

    def _blamed(self, outline: Outline, reading: _Keyed, chosen: Mapping[str, int], key: str) -> Node:
        """Where the value of `key` stands, in the matrix or beside it; the check itself if it is not written there.

        A default is to blame where the check has all of its sizes from the defaults.
        """
        if key in chosen:
            return outline.matrix[key].values[chosen[key]]
        if key in outline.entries:
            return outline.entries[key].value
        sizes = reading.keys.sizes
        inherited = not any(name in sizes for name in (*outline.entries, *outline.matrix))
        return reading.defaults.entries[key].value if inherited and key in reading.defaults.entries else outline.place


def _extent(value: Any) -> int:
    """How large a size makes the arrays."""
    if isinstance(value, Inputs):
        return sum(math.prod(each.shape) for each in value)
    is_shape = isinstance(value, tuple) and all(isinstance(one, int) for one in value)
    return math.prod(value) if is_shape else value if isinstance(value, int) else 0
