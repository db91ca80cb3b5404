"""One input of forward, about to be differentiated: what is claimed of it, and the schemes that suit the claim."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input
from convcheck.numeric.data import Steps, scale_of
from convcheck.numeric.differences import OneSided, TwoSided
from convcheck.numeric.function import Line
from convcheck.numeric.slope import Scheme

if TYPE_CHECKING:
    from convcheck.numeric.ridders import Ridders


class Probing(NamedTuple):
    """How one input may be probed: its claim, the line it moves on, f(x), dout and the steps.

    `noise` bounds the rounding error of each output; `roundoff` that of a sum, relative to the magnitude of its terms;
    `epsilon` is that of the dtype forward is evaluated in; `lost` is how much of each output forward loses, relative to
    it, in the narrower dtype that it is checked in. `exact` says that the layer rounds nothing on this data.
    """

    claim: Input
    along: Line
    base: Array
    dout: Array
    steps: Steps
    exact: bool
    noise: Array
    roundoff: float
    epsilon: float
    lost: Array
    rng: Draws

    @property
    def ridders(self) -> "Ridders":
        """The scheme that assumes no more than smoothness."""
        from convcheck.numeric.ridders import Ridders

        return Ridders(self.along, self.base, scale_of(self.along.x), self.noise, self.epsilon)

    def schemes(self, kind: str, trial: Array) -> Iterator[Scheme]:
        """The schemes for a dependence of this kind, cheapest first; a complex step is tried along `trial` before."""
        match kind:
            case "linear":
                yield OneSided(self.along, self.base, self.steps.step, self.noise, self.roundoff)
            case "kinked":
                yield TwoSided(self.along, self.base, self.steps.step, self.noise, self.roundoff)
            case _:
                from convcheck.numeric.complex_step import complex_step

                if step := complex_step(self.ridders, trial):
                    yield step
                yield self.ridders
