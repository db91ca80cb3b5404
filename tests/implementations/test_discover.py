"""Pairs found by their names, and what is said where none is."""

import pytest

from convcheck.implementations.source import Found, Source
from tests.implementations.files import found, problem, write


def functions(*names):
    """A file of functions whose signatures are those of their layers."""
    lines = []
    for name in names:
        plain = name.lower().replace("_", "")
        if "back" in plain or "bwd" in plain:
            lines.append(f"def {name}(dout, cache): return dout")
        elif "conv" in plain:
            lines.append(f"def {name}(x, w, b, conv_param): return x, ()")
        elif "pool" in plain:
            lines.append(f"def {name}(x, pool_param): return x, ()")
        elif "bn" in plain or "norm" in plain:
            lines.append(f"def {name}(x, gamma, beta, bn_param): return x, ()")
        else:
            lines.append(f"def {name}(x): return x, ()")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("layer", "forward", "backward"),
    [
        ("conv", "conv_forward_naive", "conv_backward_naive"),
        ("conv", "conv_forward", "conv_backward"),
        ("conv", "conv_forward_im2col", "conv_backward_im2col"),
        ("conv", "conv_forward_strides", "conv_backward_strides"),
        ("conv", "conv2d_forward", "conv2d_backward"),
        ("conv", "convolution_forward", "convolution_backward"),
        ("conv", "forward_conv", "backward_conv"),
        ("conv", "convForward", "convBackward"),
        ("conv", "ConvForwardNaive", "ConvBackwardNaive"),
        ("conv", "conv_fwd", "conv_bwd"),
        ("conv", "conv_forward_pass", "conv_backward_pass"),
        ("conv", "my_conv2d_forward", "my_conv2d_backward"),
        ("conv", "conv_forward_im2col", "conv_backward"),
        ("max_pool", "max_pool_forward_naive", "max_pool_backward_naive"),
        ("max_pool", "max_pool_forward_reshape", "max_pool_backward_reshape"),
        ("max_pool", "maxpool_forward", "maxpool_backward"),
        ("max_pool", "pool_forward", "pool_backward"),
        ("max_pool", "max_pooling_forward", "max_pooling_backprop"),
        ("relu", "relu_forward", "relu_backward"),
        ("relu", "ReLU_forward", "ReLU_backward"),
        ("batchnorm", "bn_forward", "bn_backward"),
        ("batchnorm", "batch_norm_forward", "batch_norm_backward"),
        ("batchnorm", "batch_normalization_forward", "batch_normalization_backward"),
        ("spatial_batchnorm", "spatial_batchnorm_forward", "spatial_batchnorm_backward"),
        ("spatial_batchnorm", "batchnorm2d_forward", "batchnorm2d_backward"),
    ],
)
def test_customary_names(tmp_path, layer, forward, backward):
    (one,) = found(write(tmp_path, functions(forward, backward)))
    assert (one.layer, one.names, one.line) == (layer, (forward, backward), 1)


def test_every_pair_is_found_in_the_order_of_the_file(tmp_path):
    names = ("relu_forward", "relu_backward", "batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt",
             "conv_forward_naive", "conv_backward_naive", "conv_forward_strides", "conv_backward_strides",
             "layernorm_forward", "layernorm_backward", "conv_relu_forward", "conv_relu_backward",
             "affine_forward", "affine_backward", "conv_forward_inner_step", "conv_backward_inner_step")  # fmt: skip
    everything = found(write(tmp_path, functions(*names) + "conv_forward = conv_forward_naive\n"))
    assert [f.names for f in everything] == [
        ("relu_forward", "relu_backward"),
        ("batchnorm_forward", "batchnorm_backward"),
        ("batchnorm_forward", "batchnorm_backward_alt"),
        ("conv_forward_naive", "conv_backward_naive"),
        ("conv_forward_strides", "conv_backward_strides"),
    ]
    assert [f.layer for f in found(write(tmp_path, functions(*names)), "relu")] == ["relu"]


