"""What a spec says of code that is of no layer: the arrays that it is handed, and its settings. Plain data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from convcheck.spec.fields import inputs, names, number, settings, size, text
from convcheck.spec.sizes import Problem, Shape, Sizes

DTYPES = ("float64", "float32", "int64", "int32", "bool")
WHOLE = ("int64", "int32", "bool")


class DrawnInput(NamedTuple):
    """An array that code is handed. It has a `value`, or is drawn: of the standard normal distribution where nothing
    else is said, and evenly from `low` up to `high` where these are.

    `dtype` is empty for that of the check. Of whole numbers and truth values there is no gradient.
    """

    name: str
    shape: Shape = ()
    dtype: str = ""
    low: float | None = None
    high: float | None = None
    positive: bool = False
    distinct: bool = False
    differentiate: bool = True
    value: Any = None

    @property
    def is_differentiated(self) -> bool:
        """Whether there is a gradient of it."""
        return self.differentiate and self.dtype not in WHOLE

    def __str__(self) -> str:
        return f"{self.name} {'x'.join(map(str, self.shape)) or '1'}"


class Inputs(tuple[DrawnInput, ...]):
    """The inputs in the order in which forward takes them."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self))


class NamedValues(tuple[tuple[str, Any], ...]):
    """Names and values, handed on as keywords."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self)


class OpenSizes(Sizes):
    """The sizes of code that is of no layer: those of what it is handed. What comes out only the code knows."""

    inputs: Any
    settings: Any
    # The name under which a spec has such a check.
    called: ClassVar[str]

    def shapes(self) -> dict[str, Shape]:
        """Those of the inputs alone."""
        return {each.name: each.shape for each in self.inputs}

    def given(self) -> dict[str, Any]:
        """The shapes of the inputs, as lists, and the settings."""
        return dict(self.settings) | {each.name: list(each.shape) for each in self.inputs}

    def is_smooth(self) -> bool:
        """It is differentiated as one."""
        return True


@dataclass(frozen=True)
class FunctionSizes(OpenSizes):
    """Any function: what it is handed, what it returns, and whose gradient its backward is meant to be."""

    inputs: Inputs = inputs("the arrays that forward takes, in its order: name: [sizes]")
    outputs: tuple[str, ...] | None = names("what forward returns, where that is several arrays", default=None)
    settings: NamedValues = settings("what forward is handed by name beside its inputs", default=NamedValues())
    surrogate: str | None = text(
        "the function whose gradient backward is meant to return, where that is not forward's: a straight-through "
        "estimator",
        default=None,
    )
    scale: float = number("what the gradient is meant to be multiplied by: -1 for a gradient reversal", default=1.0)
    order: int = size("1: its gradients; 2: those of its backward, where PyTorch or JAX differentiates it", default=1)
    called: ClassVar[str] = "function"

    def given(self) -> dict[str, Any]:
        """As of `OpenSizes`, and the order where it is another than the first."""
        return super().given() | ({"order": self.order} if self.order > 1 else {})

    def problems(self) -> Iterator[Problem]:
        """An order of which nothing is known, and another gradient than that of the function to be differentiated."""
        if self.order > 2:
            yield Problem("order", f"order: expected 1 or 2, received {self.order}")
        elif self.order == 2 and (self.surrogate is not None or self.scale != 1):
            yield Problem("order", "order: a function with a surrogate or a scale is checked in the first order alone")


@dataclass(frozen=True)
class NetworkSizes(OpenSizes):
    """A network that holds its parameters: what its loss takes, and what it is made with."""

    inputs: Inputs = inputs("the arrays that its loss takes, in its order: X: [sizes]")
    settings: NamedValues = settings("what its constructor, or its loss, is handed by name", default=NamedValues())
    called: ClassVar[str] = "network"
