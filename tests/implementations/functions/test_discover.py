"""Pairs found by their names, and what is said where none is.

Covers implementations/functions/names.py as well.
"""

import pytest

from convcheck.implementations.source import Found
from tests.implementations.files import found, functions, problem, write


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
             "capsule_forward", "capsule_backward", "conv_forward_inner_step", "conv_backward_inner_step")  # fmt: skip
    everything = found(write(tmp_path, functions(*names) + "conv_forward = conv_forward_naive\n"))
    assert [f.names for f in everything] == [
        ("relu_forward", "relu_backward"),
        ("batchnorm_forward", "batchnorm_backward"),
        ("batchnorm_forward", "batchnorm_backward_alt"),
        ("conv_forward_naive", "conv_backward_naive"),
        ("conv_forward_strides", "conv_backward_strides"),
        ("layernorm_forward", "layernorm_backward"),
        ("conv_relu_forward", "conv_relu_backward"),
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
            backward_line=5,
        ),
    )


def test_a_half_of_a_pair_is_named(tmp_path):
    source = write(tmp_path, functions("batchnorm_forward"))
    assert problem(source) == (
        f"nothing in {source.place} can be checked: batchnorm_forward (line 1): it has no batchnorm_backward beside it"
    )
    source = write(tmp_path, functions("conv_backward_naive"))
    assert "conv_backward_naive (line 1): it has no forward of its name" in problem(source)


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("conv_forward(x)", "conv_forward(x) takes 1 argument, and conv has x, w, b: "),
        ("conv_forward(x, conv_param)", "takes 2 arguments, and conv has x, w, b: "),
        ("batchnorm_forward(x, gamma, eps)", "takes two arrays, and batchnorm has x, gamma, beta: it has no beta; "),
        ("conv_forward(x, w, b, stride, pad, zoo)", "it is not known what 'zoo' is; write an adapter"),
        ("batchnorm_forward(x, gamma, beta, foo, bar)", "it is not known what 'foo' is; write an adapter"),
        ("relu_forward(x, alpha)", "it is not known what 'alpha' is; write an adapter"),
    ],
)
def test_what_cannot_be_called_is_said(tmp_path, signature, said):
    name = signature.split("_")[0]
    text = f"def {signature}: return x, ()\ndef {name}_backward(dout, cache): return dout\n"
    assert said in problem(write(tmp_path, text))
