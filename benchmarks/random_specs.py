"""Random valid specs over every layer: sizes of all sorts, both dtypes, both kinds of data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from convcheck.layers.catalogue import FORMS
from convcheck.spec.check import Check
from convcheck.spec.fields import declared, required
from convcheck.spec.reader import read_mapping

LARGEST = 9


def random_check(
    rng: random.Random, layer: str, dtype: str, data: str, implementation: str, scheme: str = "auto"
) -> Check:
    """A valid check of `layer`: sizes are drawn until they make one."""
    while True:
        spec = {"layer": layer, "dtype": dtype, "data": data, "implementation": implementation, "scheme": scheme}
        reading = read_mapping(spec | _sizes(rng, layer) | {"seed": rng.randrange(10**6)}, FORMS)
        if reading.checks:
            return reading.checks[0]


def random_checks(seed: int, count: int, implementation: str = "vectorized") -> Iterator[Check]:
    """`count` checks that go round all layers, dtypes, kinds of data, and now and then the other schemes."""
    rng = random.Random(seed)
    kinds = [(l, t, d) for l in FORMS for t in ("float64", "float32") for d in ("dyadic", "normal")]
    for i in range(count):
        layer, dtype, data = kinds[i % len(kinds)]
        scheme = rng.choice(("auto",) * 8 + ("entries", "full"))
        yield random_check(rng, layer, dtype, data, implementation, scheme)


def _sizes(rng: random.Random, layer: str) -> dict[str, Any]:
    def letters(names: str, least: int = 1, most: int = LARGEST) -> dict[str, int]:
        return {name: rng.randint(least, most) for name in names.split()}

    images = letters("N C", most=4) | letters("H W")
    statistics = {
        "mode": rng.choice(("train", "train", "test")),
        "eps": rng.choice((1e-5, 1e-8, 1e-3, 0.5)),
        "momentum": rng.choice((0.0, 0.5, 0.9, 1.0)),
    }
    match layer:
        case "conv":
            window = letters("H1 W1", most=5) | letters("F", most=4)
            further = {key: rng.choice((1, 1, 2, 3)) for key in ("dilation", "groups")}
            return images | window | {"stride": rng.randint(1, 4), "pad": rng.randint(0, 3)} | further
        case "max_pool":
            return images | letters("H1 W1", most=5) | {"stride": rng.randint(1, 4), "pad": rng.choice((0, 0, 1, 2))}
        case "relu":
            return images if rng.random() < 0.5 else {"shape": [rng.randint(1, 6) for _ in range(rng.randint(1, 4))]}
        case "batchnorm":
            return letters("N", most=40) | letters("D") | statistics
        case "spatial_batchnorm":
            return letters("N C", most=3) | letters("H W", most=6) | statistics
    return _declared(rng, layer)


def _declared(rng: random.Random, layer: str) -> dict[str, Any]:
    """Sizes by what the layer declares of its keys: small numbers, any word, now and then another number."""
    sizes = FORMS[layer].sizes
    fields, needed = declared(sizes), {*required(sizes)}
    way = rng.choice(sizes.ways) if sizes.ways else ()
    others = {key for each in sizes.ways for key in each}
    made: dict[str, Any] = {}
    for key, field in fields.items():
        if key not in needed and key not in way and (key in others or rng.random() < 0.5):
            continue
        match field.form:
            case "integer":
                made[key] = rng.randint(int(field.minimum or 0), 6)
            case "shape":
                made[key] = [rng.randint(1, 5) for _ in range(rng.randint(1, 3))]
            case "choice":
                made[key] = rng.choice(field.choices)
            case "truth":
                made[key] = rng.random() < 0.5
            case "number":
                made[key] = getattr(sizes, key) * rng.choice((1, 0.5, 0.25))
    return made
