"""The first text of an adapter runs as it is, where what is found is called as most of its kind are."""

import pytest

from convcheck.implementations.adapters.discover import bind as bind_adapter
from convcheck.implementations.adapters.draft import draft
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.source import Found
from convcheck.layers.catalogue import LAYERS
from tests.implementations.adapters.conftest import found_in_adapter
from tests.implementations.classes.styles import COMMON, NORMS, POOL, RELU, SCRATCH, SIZED
from tests.implementations.running import module_of, run_with, told

EVERY = tuple(LAYERS)


FUNCTIONS = (
    COMMON
    + """
def conv_fwd(x, w, b, conv_param):
    out, col = convolve(x, w, b, conv_param["stride"], conv_param["pad"])
    return out, (x, w, col, conv_param["stride"], conv_param["pad"])

def conv_bwd(dout, cache):
    return convolve_back(dout, *cache)
"""
)


def test_a_draft_of_functions_runs_as_it_is(beside):
    text = draft(Found("conv", ("conv_fwd", "conv_bwd"), 1, "conv_fwd(x, w, b, conv_param)"), LAYERS["conv"], "cnn")
    module = module_of(text, beside(FUNCTIONS))
    result = run_with(bind_adapter, module, found_in_adapter(module, EVERY)[0])
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("name", ["Convolution", "MaxPool2d", "Pooling", "Relu", "BatchNormalization"])
def test_a_draft_of_a_class_runs_as_it_is(name, beside):
    code = COMMON + SCRATCH + POOL + RELU + NORMS
    here = beside(code)
    found = next(f for f in found_classes(module_of(code, here), EVERY) if f.names == (name,))
    module = module_of(draft(found, LAYERS[found.layer], "cnn"), here)
    changed = {"eps": 1e-6} if found.layer == "batchnorm" else {}
    result = run_with(bind_adapter, module, found_in_adapter(module, EVERY)[0], **changed)
    assert result.status == "pass", (told(result), draft(found, LAYERS[found.layer], "cnn"))


def test_a_draft_gives_sizes_by_the_names_of_the_constructor(tmp_path):
    (found,) = found_classes(module_of(COMMON + SIZED, tmp_path), EVERY)
    said = draft(found, LAYERS["conv"], "cnn")
    assert "Conv2d(in_channels=C, out_channels=F, kernel_size=(H1, W1), stride=stride, padding=pad)" in said
    assert "def forward(x, w, b, C, F, H1, W1, stride, pad):" in said
    compile(said, "draft", "exec")
