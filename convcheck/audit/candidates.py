"""Checks beside those of the specs, at which a mistake may show that these do not notice."""

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from convcheck.audit.trial import USUAL, AuditCheck, check_of_sizes, sizes_of_check
from convcheck.diagnosis.conditions import Sizes
from convcheck.diagnosis.shrink import clamped, work
from convcheck.layers.catalogue import FORMS, suite_file, suite_text
from convcheck.spec.check import Check, Manner
from convcheck.spec.fields import Field, declared
from convcheck.spec.reader import read_text

# How far a letter is from that of a check of the specs.
CHANGES = (1, -1, 2)
# Of so many checks of the specs the neighbours are looked at.
MOST_CHANGED = 2
# Other seeds that are tried at the same sizes.
SEEDS = 3


def suite_checks(layer: str) -> tuple[Check, ...]:
    """The checks of the built-in suite of a layer."""
    return read_text(suite_text(layer), suite_file(layer), FORMS).checks


class Candidates(NamedTuple):
    """`near`: the suite of the layer, and the smallest checks of the specs with one setting changed. `pairs`: these
    with two letters changed, for what shows at none of the others. Each sizes once, the smallest first.
    """

    near: tuple[AuditCheck, ...]
    pairs: tuple[AuditCheck, ...]


def candidates(layer: str, checks: Sequence[AuditCheck]) -> Candidates:
    """The checks at which to look for what those of the specs do not show."""
    own = {repr(sizes_of_check(one.check)) for one in checks}
    near: dict[str, AuditCheck] = {}
    for check in suite_checks(layer):
        # As a spec has it: what is there for some code alone is for all code then.
        plain = check._replace(manner=dataclasses.replace(check.manner, where_taken=False))
        if (key := repr(sizes_of_check(check))) not in own:
            near.setdefault(key, AuditCheck(plain, of_suite=True))
    pairs: dict[str, AuditCheck] = {}
    smallest = {repr(sizes_of_check(check)): check for check in sorted((one.check for one in checks), key=_work)}
    for check in [*smallest.values()][:MOST_CHANGED]:
        manner = Manner(implementation=check.manner.implementation)
        # Readable code is loops: what a letter hides it hides at small sizes as well.
        like = check._replace(manner=manner)
        own_sizes = sizes_of_check(check)
        sizes = {**clamped(own_sizes), "seed": check.manner.seed}
        base = sizes if check_of_sizes(like, sizes, "") else own_sizes
        # What other numbers show hangs on chance, and not on sizes.
        reseeded = ({**own_sizes, "seed": check.manner.seed + more} for more in range(1, SEEDS + 1))
        for found, each in ((near, (*reseeded, *_near(base, check))), (pairs, _pairs(base))):
            for changed in each:
                key = repr(changed)
                made = check_of_sizes(like, changed, f"audit::{layer}[{len(near)},{len(pairs)}]")
                if made is not None and key not in own | near.keys() | pairs.keys():
                    found[key] = AuditCheck(made)
    return Candidates(*(tuple(sorted(each.values(), key=lambda one: _work(one.check))) for each in (near, pairs)))


def _work(check: Check) -> int:
    return work(check.sizes.given())


def _near(sizes: Sizes, check: Check) -> Iterator[Sizes]:
    """The sizes themselves, and with one setting changed."""
    fields = {**declared(type(check.manner)), **declared(type(check.sizes))}
    yield sizes
    for name, value in sizes.items():
        if name != "seed":
            yield from ({**sizes, name: other} for other in _others(value, fields[name]))


def _pairs(sizes: Sizes) -> Iterator[Sizes]:
    letters = [name for name, value in sizes.items() if name not in USUAL and is_letter(value)]
    for pair in combinations(letters, 2):
        yield {**sizes, **{name: sizes[name] + 1 for name in pair}}
        yield {**sizes, **{name: sizes[name] + more for name, more in zip(pair, (1, 2), strict=True)}}


def is_letter(value: Any) -> bool:
    """Whether it is a whole number of things."""
    return isinstance(value, int) and not isinstance(value, bool)


def _others(value: Any, field: Field) -> Iterator[Any]:
    """What may stand in the place of one setting."""
    if field.choices:
        yield from (choice for choice in field.choices if choice != value)
    elif is_letter(value):
        least = int(field.minimum or 0)
        yield from dict.fromkeys(other for other in (least, *(value + n for n in CHANGES)) if least <= other != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, tuple) and all(map(is_letter, value)):
        yield (*value, 2)
        for axis, length in enumerate(value):
            yield from ((*value[:axis], length + n, *value[axis + 1 :]) for n in CHANGES if length + n > 0)
