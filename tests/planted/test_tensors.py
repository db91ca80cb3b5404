"""Functions and Modules of PyTorch and a custom_vjp of JAX as people publish them, each right, and with two mistakes.

Both doors: `convcheck run --impl`, and `convcheck.gradcheck`, `convcheck.torch.gradcheck`, `convcheck.jax.check_grads`.
Covers `tests/planted/tensors`.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import convcheck
from tests.cli.calling import Caller
from tests.cli.conftest import call  # noqa: F401

FOLDER = Path(__file__).with_name("tensors")


class Edit(NamedTuple):
    """What makes a file wrong, the gradients that are then, and what its conclusion says, as far as it is fixed."""

    old: str
    new: str
    wrong: str
    said: str = ""


class Planted(NamedTuple):
    """How a file is called: `inputs` and `settings` as the command line has them, `spec` what it has no option for."""

    name: str
    inputs: str
    edits: tuple[Edit, Edit]
    settings: str = ""
    spec: str = ""
    shown: str = ""


LABELS = "{{value: {}, dtype: int64}}"
CONSTANT = "{{shape: {}, differentiate: false}}"

FILES = {
    "swish": Planted(
        "SwishFunction",
        "x=4,5 beta=",
        (
            # Right where beta is 1.
            Edit("(1 + beta * x * (1 - sigmoid))", "(1 + x * (1 - sigmoid))", "dx"),
            Edit("(grad_output * x * x * sigmoid", "(grad_output * x * sigmoid", "dbeta"),
        ),
    ),
    "focal_loss": Planted(
        "FocalLossFunction",
        f"logits=6,5 target={LABELS.format([0, 4, -100, 2, 1, 2])}",
        (
            # The entry that is ignored pulls at the first class.
            Edit("        grad = grad * valid.unsqueeze(1)\n", "", "dlogits"),
            Edit("gamma * (1 - pt) ** (gamma - 1) * pt * log_pt", "gamma * (1 - pt) ** (gamma - 1) * log_pt", "dlogits"),
        ),
    ),
    "label_smoothing": Planted(
        "LabelSmoothSoftmaxCE",
        f"logits=2,4,2,3 label={LABELS.format([[[0, 3, 1], [255, 2, 2]], [[1, 1, 255], [0, 0, 3]]])}",
        (
            Edit(".mul_(ctx.coeff)", "", "dlogits"),
            Edit("        grad.masked_fill_(ignore.unsqueeze(1), 0)\n", "", "dlogits"),
        ),
    ),
    "gradient_reversal": Planted(
        "GradientReversal",
        "x=4,5",
        (
            Edit("-ctx.lambda_ * grads", "ctx.lambda_ * grads", "dx", "wrong sign"),
            Edit("-ctx.lambda_ * grads", "-grads", "dx", "times the right gradient"),
        ),
        settings="lambda_=0.3",
        spec="scale: -0.3",
    ),
    "rotary": Planted(
        "ApplyRotaryEmb",
        f"x=2,3,2,6 cos={CONSTANT.format([3, 2])} sin={CONSTANT.format([3, 2])}",
        (
            Edit("ctx.interleaved, conjugate=True)", "ctx.interleaved)", "dx"),
            # What is not rotated gets no gradient.
            Edit("        return dx, None, None, None", "        return torch.cat([dx[..., : cos.shape[-1] * 2], torch.zeros_like(do[..., cos.shape[-1] * 2 :])], -1), None, None, None", "dx"),
        ),
    ),
    "rmsnorm": Planted(
        "RMSNorm",
        "x=3,4,8",
        (
            Edit("(x_hat * wdy).mean(-1, keepdim=True)", "(x_hat * wdy).sum(-1, keepdim=True)", "dx"),
            Edit("wdy = dy.float() * weight.float()", "wdy = dy.float()", "dx"),
        ),
        settings="dim=8",
    ),
    "entmax": Planted(
        "Entmax15Function",
        "X=3,6",
        (
            Edit("gppr = Y.sqrt()", "gppr = Y", "dX"),
            Edit("dX.sum(ctx.dim, keepdim=True) / gppr.sum(ctx.dim", "dX.sum(ctx.dim, keepdim=True) / gppr.sum(0", "dX"),
        ),
        settings="dim=-1",
    ),
    "reversible": Planted(
        "ReversibleSequence",
        "x=3,6",
        (
            Edit("dx1 = dy1 + y1.grad", "dx1 = dy1", "dx"),
            Edit("y1 = y1.detach().requires_grad_()\n            gy1 = self.g(y1)", "y1 = y1.detach().requires_grad_()\n            gy1 = self.f(y1)", "dx"),
        ),
        settings="dim=6",
    ),
    "linear_cross_entropy": Planted(
        "LinearCrossEntropyFunction",
        f"x=6,4 weight=7,4 target={LABELS.format([0, 6, -100, 2, 1, 2])} bias=7",
        (
            # The gradient of the mean over all, the loss is that over those that count.
            Edit("grad_logits /= n_non_ignore", "grad_logits /= x.shape[0]", "dx dweight dbias"),
            Edit("grad_weight += grad_logits", "grad_weight = grad_logits", "dweight"),
        ),
    ),
    "grid_sample": Planted(
        "GridSampleFunction",
        "x=2,2,4,5 grid=2,3,3,2",
        (
            Edit("grad_x.scatter_add_(2,", "grad_x.scatter_(2,", "dx"),
            Edit("grad_grid[..., 0] *= W / 2", "grad_grid[..., 0] *= (W - 1) / 2", "dgrid"),
        ),
    ),
    "straight_through": Planted(
        "binarize",
        "x=4,5",
        (
            Edit("jnp.where(jnp.abs(x) <= 1, g, 0.0)", "g", "dx"),
            Edit("jnp.where(jnp.abs(x) <= 1, g, 0.0)", "jnp.where(jnp.abs(x) <= 1, g * x, 0.0)", "dx"),
        ),
        spec="surrogate: hard_tanh",
    ),
    "logsumexp": Planted(
        "logsumexp",
        "x=4,5 b={shape: [4, 5], positive: true}",
        (
            Edit("return g * b * e, g * e", "return g * e, g * e", "dx"),
            Edit("e = jnp.exp(x - out)", "e = jnp.exp(x - jnp.max(x, axis=axis, keepdims=True))", "dx db"),
        ),
        settings="axis=0",
    ),
    "safe_norm": Planted(
        "normalize",
        "x=4,3",
        (
            Edit("g / jnp.where(is_zero, 1.0, norm)", "g", "dx"),
            Edit("g / jnp.where(is_zero, 1.0, norm)", "g / (2 * jnp.where(is_zero, 1.0, norm))", "dx"),
        ),
    ),
    "softmax_cross_entropy": Planted(
        "cross_entropy_with_logits",
        "logits=4,5 labels={shape: [4], dtype: int64, high: 5} z_loss={shape: [], positive: true}",
        (
            Edit("d_z = 2 * z_loss * log_z", "d_z = z_loss * log_z", "dlogits"),
            Edit("jnp.sum((g + g_z) * jax.lax.square(log_z))", "jnp.sum(g_z * jax.lax.square(log_z))", "dz_loss"),
        ),
        spec="outputs: [loss, total_z_loss]",
    ),
    "fixed_point": Planted(
        "deq",
        "w={shape: [3, 3], low: -0.5, high: 0.5} x=4,3",
        (
            # One step of the iteration in the place of all.
            Edit("return vjp_a(u)", "return vjp_a(z_star_bar)", "dw dx"),
            Edit("vjp_z(u)[0] + z_star_bar, z_init", "vjp_z(u)[0] - z_star_bar, z_init", "dw dx", "wrong sign"),
        ),
    ),
}
JAX = ("straight_through", "logsumexp", "safe_norm", "softmax_cross_entropy", "fixed_point")
