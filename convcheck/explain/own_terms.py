"""Where code of somebody's own makes another sum of an entry: which terms are missing, taken twice, foreign, or others.

Backward is linear in dout, and out is linear in such an input as a relation is over: so each factor is what comes of
a vector that is 1 at one entry and 0 elsewhere. Terms that should not be there are looked for in all that is left, by
halving. That the factors add up to what the code gives is tested, not taken for granted.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from convcheck.explain.factors import Factors
from convcheck.explain.relation import NOTHING, Relation
from convcheck.explain.subject import Code, Explained, one_at
from convcheck.layers.layer import Array
from convcheck.spec.showing import count, index_text, listed

# Factors beyond which no more are asked for one by one.
MOST_TERMS = 600
# Terms that should not be there, of which no more are looked for.
MOST_FOREIGN = 8
# Of a kind so many are named.
MOST_NAMED = 4
# How near a factor has to come to the right one to be it: differences of smooth functions are behind both.
NEAR = 1e-7
# Nearer to the right factor than this, another is the same in fewer digits.
ROUNDED = 1e-3
TIMES = {2.0: "twice", 0.5: "half", -1.0: "with the sign turned", 3.0: "three times"}

# What a vector of the entries of `over` comes to.
Functional = Callable[[Array], float]


class OwnTerm(NamedTuple):
    """A term that is not as it should be: the factor that is `right`, 0 where there should be none, and the code's.

    `kind` is "missing", "foreign", "other", "rounded", or how often it is taken; `name` is what the code's factor is.
    """

    at: tuple[int, ...]
    right: float
    factor: float
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
    of_code = _functional(explained.own, explained, relation, tensor, index)
    of_again = _functional(explained.again.own, explained, relation, tensor, index)
    values = _over(explained.own, explained, relation)
    terms = {term.at: term for term in relation.terms}
    asked = [term.at for term in relation.terms[:MOST_TERMS]]
    factors = {one: of_code(one_at(values.shape, one)) for one in asked}
    size = max([abs(term.factor) for term in relation.terms] + [abs(f) for f in factors.values()], default=1.0) or 1.0
    foreign = _foreign(of_code, values.shape, asked, NEAR * size)
    factors |= {one: of_code(one_at(values.shape, one)) for one in foreign}
    names, differing = Factors(explained), []
    for one, factor in factors.items():
        right = terms[one].factor if one in terms else 0.0
        if abs(factor - right) <= NEAR * size:
            continue
        kind, name = _kind(right, factor), ""
        if kind in ("foreign", "other"):
            name = names.name(factor, of_again(one_at(values.shape, one))) or f"{factor:.6g}"
        differing.append(OwnTerm(one, right, factor, kind, name))
    total = sum(float(values[one]) * factor for one, factor in factors.items())
    left = explained.own.value(tensor, index) - total
    beside = ""
    if tensor == "forward" and abs(left - relation.beside) > NEAR * (abs(left) + abs(relation.beside) + size):
        beside = _beside_in_words(explained, relation, left)
        left = relation.beside
    adds_up = abs(left - relation.beside) <= NEAR * (size * float(np.abs(values).max(initial=0)) * max(1, len(factors)))
    return OwnTerms(tuple(differing), adds_up or bool(beside), beside)


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
    total, number = len(relation.terms), len(terms)
    if kind == "foreign":
        named = ", ".join(f"{_entry(relation, t.at)} times {t.name}" for t in terms[:MOST_NAMED])
        more = " or more" if number >= MOST_FOREIGN else ""
        does = "does" if number == 1 else "do"
        return f"{count(number, 'term')}{more} that {does} not belong there: {named}{_more(terms)}"
    of = f"all {number} terms" if number == total > 1 else f"{number} of {count(total, 'term')}"
    if kind == "other":
        names = {term.at: term.name or f"{term.factor:.6g}" for term in relation.terms}
        named = "; ".join(f"{_entry(relation, t.at)} times {t.name}, not {names[t.at]}" for t in terms[:MOST_NAMED])
        return f"another factor in {of}: {named}{_more(terms)}"
    if kind == "rounded":
        return f"{of} {'is' if number == 1 else 'are'} right but for rounding, in the last digits of fewer"
    how = ("is " if number == 1 else "are ") + ("missing" if kind == "missing" else f"taken {kind}")
    if number == total > 1:
        return f"{of} {how}"
    kept = [term.at for term in relation.terms if term.at not in {one.at for one in terms}]
    alike = _alike([term.at for term in terms], [term.at for term in relation.terms], letters)
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


def _kind(right: float, factor: float) -> str:
    """How a factor is another."""
    if abs(factor) <= NOTHING * max(1.0, abs(right)):
        return "missing"
    if right == 0:
        return "foreign"
    if abs(factor - right) <= ROUNDED * abs(right):
        return "rounded"
    return _times(factor / right) or "other"


def _times(ratio: float) -> str:
    """How often something is taken, in words; empty where there are none for it."""
    return next((said for times, said in TIMES.items() if abs(ratio - times) <= NEAR), "")


def _functional(
    code: Code, explained: Explained, relation: Relation, tensor: str, index: tuple[int, ...]
) -> Functional:
    if tensor == "forward":
        scheme = code.scheme(explained.position(relation.over))
        return lambda direction: float(scheme(direction).value[index])
    position = explained.position(tensor[1:])
    return lambda dout: float(code.gradients_of(dout)[position][index])


def _over(code: Code, explained: Explained, relation: Relation) -> Array:
    """The values of what the relation is over."""
    values = code.data.dout if relation.over == "dout" else code.data.inputs[explained.position(relation.over)]
    return values.astype(np.float64)


def _foreign(
    functional: Functional, shape: tuple[int, ...], known: Sequence[tuple[int, ...]], nothing: float
) -> list[tuple[int, ...]]:
    """Entries beside those that are known with a factor of their own, a few of them."""
    rest = np.ones(shape, bool)
    for one in known:
        rest[one] = False
    # No two of them cancel: their factors would have to be as these numbers are.
    weights = 1 + np.random.default_rng(0).random(shape)
    found: list[tuple[int, ...]] = []
    parts = [np.flatnonzero(rest)]
    while parts and len(found) < MOST_FOREIGN:
        part = parts.pop()
        if not part.size:
            continue
        vector = np.zeros(shape)
        vector.flat[part] = weights.flat[part]
        if abs(functional(vector)) <= nothing:
            continue
        if part.size == 1:
            found.append(tuple(map(int, np.unravel_index(int(part[0]), shape))))
        else:
            parts += [part[part.size // 2 :], part[: part.size // 2]]
    return found


def _beside_in_words(explained: Explained, relation: Relation, left: float) -> str:
    name, right = relation.beside_name or "nothing", relation.beside
    if abs(left) <= NEAR * abs(right):
        return f"{name} is missing"
    if right and (said := _times(left / right)):
        return f"{name} is taken {said}"
    return f"beside the terms {left:.6g} is added, not {name}"
