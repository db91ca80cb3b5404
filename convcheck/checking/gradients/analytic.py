"""`AnalyticGradient`: one gradient that backward returned, with all that is needed to hold it against differences."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of, rounding_factor
from convcheck.checking.result import Finding
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.layer import Array
from convcheck.numeric.data import own_scale
from convcheck.numeric.function import Function
from convcheck.numeric.probing import Probing


class AnalyticGradient(NamedTuple):
    """The gradient of input number `position`: its `values` as backward returned them, and how its input is probed.

    `arithmetic` is the epsilon of forward's own arithmetic, `tolerance` the user's, if any. `affordable(n)` answers
    whether n more evaluations of forward may be spent.
    """

    subject: Subject
    function: Function
    backward: Backward
    position: int
    values: Array
    probing: Probing
    arithmetic: float
    tolerance: float | None
    affordable: Callable[[int], bool]

    @property
    def name(self) -> str:
        """Such as "dx"."""
        return "d" + self.probing.claim.name

    @property
    def wide(self) -> Array:
        """The values in float64."""
        return self.values.astype(np.float64)

    @property
    def epsilon(self) -> float:
        """What the values are held to: the coarsest of the subject's, of their dtype's, and of forward's arithmetic."""
        return max(epsilon_of(self.values, self.subject.dtype), self.arithmetic)

    @property
    def smallest_normal(self) -> float:
        """The smallest number of the subject's dtype that has all its digits."""
        return float(np.finfo(self.subject.dtype).tiny)

    @property
    def terms(self) -> int:
        """How many terms the sums behind the gradient have; without a layer, as many as there are outputs."""
        return self.subject.terms.get(self.name, self.probing.base.size)

    @property
    def rounding_factor(self) -> float:
        """How many epsilons of Σ|terms| an entry may be off."""
        return rounding_factor(self.terms)

    @property
    def rounding_is_unknown(self) -> bool:
        """Whether the rounding inside backward has to be measured: a layer's scale tells it, a tolerance needs none."""
        return self.subject.scale is None and self.tolerance is None

    @property
    def least_visible(self) -> Array:
        """What rounding of the outputs looks like as a slope of each entry: Σₒ noiseₒ·|doutₒ| over the entry's size."""
        probing = self.probing
        noise = np.maximum(probing.noise, self.rounding_factor * self.epsilon * np.abs(probing.base))
        return np.asarray(float((noise * np.abs(probing.dout)).sum()) / own_scale(probing.x))

    def input_rounding(self, scale: Array) -> Array:
        """How far each entry moves when the inputs are rounded; Σ|terms| of each is `scale`.

        Costs some evaluations of both passes each time. Raises `Raised` or NotWritten where the code under test does.
        """
        from convcheck.checking.gradients.input_rounding import input_rounding

        return input_rounding(self.subject, self.function, self.backward, self.position, scale)

    def scheme_in_words(self, scheme: str) -> str:
        """What reports call a scheme: its name, and float64 where forward is differentiated in a wider dtype."""
        wider = self.subject.dtype != np.float64 and self.probing.epsilon < self.subject.epsilon
        return scheme + (" in float64" if wider else "")

    def claims_given_up(self, sentences: Iterable[str]) -> list[Finding]:
        """A finding for each claim about the input that forward does not keep."""
        return [Finding("claim-lost", "note", sentence, self.name) for sentence in sentences]
