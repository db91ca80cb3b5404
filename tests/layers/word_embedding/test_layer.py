"""The word embedding by hand, and the words that it is looked at with.

Covers layers/word_embedding/layer.py, layers/word_embedding/readable.py and layers/word_embedding/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.word_embedding.layer import indices
from tests.implementations.files import found, status, write

LAYER = LAYERS["word_embedding"]


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    out, cache = variant.forward(W, {"x": np.array([[2, 0, 2]])})
    assert out.tolist() == [[[5, 6], [1, 2], [5, 6]]]
    dW = variant.backward(np.array([[[1.0, 0.0], [10.0, 20.0], [100.0, 200.0]]]), cache)
    assert dW.tolist() == [[10, 20], [0, 0], [101, 200]]


@pytest.mark.parametrize(("N", "T", "V"), [(2, 3, 50), (3, 1, 50), (1, 4, 50), (1, 1, 1)])
def test_words_stand_in_several_places(N, T, V):
    x = indices(N, T, V)
    assert (x.shape, x.min() >= 0, x.max() < V) == ((N, T), True, True)
    assert x.tolist() == indices(N, T, V).tolist()
    assert x[0, 0] == x[-1, -1]
    assert T < 3 or x[0, 1] in x[0, 2:]


FUNCTIONS = """
    import numpy as np
    def word_embedding_forward(x, W):
        return W[x], (x, W)
    def word_embedding_backward(dout, cache):
        dW = np.zeros_like(cache[1])
        np.add.at(dW, cache[0], dout)
        return dW
"""


@pytest.mark.parametrize("signature", ["(x, W)", "(W, x)", "(table, ids)", "(words, weights)", "(*given)"])
def test_words_and_matrix_come_in_either_order(tmp_path, signature):
    first, second = {"(*given)": ("given[0]", "given[1]")}.get(signature, tuple(signature.strip("()").split(", ")))
    x, W = (second, first) if signature in ("(W, x)", "(table, ids)") else (first, second)
    text = FUNCTIONS.replace("(x, W):", f"{signature}:").replace("return W[x], (x, W)", f"return {W}[{x}], ({x}, {W})")
    source = write(tmp_path, text)
    (one,) = found(source)
    assert status(source, one) == "pass"
    wrong = write(tmp_path, text.replace("np.add.at(dW, cache[0], dout)", "dW[cache[0]] += dout"))
    assert status(wrong, one) == "fail"
