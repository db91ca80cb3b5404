"""Functions and Modules of PyTorch and a custom_vjp of JAX as people publish them, each right, and with two mistakes.

Both doors: `convcheck run --impl`, and `convcheck.gradcheck`, `convcheck.torch.gradcheck`, `convcheck.jax.check_grads`.
Covers `tests/planted/tensors` and checking/advice_of_no_layer.py.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

import convcheck
from convcheck.implementations.of_no_layer.differentiable import drawn_array
from convcheck.implementations.of_no_layer.jax_passes import wide
from convcheck.layers.catalogue import FORMS
from convcheck.layers.draws import Draws
from convcheck.spec.reader import read_mapping
from tests.cli.conftest import call as call  # noqa: PLC0414

FOLDER = Path(__file__).with_name("tensors")


class Edit(NamedTuple):
    """What makes a file wrong, the gradients that are then, and a part of what the conclusion says of them."""

    old: str
    new: str
    wrong: str
    said: str = "wrong"


class Planted(NamedTuple):
    """How a file is called: `inputs` and `settings` as the command line has them, `spec` what it has no option for.

    `tolerance` is that of an iteration inside.
    """

    name: str
    inputs: str
    edits: tuple[Edit, Edit]
    settings: str = ""
    spec: str = ""
    tolerance: float | None = None


BLOCK = " ".join(f"dblocks.{{0}}.{part}.0.{name}" for part in "fg" for name in ("weight", "bias"))
LABELS = "{{value: {}, dtype: int64}}"
CONSTANT = "{{shape: {}, differentiate: false}}"
ROTATED_ALONE = """\
        ro_dim = cos.shape[-1] * 2
        return torch.cat([dx[..., :ro_dim], torch.zeros_like(do[..., ro_dim:])], -1), None, None, None"""

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
            Edit(
                "gamma * (1 - pt) ** (gamma - 1) * pt * log_pt", "gamma * (1 - pt) ** (gamma - 1) * log_pt", "dlogits"
            ),
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
            Edit("-ctx.lambda_ * grads", "ctx.lambda_ * grads", "dx", "has the wrong sign"),
            Edit("-ctx.lambda_ * grads", "-grads", "dx", "3.33333 times"),
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
            Edit("        return dx, None, None, None", ROTATED_ALONE, "dx"),
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
            Edit(
                "dX.sum(ctx.dim, keepdim=True) / gppr.sum(ctx.dim", "dX.sum(ctx.dim, keepdim=True) / gppr.sum(0", "dX"
            ),
        ),
        settings="dim=-1",
    ),
    "reversible": Planted(
        "ReversibleSequence",
        "x=3,6",
        (
            Edit("dx1 = dy1 + y1.grad", "dx1 = dy1", f"dx {BLOCK.format(0)} dblocks.1.f.0.weight dblocks.1.f.0.bias"),
            # The activations are worked out anew from the wrong branch.
            Edit("gy1 = self.g(y1)", "gy1 = self.f(y1)", f"dx {BLOCK.format(0)} {BLOCK.format(1)}", "zero everywhere"),
        ),
        settings="dim=6",
    ),
    "linear_cross_entropy": Planted(
        "LinearCrossEntropyFunction",
        f"x=6,4 weight=7,4 target={LABELS.format([0, 6, -100, 2, 1, 2])} bias=7",
        (
            # The gradient of the mean over all, the loss is that over those that count.
            Edit("grad_logits /= n_non_ignore", "grad_logits /= x.shape[0]", "dx dweight dbias", "0.833333 times"),
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
            Edit("vjp_z(u)[0] + z_star_bar, z_init", "vjp_z(u)[0] - z_star_bar, z_init", "dw dx"),
        ),
        tolerance=1e-4,
    ),
}
JAX = ("straight_through", "logsumexp", "safe_norm", "softmax_cross_entropy", "fixed_point")


def parts(text: str) -> list[str]:
    """The words of a text, of which one in braces is one."""
    return re.findall(r"(?:[^\s{]|\{[^}]*\})+", text)


def inputs_of(planted: Planted) -> dict[str, Any]:
    pairs = [word.partition("=") for word in parts(planted.inputs)]
    return {name: yaml.safe_load(value if "{" in value else f"[{value}]") for name, _, value in pairs}


def settings_of(planted: Planted) -> dict[str, Any]:
    return {name: yaml.safe_load(value) for name, _, value in (word.partition("=") for word in parts(planted.settings))}


def written(name: str, edit: Edit | None, folder: Path) -> Path:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    if edit is not None:
        assert text.count(edit.old) == 1
        text = text.replace(edit.old, edit.new)
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


CASES = [
    pytest.param(
        name,
        number,
        id=f"{name}-{('right', 'first', 'second')[number]}",
        marks=pytest.mark.jax if name in JAX else pytest.mark.torch,
    )
    for name in FILES
    for number in range(3)
]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_from_the_command_line_right_code_passes_and_either_mistake_is_found(name, number, call, tmp_path):
    pytest.importorskip("jax" if name in JAX else "torch")
    planted = FILES[name]
    edit = planted.edits[number - 1] if number else None
    path = written(name, edit, tmp_path)
    command = ["run", "--no-isolation", "--format", "json", "--impl", f"{path}:{planted.name}"]
    if planted.spec:
        spec = {"layer": "function", "inputs": inputs_of(planted)}
        spec |= {"settings": settings_of(planted)} if planted.settings else {}
        (tmp_path / "spec.yaml").write_text(yaml.safe_dump(spec, sort_keys=False) + planted.spec, encoding="utf-8")
        command.append("spec.yaml")
    else:
        command += [word for text in parts(planted.inputs) for word in ("--input", text)]
        command += [word for text in parts(planted.settings) for word in ("--setting", text)]
    command += [] if planted.tolerance is None else ["--tolerance", planted.tolerance]
    document = json.loads(call(*command).out)
    (check,) = document["checks"]
    wrong = {tensor["name"] for tensor in check["tensors"] if tensor["verdict"] == "wrong"}
    said = [cause["sentence"] for one in document.get("conclusions", []) for cause in one["causes"]]
    if edit is None:
        assert check["status"] == "pass", check
        assert [one for one in check["findings"] if one["severity"] != "note"] == []
    else:
        assert (check["status"], wrong) == ("fail", {*edit.wrong.split()}), said
        assert edit.said in " ".join(said)


def handed_over(planted: Planted) -> tuple[list[Any], list[str]]:
    """Arrays as forward takes them, and the names of those that are not differentiated."""
    (check,) = read_mapping({"layer": "function", "inputs": inputs_of(planted)}, FORMS).checks
    told = check.sizes.inputs
    arrays = [drawn_array(each, np.dtype(np.float64), Draws("one")) for each in told]
    return arrays, [each.name for each in told if not each.is_differentiated]


def function_of(planted: Planted, module: Any) -> Any:
    """What a test of one's own would hand over: the `apply` of a Function, a Module that is made, a function."""
    thing, settings = getattr(module, planted.name), settings_of(planted)
    if planted.name.endswith("Function") or planted.name.startswith("Apply"):
        thing = thing.apply
    elif isinstance(thing, type):
        return thing(**settings).double()

    def function(*given: Any) -> Any:
        return thing(*given, *settings.values())

    return function if settings else thing


