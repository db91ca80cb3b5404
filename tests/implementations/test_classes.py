"""Classes, as people write them, through the engine: right ones pass whatever their style, a wrong line is found."""

import numpy as np
import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.source import CannotOpen, NotWritten
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from tests.implementations.class_spellings import SPELLINGS
from tests.implementations.class_styles import COMMON, CONVS, NORMS, POOL, RELU, SCRATCH, SIZED
from tests.implementations.files import problem, write
from tests.implementations.running import module_of, run_with, sizes_of, told, wrong_tensors

EVERY = tuple(LAYERS)


def only(text, folder, name, layers=EVERY):
    module = module_of(COMMON + text, folder)
    return module, next(f for f in found_classes(module, layers) if f.names == (name,))


@pytest.mark.parametrize("style", CONVS)
@pytest.mark.parametrize(
    "changed",
    [{}, {"stride": 1, "pad": 0}, {"H1": 1, "W1": 1, "pad": 0}, {"F": 1, "N": 1, "C": 1}, {"F": 3}],
    ids=str,
)
def test_a_right_convolution_passes_in_every_style(style, changed, tmp_path):
    text, name = CONVS[style]
    module, found = only(text, tmp_path, name)
    if style == "attributes":
        changed = changed | {"stride": 1}
    assert found.layer == "conv"
    result = run_with(bind_class, module, found, **changed)
    assert result.status == "pass", told(result)
    assert not [f for f in result.findings if f.severity != "note"], told(result)


@pytest.mark.parametrize("style", [s for s in CONVS if s not in ("held", "attributes")])
def test_a_filter_that_is_not_square(style, tmp_path):
    text, name = CONVS[style]
    result = run_with(bind_class, *only(text, tmp_path, name), H1=3, W1=2)
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("style", [s for s in CONVS if s not in ("sized", "adding", "held", "attributes")])
def test_float32(style, tmp_path):
    text, name = CONVS[style]
    result = run_with(bind_class, *only(text, tmp_path, name), manner={"dtype": "float32"})
    assert result.status == "pass", told(result)


