"""Mistakes as data: the readable code is right, each mistake can be told from it, and says what it is.

Covers layers/mistakes.py, layers/conv/readable.py, layers/max_pool/readable.py, layers/batchnorm/readable.py and
layers/spatial_batchnorm/readable.py.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from convcheck.checking.subject import stream
from convcheck.layers.catalogue import LAYERS, NAMES, mistakes_of
from convcheck.layers.mistakes import Mistakes, values_of
from convcheck.numeric.data import draw
from tests.layers.cases import CASES, suite_of, with_observed


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The data of the checks of a layer's suite, those without ties."""

    @cache
    def of(layer, *, points=False):
        made = []
        for check in suite_of(layer, tmp_path_factory.mktemp(layer)):
            if check.manner.data != "ties":
                known, dtype, rng = LAYERS[layer], np.dtype(check.manner.dtype), stream(check.manner.seed, check.id)
                params = known.params(check.sizes, rng, dtype)
                facts = known.facts(check.sizes)
                drawn = draw(facts, check.manner.data, dtype, rng)
                params = with_observed(known, drawn.inputs, params)
                made.append((drawn.inputs, drawn.dout, params))
                for position, claim in enumerate(facts.inputs) if points else ():
                    for x in claim.points.draw(drawn.inputs[position], rng):
                        moved = [x if i == position else a for i, a in enumerate(drawn.inputs)]
                        made.append((moved, drawn.dout, params))
        return made

    return of


def is_right(values, right):
    return isinstance(values, np.ndarray) and values.shape == right.shape and np.allclose(values, right, 1e-9, 1e-11)


@pytest.mark.parametrize("layer", NAMES)
def test_the_readable_code_is_the_reference_in_every_way(layer, data):
    known = LAYERS[layer]
    reference = known.variants[known.reference]
    for inputs, dout, params in data(layer):
        wide = [a.astype(np.float64) for a in inputs]
        given = () if params is None else ({**params},)
        out, cache = reference.forward(*wide, *given)
        gradients = reference.backward(dout.astype(np.float64), cache)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        tensors = {"forward": out, **dict(zip((f"d{name}" for name in known.input_names), gradients, strict=True))}
        tensors |= {name: given[0][name] for name in ("running_mean", "running_var") if params and name in params}
        for name, right in tensors.items():
            ways = mistakes_of(layer).right(name)
            assert ways
            assert all(is_right(values_of(way, inputs, dout, params), right) for way in ways), name


@pytest.mark.parametrize("layer", NAMES)
def test_each_mistake_is_told_from_what_is_right_by_a_check_of_the_suite(layer, data):
    known = mistakes_of(layer)
    alike = set()
    for tensor in {mistake.tensor for mistake in known}:
        left = known.of(tensor)
        for points in (False, True):
            seen = (
                [(one, values_of(known.right(tensor)[0], *one)) for one in data(layer, points=points)] if left else ()
            )
            left = [made for made in left if all(is_right(values_of(made.code[0], *one), right) for one, right in seen)]
        alike |= {made.id for made in left}
    assert alike == {*CASES[layer].not_told_apart, *known.equivalent}


@pytest.mark.parametrize("layer", NAMES)
def test_each_mistake_has_a_sentence_and_a_mend_of_its_own(layer):
    known = mistakes_of(layer)
    names = [mistake.name for mistake in known]
    assert len(names) == len(set(names)) >= CASES[layer].mistakes
    made = [one for tensor in {mistake.tensor for mistake in known} for one in known.of(tensor)]
    assert len({one.id for one in made}) == len(made)
    for one in made:
        assert "{" not in one.sentence + one.mend
        assert one.sentence
        assert one.mend
    sentences = [(one.mistake.tensor, one.sentence) for one in made]
    assert len(set(sentences)) == len(sentences)


def doubled(x):
    return x * 2


def tripled_by_hand(x):
    return x * 2 + x


