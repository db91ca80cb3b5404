"""One entry of a tensor: its relation with numbers, what backward and differences say, and which terms are wrong."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from convcheck.explain.agreement import is_wrong
from convcheck.explain.axes import beside_in_words, equation_of, output_letters
from convcheck.explain.blocks import Block, Columns, Formula, Prose, Section
from convcheck.explain.own_terms import own_terms, sentences
from convcheck.explain.relation import Relation, gradient_relation, output_relation
from convcheck.explain.subject import Code, Explained
from convcheck.explain.workings import Workings, workings
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.spec.nearest import nearest
from convcheck.spec.showing import count, index_text, listed, numeral, quote

# Terms beyond which no more are shown.
MOST_TERMS = 16


class ChosenEntry(NamedTuple):
    """A tensor, "forward" or a gradient, and an index into it."""

    tensor: str
    at: tuple[int, ...]

    @property
    def name(self) -> str:
        """As a person writes it."""
        called = "out" if self.tensor == "forward" else self.tensor
        return f"{called}{index_text(self.at)}" if self.at else called


def parse_entry(text: str, explained: Explained) -> ChosenEntry:
    """The entry that `dx[0,1,2,3]` names. Raises ValueError, with what to write, for one that there is not."""
    match = re.fullmatch(r"\s*([A-Za-z]\w*)\s*(?:\[([\d\s,]*)\])?\s*", text)
    names = ["out", *(f"d{name}" for name in explained.layer.input_names)]
    if match is None:
        raise ValueError(f"expected a tensor and an index, such as {names[-1]}[0], received {quote(text)}")
    called, inside = match[1], match[2] or ""
    known = {**{name: name for name in names}, "forward": "out", "a": "out"}
    if called not in known:
        near = nearest(called, names)
        hint = f"did you mean {near[0]}?" if near else f"there are {listed(names)}"
        raise ValueError(f"there is no {called} here; {hint}")
    name = known[called]
    shape = explained.facts.output if name == "out" else explained.facts.inputs[explained.position(name[1:])].shape
    index = tuple(int(part) for part in inside.split(",") if part.strip())
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape, strict=True)):
        last = index_text([n - 1 for n in shape]) if shape else "no index"
        raise ValueError(
            f"{name} has shape {shape}: expected {count(len(shape), 'index', 'indices')} up to {last}, "
            f"received {quote(text)}"
        )
    return ChosenEntry("forward" if name == "out" else name, index)


def entry_section(explained: Explained, entry: ChosenEntry) -> Section:
    """All that is to be said of one entry. Raises `Raised` where the layer's reference does."""
    return Section(entry.name, tuple(_blocks(explained, entry)))


def _blocks(explained: Explained, entry: ChosenEntry) -> Iterator[Block]:
    tensor = entry.tensor
    if said := equation_of(explained, tensor):
        called = "" if tensor == "forward" else f"{tensor} = "
        yield Formula((f"{called}{said}", *_letters(explained, entry, said)))
    if several := beside_in_words(explained):
        yield Prose(several)
    relation = _relation(explained, entry)
    found = workings(explained, tensor, entry.at)
    if found is not None and (relation is None or found.parts or explained.facts.inputs[0].kind == "smooth"):
        yield from workings_blocks(found)
    if relation is not None:
        yield from _terms(explained, entry, relation)
    yield from compared(explained, entry, relation)


def compared(explained: Explained, entry: ChosenEntry, relation: Relation | None) -> Iterator[Block]:
    """What the layer, the code and differences give, and what is wrong in the code. Raises as `entry_section` does."""
    yield from _values(explained, entry)
    if explained.own is not None:
        yield from _compared(explained, explained.own, entry, relation)


def workings_blocks(found: Workings) -> Iterator[Block]:
    """The steps of readable code, and the parts that are added up at the end."""
    rows = tuple(
        (f"{step.name}{index_text(step.at)}" if step.at else step.name, numeral(step.value), step.code)
        for step in found.steps
    )
    if rows:
        yield Columns((("quantity", False), ("", True), ("", False)), rows)
    if found.parts:
        parts = tuple((code, numeral(number)) for code, number in found.parts)
        yield Columns((("added up", False), ("", True)), parts)


def _letters(explained: Explained, entry: ChosenEntry, equation: str) -> tuple[str, ...]:
    """What the letters of the equation stand for here: n1 = 0, c1 = 1."""
    if entry.tensor == "forward":
        letters: Sequence[str] = output_letters(explained.facts)
    else:
        claim = explained.facts.inputs[explained.position(entry.tensor[1:])]
        letters = claim.axes
    if len(letters) != len(entry.at):
        return ()
    named = []
    for letter, value in zip(letters, entry.at, strict=True):
        if not letter.isalnum():
            continue
        with_number = f"{letter}1" if re.search(rf"\b{letter}1\b", equation) and entry.tensor != "forward" else letter
        named.append(f"{with_number} = {value}")
    return (f"here {', '.join(named)}",) if named else ()


