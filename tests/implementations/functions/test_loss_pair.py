"""A loss in every way in which its gradient comes: with its value, from a backward that knows dout or none, not at all.

Covers implementations/functions/loss_pair.py and implementations/other_values.py.
"""

from __future__ import annotations

import pytest

from convcheck.implementations.open import survey
from tests.implementations.files import checked, found, problem, write
from tests.implementations.running import told

P = """
import numpy as np


def log_softmax(x):
    x = x - x.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def gradient(log_p, y):
    dx = np.exp(log_p)
    dx[np.arange(len(y)), y] -= 1
    return dx / len(y)


def value(log_p, y):
    return -log_p[np.arange(len(y)), y].mean()
"""
LOSS = """

def softmax_loss(x, y):
    log_p = log_softmax(x)
    RETURNS
"""


def result_of(folder, text, **changed):
    source = write(folder, P + text)
    (one,) = found(source)
    return checked(source, one, **changed)


def said(result):
    return " ".join(finding.message for finding in result.findings)


@pytest.mark.parametrize(
    "returns",
    [
        "return value(log_p, y), gradient(log_p, y)",
        "return [value(log_p, y), gradient(log_p, y)]",
        "return float(value(log_p, y)), gradient(log_p, y)",
        "return np.array([value(log_p, y)]), gradient(log_p, y)",
        "loss, grad, probs = value(log_p, y), gradient(log_p, y), np.exp(log_p)\n    return loss, grad, probs",
        "loss, probs, dx = value(log_p, y), np.exp(log_p), gradient(log_p, y)\n    return loss, probs, dx",
    ],
)
def test_a_function_may_return_its_gradient_in_many_ways(tmp_path, returns):
    result = result_of(tmp_path, LOSS.replace("RETURNS", returns))
    assert result.status == "pass", told(result)
    assert "the same gradient whatever dout is" not in said(result)


@pytest.mark.parametrize(
    ("returns", "why"),
    [
        ("return value(log_p, y)", "returned its loss alone: return loss, dx"),
        ("return value(log_p, y), gradient(log_p, y), 1", "returned 3 values, of which no name tells"),
        ("return value(log_p, y), None", "look for a `return` that is missing"),
        ("value(log_p, y)", "look for a `return` that is missing"),
    ],
)
def test_what_has_no_gradient_is_told_so(tmp_path, returns, why):
    result = result_of(tmp_path, LOSS.replace("RETURNS", returns))
    assert result.status == "error", told(result)
    assert why in said(result)


def test_a_loss_that_makes_no_gradient_is_not_checked_where_nobody_named_it(tmp_path):
    text = "def svm_loss(x, y):\n    margins = x - x[y]\n    return margins.sum() / len(x)\n"
    survey_of = survey(write(tmp_path, text))
    assert survey_of.found == ()
    said = "svm_loss (line 1): it returns its loss alone, and no gradient of it is made"
    assert [one.text() for one in survey_of.not_checked] == [said]
    # One that was made and is not returned is forgotten.
    forgotten = text.replace("    return", "    dx = np.sign(margins)\n    return")
    assert [one.layer for one in survey(write(tmp_path, forgotten)).found] == ["svm_loss"]


def test_a_loss_for_each_row_is_none(tmp_path):
    text = LOSS.replace("RETURNS", "return -log_p[np.arange(len(y)), y], gradient(log_p, y)")
    result = result_of(tmp_path, text)
    (shape,) = [finding for finding in result.findings if finding.code == "wrong-shape"]
    assert shape.message == "forward returned an array of shape (4,) as the output, expected shape ()"
    assert shape.hint == "the loss is one number: the mean over the rows, or their sum"


FORWARD = """

def softmax_loss_forward(x, y):
    log_p = log_softmax(x)
    return value(log_p, y), CACHE

"""
ALONE = """

def softmax_loss(x, y):
    return value(log_softmax(x), y)

"""
CLASS = """

class SoftmaxLoss:
    def NAME(self, x, y):
        self.y, self.log_p = y, log_softmax(x)
        return value(self.log_p, y)

    def backward(selfDOUT):
        return gradient(self.log_p, self.y)
"""


