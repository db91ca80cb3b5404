"""Word embedding: every word, an integer, becomes the row of a matrix that has its number.

Source: CS231n, assignment 3: `word_embedding_forward(x, W) -> out, cache`, `word_embedding_backward(dout, cache)`.
x (N, T) holds the words of N sequences of T steps: integers from 0 to V - 1, with no gradient of their own.

    forward   a[n,t,d] = W[x[n,t],d]
    dW        dW[v,d] = Σ_{n,t: x[n,t] = v} dout[n,t,d]

A word that stands in several places has the sum of their dout, and one that stands nowhere has zero. The output is
linear in W, and sums are all there is: exact data gives exact results.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.word_embedding.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class WordEmbeddingSizes(Sizes):
    """Sequences, steps, words that there are, and features of each."""

    N: int = size("sequences in the batch")
    T: int = size("steps: words of a sequence")
    V: int = size("words in the vocabulary")
    D: int = size("features of a word")

    def shapes(self) -> dict[str, Shape]:
        """W and out."""
        return {"W": (self.V, self.D), "out": (self.N, self.T, self.D)}


def indices(N: int, T: int, V: int) -> Array:
    """(N, T), integers from 0 to V - 1, the same ones at the same sizes.

    A word is in two sequences, and, where they are long enough for another one, another is twice in one sequence.
    """
    x = Draws(f"words {N} {T} {V}").integers(0, V, (N, T))
    x[-1, -1] = x[0, 0]
    if T > 2:
        x[0, 1] = x[0, -1]
    return x


def word_embedding_facts(sizes: WordEmbeddingSizes) -> Facts:
    """Linear in W, whose columns are those of the output; a row reaches the places of its word alone."""
    s, shapes = sizes, sizes.shapes()
    return Facts(
        inputs=(Input("W", shapes["W"], "linear", (All(), Same(2)), ("v", "d")),),
        output=shapes["out"],
        sums={"forward": Sum(("W",), 1), "dW": Sum(("dout",), s.N * s.T)},
    )


def word_embedding_params(sizes: WordEmbeddingSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"x" (N, T)}."""
    return {"x": indices(sizes.N, sizes.T, sizes.V)}


def word_embedding_forward_naive(W: Array, params: Params) -> tuple[Array, Any]:
    """W (V, D) -> out (N, T, D), cache. One word at a time."""
    x, (V, D) = params["x"], W.shape
    N, T = x.shape
    out = np.zeros((N, T, D), W.dtype)
    for n in range(N):
        for t in range(T):
            for d in range(D):
                out[n, t, d] = W[x[n, t], d]
    return out, (x, V)


def word_embedding_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, T, D) -> dW (V, D). One word at a time."""
    x, V = cache
    N, T, D = dout.shape
    dW = np.zeros((V, D), dout.dtype)
    for n in range(N):
        for t in range(T):
            for d in range(D):
                dW[x[n, t], d] += dout[n, t, d]
    return dW


def word_embedding_forward(W: Array, params: Params) -> tuple[Array, Any]:
    """W (V, D) -> out (N, T, D), cache."""
    return W[params["x"]], (params["x"], len(W))


def word_embedding_backward(dout: Array, cache: Any) -> Array:
    """dout (N, T, D) -> dW (V, D)."""
    x, V = cache
    dW = np.zeros((V, dout.shape[-1]), dout.dtype)
    np.add.at(dW, x, dout)
    return dW


LAYER = Layer(
    name="word_embedding",
    summary="every word, an integer, becomes the row of a matrix that has its number",
    sizes=WordEmbeddingSizes,
    input_names=("W",),
    shapes={"W": "(V, D)"},
    facts=word_embedding_facts,
    words=WORDS,
    parameters=("x",),
    params=word_embedding_params,
    variants={
        "naive": Variant(word_embedding_forward_naive, word_embedding_backward_naive, "one word at a time"),
        "vectorized": Variant(word_embedding_forward, word_embedding_backward, "all words at once"),
    },
    equations={
        "forward": "a[n,t,d] = W[x[n,t],d]",
        "dW": "dW[v,d] = Σ_{n,t: x[n,t] = v} dout[n,t,d]",
    },
    leading=("x",),
)
