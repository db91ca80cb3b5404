"""The sizes of the activations, and what each has to set."""

from __future__ import annotations

from dataclasses import dataclass

from convcheck.layers.activations.naive import SELU_ALPHA, SELU_SCALE
from convcheck.layers.entrywise import EntrywiseSizes
from convcheck.spec.fields import choice, number

MOST = 1e6


@dataclass(frozen=True)
class ActivationSizes(EntrywiseSizes):
    """Any shape, and how far from zero entries are."""

    away: float = number("how far from zero x is drawn: 800 shows what overflows", minimum=0, maximum=MOST, default=0.0)

    def is_smooth(self) -> bool:
        """It has no straight pieces."""
        return True


@dataclass(frozen=True)
class LeakyReluSizes(EntrywiseSizes):
    """With a slope below zero."""

    slope: float = number("slope where x is negative", above=0, below=1, default=0.01)


@dataclass(frozen=True)
class EluSizes(ActivationSizes):
    """With a limit below zero."""

    alpha: float = number("the output tends to minus this where x is negative", above=0, maximum=MOST, default=1.0)


@dataclass(frozen=True)
class SeluSizes(ActivationSizes):
    """With its two constants."""

    alpha: float = number("alpha of the ELU inside", above=0, maximum=MOST, default=SELU_ALPHA)
    scale: float = number("what the ELU inside is multiplied by", above=0, maximum=MOST, default=SELU_SCALE)


@dataclass(frozen=True)
class SoftplusSizes(ActivationSizes):
    """With the sharpness of its bend."""

    beta: float = number("how sharply it bends at zero", above=0, maximum=MOST, default=1.0)


@dataclass(frozen=True)
class GeluSizes(ActivationSizes):
    """In one of two forms."""

    approximate: str = choice("none: by erf, exactly; tanh: the approximation by tanh", "none", "tanh", default="none")


@dataclass(frozen=True)
class SwishSizes(ActivationSizes):
    """With a factor inside the sigmoid."""

    beta: float = number("what x is multiplied by inside the sigmoid", above=0, maximum=MOST, default=1.0)


@dataclass(frozen=True)
class HardSigmoidSizes(EntrywiseSizes):
    """With the slope of its middle piece."""

    slope: float = number("slope between its kinks: 1/6 in PyTorch, 0.2 in Keras", above=0, maximum=1, default=1 / 6)