@pytest.mark.parametrize(
    "text",
    [
        FORWARD.replace("CACHE", "(log_p, y)") + "def softmax_loss_backward(cache):\n    return gradient(*cache)\n",
        FORWARD.replace("CACHE", "(log_p, y)")
        + "def softmax_loss_backward(up, cache):\n    return up * gradient(*cache)\n",
        FORWARD.replace("CACHE", "log_p") + "def softmax_loss_backward(log_p, y):\n    return gradient(log_p, y)\n",
        ALONE + "def softmax_loss_backward(x, y):\n    return gradient(log_softmax(x), y)\n",
        ALONE + "def softmax_loss_grad(x, y):\n    return gradient(log_softmax(x), y)\n",
        # The cache is a function, and what is handed it is called by no name that is known.
        FORWARD.replace("CACHE", "lambda dloss: dloss * gradient(log_p, y)")
        + "def softmax_loss_backward(dloss, pullback):\n    return pullback(dloss)\n",
        # No name tells what the second is: it is the labels.
        ALONE.replace("y)", "k)") + "def softmax_loss_grad(x, k):\n    return gradient(log_softmax(x), k)\n",
        CLASS.replace("NAME", "forward").replace("DOUT", ""),
        CLASS.replace("NAME", "forward").replace("DOUT", ", dout=1"),
        CLASS.replace("NAME", "__call__").replace("DOUT", ""),
        CLASS.replace("NAME", "loss").replace("DOUT", ""),
    ],
)
def test_a_backward_need_not_know_of_dout(tmp_path, text):
    result = result_of(tmp_path, text)
    assert result.status == "pass", told(result)


def test_that_dout_is_handed_over_and_not_used_is_noted(tmp_path):
    result = result_of(tmp_path, CLASS.replace("NAME", "forward").replace("DOUT", ", dout"))
    assert result.status == "pass"
    (note,) = [finding for finding in result.findings if finding.code == "dout-not-used"]
    assert note.severity == "note"


ONE_HOT = """

def softmax_loss(x, y):
    log_p = log_softmax(x)
    return -(log_p * y).sum() / len(x), (np.exp(log_p) - y) / len(x)
"""
BY_MASK = """

def softmax_loss(x, y):
    log_p = log_softmax(x)
    return -log_p[y == 1].mean(), (np.exp(log_p) - y) / len(x)
"""
COLUMN = """

def softmax_loss(x, y):
    log_p = log_softmax(x)
    return -np.take_along_axis(log_p, y, 1).mean(), gradient(log_p, y[:, 0])
"""


@pytest.mark.parametrize(
    ("text", "note"),
    [(ONE_HOT, "one-hot, as (N, C)"), (BY_MASK, "one-hot, as (N, C)"), (COLUMN, "as a column, (N, 1)")],
)
@pytest.mark.parametrize("changed", [{}, {"N": 3, "C": 3}, {"N": 1}, {"reduction": "sum"}])
def test_labels_are_handed_over_as_the_code_takes_them(tmp_path, text, note, changed):
    result = result_of(tmp_path, text, **changed)
    assert result.status == "pass", told(result)
    assert note in said(result)


def test_labels_as_they_are_need_no_word_and_wrong_code_keeps_them(tmp_path):
    text = LOSS.replace("RETURNS", "return 2 - value(log_p, y), gradient(log_p, y)")
    result = result_of(tmp_path, text)
    assert result.status == "fail"
    assert "labels" not in said(result)


def test_constants_that_are_built_in_are_found_one_after_the_other(tmp_path):
    text = LOSS.replace(
        "RETURNS",
        "p = np.exp(log_p)[np.arange(len(y)), y]\n    kept = (p / (p + 1e-3))[:, None]\n"
        "    return -np.log(p + 1e-3).sum(), gradient(log_p, y) * len(y) * kept",
    )
    result = result_of(tmp_path, text)
    assert result.status == "pass", told(result)
    assert "checked with eps = 0.001, which is built into it" in said(result)
    assert "checked with reduction = sum, which is built into it" in said(result)


def test_a_probability_that_is_kept_from_zero_has_no_eps(tmp_path):
    text = LOSS.replace("log_p = log", "log_p = np.log(np.clip(np.exp(log").replace("max(x)", "max(x)")
    text = text.replace("softmax(x)", "softmax(x)), 1e-7, 1 - 1e-7))")
    text = text.replace("RETURNS", "return value(log_p, y), gradient(log_softmax(x), y)")
    result = result_of(tmp_path, text)
    assert result.status == "pass", told(result)
    assert "eps" not in said(result)


def test_a_linear_classifier_and_a_loss_without_labels_are_told_apart_from_losses(tmp_path):
    source = write(tmp_path, "def softmax_loss_naive(W, X, y, reg):\n    return 0.0, W\n")
    assert "it takes weights, and a linear classifier is not checked" in problem(source)
    result = result_of(tmp_path, "\ndef softmax_loss(x):\n    return 0.0, x\n")
    assert "has no parameter for y" in said(result)
