"""The keys of a mapping: duplicates found, merge keys (`<<`) resolved."""

from collections.abc import Iterator
from typing import NamedTuple

from convcheck.spec.nodes import Mapping, Node, Scalar, Sequence
from convcheck.spec.scalars import described
from convcheck.spec.showing import quote
from convcheck.spec.spec_text import SpecText

MERGE = "<<"


class KeyValue(NamedTuple):
    """A key of a mapping and its value, each where it stands. `own`: written in this mapping, not merged into it."""

    key: Scalar
    value: Node
    own: bool = True


Entries = dict[str, KeyValue]


def entries(source: SpecText, node: Mapping) -> Entries:
    """The entries of a mapping in their order. Its own keys win over merged ones, earlier merges over later ones.

    A key that stands twice, a key that is not a text and a merge of something else are recorded in `source`.
    """
    found: Entries = {}
    merged: Entries = {}
    merge_key: Scalar | None = None
    for key, value in node.pairs:
        if not isinstance(key, Scalar):
            source.add(key, f"a key must be a text, received {described(key)}", "write `key: value`, one a line")
        elif key.plain and key.text == MERGE:
            if merge_key is not None:
                _twice(source, key, merge_key)
                continue
            merge_key = key
            for other in _merges(source, value):
                for name, entry in entries(source, other).items():
                    merged.setdefault(name, KeyValue(entry.key, entry.value, own=False))
        elif key.text in found:
            _twice(source, key, found[key.text].key)
        else:
            found[key.text] = KeyValue(key, value)
    for name, entry in merged.items():
        found.setdefault(name, entry)
    return found


def _twice(source: SpecText, key: Scalar, first: Scalar) -> None:
    source.add(key, f"the key {quote(key.text)} stands twice: first on line {first.line}", "keep one of the two")


def _merges(source: SpecText, value: Node) -> Iterator[Mapping]:
    """The mappings that a merge key brings in."""
    for other in value.items if isinstance(value, Sequence) else [value]:
        if isinstance(other, Mapping):
            yield other
        else:
            source.add(other, f"<<: expected a mapping to merge, received {described(other)}", "write `<<: *anchor`")


def mapping_or_none(source: SpecText, what: str, node: Node, hint: str | None = None) -> Entries | None:
    """The entries of `node`; None, and an error that names `what`, where it is no mapping."""
    if isinstance(node, Mapping):
        return entries(source, node)
    source.add(node, f"{what}: expected a mapping, received {described(node)}", hint)
    return None


def list_or_none(source: SpecText, what: str, node: Node, hint: str | None = None) -> list[Node] | None:
    """The items of `node`; None, and an error that names `what`, where it is no list or holds nothing."""
    if not isinstance(node, Sequence):
        source.add(node, f"{what}: expected a list, received {described(node)}", hint)
        return None
    if not node.items:
        source.add(node, f"{what}: expected a list of at least one, received an empty list", hint)
        return None
    return node.items
