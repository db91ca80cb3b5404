"""Modules written from text, and checks of what is in them, through the real engine."""

import importlib.util
import itertools
import sys

import pytest

from convcheck.checking.check import run_bound
from convcheck.checking.settings import Settings
from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.classes.styles import COMMON
from tests.layers.cases import ONE_OF_EACH

SIZES = ONE_OF_EACH | {
    "conv": {"N": 2, "C": 3, "H": 6, "W": 7, "F": 4, "H1": 3, "W1": 3, "stride": 2, "pad": 1},
    "max_pool": {"N": 2, "C": 3, "H": 6, "W": 7, "H1": 3, "W1": 3, "stride": 2},
    "relu": {"N": 2, "C": 3, "H": 4, "W": 5},
    "batchnorm": {"N": 5, "D": 4},
    "spatial_batchnorm": {"N": 2, "C": 3, "H": 4, "W": 5},
}
SIZES = ONE_OF_EACH | SIZES
_counter = itertools.count()


def module_of(text, folder):
    """A module of this text, in a file, so that its source can be read."""
    name = f"under_test_{next(_counter)}"
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def class_in(text, folder, name):
    """A module of this text under what every style needs, and the class of this name that is found in it."""
    module = module_of(COMMON + text, folder)
    return module, next(one for one in found_classes(module, tuple(LAYERS)) if one.names == (name,))


def sizes_of(layer, **changed):
    return LAYERS[layer].sizes(**SIZES[layer] | changed)


def run_with(bind, module, found, *, manner=None, **changed):
    """The Result of what was found, at the sizes of its layer with some of them changed."""
    layer = LAYERS[found.layer]
    sizes = sizes_of(found.layer, **changed)
    binding = bind(module, found, layer, sizes)
    return run_bound(Check(found.layer, found.layer, sizes, Manner(**manner or {})), layer, binding, Settings())


def cannot(text, name, folder, **changed):
    """Why the class of this name cannot be opened at all."""
    with pytest.raises(CannotOpen) as caught:
        run_with(bind_class, *class_in(text, folder, name), **changed)
    return str(caught.value)


def wrong_tensors(result):
    return {t.name for t in result.tensors if t.verdict == "wrong"}


def told(result):
    """What a failing test should print."""
    return [f"{t.name} {t.verdict}" for t in result.tensors] + [f"{f.code}: {f.message}" for f in result.findings]
