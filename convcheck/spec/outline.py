"""The shape of a spec file: which mappings are checks, what they inherit, what they multiply out to."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from convcheck.spec.mappings import Entries, KeyValue, list_or_none, mapping_or_none
from convcheck.spec.nearest import nearest
from convcheck.spec.nodes import Mapping, Node, Scalar
from convcheck.spec.scalars import described
from convcheck.spec.showing import listed, quote
from convcheck.spec.spec_text import SpecText

CHECKS: Final = "checks"
# It says for which code a check is, and nothing of the check.
WHERE_TAKEN = "where_taken"
# A check that has a name is not told by them as well.
LENGTHY: Final = ("inputs", "settings")
DEFAULTS: Final = "defaults"
MATRIX: Final = "matrix"
EXCLUDE: Final = "exclude"
LAYER: Final = "layer"
NAME: Final = "name"
# `layer: sequence` with `layers: [one, another]` is `layer: one+another`.
SEQUENCE: Final = "sequence"
LAYERS: Final = "layers"
JOINT: Final = "+"
# The same for all checks that are over none.
NO_DEFAULTS: Final[Entries] = {}


class Axis(NamedTuple):
    """One key of a matrix and the values that it goes through."""

    key: Scalar
    values: tuple[Node, ...]


class Outline(NamedTuple):
    """One mapping that describes a check, or as many as its matrix multiplies out to.

    `entries` holds its own plain keys, `defaults` those that it takes where it does not say them itself: one object
    for all that are over the same. `exclude` holds the combinations left out, each with the node that says so;
    `bracketed` the keys that tell this check from others over the same defaults.
    """

    place: Node
    entries: Entries
    defaults: Entries
    matrix: dict[str, Axis]
    exclude: tuple[tuple[Node, Entries], ...] = ()
    exclude_key: Scalar | None = None
    bracketed: tuple[str, ...] = ()


def is_empty(root: Node) -> bool:
    """Whether a document holds nothing at all, as between two `---`."""
    return isinstance(root, Scalar) and root.plain and not root.text


def outlines(source: SpecText, root: Node) -> Iterator[Outline]:
    """The outlines of one document. What is wrong with its structure is recorded in `source`."""
    if not isinstance(root, Mapping):
        source.add(root, f"expected a mapping of keys to values, received {described(root)}", _outline_hint(root))
        return
    found = mapping_or_none(source, "check", root)
    assert found is not None
    if CHECKS in found:
        yield from _several(source, found)
    elif DEFAULTS in found:
        source.add(found[DEFAULTS].key, "defaults: expected a list of `checks` beside it", "add `checks:`")
    else:
        yield from _one(source, root, found, NO_DEFAULTS)


def _outline_hint(root: Node) -> str:
    if not isinstance(root, Scalar):
        return "write `checks:` above the list, to have several checks in a file"
    if root.plain and ":" in root.text:
        return "a space must follow the colon: `N: 2`"
    return "write one `key: value` a line: `N: 2`"


def _several(source: SpecText, found: Entries) -> Iterator[Outline]:
    """The outlines of `checks`, over `defaults`."""
    for name, entry in found.items():
        if name in (MATRIX, EXCLUDE):
            hint = "put it inside an item of `checks`, or leave `checks` out"
            source.add(entry.key, f"{name}: cannot stand beside `checks`", hint)
        elif name not in (CHECKS, DEFAULTS):
            near = nearest(name, (CHECKS, DEFAULTS))
            hint = f"did you mean {near[0]}?" if near else "put it under `defaults:`, or into an item of `checks`"
            source.add(entry.key, f"unknown key {quote(name)} beside `checks`", hint)
    defaults: Entries | None = None
    if DEFAULTS in found:
        defaults = mapping_or_none(source, DEFAULTS, found[DEFAULTS].value, "write the keys under it, indented")
        if defaults is None:
            return
        for name in (MATRIX, EXCLUDE, CHECKS, DEFAULTS):
            if name in defaults:
                source.add(defaults.pop(name).key, f"{name}: cannot stand under `defaults`", "put it into an item")
        if not _joined(source, defaults):
            return
    hint = "write one `- ` for each check, its keys indented under it"
    for item in list_or_none(source, CHECKS, found[CHECKS].value, hint) or ():
        entries = mapping_or_none(source, "item of checks", item, "write `- N: 2` and the other keys under the N")
        if entries is not None:
            bracketed: tuple[str, ...] = ()
            if defaults is not None or not (NAME in entries and entries[NAME].own):
                untold = (LAYER, NAME, MATRIX, EXCLUDE, WHERE_TAKEN, *(LENGTHY if NAME in entries else ()))
                bracketed = tuple(name for name, entry in entries.items() if entry.own and name not in untold)
            yield from _one(source, item, entries, NO_DEFAULTS if defaults is None else defaults, bracketed)


def _one(
    source: SpecText, node: Node, own: Entries, defaults: Entries, bracketed: tuple[str, ...] = ()
) -> Iterator[Outline]:
    """The outline of one mapping, unless its matrix is malformed."""
    matrix_entry, exclude_entry = own.pop(MATRIX, None), own.pop(EXCLUDE, None)
    if not _joined(source, own):
        return
    outline = Outline(node, own, defaults, {}, bracketed=bracketed)
    if matrix_entry is None:
        if exclude_entry is not None:
            source.add(exclude_entry.key, "exclude: expected a `matrix` beside it", "leave exclude out")
        yield outline
        return
    matrix = _matrix(source, own, matrix_entry)
    if matrix is None:
        return
    outline = outline._replace(matrix=matrix)
    if exclude_entry is not None:
        items = _exclude(source, matrix, exclude_entry)
        if items is None:
            return
        outline = outline._replace(exclude=items, exclude_key=exclude_entry.key)
    yield outline


def _joined(source: SpecText, entries: Entries) -> bool:
    """Make `layer: sequence` with its `layers` the name of the whole. Whether that can be; if not, it is recorded."""
    layer = entries.get(LAYER)
    if layer is None or not isinstance(layer.value, Scalar) or layer.value.text != SEQUENCE:
        return True
    hint = "write the names of the layers in a list: `layers: [FIRST, SECOND]`"
    if LAYERS not in entries:
        source.add(layer.value, f"{SEQUENCE}: expected a list of `{LAYERS}` beside it", hint)
        return False
    place = entries.pop(LAYERS).value
    items = list_or_none(source, LAYERS, place, hint)
    if items is None:
        return False
    names = [item.text for item in items if isinstance(item, Scalar)]
    if len(names) < max(2, len(items)):
        source.add(place, f"{LAYERS}: expected the names of two or more layers, one after the other", hint)
        return False
    whole = Scalar(place.line, place.column, JOINT.join(names), plain=False)
    entries[LAYER] = layer._replace(value=whole)
    return True


def _matrix(source: SpecText, own: Entries, entry: KeyValue) -> dict[str, Axis] | None:
    """The axes of a matrix; None if one of them is malformed."""
    hint = "write `stride: [1, 2]` under it, one key a line"
    found = mapping_or_none(source, MATRIX, entry.value, hint)
    if found is None:
        return None
    if not found:
        source.add(entry.value, "matrix: expected at least one key, received an empty mapping", hint)
        return None
    axes: dict[str, Axis] = {}
    for name, axis in found.items():
        if name in own:
            message = f"{name}: stands in the matrix and beside it, on line {own[name].key.line}"
            source.add(axis.key, message, "keep one of the two")
            continue
        values = list_or_none(source, f"matrix: {name}", axis.value, "write the values in a list: [1, 2]")
        if values is not None:
            axes[name] = Axis(axis.key, tuple(values))
    return axes if len(axes) == len(found) else None


def _exclude(source: SpecText, matrix: dict[str, Axis], entry: KeyValue) -> tuple[tuple[Node, Entries], ...] | None:
    """The items of an exclude; None if one of them is malformed."""
    hint = "write `- {stride: 2, pad: 0}` for each combination to leave out"
    items = []
    nodes = list_or_none(source, EXCLUDE, entry.value, hint)
    for node in nodes or ():
        found = mapping_or_none(source, "item of exclude", node, hint)
        if found is None:
            continue
        if not found:
            source.add(node, "item of exclude: expected at least one key, received an empty mapping", hint)
        for name, pair in found.items():
            if name not in matrix:
                near = nearest(name, matrix)
                remedy = f"did you mean {near[0]}?" if near else f"the matrix goes through {listed(tuple(matrix))}"
                source.add(pair.key, f"exclude names {quote(name)}, which the matrix does not go through", remedy)
        if found and all(name in matrix for name in found):
            items.append((node, found))
    return tuple(items) if nodes is not None and len(items) == len(nodes) else None
