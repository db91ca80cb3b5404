"""`convcheck layers`: all that a layer declares is on the page."""

import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import declared
from tests.cli.calling import Caller


def test_layers_names_them_all(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        words = " ".join(call("layers").out.split())
        for name, layer in LAYERS.items():
            assert name in words
            assert layer.summary in words


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_in_full(call: Caller, name: str) -> None:
    out = call("layers", name).out
    layer = LAYERS[name]
    for field, declaration in declared(layer.sizes).items():
        assert f"\n  {field} " in out
        assert declaration.meaning in out
    for variant in layer.variants.values():
        assert variant.summary in out
    for equation in layer.equations.values():
        assert equation in out
    assert out.count("known bad") == sum(variant.known_bad for variant in layer.variants.values())


@pytest.mark.parametrize("command", ["layers", "init"])
def test_an_unknown_layer(call: Caller, command: str) -> None:
    called = call(command, "conv2d")
    assert called.code == 2
    assert "no layer is called 'conv2d'; did you mean conv?" in called.err
    assert "there are conv, max_pool" in call(command, "qqq").err
