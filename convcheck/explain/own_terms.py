"""Where code of somebody's own makes another sum of an entry: which terms are missing, taken twice, foreign, or others.

Backward is linear in dout, and out is linear in such an input as a relation is over: so each factor is what comes of
a vector that is 1 at one entry and 0 elsewhere. Of each the layer gives its own, and a factor is another where they
are further apart than rounding explains. Terms that should not be there are looked for in all that is left, by
halving. That the factors add up to what the code gives is tested, not taken for granted.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from convcheck.explain.agreement import rounding_of
from convcheck.explain.factors import Factors
from convcheck.explain.relation import Relation
from convcheck.explain.subject import Code, Explained, one_at
from convcheck.layers.layer import Array
from convcheck.spec.showing import count, distinguishable, index_text, listed, numeral

# Factors beyond which no more are asked for one by one: each takes both passes of the code and of the layer.
MOST_TERMS = 200
# Terms that should not be there, of which no more are looked for.
MOST_FOREIGN = 8
# Vectors in which they are looked for have entries of so many values.
WEIGHTS = 2**20
# Of a kind so many are named.
MOST_NAMED = 4
# Of so many sizes any may be the one that a factor is: none is named.
MOST_LETTERS = 2
TIMES = {2.0: "twice", 0.5: "half", -1.0: "with the sign turned", 3.0: "three times"}


class Factor(NamedTuple):
    """What a vector of the entries of `over` comes to: of the code, as is `right`, and how far rounding explains."""

    own: float
    right: float
    allowed: float

    @property
    def differs(self) -> bool:
        """Whether more than rounding is between them; of no number it is not known, and it does."""
        return not abs(self.own - self.right) <= self.allowed

    def is_times(self, ratio: float, error: float = 0.0) -> bool:
        """Whether the code's is so many times the right one; `error` is how far off the ratio may be itself."""
        return abs(self.own - ratio * self.right) <= (1 + abs(ratio)) * self.allowed + error * abs(self.right)


Functional = Callable[[Array], Factor]


class OwnTerm(NamedTuple):
    """A term whose `factor` is not as it should be.

    `kind` is "missing", "foreign", "other", or how often it is taken; `name` is the entry that the code's factor is.
    """

    at: tuple[int, ...]
    factor: Factor
    kind: str
    name: str = ""


class OwnTerms(NamedTuple):
    """The terms that are `differing`. `adds_up`: the code's factors come to what it gives. `beside` is in words."""

    differing: tuple[OwnTerm, ...]
    adds_up: bool
    beside: str = ""


def own_terms(explained: Explained, relation: Relation, tensor: str, index: tuple[int, ...]) -> OwnTerms:
    """How the code's own sum differs from this relation of a tensor's entry. Raises `Raised`."""
    assert explained.own is not None
    assert explained.again.own is not None
    of_code = _functional(explained, relation, tensor, index)
    of_again = _functional(explained.again, relation, tensor, index)
    values = _over(explained.own, explained, relation)
    asked = [term.at for term in relation.terms[:MOST_TERMS]]
    foreign = _foreign(of_code, values.shape, [term.at for term in relation.terms])
    factors = {one: of_code(one_at(values.shape, one)) for one in [*asked, *foreign]}
    names = Factors(explained)
    differing = []
    for one, factor in factors.items():
        if factor.differs:
            kind = _kind(factor)
            again = of_again(one_at(values.shape, one)).own if kind in ("foreign", "other") else 0.0
            differing.append(OwnTerm(one, factor, kind, names.entry(factor.own, again) if again else ""))
    # What was not asked for one by one is asked for as one.
    rest = values.copy()
    for one in factors:
        rest[one] = 0.0
    left_over = of_code(rest)
    left = explained.own.value(tensor, index) - left_over.own
    left -= sum(float(values[one]) * factor.own for one, factor in factors.items())
    allowed = left_over.allowed + sum(abs(float(values[one])) * factor.allowed for one, factor in factors.items())
    dout = explained.own.data.dout
    allowed += rounding_of(explained, explained.own, tensor, index, dout)
    beside = ""
    if tensor == "forward" and abs(left - relation.beside) > allowed:
        beside = _beside_in_words(relation, Factor(left, relation.beside, allowed))
        left = relation.beside
    return OwnTerms(tuple(_alike_often(explained, differing)), abs(left - relation.beside) <= allowed, beside)


