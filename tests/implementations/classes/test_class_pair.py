"""Right classes in every style pass, and a bug is found where it is; through the real engine."""

from textwrap import dedent

import numpy as np
import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.errors.declined import NotWritten
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from tests.implementations.classes.styles import COMMON, CONVS, NORMS, POOL, RELU, SCRATCH
from tests.implementations.running import class_in, module_of, run_with, sizes_of, told, wrong_tensors

EVERY = tuple(LAYERS)


@pytest.mark.parametrize("style", CONVS)
@pytest.mark.parametrize(
    "changed",
    [{}, {"stride": 1, "pad": 0}, {"H1": 1, "W1": 1, "pad": 0}, {"F": 1, "N": 1, "C": 1}, {"F": 3}],
    ids=str,
)
def test_a_right_convolution_passes_in_every_style(style, changed, tmp_path):
    text, name = CONVS[style]
    module, found = class_in(text, tmp_path, name)
    if style == "attributes":
        changed = changed | {"stride": 1}
    assert found.layer == "conv"
    result = run_with(bind_class, module, found, **changed)
    assert result.status == "pass", told(result)
    assert not [f for f in result.findings if f.severity != "note"], told(result)


@pytest.mark.parametrize("style", [s for s in CONVS if s not in ("held", "attributes")])
def test_a_filter_that_is_not_square(style, tmp_path):
    text, name = CONVS[style]
    result = run_with(bind_class, *class_in(text, tmp_path, name), H1=3, W1=2)
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("style", [s for s in CONVS if s not in ("sized", "adding", "held", "attributes")])
def test_float32(style, tmp_path):
    text, name = CONVS[style]
    result = run_with(bind_class, *class_in(text, tmp_path, name), manner={"dtype": "float32"})
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
    result = run_with(bind_class, *class_in(text, tmp_path, "Convolution"))
    assert "input-overwritten" in {f.code for f in result.findings}


def test_max_pool(tmp_path):
    for name in ("MaxPool2d", "Pooling"):
        module, found = class_in(POOL, tmp_path, name)
        for changed in ({}, {"stride": 3}, {"H1": 2, "W1": 2}, {"H1": 2, "W1": 3, "stride": 1}):
            result = run_with(bind_class, module, found, **changed)
            assert result.status == "pass", (name, changed, told(result))


def test_relu(tmp_path):
    assert run_with(bind_class, *class_in(RELU, tmp_path, "Relu")).status == "pass"
    wrong = RELU.replace("dx[self.mask] = 0", "dx[self.mask] = 1")
    assert wrong_tensors(run_with(bind_class, *class_in(wrong, tmp_path, "Relu"))) == {"dx"}


@pytest.mark.parametrize("name", ["BatchNormalization", "BatchNorm1d", "BatchNorm2d"])
@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("eps", [1e-6, 0.5])
def test_batchnorm(name, mode, eps, tmp_path):
    module, found = class_in(NORMS, tmp_path, name)
    result = run_with(bind_class, module, found, mode=mode, eps=eps)
    if name == "BatchNormalization" and eps == 0.5:
        assert result.status == "error"
        assert any("adds 1e-06 to the variance: eps = 0.5 cannot be asked of it" in f.message for f in result.findings)
    elif name == "BatchNorm2d" and eps == 0.5:
        # eps reaches a layer inside of it, by the constructor.
        assert result.status == "pass", told(result)
    else:
        assert result.status == "pass", told(result)


@pytest.mark.parametrize("name", ["BatchNormalization", "BatchNorm1d", "BatchNorm2d"])
def test_the_state_is_that_of_the_last_forward(name, tmp_path, rng):
    module, found = class_in(NORMS, tmp_path, name)
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


@pytest.mark.parametrize("body", ["pass", "raise NotImplementedError", "return None", '"""Later."""'])
@pytest.mark.parametrize("which", ["forward(self, x)", "backward(self, dout)"])
def test_a_method_that_is_not_written(body, which, tmp_path):
    lines = RELU.replace(f"def {which}:\n", f"def {which}:\n        {body}\n\n    def rest(self, x=0, dout=0):\n")
    module, found = class_in(lines, tmp_path, "Relu")
    pair = bind_class(module, found, LAYERS["relu"], sizes_of("relu"))(None)

    def there_and_back(x):
        out, cache = pair.forward(x)
        pair.backward(out, cache)

    with pytest.raises(NotWritten, match="Relu") as caught:
        there_and_back(np.ones((2, 3, 4, 5)))
    assert caught.value.what == which.partition("(")[0]


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
    assert run_with(bind_class, *class_in(text, tmp_path, "ReLU")).status == "pass"


def test_running_statistics_of_another_size_are_a_finding(tmp_path):
    text = NORMS.replace("self.running_mean = self.momentum *", "self.running_mean = np.zeros(9)  #")
    module, found = class_in(text, tmp_path, "BatchNormalization")
    result = run_with(bind_class, module, found, eps=1e-6)
    assert "after forward, running_mean has shape (9,), expected (4,)" in [f.message for f in result.findings]


@pytest.mark.parametrize("keeps", ["[self.b, self.w]", "[b, w]", "[np.array(b), np.array(w)]"])
def test_a_list_of_gradients_is_in_the_order_of_that_of_parameters(tmp_path, keeps):
    own = "self.w, self.b = w, b" if "self" in keeps else ""
    text = f"""
    import numpy as np

    class Affine:
        def __init__(self, b, w):
            {own}
            self.params = {keeps}
            self.grads = [np.zeros_like(p) for p in self.params]

        def forward(self, x):
            self.x = x
            b, w = self.params
            return x.reshape(len(x), -1) @ w + b

        def backward(self, dout):
            self.grads[0][...], self.grads[1][...] = dout.sum(axis=0), self.x.reshape(len(self.x), -1).T @ dout
            return (dout @ self.params[1].T).reshape(self.x.shape)
    """
    module, one = class_in(dedent(text), tmp_path, "Affine")
    assert one.layer == "affine"
    result = run_with(bind_class, module, one)
    assert result.status == "pass", told(result)
