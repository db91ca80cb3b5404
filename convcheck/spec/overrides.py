"""Settings that a run gives, over those of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

from convcheck.spec.check import Check, NamedCode
from convcheck.spec.fields import Field
from convcheck.spec.layer_keys import LayerKeys
from convcheck.spec.memory import too_much
from convcheck.spec.nearest import nearest
from convcheck.spec.showing import escape, listed, quote
from convcheck.spec.sizes import LayerForm
from convcheck.spec.values import expected


class OverrideError(ValueError):
    """A setting that a check cannot have; its text says what was expected, what received, what to write."""


# The settings that a run may give, in the order of messages.
OVERRIDES = ("implementation", "seed", "dtype", "data", "scheme", "tolerance")


def override(
    check: Check,
    forms: Mapping[str, LayerForm],
    *,
    implementation: str | NamedCode | None = None,
    seed: int | None = None,
    dtype: str | None = None,
    data: str | None = None,
    scheme: str | None = None,
    tolerance: float | None = None,
    max_memory: int | None = None,
) -> Check:
    """`check` with every setting that is not None in the place of its own; its id stays.

    A spec's `expect: fail` is about the implementation that it names: under another one the check is expected to pass.
    Raises OverrideError for a setting out of range, an implementation that the layer does not have, and, where
    `max_memory` is given, a dtype with which the check would not fit.
    """
    given = {
        "implementation": implementation,
        "seed": seed,
        "dtype": dtype,
        "data": data,
        "scheme": scheme,
        "tolerance": tolerance,
    }
    settings: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    fields = LayerKeys(check.layer, forms[check.layer]).fields
    for key, value in settings.items():
        _validate(check, key, fields[key], value)
        settings[key] = fields[key].renamed.get(value, value)
    if implementation is not None and implementation != check.manner.implementation:
        settings["expect"] = "pass"
    manner = replace(check.manner, **settings)
    if max_memory is not None and (excess := too_much(check.sizes, max_memory)):
        raise OverrideError(f"{excess[0]}; {excess[1]}")
    return check._replace(manner=manner)


def _validate(check: Check, key: str, field: Field, value: Any) -> None:
    """Raise OverrideError unless `value` is one that `field` may have."""
    if field.code and isinstance(value, NamedCode):
        return
    if field.form == "choice":
        # An array is in nothing, and says so with an exception.
        if not isinstance(value, str) or value not in (*field.choices, *field.renamed):
            near = nearest(str(value), field.choices)
            hint = f"did you mean {near[0]}?" if near else f"write {listed(field.choices, 'or')}"
            if key == "implementation":
                hint = f"; did you mean {near[0]}?" if near else ""
                known = f"it has {listed(field.choices)}"
                raise OverrideError(f"{check.layer} has no implementation {quote(str(value))}: {known}{hint}")
            raise OverrideError(f"{key}: expected {expected(field)}, received {quote(str(value))}; {hint}")
        return
    whole = field.form != "integer" or hasattr(value, "__index__")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise OverrideError(f"{key}: expected {expected(field)}, received {quote(str(value))}")
    number: Any = value
    low = field.minimum is not None and not number >= field.minimum
    high = not number < float("inf") or (field.maximum is not None and number > field.maximum)
    if low or high or not whole:
        raise OverrideError(f"{key}: expected {expected(field)}, received {escape(str(value))}")