def _alike_often(explained: Explained, differing: Sequence[OwnTerm]) -> list[OwnTerm]:
    """The terms; where all that have another factor are taken equally often, they are of that kind."""
    others = [term for term in differing if term.kind not in ("missing", "foreign")]
    if not others or (len(others) == 1 and others[0].name):
        return [*differing]
    largest = max(others, key=lambda term: abs(term.factor.right)).factor
    ratio = largest.own / largest.right
    error = (1 + abs(ratio)) * largest.allowed / abs(largest.right)
    if not all(term.factor.is_times(ratio, error) for term in others):
        return [*differing]
    often = _times(largest) or f"{distinguishable(ratio, round(2 * ratio) / 2)[0]} times"
    said = _of_sizes(explained, ratio, error)
    kind = f"{often}, which is {said} here" if said else often
    return [term._replace(kind=kind) if term in others else term for term in differing]


def _of_sizes(explained: Explained, ratio: float, error: float) -> str:
    """Which sizes a ratio is, or their roots, or one over them: "1/N"; empty where it is none, or many."""
    found = []
    for letter, n in explained.check.sizes.given().items():
        if isinstance(n, int) and n > 1 and letter[0].isupper():
            forms = {letter: float(n), f"1/{letter}": 1 / n, f"√{letter}": sqrt(n), f"1/√{letter}": 1 / sqrt(n)}
            found += [said for said, value in forms.items() if abs(ratio - value) <= error]
    return listed(found, "or") if 0 < len(found) <= MOST_LETTERS else ""


def sentences(own: OwnTerms, relation: Relation, letters: Sequence[str]) -> list[str]:
    """What differs, each kind of it in a sentence; `letters` are those of the indices of what the relation is over."""
    if not own.adds_up:
        return ["what the code gives is no sum of such terms: it is not linear in them, or takes others as well"]
    kinds: dict[str, list[OwnTerm]] = {}
    for term in own.differing:
        kinds.setdefault(term.kind, []).append(term)
    found = [_sentence(kind, terms, relation, letters) for kind, terms in kinds.items()]
    return found + ([own.beside] if own.beside else [])


def _sentence(kind: str, terms: Sequence[OwnTerm], relation: Relation, letters: Sequence[str]) -> str:
    asked = relation.terms[:MOST_TERMS]
    total, number = len(asked), len(terms)
    if kind == "foreign":
        named = ", ".join(
            f"{_entry(relation, t.at)} times {t.name or numeral(t.factor.own)}" for t in terms[:MOST_NAMED]
        )
        more = " or more" if number >= MOST_FOREIGN else ""
        does = "does" if number == 1 else "do"
        return f"{count(number, 'term')}{more} that {does} not belong there: {named}{_more(terms)}"
    every = {1: "the one term", 2: "both terms"}.get(total, f"all {total} terms")
    of = every if number == total else f"{number} of {total} terms"
    if total < len(relation.terms):
        of = f"the first {total} terms" if number == total else f"{number} of the first {total} terms"
    if kind == "other":
        names = {term.at: term.name for term in relation.terms}
        named = "; ".join(f"{_entry(relation, t.at)} {_factors(t, names.get(t.at, ''))}" for t in terms[:MOST_NAMED])
        return f"another factor in {of}: {named}{_more(terms)}"
    how = ("is " if number == 1 else "are ") + ("missing" if kind == "missing" else f"taken {kind}")
    if number == total > 1:
        return f"{of} {how}"
    kept = [term.at for term in asked if term.at not in {one.at for one in terms}]
    alike = _alike([term.at for term in terms], [term.at for term in asked], letters)
    if not alike and kind == "missing" and 0 < len(kept) < number and len(kept) <= MOST_NAMED:
        there = "is" if len(kept) == 1 else "are"
        return f"{of} {how}: {listed([_entry(relation, one) for one in kept])} alone {there} there"
    named = ", ".join(_entry(relation, term.at) for term in terms[:MOST_NAMED]) + _more(terms)
    return f"{of} {how}: {alike or named}"


