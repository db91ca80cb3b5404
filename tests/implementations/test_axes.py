"""Which axes an array has, seen in the text of the code: images or rows, channels first or last."""

import pytest

from convcheck.implementations.axes import of_images
from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, problem, statuses, write
from tests.implementations.running import module_of

IMAGES = [
    "N, C, H, W = x.shape",
    "N, C, H, W = x.size()",
    "m = x.mean(axis=(0, 2, 3))",
    "m = x.mean([0, 2, 3], keepdim=True)",
    "x = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])",
    "x = np.transpose(x, (1, 0, 2, 3))",
    "m = x.shape[0] * x.shape[2] * x.shape[3]",
]
ROWS = [
    "N, D = x.shape",
    "m = x.mean(axis=0)",
    "N, C, H, W = x.shape if x.ndim == 4 else (*x.shape, 1, 1)",
    "axes = (0, 2, 3) if len(x.shape) == 4 else (0,)",
    "axes = [0, 2, 3] if x.dim() == 4 else [0]",
    "y = [2, 3, 5, 7]",
]


@pytest.mark.parametrize("line", IMAGES + ROWS)
def test_whether_it_is_of_images_is_seen_in_its_text(tmp_path, line):
    text = f"def f(x):\n    {line}\nclass A:\n    def forward(self, x):\n        {line}\n    size = 3\n"
    module = module_of(text, tmp_path)
    assert of_images(module.f) == of_images(module.A) == (line in IMAGES)


FUNCTIONS = """
    import numpy as np
    def batchnorm_forward(x, gamma, beta, eps):
        N, C, H, W = x.shape
        flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
        std = np.sqrt(flat.var(0) + eps)
        xhat = (flat - flat.mean(0)) / std
        return (gamma * xhat + beta).reshape(N, H, W, C).transpose(0, 3, 1, 2), (xhat, std, gamma)
    def batchnorm_backward(dout, cache):
        xhat, std, gamma = cache
        flat = np.moveaxis(dout, 1, -1)
        shape, flat = flat.shape, flat.reshape(xhat.shape)
        dgamma, dbeta = (flat * xhat).sum(0), flat.sum(0)
        dx = gamma / std * (flat - dbeta / len(flat) - xhat * dgamma / len(flat))
        return np.moveaxis(dx.reshape(shape), -1, 1), dgamma, dbeta
"""


def test_both_functions_go_by_what_forward_shows(tmp_path):
    source = write(tmp_path, FUNCTIONS)
    assert [one.layer for one in found(source)] == ["spatial_batchnorm"]
    assert [one.layer for one in found(source, "spatial_batchnorm")] == ["spatial_batchnorm"]
    assert statuses(source) == ["pass"]


def test_it_is_called_as_it_is_asked_to_be(tmp_path):
    assert [one.layer for one in found(write(tmp_path, FUNCTIONS), "batchnorm")] == ["batchnorm"]


def test_beside_a_spatial_one_a_batchnorm_is_one_of_rows(tmp_path):
    text = FUNCTIONS + FUNCTIONS.replace("def batchnorm", "def spatial_batchnorm")
    assert [one.layer for one in found(write(tmp_path, text), *LAYERS)] == ["batchnorm", "spatial_batchnorm"]


CONVOLUTION = """
    import numpy as np
    def conv_forward(x, w, b, stride=1):
        LINE
        return x, None
    def conv_backward(dout, cache):
        return None
    class Conv:
        def __init__(self, W, b):
            self.W, self.b = W, b
        def forward(self, x):
            w = self.W
            LINE
            return x
        def backward(self, dout):
            return None
"""


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("N, C, L = x.shape", "conv1d"),
        ("n, c, l = np.shape(x)", "conv1d"),
        ("(out_channels, _, kernel) = w.shape", "conv1d"),
        ("batch, channels, depth, height, width = x.shape", "conv3d"),
        ("N, C, H, W = x.shape", "conv"),
        ("n, c, *size = x.shape", "conv"),
        ("n, c, l = x.shape; f, c, h, w = w.shape", "conv"),
        ("n, c, l = sizes.shape", "conv"),
        ("n, c, l = x.shape if x.ndim == 3 else x[0].shape", "conv"),
    ],
)
def test_into_how_many_axes_a_convolution_takes_its_arrays_apart_tells_which_it_is(tmp_path, line, layer):
    source = write(tmp_path, CONVOLUTION.replace("LINE", line))
    assert {one.layer for one in found(source, *LAYERS)} == {layer}
    # It is called as it is asked to be.
    assert {one.layer for one in found(source, "conv")} == {"conv"}


def test_beside_one_of_sequences_a_convolution_is_one_of_images(tmp_path):
    text = CONVOLUTION.partition("    class")[0].replace("LINE", "N, C, L = x.shape")
    text += text.replace("def conv", "def conv1d")
    assert [one.layer for one in found(write(tmp_path, text), *LAYERS)] == ["conv", "conv1d"]


def test_a_convolution_of_three_axes_is_checked_as_one_of_sequences(tmp_path):
    source = write(tmp_path, CONVOLUTION.replace("LINE", "N, C, L = x.shape"))
    assert [one.layer for one in found(source, "conv1d")] == ["conv1d"] * 2


@pytest.mark.parametrize(
    "line",
    [
        "(m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape",
        "m, h, w, c = A_prev.shape",
        "N, H, W, C = np.shape(A_prev)",
        "batch, in_height, in_width, in_channels = A_prev.shape",
    ],
)
def test_images_with_channels_last_need_an_adapter(tmp_path, line):
    text = f"import numpy as np\ndef conv_forward(A_prev, W, b, hparameters):\n    {line}\n    return 1, 2\n"
    said = problem(write(tmp_path, text + "def conv_backward(dZ, cache): return dZ\n"))
    assert "conv_forward takes images as (N, H, W, C): line 3 calls the axes of A_prev " in said


@pytest.mark.parametrize("line", ["N, C, H, W = x.shape", "n, c, h, w = x.shape", "m, ch, hh, cols = x.shape"])
def test_images_with_channels_first_do_not(tmp_path, line):
    text = f"def conv_forward(x, w, b, p):\n    {line}\n    return 1, 2\ndef conv_backward(dZ, cache): return dZ\n"
    assert len(found(write(tmp_path, text))) == 1
