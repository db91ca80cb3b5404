"""`AnalyticGradient`: one gradient that backward returned, with all that is needed to hold it against differences.

How far it moves when the inputs and dout are rounded is what backward may be off where no layer tells it. Sound code in
a dtype gives the gradient at inputs a few roundings away from those given. Where terms cancel, or forward curves
steeply (the mean of numbers near 100, sin 50x), that is far more than a few roundings of the result. And for c·dout
sound code gives c times the gradient, but for its own rounding: where small entries come of large terms, as in a
Fourier transform, that shows. Both are measured on backward as it is, and only before a gradient is called wrong. That
excuses no wrong formula: being wrong does not make its values depend more on the last digits of the inputs. Nor does it
excuse a result that is brought to fewer digits than forward has, by a cast or by `round`: that goes in steps, and does
not move with dout at all where dout changes by less.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import OVERHEAD, epsilon_of, rounding_factor
from convcheck.checking.result import Finding
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.layer import Array
from convcheck.numeric.data import jiggled, own_scale
from convcheck.numeric.function import Function
from convcheck.numeric.probing import Probing

# How often the inputs are rounded.
SAMPLES = 8
# How far c is from 1: far enough that all digits of c·dout change, so near that code which is not linear in dout is not
# excused.
DOUT_CHANGE = 2.0**-10
# Epsilon to this power is a change of dout that is less than half a step of any narrower dtype, and far above rounding:
# by more than so many epsilons of its terms.
LITTLE, TELLING = 0.6, 64


class AnalyticGradient(NamedTuple):
    """The gradient of input number `position`: its `values` as backward returned them, and how its input is probed.

    `arithmetic` is the epsilon of forward's own arithmetic, `tolerance` the user's, if any. `affordable(n)` answers
    whether n more evaluations of forward may be spent. `otherwise` is the gradient for another dout of the same size.
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
    otherwise: Array | None = None

    @property
    def name(self) -> str:
        """Such as "dx"."""
        return "d" + self.probing.claim.name

    @property
    def wide(self) -> Array:
        """The values in float64."""
        return self.values.astype(np.float64, copy=False)

    @property
    def epsilon(self) -> float:
        """What the values are held to: the coarsest of the subject's, of their dtype's, and of forward's arithmetic."""
        return max(epsilon_of(self.values, self.subject.dtype), self.arithmetic)

    @property
    def smallest_normal(self) -> float:
        """The smallest number of the subject's dtype that has all its digits."""
        return float(np.finfo(self.subject.dtype).tiny)

    @property
    def lost_below_normal(self) -> float:
        """What each entry may lose in numbers too small to be normal; dout may enlarge it."""
        return self.smallest_normal * max(1.0, float(np.abs(self.probing.dout).max(initial=0)))

    @property
    def terms(self) -> int:
        """How many terms the sums behind the gradient have; without a layer, as many as there are outputs."""
        return self.subject.terms.get(self.name, self.probing.base.size)

    @property
    def scale(self) -> Array:
        """The size of the terms behind each entry: by the layer's own scale; without one, what they add up to.

        An entry may be small because its terms cancel: with another dout they hardly do so again.
        """
        if self.subject.scale is not None:
            return self.subject.scale[self.name]
        size = np.abs(self.wide)
        if self.otherwise is None or self.otherwise.shape != size.shape:
            return size
        return np.fmax(size, np.abs(self.otherwise.astype(np.float64)))

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
        """How far each entry moves when the inputs and dout are rounded; Σ|terms| of each is `scale`.

        An entry that happens to move little in a few samples is allowed the median movement relative to `scale`. Where
        entries go in steps, dout stays as it is. Costs ten evaluations of both passes. Raises `Raised` or NotWritten
        where the code under test does.
        """
        data, rng, epsilon = self.subject.data, self.subject.rng, self.subject.epsilon
        here = self._values_at(data.inputs, data.dout)
        furthest = np.zeros(here.shape)
        with np.errstate(all="ignore"):
            change = 0.0 if self._goes_in_steps(here, scale) else DOUT_CHANGE
            for _ in range(SAMPLES):
                rounded = jiggled(data.inputs, epsilon, rng)
                factor = 1 + change * rng.uniform(0.5, 1)
                dout = np.asarray(data.dout * factor).astype(self.subject.dtype)
                furthest = np.maximum(furthest, np.abs(self._values_at(rounded, dout) / factor - here))
            typical = np.median((furthest / scale)[scale > 0]) if (scale > 0).any() else 0.0
            return np.asarray(OVERHEAD * np.fmax(furthest, typical * scale))

    def _goes_in_steps(self, here: Array, scale: Array) -> bool:
        """Whether most of what is `here` stays as it is where dout changes by far more than rounding."""
        data, epsilon = self.subject.data, self.epsilon
        change = epsilon**LITTLE
        telling = np.abs(here) * change > TELLING * epsilon * scale
        moved = self._values_at(data.inputs, np.asarray(data.dout * (1 + change)).astype(self.subject.dtype)) != here
        return bool(2 * np.count_nonzero(moved & telling) < np.count_nonzero(telling))

    def _values_at(self, inputs: list[Array], dout: Array) -> Array:
        _, cache = self.function.call([a.copy() for a in inputs])
        return np.asarray(self.backward(dout, cache)[self.position]).astype(np.float64)

    def scheme_in_words(self, scheme: str) -> str:
        """What reports call a scheme: its name, and float64 where forward is differentiated in a wider dtype."""
        wider = self.subject.dtype != np.float64 and self.probing.epsilon < self.subject.epsilon
        return scheme + (" in float64" if wider else "")

    def claims_given_up(self, sentences: Iterable[str]) -> list[Finding]:
        """A finding for each claim about the input that forward does not keep."""
        return [Finding("claim-lost", "note", sentence, self.name) for sentence in sentences]
