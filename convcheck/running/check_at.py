"""A check of the same code at other sizes: what conclusions are told apart by, and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcheck.diagnosis.conditions import letters_of
from convcheck.spec.check import Check, Manner


def check_at(check: Check, sizes: Mapping[str, Any], file: str | None, *, own_code: bool = False) -> Check:
    """The check of what `check` is of at these sizes, as a spec on one line in `file`, or a mapping where that is None.

    `own_code`: no spec on one line names that.
    """
    before = check.manner
    implementation = Manner().implementation if own_code else before.implementation
    manner = Manner(seed=before.seed, dtype=sizes["dtype"], tolerance=before.tolerance, implementation=implementation)
    letters = type(check.sizes)(**letters_of(sizes))
    return Check(check.layer if file is None else f"{file}::{check.layer}", check.layer, letters, manner, file)
