"""An entry as a sum: of a gradient over the outputs that it reaches, of the output over the inputs that reach it.

    dx[k]  = Σ_o dout[o] · ∂out[o]/∂x[k]                     the chain rule, (1.6) to (1.8) of the paper before they are
                                                            worked out for one layer
    out[o] = Σ_k x[k] · ∂out[o]/∂x[k] + what is left of it  where the output is linear in x

The derivatives are measured on the layer's reference, and named where they are entries of another input.
"""

from typing import NamedTuple

import numpy as np

from convcheck.explain.factors import Factors
from convcheck.explain.subject import Explained
from convcheck.layers.layer import Array

# Slopes below this share of the largest are what rounding leaves of none.
NOTHING = 1e-13


class Term(NamedTuple):
    """One product: the `value` of an entry `at` an index, and its `factor`; `name` is the entry of an input that it is,
    empty where it is none.
    """

    at: tuple[int, ...]
    value: float
    factor: float
    name: str

    @property
    def product(self) -> float:
        """What it adds."""
        return self.value * self.factor


class Relation(NamedTuple):
    """The `terms` of an entry, each an entry of the array `over` times a factor, and what is added `beside` them."""

    over: str
    terms: tuple[Term, ...]
    beside: float = 0.0
    beside_name: str = ""

    @property
    def total(self) -> float:
        """The sum."""
        return sum(term.product for term in self.terms) + self.beside


def gradient_relation(explained: Explained, name: str, index: tuple[int, ...]) -> Relation:
    """Of the gradient of input `name`, at an entry. Raises `Raised`."""
    position = explained.position(name)
    first, second = (code.slopes(position, index).value for code in (explained.right, explained.again.right))
    dout = explained.right.data.dout.astype(np.float64)
    out, x = explained.right.out, explained.right.data.inputs[position]
    assert out is not None
    # What rounding leaves where nothing moves is no slope.
    size = float(np.abs(out).max(initial=0)) / max(1.0, float(np.abs(x).max(initial=0)))
    return Relation("dout", _terms(dout, first, second, Factors(explained), NOTHING * size))


def output_relation(explained: Explained, index: tuple[int, ...]) -> Relation | None:
    """Of the output, at an entry, over the first input in which it is linear and others do not stand alone.

    None where there is none. Raises `Raised`.
    """
    right, again, factors = explained.right, explained.again.right, Factors(explained)
    rows = [code.rows_at(index) for code in (right, again)]
    for position, claim in enumerate(explained.facts.inputs):
        if claim.kind == "smooth":
            continue
        x = right.data.inputs[position].astype(np.float64)
        if claim.kind == "linear" and not np.any(rows[0][position]):
            continue
        terms = _terms(x, rows[0][position], rows[1][position], factors)
        left = right.value("forward", index) - sum(term.product for term in terms)
        other = again.value("forward", index) - float((again.data.inputs[position] * rows[1][position]).sum())
        size = sum(abs(term.product) for term in terms) + abs(left)
        if abs(left) <= NOTHING * size:
            return Relation(claim.name, terms)
        if beside := factors.name(left, other):
            return Relation(claim.name, terms, left, beside)
    return None


def _terms(values: Array, first: Array, second: Array, factors: Factors, nothing: float = 0.0) -> tuple[Term, ...]:
    least = max(nothing, NOTHING * float(np.abs(first).max(initial=0)))
    found = [tuple(map(int, one)) for one in np.argwhere(np.abs(first) > least)]
    return tuple(
        Term(one, float(values[one]), float(first[one]), factors.entry(float(first[one]), float(second[one])))
        for one in found
    )
