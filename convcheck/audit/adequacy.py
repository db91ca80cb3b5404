"""What all checks of a layer have in common that can hide a mistake, whatever the layer is."""

import re
from collections.abc import Iterator, Sequence
from math import prod

from convcheck.audit.candidates import is_letter
from convcheck.audit.trial import sizes_of_check
from convcheck.diagnosis.conditions import CONDITIONS, Sizes
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check
from convcheck.spec.fields import declared
from convcheck.spec.showing import listed

# Those of the conditions under which windows, or what is beside them, are as if they were not there.
HIDING = (
    "pad = 0",
    "stride = 1",
    "windows do not overlap",
    "no rows or columns are left over",
)


def adequacy_of(checks: Sequence[Check]) -> Iterator[str]:
    """A sentence for each thing that is the same in every check. Of one check alone most things are."""
    every = [sizes_of_check(check) for check in checks]
    fields = declared(type(checks[0].sizes))
    letters = [name for name in every[0] if name in fields and all(is_letter(s.get(name)) for s in every)]
    axes = {word for shape in LAYERS[checks[0].layer].shapes.values() for word in re.findall(r"\w+", shape)}
    lengths = [name for name in letters if name in axes]
    ones = [name for name in lengths if all(s[name] == 1 for s in every)]
    if ones:
        said = "an axis" if len(ones) == 1 else "axes"
        yield f"{' = '.join(ones)} = 1: {said} of length one, which a squeeze removes and a sum can forget"
    for group in _equal([name for name in lengths if name not in ones], every):
        yield f"{' = '.join(group)}: one taken for the other does not show"
    for condition in CONDITIONS:
        if condition.sentence in HIDING and all(map(condition.holds, every)):
            yield condition.sentence
    for name, field in {**fields, **declared(type(checks[0].manner))}.items():
        if name in every[0] and len(field.choices) > 1 and len({str(s.get(name)) for s in every}) == 1:
            left = [choice for choice in field.choices if choice != every[0][name]]
            if name != "data":
                yield f"{name} is {every[0][name]} alone, and never {listed(left, 'or')}"
    if all(prod(check.sizes.shapes()["out"]) == 1 for check in checks):
        yield "dout is one number: a sum over it, its mean and itself are the same"


def _equal(letters: Sequence[str], every: Sequence[Sizes]) -> list[list[str]]:
    """The letters that have the same value as each other in all of these sizes, together."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for name in letters:
        groups.setdefault(tuple(sizes[name] for sizes in every), []).append(name)
    return [group for group in groups.values() if len(group) > 1]