BUGS = {
    "db of one image": ("scratch", "db = flat.sum(axis=0)", "db = flat[:4].sum(axis=0)", {"db"}),
    "dw scaled": ("spelt", "dw = (flat.T @ col)", "dw = (flat.T @ col / 2)", {"dw"}),
    "dw scaled, held": ("held", "self.W.grad += dw", "self.W.grad += 2 * dw", {"dw"}),
    "dw not written": ("adding", "self.grad_W = self.grad_W + dw", "pass", {"dw"}),
    "the update goes up": ("descending", "self.kernels -=", "self.kernels +=", {"dw"}),
    "stride forgotten": ("static", 'convolve(x, w, b, conv_param["stride"]', "convolve(x, w, b, 1", None),
    "db in the dictionary": ("sized", '["db"] = dw, db[:, None]', '["db"] = dw, -db[:, None]', {"db"}),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found_where_it_is(bug, tmp_path):
    style, old, new, expected = BUGS[bug]
    text, name = CONVS[style]
    whole = COMMON + text
    assert old in whole
    module = module_of(whole.replace(old, new), tmp_path)
    found = next(f for f in found_classes(module, EVERY) if f.names == (name,))
    result = run_with(bind_class, module, found)
    assert result.status != "pass"
    if expected is not None:
        assert wrong_tensors(result) == expected, told(result)


def test_a_class_that_overwrites_its_input_is_told_so(tmp_path):
    text = SCRATCH.replace("return dx\n", "self.x *= 0\n        return dx\n")
    result = run_with(bind_class, *only(text, tmp_path, "Convolution"))
    assert "input-overwritten" in {f.code for f in result.findings}


def test_max_pool(tmp_path):
    for name in ("MaxPool2d", "Pooling"):
        module, found = only(POOL, tmp_path, name)
        for changed in ({}, {"stride": 3}, {"H1": 2, "W1": 2}, {"H1": 2, "W1": 3, "stride": 1}):
            result = run_with(bind_class, module, found, **changed)
            assert result.status == "pass", (name, changed, told(result))


def test_relu(tmp_path):
    assert run_with(bind_class, *only(RELU, tmp_path, "Relu")).status == "pass"
    wrong = RELU.replace("dx[self.mask] = 0", "dx[self.mask] = 1")
    assert wrong_tensors(run_with(bind_class, *only(wrong, tmp_path, "Relu"))) == {"dx"}


@pytest.mark.parametrize("name", ["BatchNormalization", "BatchNorm1d", "BatchNorm2d"])
@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("eps", [1e-6, 0.5])
def test_batchnorm(name, mode, eps, tmp_path):
    module, found = only(NORMS, tmp_path, name)
    result = run_with(bind_class, module, found, mode=mode, eps=eps)
    if name == "BatchNormalization" and eps == 0.5:
        assert result.status == "error"
        assert "adds 1e-06 to the variance: eps = 0.5 cannot be asked of it" in result.findings[-1].message
    elif name == "BatchNorm2d" and eps == 0.5:
        # eps reaches a layer inside of it, by the constructor.
        assert result.status == "pass", told(result)
    else:
        assert result.status == "pass", told(result)


@pytest.mark.parametrize("name", ["BatchNormalization", "BatchNorm1d", "BatchNorm2d"])
def test_the_state_is_that_of_the_last_forward(name, tmp_path, rng):
    module, found = only(NORMS, tmp_path, name)
    layer = LAYERS[found.layer]
    sizes = sizes_of(found.layer, momentum=0.7, eps=1e-6)
    params = layer.params(sizes, Draws("any"), np.dtype(np.float64))
    shapes = sizes.shapes()
    inputs = [rng.standard_normal(shapes[n]) for n in layer.input_names]
    pair = bind_class(module, found, layer, sizes)(params)
    pair.forward(*inputs)
    asked = dict(params)
    layer.variants["vectorized"].forward(*inputs, asked)
    for key in ("running_mean", "running_var"):
        np.testing.assert_allclose(pair.state()[key], asked[key], rtol=1e-12)
        assert pair.state()[key].shape == params[key].shape


def test_eps_beside_the_root_is_no_constant_but_a_bug(tmp_path):
    wrong = (COMMON + NORMS).replace("np.sqrt(var + eps)", "(np.sqrt(var) + eps)")
    module = module_of(wrong, tmp_path)
    found = next(f for f in found_classes(module, EVERY) if f.names == ("BatchNormalization",))
    result = run_with(bind_class, module, found, eps=1e-6)
    assert "forward" in wrong_tensors(result), told(result)


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


def cannot(text, name, folder, **changed):
    module, found = only(text, folder, name)
    with pytest.raises(CannotOpen) as caught:
        run_with(bind_class, module, found, **changed)
    return str(caught.value)


def test_a_filter_in_another_layout_is_not_guessed(tmp_path):
    text = SIZED.replace("(out_channels, in_channels, *k)", "(*k, in_channels, out_channels)")
    said = cannot(text, "Conv2d", tmp_path)
    assert ".params['W'] has shape (3, 3, 6, 5), w has (5, 6, 3, 3)" in said
    assert "convcheck init --impl FILE.py:Conv2d" in said


def test_nor_is_it_where_the_sizes_would_let_it_pass(tmp_path):
    text = SIZED.replace("(out_channels, in_channels, *k)", "(in_channels, out_channels, *k)")
    assert "which axis is which is not guessed" in cannot(text, "Conv2d", tmp_path, F=3)


def test_a_parameter_that_means_nothing_known_is_named(tmp_path):
    said = cannot(SCRATCH.replace("stride=1, pad=0", "stride, pad, activation"), "Convolution", tmp_path)
    assert "it is not known what 'activation' is" in said


def test_gradients_that_are_nowhere_are_named(tmp_path):
    said = cannot(SCRATCH.replace("self.dW, self.db = conv", "p, q = conv"), "Convolution", tmp_path)
    assert "dw, db was found nowhere" in said


def test_a_class_without_weights_is_told_what_it_has(tmp_path):
    text = SCRATCH.replace("self, W, b, stride=1, pad=0", "self, stride=1, pad=0").replace("self.W, self.b, ", "")
    text = text.replace("= W, b, stride, pad", "= stride, pad")
    assert "found the attributes stride (int), pad (int), dW (NoneType), db (NoneType)" in cannot(
        text, "Convolution", tmp_path
    )


@pytest.mark.parametrize("body", ["pass", "raise NotImplementedError", "return None", '"""Later."""'])
@pytest.mark.parametrize("which", ["forward(self, x)", "backward(self, dout)"])
def test_a_method_that_is_not_written(body, which, tmp_path):
    lines = RELU.replace(f"def {which}:\n", f"def {which}:\n        {body}\n\n    def rest(self, x=0, dout=0):\n")
    module, found = only(lines, tmp_path, "Relu")
    pair = bind_class(module, found, LAYERS["relu"], sizes_of("relu"))(None)

    def there_and_back(x):
        out, cache = pair.forward(x)
        pair.backward(out, cache)

    with pytest.raises(NotWritten, match="Relu") as caught:
        there_and_back(np.ones((2, 3, 4, 5)))
    assert caught.value.what == which.partition("(")[0]


def test_what_there_is_no_word_for_is_refused(tmp_path):
    text = (
        SCRATCH.replace("stride=1, pad=0", "stride=1")
        .replace("self.pad", "0")
        .replace("self.W, self.b, self.stride, 0 = W, b, stride, pad", "self.W, self.b, self.stride = W, b, stride")
    )
    module, found = only(text, tmp_path, "Convolution")
    assert run_with(bind_class, module, found, pad=0).status == "pass"
    result = run_with(bind_class, module, found, pad=1)
    assert result.status == "error"
    assert "Convolution has no parameter and no attribute for pad: pad = 1" in result.findings[-1].message


def test_one_number_for_a_window_that_is_not_square_is_refused(tmp_path):
    result = run_with(bind_class, *only(CONVS["held"][0], tmp_path, "ConvolutionalLayer"), H1=3, W1=2)
    assert "takes one number for the window: H1 = 3, W1 = 2" in result.findings[-1].message


def test_images_with_channels_last_are_not_guessed(tmp_path):
    text = SCRATCH.replace("self.x = x\n", "self.x = x\n        N, H, W, C = x.shape\n")
    assert "takes images as (N, H, W, C)" in cannot(text, "Convolution", tmp_path)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("changed", [{}, {"stride": 1, "pad": 0, "F": 1}], ids=str)
def test_spellings(spelling, changed, tmp_path):
    if spelling == "words and pairs":
        changed = changed | {"pad": 0}
    (found,) = found_classes(module := module_of(COMMON + SPELLINGS[spelling], tmp_path), EVERY)
    result = run_with(bind_class, module, found, **changed)
    assert result.status == "pass", told(result)
    wrong = module_of(COMMON.replace("flat.T @ col", "flat.T @ col * 2") + SPELLINGS[spelling], tmp_path)
    assert wrong_tensors(run_with(bind_class, wrong, found, **changed)) == {"dw"}


def test_what_no_spelling_mends_is_said_of_the_plain_one(tmp_path):
    text = SPELLINGS["pairs for all"].replace("self.x=x", "self.x, _ = 3")
    (found,) = found_classes(module := module_of(COMMON + text.replace("*kernel_size", "3, 3"), tmp_path), EVERY)
    said = {finding.code: finding.message for finding in run_with(bind_class, module, found).findings}
    assert "cannot unpack non-iterable int object" in said["raised"]


WINDOWS = """
import numpy as np

class MaxPool:
    def __init__(self, size, stride):
        self.size, self.stride = size, stride

    def forward(self, x):
        self.x = x
        rows = (x.shape[2] - self.size) // self.stride + 1
        columns = (x.shape[3] - self.size) // self.stride + 1
        out = np.zeros((*x.shape[:2], rows, columns))
        for i, j in np.ndindex(rows, columns):
            out[:, :, i, j] = self.window(x, i, j).max(axis=(2, 3))
        return out

    def window(self, x, i, j):
        i, j = i * self.stride, j * self.stride
        return x[:, :, i : i + self.size, j : j + self.size]

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for n, c, i, j in np.ndindex(dout.shape):
            window, into = self.window(self.x, i, j)[n, c], self.window(dx, i, j)[n, c]
            into[np.unravel_index(window.argmax(), window.shape)] += dout[n, c, i, j]
        return dx
"""


def test_a_window_that_only_forward_finds_to_be_two_numbers_is_refused(tmp_path):
    module, found = only(WINDOWS, tmp_path, "MaxPool")
    assert run_with(bind_class, module, found, H1=2, W1=2).status == "pass"
    result = run_with(bind_class, module, found, H1=3, W1=2)
    assert "takes one number for the window: H1 = 3, W1 = 2" in result.findings[-1].message


def test_a_pool_of_h_and_w_has_a_window_of_that_size(tmp_path):
    text = WINDOWS.replace("size, stride)", "name, h, w, stride, dilation)").replace("= size, stride", "= h, stride")
    module, found = only(text, tmp_path, "MaxPool")
    assert run_with(bind_class, module, found, H1=3, W1=3).status == "pass"


def test_a_backward_that_may_be_given_the_inputs_is_given_them(tmp_path):
    text = """
import numpy as np

class ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        return np.maximum(inputs, 0)

    def backward(self, grad, inputs=None, other=None):
        kept = self.inputs if inputs is None else inputs
        self.inputs = None
        return grad * (kept > 0)
"""
    assert run_with(bind_class, *only(text, tmp_path, "ReLU")).status == "pass"


def test_a_window_that_forward_takes_apart_is_said_as_two_numbers(tmp_path):
    text = WINDOWS.replace("        self.x = x\n", "        self.x = x\n        rows, columns = self.size\n")
    text = text.replace("self.size)", "self.size[0])").replace("i + self.size,", "i + self.size[0],")
    text = text.replace("[3] - self.size[0]", "[3] - self.size[1]").replace("j + self.size]", "j + self.size[1]]")
    module, found = only(text, tmp_path, "MaxPool")
    for sizes in ({"H1": 3, "W1": 3}, {"H1": 3, "W1": 2}):
        assert run_with(bind_class, module, found, **sizes).status == "pass"


def test_a_class_with_other_methods_is_said_to_have_these(tmp_path):
    source = write(tmp_path, "class BatchNorm:\n    def learn(self): pass\n    def classify(self): pass\n")
    assert "class BatchNorm: looked for a method forward" in problem(source)
    assert "found learn, classify" in problem(source)


def test_running_statistics_of_another_size_are_a_finding(tmp_path):
    text = NORMS.replace("self.running_mean = self.momentum *", "self.running_mean = np.zeros(9)  #")
    module, found = only(text, tmp_path, "BatchNormalization")
    result = run_with(bind_class, module, found, eps=1e-6)
    assert "after forward, running_mean has shape (9,), expected (4,)" in [f.message for f in result.findings]
