"""What stands above a check's rows of figures: how it ended, which check it is, its sizes, how it was checked."""

from __future__ import annotations

from convcheck.checking.result import Result
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.spec.showing import count, shape_text


def sizes_text(result: Result) -> str:
    """The layer with its sizes and the shape of its output: "LAYER shape=4×5 → 4×5"."""
    sizes = " ".join(f"{shown(name)}={_size(value)}" for name, value in result.spec.items() if value is not None)
    return f"{shown(result.layer)} {sizes} → {shape_text(result.output_shape)}"


def manner_texts(result: Result) -> tuple[str, ...]:
    """How it was checked, in short remarks: the implementation, the data, what it took."""
    return (
        f"implementation {shown(result.implementation)}",
        shown(result.dtype),
        f"{shown(result.data)} data",
        f"seed {result.seed}",
        f"scheme {shown(result.scheme)}",
        count(result.forward_evaluations, "forward evaluation"),
        seconds_text(result.seconds),
    )


def _size(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return shape_text(value)
    return str(value).lower() if isinstance(value, bool) else shown(value)
