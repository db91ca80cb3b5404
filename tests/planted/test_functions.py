"""Some thirty functions of no layer through `convcheck run`: right ones pass, and an edit of each does not.

Covers `tests/planted/functions.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.implementations.of_no_layer.test_functions import checked
from tests.implementations.running import told, wrong_tensors

CODE = Path(__file__).with_name("functions.py").read_text(encoding="utf-8")

X, XY = "{x: [4, 6]}", "{x: [4, 6], y: {shape: [4], dtype: int64, high: 6}}"
# What is named, its inputs and whatever else a spec says, an edit that makes it wrong, and the gradients that are then.
FUNCTIONS = {
    "mish": (X, "", "(1 - t**2) / (1", "(1 - t) / (1", "dx"),
    "softmax": (X, "", "(dout * p).sum(axis=-1", "dout.sum(axis=-1", "dx"),
    "log_softmax": (X, "", "np.exp(out) * dout.sum", "out * dout.sum", "dx"),
    "logsumexp": (X, "", "return dout * e / e.sum()", "return dout * e", "dx"),
    "l2_normalize": (X, "", "(dout - y * (dout * y).sum(axis=1, keepdims=True)) / norm", "dout / norm", "dx"),
    "rotary": ("{x: [3, 6], angle: [3]}", "", "db * c - da * s", "db * c + da * s", "dx"),
    "focal_loss": (XY, "settings: {gamma: 3}", "(dq * q)[:, None]", "dq[:, None]", "dx"),
    "label_smoothing": (XY, "", "(np.exp(logp) - target) /", "(np.exp(logp) - np.round(target)) /", "dx"),
    "contrastive": ("{a: [4, 3], b: [4, 3]}", "", "* 2 / len(a)", "/ len(a)", "da db"),
    "huber": ("{x: [4, 6], t: [4, 6]}", "", '"dx": np.where(small, r, delta', '"dx": np.where(small, r, 2', "dx"),
    "log_cosh": ("{x: [4, 6], t: [4, 6]}", "", "(np.tanh(r) / r.size, -", "(np.tanh(r) / len(r), -", "dx"),
    "gaussian_kl": (
        "{mean: [4, 3], logvar: [4, 3]}",
        "",
        "0.5 * (np.exp(logvar) - 1)",
        "np.exp(logvar) - 1",
        "dlogvar",
    ),
    "reparameterize": (
        "{mean: [4, 3], logvar: [4, 3], noise: {shape: [4, 3], differentiate: false}}",
        "",
        "dout * 0.5 * np",
        "dout * np",
        "dlogvar",
    ),
    # Those with kinks.
    "maxout": (X, "", "dout * ~first", "dout * first", "dx"),
    "soft_threshold": (
        "{x: [4, 6], bound: {shape: [], low: 0.2, high: 0.5}}",
        "",
        "-(dout * np",
        "(dout * np",
        "dbound",
    ),
    "prelu": ("{x: [4, 6], slope: [6]}", "", "np.where(x > 0, 0, x * dout)", "np.where(x > 0, 0, dout)", "dslope"),
    "hinge_pairs": ("{scores: [7]}", "", "active.sum(axis=0) - active", "active.sum(axis=0) + active", "dscores"),
    "median_rows": ("{x: [4, 5]}", "", "middle] = dout", "0] = dout", "dx"),
    # Several outputs.
    "split_gates": (X, "outputs: [tanh, gate]", "dgate * gate * (1 - gate)]", "dgate * gate]", "dx"),
    "moments": (X, "outputs: [mean, var]", "dvar * 2 *", "dvar *", "dx"),
    "reversible": (
        "{a: [4, 3], b: [4, 3], w: [3, 3]}",
        "outputs: [c, d]",
        "dc = dc + dd *",
        "dc = dc + 0 * dd *",
        "da db dw",
    ),
    "outer": ("{a: [3], b: [4]}", "", "dout @ b, a @ dout", "dout @ b, dout.sum(axis=0)", "db"),
    "inverse": ("{x: [4, 4]}", "", "-out.T @ dout @ out.T", "-out @ dout @ out", "dx"),
    "cumulative_sum": (X, "", "dout[:, ::-1], axis=1)[:, ::-1]", "dout, axis=1)", "dx"),
    "cumulative_product": (
        "{x: {shape: [3, 4], positive: true}}",
        "",
        "(dout * out)[:, ::-1], axis=1)[:, ::-1] / x",
        "(dout * out)[:, ::-1], axis=1)[:, ::-1]",
        "dx",
    ),
    "gather": (
        "{table: [5, 3], index: {value: [1, 1, 4], dtype: int64}}",
        "",
        "np.add.at(dtable, index, dout)",
        "dtable[index] = dout",
        "dtable",
    ),
    # Those whose gradient is meant to be another's.
    "rounded": (X, "surrogate: identity", "return dout * 1", "return dout * 0.5", "dx"),
    "binary": (X, "surrogate: tanh", "dout * (1 - np.tanh(x) ** 2)", "dout * (1 - np.tanh(x))", "dx"),
    "reverse": (X, "scale: -0.3", "return -0.3 * dout", "return 0.3 * dout", "dx"),
}


def named(name):
    return f"{name},{name}_backward" if f"def {name}_backward" in CODE else name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_right_passes_and_an_edit_of_it_is_found(name, tmp_path):
    inputs, more, old, new, wrong = FUNCTIONS[name]
    spec = f"inputs: {inputs}\n{more}"
    for manner in ("", "seed: 1", "dtype: float32"):
        result = checked(tmp_path, named(name), f"{manner}\n{spec}", CODE)
        assert result.status == "pass", (manner, told(result))
    assert CODE.count(old) >= 1
    before, at, after = CODE.partition(f"def {name}(")
    result = checked(tmp_path, named(name), spec, before + at + after.replace(old, new, 1))
    assert wrong_tensors(result) == set(wrong.split()), told(result)
