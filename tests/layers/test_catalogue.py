"""The catalogue is complete and every layer in it says all that is asked of it."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path

import pytest

import convcheck.layers
from convcheck.layers.catalogue import FORMS, LAYERS, TOGETHER, WORDS, folder_of
from convcheck.spec.fields import declared
from tests.layers.cases import ONE_OF_EACH

PACKAGE = Path(convcheck.layers.__file__).parent


def test_every_file_with_a_layer_is_in_the_catalogue():
    with_a_layer = {path.parent.name for path in PACKAGE.glob("*/layer.py")}
    assert with_a_layer == {folder_of(name) for name in LAYERS}
    assert set(TOGETHER) <= with_a_layer


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_goes_by_one_name(name):
    assert LAYERS[name].name == name
    assert LAYERS[name].words is WORDS[name]
    assert FORMS[name].sizes is LAYERS[name].sizes
    assert FORMS[name].implementations == tuple(LAYERS[name].variants)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_loops_to_read_and_a_reference_to_compare_with(name):
    layer = LAYERS[name]
    assert {"naive", "vectorized"} <= set(layer.variants)
    assert not layer.variants[layer.default].known_bad
    assert not layer.variants[layer.reference].known_bad


@pytest.mark.parametrize("name", LAYERS)
def test_every_field_is_declared_with_a_meaning(name):
    fields = declared(LAYERS[name].sizes)
    assert set(fields) == {f.name for f in dataclasses.fields(LAYERS[name].sizes)}
    assert all(f.meaning for f in fields.values())


@pytest.mark.parametrize("name", LAYERS)
def test_every_tensor_has_its_equation(name):
    layer = LAYERS[name]
    facts = layer.facts(layer.sizes(**ONE_OF_EACH[name]))
    assert tuple(i.name for i in facts.inputs) == layer.input_names
    assert set(layer.equations) == {"forward", *("d" + n for n in layer.input_names)} == set(facts.sums)
    assert all(set(s.factors) <= {*layer.input_names, "dout"} for s in facts.sums.values())


@pytest.mark.parametrize("name", LAYERS)
def test_a_layers_file_documents_it(name):
    doc = inspect.getdoc(sys.modules[f"convcheck.layers.{folder_of(name)}.layer"])
    assert "Source" in doc
    assert "forward" in doc
