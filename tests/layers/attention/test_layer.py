"""Attention: by hand, its masks, and what code does that has no word for a scale, a mask or later keys.

Covers implementations/other_values.py, layers/attended.py, layers/attention/layer.py, layers/attention/readable.py and
layers/attention/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.attended import mask_of, softmax
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.recurrent import Rounded
from tests.implementations.files import checked, found, pair_of, status, write

LAYER = LAYERS["attention"]

FUNCTIONS = """
    import numpy as np
    def attention_forward(q, k, v, mask=None):
        scores = q @ k.transpose(0, 2, 1)SCALED
        if mask is not None:
            scores = np.where(mask, scores, -1e9)
        e = np.exp(scores - scores.max(axis=2, keepdims=True))
        p = e / e.sum(axis=2, keepdims=True)
        return p @ v, (q, k, v, p)
    def attention_backward(dout, cache):
        q, k, v, p = cache
        dp = dout @ v.transpose(0, 2, 1)
        ds = p * (dp - (p * dp).sum(axis=2, keepdims=True))SCALED
        return ds @ k, ds.transpose(0, 2, 1) @ q, p.transpose(0, 2, 1) @ dout
"""
SCALED = FUNCTIONS.replace("SCALED", " / np.sqrt(q.shape[2])")
WITHOUT_MASK = SCALED.replace(", mask=None", "").replace("mask is not None", "BY_ITSELF")
BY_ITSELF = "scores.shape[1] == scores.shape[2]:\n            mask = np.tri(q.shape[1], dtype=bool)\n        if True"
CAUSAL = WITHOUT_MASK.replace("BY_ITSELF", BY_ITSELF)


def refused(source, **changed):
    """What is asked for instead."""
    with pytest.raises(Refusal) as error:
        pair_of(source, found(source)[0], **changed).forward(np.ones((2, 3, 4)), np.ones((2, 5, 4)), np.ones((2, 5, 6)))
    return error.value.instead


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    q, k = np.array([[[2.0, 0.0]]]), np.array([[[np.log(3), 5.0], [0.0, 7.0], [9.0, 9.0]]])
    v = np.array([[[4.0], [8.0], [1000.0]]])
    params = {"mask": np.array([[True, True, False]]), "scale": 0.5}
    out, cache = variant.forward(q, k, v, params)
    # Weights 3/4 and 1/4.
    np.testing.assert_allclose(out, [[[5.0]]])
    dq, dk, dv = variant.backward(np.array([[[1.0]]]), cache)
    np.testing.assert_allclose(dv, [[[0.75], [0.25], [0.0]]])
    # ds = p (v - 5) = (-3/4, 3/4).
    np.testing.assert_allclose(dq, [[[-0.375 * np.log(3), 0.375 * 2]]])
    np.testing.assert_allclose(dk, [[[-0.75, 0], [0.75, 0], [0, 0]]])


@pytest.mark.parametrize("causal", [False, True])
def test_every_query_may_look_at_some_key_and_where_there_are_several_not_at_all(causal):
    for T in range(1, 7):
        for S in range(1, 7):
            mask = mask_of(T, S, masked=True, causal=causal)
            assert mask.shape == (T, S)
            assert mask.any(axis=1).all()
            assert S == 1 or not mask.all()
            if not causal and T == S > 2:
                assert not np.array_equal(mask, mask.T)
                assert not np.array_equal(mask, np.tri(T, dtype=bool))
    assert mask_of(3, 3, masked=False, causal=False) is None
    np.testing.assert_array_equal(mask_of(2, 3, masked=False, causal=True), [[1, 0, 0], [1, 1, 0]])


def test_the_rounding_of_softmax_covers_what_moves_it():
    rng = np.random.default_rng(0)
    scores, off = rng.normal(size=(2, 3, 4)) * 5, rng.uniform(0, 9, (2, 3, 4))
    mask = mask_of(3, 4, masked=True, causal=False)
    bound = softmax(Rounded(scores, off), mask)
    np.testing.assert_array_equal(bound.value, softmax(scores, mask))
    for _ in range(20):
        moved = softmax(scores + 1e-9 * off * rng.uniform(-1, 1, off.shape), mask)
        assert np.all(np.abs(moved - bound.value) <= 1.01e-9 * bound.off + 1e-16)


@pytest.mark.parametrize(("own", "scaling"), [(" / np.sqrt(q.shape[2])", "root"), ("", "none")])
def test_whether_scores_are_scaled_is_found_out(tmp_path, own, scaling):
    source = write(tmp_path, FUNCTIONS.replace("SCALED", own))
    (one,) = found(source)
    assert status(source, one, scaling=scaling) == "pass"
    other = "none" if scaling == "root" else "root"
    assert refused(source, scaling=other) == {"scaling": scaling}
    # In the suite nobody asked for either.
    assert checked(source, one, scaling=other).status == "pass"


@pytest.mark.parametrize("divisor", ["q.shape[2]", "np.sqrt(v.shape[2])", "np.sqrt(k.shape[1])", "8"])
def test_another_scale_is_wrong(tmp_path, divisor):
    source = write(tmp_path, FUNCTIONS.replace("SCALED", f" / {divisor}"))
    assert checked(source, found(source)[0]).status == "fail"
    assert refused(source, scaling="none") == {"scaling": "root"}


def test_code_without_a_mask_is_asked_for_none(tmp_path):
    source = write(tmp_path, WITHOUT_MASK.replace("BY_ITSELF", "False"))
    (one,) = found(source)
    assert status(source, one, masked=False) == "pass"
    assert refused(source) == {"masked": False}
    assert refused(source, masked=False, causal=True) == {"causal": False}
    assert checked(source, one).status == "pass"


def test_later_keys_that_are_hidden_without_a_word_are_found_out(tmp_path):
    source = write(tmp_path, CAUSAL)
    (one,) = found(source)
    assert status(source, one, S=3, masked=False, causal=True) == "pass"
    assert checked(source, one, S=3).status == "pass"
    wrong = write(tmp_path, CAUSAL.replace("np.tri(q.shape[1]", "np.tri(q.shape[1], k=1"))
    assert checked(wrong, one, S=3).status == "fail"


def test_a_mask_that_is_taken_and_not_used_is_wrong(tmp_path):
    source = write(tmp_path, SCALED.replace("mask is not None", "False"))
    assert checked(source, found(source)[0]).status == "fail"


FLAG = SCALED.replace("mask=None", "is_causal=False").replace(
    "if mask is not None", "mask = np.tri(q.shape[1], k.shape[1], dtype=bool)\n        if is_causal"
)


def test_a_flag_tells_code_to_hide_later_keys(tmp_path):
    source = write(tmp_path, FLAG)
    (one,) = found(source)
    assert status(source, one, masked=False) == "pass"
    assert status(source, one, S=3, masked=False, causal=True) == "pass"
    ignored = write(tmp_path, FLAG.replace("if is_causal", "if False"))
    assert status(ignored, one, S=3, masked=False, causal=True) == "fail"


def test_a_scale_is_handed_to_a_function_and_left_to_an_object(tmp_path):
    told = SCALED.replace("mask=None", "mask=None, scale=1.0").replace(
        "(0, 2, 1) / np.sqrt(q.shape[2])", "(0, 2, 1) * scale"
    )
    told = told.replace("(q, k, v, p)", "(q, k, v, p, scale)").replace("q, k, v, p = ", "q, k, v, p, scale = ")
    told = told.replace(" / np.sqrt(q.shape[2])", " * scale")
    source = write(tmp_path, told)
    for scaling in ("root", "none"):
        assert status(source, found(source)[0], scaling=scaling) == "pass"


SEMANTICS = {
    "True where a key is hidden": "np.where(mask, -1e9, scores)",
    "what is added to the scores": "scores + mask",
    "for each sequence, (N, T, S)": "scores * 1; scores[~mask] = -np.inf",
    "": "scores + (1.0 - mask) * -1e9",
}


@pytest.mark.parametrize("said", SEMANTICS)
@pytest.mark.parametrize("default", [" = None", ""])
def test_a_mask_is_handed_over_as_the_code_takes_it(tmp_path, said, default):
    text = SCALED.replace("np.where(mask, scores, -1e9)", SEMANTICS[said]).replace("=None", default.replace(" ", ""))
    if not default:
        text = text.replace("if mask is not None", "if True")
    source = write(tmp_path, text)
    (one,) = found(source)
    result = checked(source, one)
    assert result.status == "pass"
    assert not said or any(said in finding.message for finding in result.findings)
    assert [checked(source, one, **other).status for other in ({"masked": False}, {"S": 3, "causal": True})] == [
        "pass"
    ] * 2
    wrong = write(tmp_path, text.replace("/ np.sqrt(q.shape[2])", "/ q.shape[2]"))
    assert checked(wrong, one).status == "fail"


@pytest.mark.parametrize("which", ["scores, -1e9", "-1e9, scores"])
def test_code_that_takes_a_mask_of_keys_alone_is_asked_for_none(tmp_path, which):
    text = SCALED.replace("np.where(mask, scores, -1e9)", f"np.where(mask[:, None, :], {which})")
    source = write(tmp_path, text)
    (one,) = found(source)
    assert refused(source) == {"masked": False}
    assert checked(source, one).status == "pass"


OTHER_AXES = {
    "with an axis of heads": ("q.shape[2]", "q.shape[3]", "axis=2", "axis=3", "(0, 2, 1)", "(0, 1, 3, 2)"),
    "one sequence alone": ("q.shape[2]", "q.shape[1]", "axis=2", "axis=1", "(0, 2, 1)", "(1, 0)"),
}


@pytest.mark.parametrize("said", OTHER_AXES)
def test_arrays_may_have_more_axes_or_fewer(tmp_path, said):
    text, changes = SCALED, OTHER_AXES[said]
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        text = text.replace(old, new)
    source = write(tmp_path, text)
    (one,) = found(source)
    result = checked(source, one, N=1)
    assert result.status == "pass"
    assert any(said in finding.message for finding in result.findings)
    assert checked(source, one).status == ("pass" if "heads" in said else "skipped")
    wrong = write(tmp_path, text.replace("(p * dp).sum", "dp.sum"))
    assert checked(wrong, one, N=1).status == "fail"