def readable(**functions):
    return SimpleNamespace(__name__=__name__, **functions)


def test_a_text_that_is_in_no_readable_code_is_a_fault_of_the_catalogue():
    text = "[{name: a, tensor: doubled, sentence: s, mend: m, edits: {'x * 5': x}}]"
    with pytest.raises(ValueError, match="a: its text is in no readable code of doubled"):
        Mistakes(readable(doubled=doubled), lambda: text).of("doubled")


def test_choices_are_searched_over_and_said_in_words():
    text = """
- name: factor
  tensor: doubled
  sentence: "it is {much} times as large"
  mend: "twice, not {much}"
  edits: {"x * 2": "{much} * x"}
  choices: {much: {"3": three, "int('none')": infinitely}}
"""
    three, none = Mistakes(readable(doubled=doubled), lambda: text).of("doubled")
    assert (three.id, three.sentence, three.mend) == ("factor[3]", "it is three times as large", "twice, not three")
    assert next(three.values([np.ones(2)], np.ones(2), None)).tolist() == [3.0, 3.0]
    assert isinstance(next(none.values([np.ones(2)], np.ones(2), None)), ValueError)


def test_a_mistake_that_is_made_in_other_places_too_has_further_ways():
    text = "[{name: a, tensor: doubled, sentence: s, mend: m, edits: {'x * 2': x}, ways: [{'x * 2': 3 * x}]}]"
    (made,) = Mistakes(readable(doubled=doubled), lambda: text).of("doubled")
    assert [one.tolist() for one in made.values([np.ones(1)], np.ones(1), None)] == [[1.0], [3.0]]


def test_mistakes_of_another_layer_are_said_in_the_words_of_this_one_without_those_that_are_not_made_here():
    text = """
- name: a
  tensor: doubled
  sentence: "a row: {how}"
  mend: rows
  edits: {"x * 2": "{how}"}
  choices: {how: {"x": no row}}
- {name: b, tensor: doubled, sentence: s, mend: m, edits: {"x * 2": "x"}}
"""
    (made,) = Mistakes(
        readable(doubled=doubled),
        lambda: "[{like: other, words: {row: column}, without: [b]}]",
        {"other": text}.__getitem__,
    ).of("doubled")
    assert (made.sentence, made.mend, made.id) == ("a column: no column", "columns", "a[x]")


def test_a_mistake_in_a_tensor_that_the_layer_has_not_is_for_layers_that_are_like_it():
    text = "[{name: a, tensor: [doubled, halved], sentence: s, mend: m, edits: {'x * 2': x}}]"
    assert [one.name for one in Mistakes(readable(doubled=doubled), lambda: text)] == ["doubled-a"]


def test_mistakes_that_are_made_where_entries_tie_are_asked_for_by_themselves():
    text = "[{name: a, tensor: doubled, sentence: s, mend: m, edits: {'x * 2': x}, tied: true}]"
    known = Mistakes(readable(doubled=doubled), lambda: text)
    assert known.of("doubled") == []
    assert [made.id for made in known.of("doubled", tied=True)] == ["a"]


def test_why_a_mistake_gives_what_is_right_is_no_mistake_itself():
    text = """
- {name: a, tensor: doubled, sentence: s, mend: m, edits: {"x * 2": "{how}"}, choices: {how: {"x + x": twice}}}
- equivalent: {"a[x + x]": it is the same}
"""
    known = Mistakes(readable(doubled=doubled), lambda: text)
    assert [one.name for one in known] == ["a"]
    assert known.equivalent == {"a[x + x]": "it is the same"}
    assert Mistakes(readable(doubled=doubled), lambda: "[{like: other}]", lambda other: text).equivalent == {}


def test_a_layer_without_a_catalogue_has_no_mistakes():
    known = Mistakes(None, lambda: "")
    assert (list(known), known.of("dx"), known.right("dx")) == ([], [], [])
    with pytest.raises(KeyError):
        mistakes_of("softmax")
