"""The words of every layer: what `layers/words.py` asks of them."""

from __future__ import annotations

import dataclasses

import pytest

from convcheck.implementations.trial import usual_params
from convcheck.implementations.vocabulary import layer_called, settings_of
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.words import BuiltIn, Objection, normal, words
from convcheck.spec.fields import declared
from tests.layers.cases import one

each_layer = pytest.mark.parametrize("name", LAYERS)


def tables_of(layer):
    known = layer.words
    return {"inputs": known.inputs, "sizes": known.sizes, "settings": known.settings, "running": known.running}


def test_a_name_has_a_normal_form():
    assert normal("N_Filters") == normal("nFilters") == "nfilters"
    assert words("a b  a") == {"a", "b"}


@each_layer
def test_every_word_is_in_its_normal_form(name):
    layer = LAYERS[name]
    every = {word for table in tables_of(layer).values() for said in table.values() for word in said}
    every |= layer.words.names | layer.words.contested | {*layer.words.fixed}
    assert {word for word in every if word != normal(word)} == set()


@each_layer
def test_the_layer_goes_by_its_own_name_and_by_no_other_layers(name):
    assert normal(name) in LAYERS[name].words.names
    others = (LAYERS[other].words.names for other in LAYERS if other != name)
    assert LAYERS[name].words.names.isdisjoint(frozenset().union(*others))


@each_layer
def test_every_input_has_its_words(name):
    layer = LAYERS[name]
    assert tuple(layer.words.inputs) == layer.input_names
    assert all(normal(array) in layer.words.inputs[array] for array in layer.input_names)


@each_layer
def test_what_is_told_is_a_field_a_parameter_or_derived_from_them(name):
    layer, sizes = one(name)
    known = {field.name for field in dataclasses.fields(sizes)} | {*layer.parameters}
    known |= {*layer.words.derived(sizes)}
    assert {*layer.words.sizes, *layer.words.settings, *layer.words.running} <= known
    assert {*layer.words.in_order} <= settings_of(layer)


@each_layer
def test_every_parameter_that_a_spec_can_set_has_its_words(name):
    """Else right code that is told it would be blamed for what it was not told."""
    layer, sizes = one(name)
    params = usual_params(layer, sizes) or {}
    assert tuple(params) == layer.parameters
    fields = {field.name for field in dataclasses.fields(sizes)}
    assert {*params} & fields <= {*layer.words.settings}


@each_layer
def test_what_stands_for_another_setting_is_one_that_there_is(name):
    known = LAYERS[name].words
    assert {*known.neutral} <= {*known.settings, *known.sizes}
    assert {*known.implied} <= {*known.settings, *known.sizes}
    for other, by in known.told_from.items():
        # There may be steps of what is no layer itself.
        assert other in LAYERS or (by == "state" and layer_called(other) is None)


@each_layer
def test_a_constant_that_may_be_built_in_is_a_setting(name):
    for constant in LAYERS[name].words.built_in:
        assert isinstance(constant, BuiltIn)
        assert constant.key in LAYERS[name].words.settings


@pytest.mark.parametrize("name", [name for name in LAYERS if any(c.adopted for c in LAYERS[name].words.built_in)])
def test_what_the_code_does_is_no_objection_to_asking_just_that(name):
    layer, sizes = one(name)
    for constant in layer.words.built_in:
        asked = {**usual_params(layer, sizes), constant.key: constant.usual}
        assert constant.objection(constant.usual, sizes, asked) is None
        field = declared(layer.sizes)[constant.key]
        other = field.choices[-1] if field.choices else constant.usual / 2 or 0.5
        if field.form == "truth":
            other = not constant.usual
        said = constant.objection(other, sizes, asked)
        assert isinstance(said, Objection)
        assert said.instead == {constant.key: other}