def _alike(some: Sequence[tuple[int, ...]], every: Sequence[tuple[int, ...]], letters: Sequence[str]) -> str:
    """What tells these entries from the others: "those with n = 1"; empty where it is no one index."""
    for axis, letter in enumerate(letters):
        chosen = {index[axis] for index in some}
        if len(some) > 1 and {index for index in every if index[axis] in chosen} == {*some} != {*every}:
            values = sorted(chosen)
            if len(values) <= MOST_NAMED:
                return f"those with {letter} = {' or '.join(map(str, values))}"
    return ""


def _more(terms: Sequence[OwnTerm]) -> str:
    return f" and {len(terms) - MOST_NAMED} more" if len(terms) > MOST_NAMED else ""


def _entry(relation: Relation, index: tuple[int, ...]) -> str:
    return f"{relation.over}{index_text(index)}" if index else relation.over


def _factors(term: OwnTerm, right: str) -> str:
    """The code's factor and the right one, by name or with as many digits as it takes to see that they differ."""
    one, other = distinguishable(term.factor.own, term.factor.right)
    return f"times {term.name or one}, not {right or other}"


def _kind(factor: Factor) -> str:
    """How a factor is another."""
    if abs(factor.own) <= factor.allowed:
        return "missing"
    if abs(factor.right) <= factor.allowed:
        return "foreign"
    return _times(factor) or "other"


def _times(factor: Factor) -> str:
    """How often something is taken, in words; empty where there are none for it."""
    return next((said for ratio, said in TIMES.items() if factor.is_times(ratio)), "")


def _functional(explained: Explained, relation: Relation, tensor: str, index: tuple[int, ...]) -> Functional:
    own, right = explained.own, explained.right
    assert own is not None
    if tensor == "forward":
        position = explained.position(relation.over)

        def slopes(direction: Array) -> Factor:
            one, other = (code.scheme(position)(direction) for code in (own, right))
            error = float(one.error[index] + other.error[index])
            return Factor(float(one.value[index]), float(other.value[index]), error)

        return slopes
    position = explained.position(tensor[1:])

    def gradient(dout: Array) -> Factor:
        one, other = (float(code.gradients_of(dout)[position][index]) for code in (own, right))
        return Factor(one, other, rounding_of(explained, own, tensor, index, dout))

    return gradient


def _over(code: Code, explained: Explained, relation: Relation) -> Array:
    """The values of what the relation is over."""
    values = code.data.dout if relation.over == "dout" else code.data.inputs[explained.position(relation.over)]
    return values.astype(np.float64)


def _foreign(functional: Functional, shape: tuple[int, ...], known: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Entries beside those that are known whose factor is another, a few of them."""
    rest = np.ones(shape, bool)
    for one in known:
        rest[one] = False
    # No two of them cancel: their factors would have to be as these numbers are, which any dtype has.
    weights = 1 + np.random.default_rng(0).integers(1, WEIGHTS, shape) / WEIGHTS
    found: list[tuple[int, ...]] = []
    parts = [np.flatnonzero(rest)]
    while parts and len(found) < MOST_FOREIGN:
        part = parts.pop()
        if not part.size:
            continue
        vector = np.zeros(shape)
        vector.flat[part] = weights.flat[part]
        if not functional(vector).differs:
            continue
        if part.size == 1:
            found.append(tuple(map(int, np.unravel_index(int(part[0]), shape))))
        else:
            parts += [part[part.size // 2 :], part[: part.size // 2]]
    return found


def _beside_in_words(relation: Relation, left: Factor) -> str:
    name = relation.beside_name or "nothing"
    if abs(left.own) <= left.allowed:
        return f"{name} is missing"
    if left.right and (said := _times(left)):
        return f"{name} is taken {said}"
    return f"beside the terms {numeral(left.own)} is added, not {name}"
