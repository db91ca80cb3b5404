"""Where gradients are wrong, said once at the end: a place has to be one at every check that fails.

A single check may point anywhere by chance, and what it points at is half of an explanation. So what one check says of
places is not printed in its block, but here, and only if all of its implementation's failing checks say the same.
"""

import re
from collections.abc import Iterator

from convcheck.checking.result import Result

PLACE = "place"
# "h = 3 (the last)": at another size the last is another index.
_END = re.compile(r" = \d+ \((the first|the last)\)")


class Places:
    """What the failing checks say of places, by implementation and gradient."""

    def __init__(self) -> None:
        # None stands for a check at which the gradient is wrong, and no place is told.
        self._said: dict[tuple[str, str], list[str | None]] = {}

    def add(self, result: Result) -> None:
        """Take note of a check that did not pass."""
        told = {finding.tensor: finding.message for finding in result.findings if finding.code == PLACE}
        for tensor in result.tensors:
            if tensor.verdict == "wrong" and tensor.name != "forward":
                key = result.implementation, tensor.name
                self._said.setdefault(key, []).append(told.get(tensor.name))

    def sentences(self) -> Iterator[str]:
        """A sentence for each gradient that is wrong in the same place at every check that fails."""
        several = len({implementation for implementation, _ in self._said}) > 1
        for (implementation, _), messages in self._said.items():
            common = {message and _END.sub(r" is \1", message) for message in messages}
            if len(common) > 1 or None in common or not messages[0]:
                continue
            of = f"{implementation}: " if several else ""
            if len(messages) == 1:
                yield of + messages[0]
            else:
                yield f"{of}{common.pop()}, in all {len(messages)} checks at which it is wrong"


def without_places(result: Result) -> Result:
    """The result as its block is printed."""
    return result._replace(findings=tuple(finding for finding in result.findings if finding.code != PLACE))