def _relation(explained: Explained, entry: ChosenEntry) -> Relation | None:
    if entry.tensor == "forward":
        return output_relation(explained, entry.at)
    return gradient_relation(explained, entry.tensor[1:], entry.at)


def _terms(explained: Explained, entry: ChosenEntry, relation: Relation) -> Iterator[Block]:
    """The terms that are not zero, with their numbers, and the sum."""
    of = "∂out/∂" + entry.tensor[1:] if relation.over == "dout" else f"∂out/∂{relation.over}"
    terms = relation.terms
    if not terms and not relation.beside:
        nothing = "nothing moves it" if entry.tensor == "forward" else "no output moves with it"
        yield Prose(f"There are no terms: {nothing}, and it is 0.")
        return
    rows = [
        (
            f"{relation.over}{index_text(t.at)}" if t.at else relation.over,
            numeral(t.value),
            t.name,
            numeral(t.factor),
            numeral(t.product),
        )
        for t in terms[:MOST_TERMS]
    ]
    if len(terms) > MOST_TERMS:
        left = sum(term.product for term in terms[MOST_TERMS:])
        rows.append((f"and {len(terms) - MOST_TERMS} more", "", "", "", numeral(left)))
    if relation.beside:
        rows.append((relation.beside_name, numeral(relation.beside), "", "", numeral(relation.beside)))
    rows.append((f"sum of {len(terms) + bool(relation.beside)}", "", "", "", numeral(relation.total)))
    named = any(row[2] for row in rows)
    headings = (("term", False), ("", True), (f"times {of}", False), ("", True), ("product", True))
    if not named:
        yield Columns(
            (*headings[:2], (f"times {of}", True), headings[4]), tuple((row[0], row[1], row[3], row[4]) for row in rows)
        )
        return
    yield Columns(headings, tuple(rows))


def _values(explained: Explained, entry: ChosenEntry) -> Iterator[Block]:
    """What the layer's reference, the code and differences of it give."""
    rows = [("the layer", numeral(explained.right.value(*entry), 10))]
    code, said = explained.right, "differences of the layer's forward"
    if explained.own is not None:
        code, said = explained.own, "differences of its forward"
        try:
            rows.append((code.subject.pair.name or "the code", numeral(code.value(*entry), 10)))
        except (Raised, NotWritten) as error:
            yield Prose(f"The code cannot be run: {_said(error)}")
            return
    if entry.tensor != "forward":
        position = explained.position(entry.tensor[1:])
        try:
            numeric = float((code.slopes(position, entry.at).value * code.data.dout).sum())
        except (Raised, NotWritten) as error:
            yield Prose(f"Its forward cannot be differentiated: {_said(error)}")
            return
        rows.append((f"{said} ({code.scheme(position).name})", numeral(numeric, 10)))
    yield Columns((("", False), (entry.name, True)), tuple(rows))


def _said(error: Raised | NotWritten) -> str:
    return error.sentence() if isinstance(error, Raised) else str(error)


def _compared(explained: Explained, code: Code, entry: ChosenEntry, relation: Relation | None) -> Iterator[Block]:
    """Which terms of the code are wrong, if any."""
    try:
        own, right = code.value(*entry), explained.right.value(*entry)
        error = _error_of_differences(explained, code, entry)
    except (Raised, NotWritten):  # which is said above
        return
    if math.isnan(own):
        yield Prose(f"{entry.name} of the code is no number, or stands in another shape: nothing can be compared.")
        return
    if not is_wrong(explained, code, entry.tensor, entry.at, error):
        yield Prose("It is right here.")
        return
    if _is_a_choice(explained, entry):
        yield Prose("Entries tie here: to which of them the gradient goes is a choice, and nothing can be compared.")
        return
    off = f"It is wrong here by {numeral(own - right)}"
    if relation is None:
        yield Prose(f"{off}.")
        return
    try:
        found = own_terms(explained, relation, entry.tensor, entry.at)
    except (Raised, NotWritten) as error:
        yield Prose(f"{off}; run on other numbers, the code raises: {_said(error)}")
        return
    over = output_letters(explained.facts) if relation.over == "dout" else _axes(explained, relation.over)
    told = "; ".join(sentences(found, relation, over))
    yield Prose(f"{off}{f': {told}' if told else ''}.")


def _error_of_differences(explained: Explained, code: Code, entry: ChosenEntry) -> float:
    """How far differences of the code's forward may be off at a gradient's entry: so much a check has to allow."""
    if entry.tensor == "forward":
        return 0.0
    slopes = code.slopes(explained.position(entry.tensor[1:]), entry.at)
    return float((slopes.error * np.abs(code.data.dout)).sum())


def _is_a_choice(explained: Explained, entry: ChosenEntry) -> bool:
    """Whether other code may give another gradient, and be right: where entries tie at a kink."""
    if entry.tensor == "forward" or not explained.right.data.tied:
        return False
    return explained.facts.inputs[explained.position(entry.tensor[1:])].kind == "kinked"


def _axes(explained: Explained, name: str) -> tuple[str, ...]:
    return explained.facts.inputs[explained.position(name)].axes
