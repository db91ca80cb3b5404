"""`convcheck suite` prints the suites that run where no spec is named."""

from pathlib import Path

import pytest

from convcheck.layers.catalogue import FORMS, NAMES, suite_text
from convcheck.spec.reader import read_text
from tests.cli.calling import Caller


@pytest.mark.parametrize("layer", NAMES)
def test_one_layer_is_its_file(call: Caller, layer: str) -> None:
    called = call("suite", layer)
    assert called.code == 0
    assert called.out.rstrip() == suite_text(layer).rstrip()


def test_all_of_them_are_one_spec(call: Caller) -> None:
    reading = read_text(call("suite").out, "all.yaml", FORMS)
    assert reading.errors == ()
    each = [check for layer in NAMES for check in read_text(suite_text(layer), "a", FORMS).checks]
    assert [(check.layer, check.sizes) for check in reading.checks] == [(check.layer, check.sizes) for check in each]


def test_two_of_them_in_the_order_named(call: Caller) -> None:
    reading = read_text(call("suite", "relu", "conv", "relu").out, "two.yaml", FORMS)
    assert list(dict.fromkeys(check.layer for check in reading.checks)) == ["relu", "conv"]


def test_saved_and_run(call: Caller, own: Path, tmp_path: Path) -> None:
    assert call("suite", "relu", "-o", "mine.yaml").out == ""
    assert call("run", "mine.yaml", "--impl", own.name, "--no-isolation").code == 0
    # What stands there may have been edited.
    (tmp_path / "mine.yaml").write_text("mine")
    assert "'mine.yaml' exists; --force replaces it" in call("suite", "-o", "mine.yaml").err
    assert (tmp_path / "mine.yaml").read_text() == "mine"
    assert call("suite", "relu", "-o", "mine.yaml", "--force").code == 0


def test_a_layer_that_has_none(call: Caller) -> None:
    called = call("suite", "conv2d")
    assert called.code == 2
    assert "no suite is called 'conv2d'; did you mean conv?" in called.err
