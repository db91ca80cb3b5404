"""One input of forward, about to be differentiated: what is claimed of it, and the schemes that suit the claim."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input
from convcheck.numeric.data import Steps, in_own_units, random_direction
from convcheck.numeric.differences import OneSided, TwoSided
from convcheck.numeric.function import InputProbe
from convcheck.numeric.slope import Scheme

if TYPE_CHECKING:
    from convcheck.numeric.close_ladder import CloseLadder
    from convcheck.numeric.ridders import Ridders


@dataclass(eq=False)
class Probing:
    """How one input may be probed: its claim, forward as that input is displaced, f(x) as `base`, dout and the steps.

    `noise` bounds the rounding error of each output; `roundoff` that of a sum, relative to the magnitude of its terms;
    `epsilon` is that of the dtype in which forward is evaluated. Where that is wider than the dtype of the check,
    `lost` is the share of each output that forward loses in the narrower one. `exact` says that the layer rounds
    nothing on this data. It still does where the sum of random directions has `room` bits: down from the size of x + v
    where x is linear, from half its gap where it is kinked.
    """

    claim: Input
    probe: InputProbe
    base: Array
    dout: Array
    steps: Steps
    exact: bool
    noise: Array
    roundoff: float
    epsilon: float
    lost: Array
    rng: Draws
    room: int = 0

    @property
    def x(self) -> Array:
        """The input itself."""
        return self.probe.x

    @cached_property
    def ridders(self) -> "Ridders":
        """The scheme that assumes no more than smoothness."""
        from convcheck.numeric.ridders import Ridders

        return Ridders(self.probe, self.base, self.x, self.noise, self.epsilon)

    @cached_property
    def close_ladder(self) -> "CloseLadder":
        """The same for sums of outputs that are smooth."""
        from convcheck.numeric.close_ladder import CloseLadder

        return CloseLadder(self.ridders)

    def schemes(self, kind: str) -> "Iterator[Scheme]":
        """The schemes for this kind of dependence, cheapest first."""
        match kind:
            case "linear":
                yield OneSided(self.probe, self.base, self.steps.step, self.noise, self.roundoff)
            case "kinked":
                yield TwoSided(self.probe, self.base, self.steps.step, self.noise, self.roundoff)
            case _:
                if self._complex_step is not None:
                    yield self._complex_step
                yield self.ridders

    @cached_property
    def _complex_step(self) -> Scheme | None:
        """The complex step, where the code under test carries it along a random direction."""
        from convcheck.numeric.complex_step import complex_step

        trial = random_direction(self.x, self.steps, self.exact, self.rng)
        # Near entries that are far smaller than the others, only steps in units of each stay in the domain.
        return complex_step(self.ridders, trial) or complex_step(self.ridders, in_own_units(trial, self.x))