# What the command line finds is found from Python as well: the second mistake of each by `pytest -m exhaustive`.
FROM_PYTHON = [
    case if case.values[1] < 2 else pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.exhaustive])
    for case in CASES
]


@pytest.mark.parametrize(("name", "number"), FROM_PYTHON)
def test_from_python_right_code_passes_and_either_mistake_is_found(name, number, tmp_path):
    library = pytest.importorskip("jax" if name in JAX else "torch")
    planted = FILES[name]
    edit = planted.edits[number - 1] if number else None
    spec = importlib.util.spec_from_file_location(name, written(name, edit, tmp_path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function, (arrays, constants) = function_of(planted, module), handed_over(planted)
    if name in JAX:
        with wide(library):
            given = [*map(library.numpy.asarray, arrays)]
    else:
        given = [*map(library.from_numpy, arrays)]
    skip = [list(inputs_of(planted)).index(one) for one in constants]
    how = {} if planted.tolerance is None else {"tolerance": planted.tolerance}
    if planted.spec.startswith("surrogate"):
        how["surrogate"] = module.hard_tanh
    elif planted.spec.startswith("scale"):
        how["surrogate"] = lambda x: -0.3 * x
    named = dict(zip(inputs_of(planted), given, strict=True))
    outcome = convcheck.gradcheck(function, named, skip=skip, **how)
    wrong = {tensor.name for tensor in outcome.tensors if tensor.verdict == "wrong"}
    if edit is None:
        assert outcome.status == "pass", str(outcome)
    else:
        assert outcome.status == "fail", str(outcome)
        assert wrong
        assert wrong <= {*edit.wrong.split()}
    if "surrogate" in how:
        return
    assert bool(of_its_library(name, function, given, skip, planted.tolerance)) == (edit is None)


def of_its_library(name: str, function: Any, given: list[Any], skip: list[int], tolerance: float | None) -> bool:
    """Whether the drop-in for its own library's check is content."""
    if name in JAX:
        from convcheck.jax import check_grads

        try:
            return bool(check_grads(function, given, 1, "rev", atol=tolerance, rtol=tolerance))
        except convcheck.CheckFailed:
            return False
    from convcheck.torch import gradcheck

    for place, one in enumerate(given):
        one.requires_grad_(place not in skip)
    return bool(gradcheck(function, given, raise_exception=False))
