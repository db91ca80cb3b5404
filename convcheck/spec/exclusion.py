"""Which combinations of a matrix are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcheck.spec.nodes import Node


class Exclusion:
    """The items of an `exclude`, grouped by their keys, so that a combination is looked up and not searched for."""

    def __init__(self, items: list[tuple[Node, dict[str, Any]]]) -> None:
        self._groups: dict[tuple[str, ...], dict[tuple[Any, ...], list[Node]]] = {}
        for node, values in items:
            keys = tuple(sorted(values))
            group = self._groups.setdefault(keys, {})
            group.setdefault(tuple(values[key] for key in keys), []).append(node)
        self._unmatched = {id(node): node for node, _ in items}

    @property
    def groups(self) -> int:
        """How many look-ups a combination costs."""
        return len(self._groups)

    def holds(self, combination: Mapping[str, Any]) -> bool:
        """Whether the combination is left out."""
        hit = False
        for keys, group in self._groups.items():
            nodes = group.get(tuple(combination[key] for key in keys))
            if nodes is None:
                continue
            hit = True
            # The same item may stand there many times over, and one look at each is enough.
            for node in nodes:
                self._unmatched.pop(id(node), None)
            nodes.clear()
        return hit

    def unmatched(self) -> list[Node]:
        """The items that left nothing out, once every combination has been asked for."""
        return list(self._unmatched.values())