def test_functions_of_siblings_count_and_those_of_libraries_do_not(tmp_path):
    write(tmp_path, functions("relu_forward", "relu_backward"), "mine.py")
    source = write(tmp_path, "from mine import *\nfrom numpy import convolve as conv_forward, sum as conv_backward\n")
    assert [f.layer for f in found(source)] == ["relu"]


def test_how_is_said_in_their_own_names(tmp_path):
    text = """
    def conv_forward(X, W, bias, stride=1, padding=0):
        result = X
        return result
    def conv_backward(dZ, X, W, bias, stride=1, padding=0):
        return dX, grads["W"], db
    """
    assert found(write(tmp_path, text)) == (
        Found(
            "conv",
            ("conv_forward", "conv_backward"),
            2,
            "conv_forward(X, W, bias, stride, padding) → result; "
            "conv_backward(dZ, X, W, bias, stride, padding) → dX, dw, db",
        ),
    )


def test_a_half_of_a_pair_is_named(tmp_path):
    source = write(tmp_path, functions("batchnorm_forward"))
    assert problem(source) == (
        f"nothing in {source.place} can be checked: batchnorm_forward (line 1) has no batchnorm_backward beside it"
    )
    source = write(tmp_path, functions("conv_backward_naive"))
    assert "conv_backward_naive (line 1) has no forward of its name" in problem(source)


def test_nothing_at_all(tmp_path):
    source = write(tmp_path, functions("layernorm_forward", "layernorm_backward"))
    assert problem(source, "batchnorm") == (
        f"{source.place} has no function or class with the customary name of a layer, such as batchnorm_forward and "
        f"batchnorm_backward; name them: {source.place}:FORWARD,BACKWARD"
    )


def test_plain_forward_and_backward_need_a_layer(tmp_path):
    source = write(tmp_path, functions("forward", "backward"))
    assert "has no function or class with the customary name" in problem(source)
    assert [f.names for f in found(source, "relu")] == [("forward", "backward")]
    named = Source(source.place, ("forward", "backward"))
    assert problem(named) == (
        "forward and backward may be any layer: give a SPEC, which names it "
        "(conv, max_pool, relu, batchnorm, spatial_batchnorm)"
    )


def test_names_that_are_given(tmp_path):
    source = write(tmp_path, functions("first_conv", "other_backward", "conv_forward", "conv_backward") + "x = 1\n")
    (one,) = found(Source(source.place, ("first_conv", "other_backward")), "conv")
    assert (one.layer, one.names) == ("conv", ("first_conv", "other_backward"))
    (one,) = found(Source(source.place, ("conv_forward", "other_backward")))
    assert one.layer == "conv"
    assert problem(Source(source.place, ("conv_foward", "conv_backward"))) == (
        f"{source.place} has no conv_foward; did you mean conv_forward?"
    )
    assert "x in " in problem(Source(source.place, ("x", "conv_backward")))
    assert "is a function: name forward and backward" in problem(Source(source.place, ("conv_forward",)))


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("conv_forward(x, w)", "conv_forward(x, w) takes 2 arguments, and conv has x, w, b: "),
        ("conv_forward(x, w, conv_param)", "takes two arrays, and conv has x, w, b: it has no b; "),
        ("conv_forward(x, w, stride, pad)", "takes two arrays, and conv has x, w, b: it has no b; "),
        ("conv_forward(x, w, b, stride, pad, zoo)", "it is not known what 'zoo' is; write an adapter"),
        ("batchnorm_forward(x, gamma, beta, foo, bar)", "it is not known what 'foo' is; write an adapter"),
        ("relu_forward(x, alpha)", "it is not known what 'alpha' is; write an adapter"),
    ],
)
def test_what_cannot_be_called_is_said(tmp_path, signature, said):
    name = signature.split("_")[0]
    text = f"def {signature}: return x, ()\ndef {name}_backward(dout, cache): return dout\n"
    assert said in problem(write(tmp_path, text))


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
