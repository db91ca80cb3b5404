"""Classes found by their names, with how each would be called, or what they lack."""

from convcheck.implementations.classes.discover import found_classes
from convcheck.layers.catalogue import LAYERS
from tests.implementations.classes.styles import COMMON, NORMS, POOL, RELU, SCRATCH
from tests.implementations.files import problem, write
from tests.implementations.running import module_of

EVERY = tuple(LAYERS)


def test_what_is_found_says_how_it_is_called(tmp_path):
    module = module_of(COMMON + SCRATCH + POOL + RELU + NORMS, tmp_path)
    found = found_classes(module, EVERY)
    assert [(f.layer, f.names[0]) for f in found] == [
        ("conv", "Convolution"),
        ("max_pool", "MaxPool2d"),
        ("max_pool", "Pooling"),
        ("relu", "Relu"),
        ("batchnorm", "BatchNormalization"),
        ("batchnorm", "BatchNorm1d"),
        ("spatial_batchnorm", "BatchNorm2d"),
    ]
    assert found[0].how == "Convolution(W, b, stride, pad).forward(x), .backward(dout)"
    text = (tmp_path / f"{module.__name__}.py").read_text().splitlines()
    assert text[found[0].line - 1].startswith("class Convolution")
    assert found_classes(module, ("relu",)) == (found[3],)


def test_a_class_with_other_methods_is_said_to_have_these(tmp_path):
    source = write(tmp_path, "class BatchNorm:\n    def learn(self): pass\n    def classify(self): pass\n")
    assert "class BatchNorm: looked for a method forward" in problem(source)
    assert "found learn, classify" in problem(source)


def test_a_class_of_a_layers_name_without_anything_called_as_its_parameters_is_not_checked(tmp_path):
    activation = "class Linear:\n    def forward(self, x): return x\n    def backward(self, dout): return dout\n"
    said = problem(write(tmp_path, activation))
    assert "Linear (line 1): nothing in it is called as w or b of affine would be" in said
