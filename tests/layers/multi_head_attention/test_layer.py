"""Multi-head attention: by hand, its heads, and how code keeps its weights, its biases and its arrays.

Covers layers/multi_head_attention/layer.py, layers/multi_head_attention/readable.py,
layers/multi_head_attention/words.py, layers/self_attention/layer.py and layers/self_attention/readable.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import checked, found, status, write
from tests.layers.cases import one, passes

LAYER, ITSELF, ATTENTION = LAYERS["multi_head_attention"], LAYERS["self_attention"], LAYERS["attention"]

FUNCTIONS = """
    import numpy as np
    def parted(a, heads):
        N, T, D = a.shape
        return a.reshape(N, T, heads, D // heads).transpose(0, 2, 1, 3)
    def joined(a):
        N, H, T, D = a.shape
        return a.transpose(0, 2, 1, 3).reshape(N, T, H * D)
    def rows(a):
        return a.reshape(-1, a.shape[-1])
    def self_attention_forward(x, Wq, Wk, Wv, Wo, n_heads, mask=None):
        q, k, v = (parted(x @ w, n_heads) for w in (Wq, Wk, Wv))
        scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(q.shape[3])
        if mask is not None:
            scores = scores + mask
        p = np.exp(scores - scores.max(axis=3, keepdims=True))
        p = p / p.sum(axis=3, keepdims=True)
        a = joined(p @ v)
        return a @ Wo, (x, Wq, Wk, Wv, Wo, q, k, v, p, a)
    def self_attention_backward(dout, cache):
        x, Wq, Wk, Wv, Wo, q, k, v, p, a = cache
        heads = q.shape[1]
        da = parted(dout @ Wo.T, heads)
        dp = da @ v.transpose(0, 1, 3, 2)
        ds = p * (dp - (p * dp).sum(axis=3, keepdims=True)) / np.sqrt(q.shape[3])
        dq, dk, dv = joined(ds @ k), joined(ds.transpose(0, 1, 3, 2) @ q), joined(p.transpose(0, 1, 3, 2) @ da)
        dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
        return dx, rows(x).T @ rows(dq), rows(x).T @ rows(dk), rows(x).T @ rows(dv), rows(a).T @ rows(dout)
"""


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_each_head_is_attention_by_itself(variant):
    layer, sizes = one("multi_head_attention")
    rng = np.random.default_rng(0)
    shapes = sizes.shapes()
    inputs = {name: rng.normal(size=shapes[name]) for name in layer.input_names}
    params = layer.params(sizes, None, np.dtype(float))
    out, _ = layer.variants[variant].forward(*inputs.values(), params)
    projected = [inputs[x] @ inputs["w" + x[0]] + inputs["b" + x[0]] for x in ("query", "key", "value")]
    heads = [
        ATTENTION.variants["naive"].forward(*(a[..., h * 2 : h * 2 + 2] for a in projected), params)[0] for h in (0, 1)
    ]
    np.testing.assert_allclose(out, np.concatenate(heads, axis=2) @ inputs["wo"] + inputs["bo"])


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_the_bias_of_keys_has_no_gradient(variant):
    layer, sizes = one("self_attention")
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=sizes.shapes()[name]) for name in layer.input_names]
    dout = rng.normal(size=sizes.shapes()["out"])
    made = passes(layer, layer.variants[variant], inputs, dout, layer.params(sizes, None, np.dtype(float)))
    np.testing.assert_allclose(made["dbk"], 0, atol=1e-12)


def test_heads_share_the_features():
    assert not [*LAYER.sizes(N=1, T=1, S=1, D=6, heads=3).problems()]
    (problem,) = ITSELF.sizes(N=1, T=1, D=6, heads=4).problems()
    assert (problem.field, problem.message) == (
        "heads",
        "D = 6 features cannot be shared by heads = 4: 4 does not divide 6",
    )


def test_code_without_biases_with_a_mask_that_is_added_is_right(tmp_path):
    source = write(tmp_path, FUNCTIONS)
    (one,) = found(source)
    assert one.layer == "self_attention"
    result = checked(source, one)
    assert result.status == "pass"
    said = " ".join(finding.message for finding in result.findings)
    assert "the code has no bq: checked without dbq" in said
    assert "the mask is handed over as what is added to the scores: 0, and -1e9 where a key is hidden" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return a.transpose(0, 2, 1, 3).reshape", "return a.reshape"),
        ("dq @ Wq.T + dk @ Wk.T + dv @ Wv.T", "dq @ Wq.T + dk @ Wk.T"),
        ("scores = scores + mask", "scores = scores + mask.T"),
        ("np.sqrt(q.shape[3])\n        if", "np.sqrt(x.shape[2])\n        if"),
    ],
)
def test_what_is_wrong_fails(tmp_path, old, new):
    assert old in FUNCTIONS
    source = write(tmp_path, FUNCTIONS.replace(old, new))
    assert status(source, found(source)[0]) == "fail"


def test_weights_as_a_linear_keeps_them_are_turned(tmp_path):
    text = FUNCTIONS
    for name in ("Wq", "Wk", "Wv", "Wo"):
        text = text.replace(f"@ {name}.T", f"@ {name}_T").replace(f"@ {name}", f"@ {name}.T").replace(".T_T", "")
    text = text.replace("x @ w,", "x @ w.T,").replace("rows(x).T @ rows(dq)", "rows(dq).T @ rows(x)")
    text = text.replace("rows(x).T @ rows(dk)", "rows(dk).T @ rows(x)")
    text = text.replace("rows(x).T @ rows(dv)", "rows(dv).T @ rows(x)")
    text = text.replace("rows(a).T @ rows(dout)", "rows(dout).T @ rows(a)")
    source = write(tmp_path, text)
    (one,) = found(source)
    assert checked(source, one).status == "pass"
    wrong = write(tmp_path, text.replace("rows(dk).T @ rows(x)", "rows(x).T @ rows(dk)"))
    assert checked(wrong, one).status == "fail"


def test_code_without_a_word_for_heads_has_one(tmp_path):
    text = FUNCTIONS.replace("Wo, n_heads,", "Wo,").replace("n_heads)", "1)")
    source = write(tmp_path, text)
    (one,) = found(source)
    result = checked(source, one)
    assert result.status == "pass"
    assert "checked with heads = 1, which is built into it" in [finding.message for finding in result.findings]


def test_weights_and_biases_may_come_in_any_order_by_their_names(tmp_path):
    text = """
    import numpy as np
    def mha_forward(query, key, value, Wq, bq, Wk, bk, Wv, bv, Wo, bo, num_heads):
        out, cache = forward(query, key, value, Wq, Wk, Wv, Wo, bq, bk, bv, bo, {PARAMS})
        return out, cache
    def mha_backward(dout, cache):
        dquery, dkey, dvalue, dWq, dWk, dWv, dWo, dbq, dbk, dbv, dbo = backward(dout, cache)
        return dquery, dkey, dvalue, dWq, dbq, dWk, dbk, dWv, dbv, dWo, dbo
    from convcheck.layers.multi_head_attention.layer import multi_head_attention_forward as forward
    from convcheck.layers.multi_head_attention.layer import multi_head_attention_backward as backward
    """
    params = '"heads": num_heads, "mask": None, "scale": (query.shape[2] // num_heads) ** -0.5'
    source = write(tmp_path, text.replace("PARAMS", params))
    (one,) = found(source)
    assert status(source, one, masked=False) == "pass"
    wrong = write(tmp_path, text.replace("PARAMS", params).replace("dWq, dbq, dWk", "dWk, dbq, dWq"))
    assert status(wrong, one, masked=False) == "fail"
