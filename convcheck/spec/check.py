"""`Check`: a spec plus how to check it."""

from __future__ import annotations

from dataclasses import dataclass

from convcheck.spec.fields import choice, number, size, text
from convcheck.spec.sizes import Sizes


@dataclass(frozen=True)
class Manner:
    """How a layer is checked. Each field is an optional key of a spec, and most are options of `convcheck run`."""

    name: str | None = text("what to call the check in its id", default=None)
    seed: int = size("seed of the random data", minimum=0, default=0)
    dtype: str = choice("type of every array", "float64", "float32", default="float64")
    data: str = choice(
        "dyadic: multiples of a power of two, so that sums are exact; normal: the standard normal distribution",
        "dyadic",
        "normal",
        default="dyadic",
    )
    scheme: str = choice(
        "auto: every entry, in groups that share no output; full: every entry by itself; probe: random directions only",
        "auto",
        "full",
        "probe",
        default="auto",
    )
    tolerance: float | None = number(
        "replaces the derived bound: |analytic - numeric| <= tolerance * max(1, |analytic|, |numeric|)",
        minimum=0,
        default=None,
    )
    implementation: str = text("the variant under test", default="naive")
    expect: str = choice("the outcome expected", "pass", "fail", default="pass")


@dataclass(frozen=True)
class Check:
    """One layer at one size, checked in one manner.

    `id` is readable and stable: `conv.yaml::conv[stride=2,pad=1]`. `file` is as the user named it, None where there
    is no file; `line` counts from 1.
    """

    id: str
    layer: str
    sizes: Sizes
    manner: Manner = Manner()
    file: str | None = None
    line: int = 1
