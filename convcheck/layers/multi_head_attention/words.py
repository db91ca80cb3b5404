"""The words for multi-head attention in the code of other people, and what their code does that has no word.

Whether scores are scaled, and later keys hidden, is found out as that of attention is, with weights that are symmetric:
code may keep them the other way round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np

from convcheck.layers.attention.words import (
    FEATURES,
    IMPLIED,
    KEYS,
    NO_DROPOUT,
    QUERIES,
    SETTINGS,
    VALUES,
    Run,
    as_many_keys,
    built_in,
    causal_of,
    masks,
    of_one_sequence,
    scale_of,
)
from convcheck.layers.temporal_affine.words import with_steps_first
from convcheck.layers.words import BuiltIn, Form, Objection, Order, Packed, Words, WordTable, words


def weight_words(letter: str, *names: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the weights and the bias are called that make queries, keys, values or the output: W_q, query.weight, …"""
    layers = [f"{letter}proj", f"{letter}linear", f"linear{letter}", f"fc{letter}", f"to{letter}", f"w{letter}"]
    layers += [f"w{letter}s", *(form for name in names for form in (name, f"{name}proj", f"{name}layer", f"w{name}"))]
    arrays = [f"w{letter}", f"{letter}w", f"weight{letter}", f"{letter}proj", f"w{letter}s"]
    arrays += [form for name in names for form in (f"w{name}", f"{name}weights", f"weight{name}", f"{name}w")]
    biases = [
        f"b{letter}",
        f"{letter}b",
        f"bias{letter}",
        *(form for name in names for form in (f"b{name}", f"{name}b")),
    ]
    return (
        frozenset(arrays) | {f"{one}weight" for one in layers},
        frozenset(biases) | {f"{one}bias" for one in layers},
    )


WQ, BQ = weight_words("q", "query")
WK, BK = weight_words("k", "key")
WV, BV = weight_words("v", "value")
WO, BO = weight_words("o", "out", "output", "proj", "fc", "cproj")
WEIGHT_WORDS: WordTable = {"wq": WQ, "wk": WK, "wv": WV, "wo": WO, "bq": BQ, "bk": BK, "bv": BV, "bo": BO}
# What code does without side by side: the biases of what makes scores and values, all biases, and the last layer.
OPTIONAL: Mapping[str, Any] = {"bq": 0.0, "bk": 0.0, "bv": 0.0, "bo": 0.0, "wo": "identity"}
SIZES: WordTable = {
    "N": words("n batchsize batch bs b"),
    "T": words(
        "t seqlen seqlength sequencelength timesteps maxlen maxseqlen blocksize contextlength contextlen length"
    ),
    "S": words("s sourcelen srclen keylen"),
    "D": words(
        "d dmodel modeldim embeddim embdim embeddingdim embedsize embsize embeddingsize nembd dim hiddendim hiddensize"
        " hidden e c emb nstate nhidden din dout inputdim outputdim outdim indim width features modelsize dimmodel"
        " embed size hiddim hid units nx inputsize outputsize"
    ),
    "head_features": words(
        "dk dv dq headdim dhead dimhead headsize depth dhidden keydim valuedim dimk dimv headdims hs dimperhead"
    ),
    "temperature": words("temperature sqrtdk temp"),
}
OF_HEADS: WordTable = {
    "heads": words("heads h numheads nheads nhead head numhead numberofheads headsnum numattentionheads headcount"),
    **SETTINGS,
}


def derived(sizes: Any) -> Mapping[str, Any]:
    """The features of a head, and their root."""
    features = sizes.D // sizes.heads
    return {"head_features": features, "temperature": sqrt(features)}


def weights_of(run: Run, sizes: Any, params: Mapping[str, Any], scores: Any) -> Any:
    """(T, T), the weights that code with one head gives at these scores (T, T), symmetric; None where it fails.

    Steps are the rows of the identity, and what makes keys of them is the scores.
    """
    rows = np.asarray(scores, float)
    T, D = len(rows), sizes.D
    of_keys = np.zeros((D, D))
    of_keys[:T, :T] = rows
    steps = np.eye(D)[None, :T]
    inputs = [
        of_keys if name == "wk" else np.eye(D) if len(shape) == 2 else np.zeros(shape) if len(shape) == 1 else steps
        for name, shape in sizes.shapes().items()
        if name != "out"
    ]
    out = run(sizes, {**params, "heads": 1, "mask": None, "masked": False}, inputs)
    return None if out is None or np.shape(out) != (1, T, D) else np.asarray(out)[0, :, :T]


def small(sizes: Any, T: int, D: int) -> Any:
    """One sequence, and one head."""
    lengths = {"T": T, "S": T} if hasattr(sizes, "S") else {"T": T}
    return replace(sizes, N=1, D=D, heads=1, masked=False, causal=False, **lengths)


def measured_scaling(run: Run, sizes: Any, params: Mapping[str, Any]) -> Any:
    """Whether scores are divided by the root of a head's features."""

    def weights_at(features: int, score: float) -> Any:
        weights = weights_of(run, small(sizes, 2, features), params, [[0, 0], [0, score]])
        return None if weights is None else weights[1]

    return scale_of(weights_at)


def measured_causal(run: Run, sizes: Any, params: Mapping[str, Any]) -> Any:
    """Whether keys are hidden from some queries by code that is handed no mask."""

    def weights_when(causal: bool) -> Any:
        return weights_of(run, small(sizes, 3, FEATURES[0]), {**params, "causal": causal}, np.zeros((3, 3)))

    return causal_of(weights_when)


def other_heads(own: Any, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why so many heads cannot be asked of code that has no word for them."""
    if own == params["heads"]:
        return None
    return Objection(
        f"has no parameter for heads, and {own}: heads = {params['heads']} cannot be asked of it; "
        f"a spec with heads: {own} can be",
        {"heads": own},
    )


BUILT_IN = (
    BuiltIn("heads", 1, lambda output, sizes, params: True, lambda run, sizes, params: 1, other_heads, adopted=True),
    *built_in(measured_scaling, measured_causal),
)
# What makes queries, keys and values at once: (D, 3 D), as GPT has it.
PACKED: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "wqkv": (
        ("wq", "wk", "wv"),
        words(
            "wqkv qkv qkvw qkvweight cattnw cattnweight cattn inprojweight inprojw winproj toqkvweight wqkvweight"
            " qkvprojweight qkvproj qkvkernel inproj qkvlinearweight wattn win attnw weightqkv qkvmatrix qkvlayerweight"
            " cattnkernel qkvprojw toqkv attnweight inprojkernel wcattn"
        ),
    ),
    "bqkv": (
        ("bq", "bk", "bv"),
        words(
            "bqkv qkvb qkvbias cattnb cattnbias inprojbias inprojb binproj toqkvbias wqkvbias qkvprojbias bin"
            " qkvlinearbias battn attnb biasqkv qkvlayerbias qkvprojb attnbias bcattn"
        ),
    ),
}
TURNED: Mapping[str, Order] = dict.fromkeys(("wq", "wk", "wv", "wo"), (1, 0))
PACKED_TURNED: Mapping[str, Order] = {"wqkv": (1, 0), "wo": (1, 0)}
KEPT = "they and their gradients are apart, (in, out), in what is said"


def by_kind() -> Packed:
    """All queries, then all keys, then all values, along the last axis."""
    return Packed(lambda parts: np.concatenate(parts, axis=-1), lambda whole: np.split(whole, 3, axis=-1))


def by_head(heads: int) -> Packed:
    """Queries, keys and values of the first head, then of the next."""

    def joined(parts: Sequence[Any]) -> Any:
        split = [part.reshape(*part.shape[:-1], heads, -1) for part in parts]
        return np.stack(split, axis=-2).reshape(*parts[0].shape[:-1], -1)

    def parted(whole: Any) -> Sequence[Any]:
        split = whole.reshape(*whole.shape[:-1], heads, 3, -1)
        return [split[..., i, :].reshape(*whole.shape[:-1], -1) for i in range(3)]

    return Packed(joined, parted)


def kept_forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned, as a Linear keeps them; those of queries, keys and values in one; or both.

    Turned ones are looked at with one head: whatever is wrong with several does not hide it.
    """
    turned = "the code keeps its weights as (out, in), as a Linear does; they and their gradients are (in, out) in what"
    found = [Form(f"{turned} is said", orders=TURNED, sizes=replace(sizes, heads=1))]
    ways = {"q, then k, then v": by_kind(), "q, k and v of each head together": by_head(sizes.heads)}
    for how, way in [*ways.items()][: 1 + (sizes.heads > 1)]:
        packed = dict.fromkeys(PACKED, way)
        said = "the code keeps the weights of queries, keys and values in one"
        found.append(Form(f"{said}, (D, 3 D), {how}; {KEPT}", packed=packed))
        found.append(Form(f"{said}, (3 D, D), {how}; {KEPT}", packed=packed, orders=PACKED_TURNED))
    return tuple(found)


def of_heads_apart(sizes: Any) -> Form:
    """Of code that keeps the weights of each head apart."""
    D = sizes.D
    shapes = dict.fromkeys(("wq", "wk", "wv", "wo"), (1, D, D))
    said = "keeps the weights of each head apart, three axes each: they are (D, D) here"
    return Form(said, shapes, use="needs an adapter", sizes=replace(sizes, heads=1))


def forms_of(sizes: Any, first: str) -> tuple[Form, ...]:
    """Weights turned or in one, steps first, one sequence alone, weights of heads apart."""
    kept = kept_forms(sizes)
    steps_first = tuple(with_steps_first(form, sizes)._replace(sizes=None) for form in (Form(), *kept))
    return (*kept, *steps_first, *of_one_sequence(sizes, first), of_heads_apart(sizes))


def forms(sizes: Any) -> tuple[Form, ...]:
    """As those of self-attention, and as many keys as queries alone."""
    return (*forms_of(sizes, "query"), *as_many_keys(sizes))


HINTS = {
    "overflow": "take the largest score of each query away from it before exp: the weights are the same",
    "axes": "split the features into heads, x.reshape(N, T, H, D // H), and turn axes then: transpose(0, 2, 1, 3)",
}

WORDS = Words(
    names=words(
        "multiheadattention mha multiheadattn multiheadattentionlayer multiheadedattention multihead crossattention"
        " multiheadcrossattention multiheadattentionblock multiheadeddotproductattention multiheaddotproductattention"
        " multiheadattentionmodule mhattention encoderdecoderattention multiheadedattentionlayer"
    ),
    inputs={
        "query": QUERIES | words("x xq queryinput inputq"),
        "key": KEYS | words("xk keyinput"),
        "value": VALUES | words("xv valueinput"),
        **WEIGHT_WORDS,
    },
    sizes=SIZES,
    settings=OF_HEADS,
    derived=derived,
    implied=IMPLIED,
    fixed=NO_DROPOUT,
    built_in=BUILT_IN,
    optional=OPTIONAL,
    forms=forms,
    packed=PACKED,
    other_values=(masks("value"),),
    hints={
        "shapes": "query is (N, T, D), key and value (N, S, D), weights (D, D), biases (D,), the mask (T, S); "
        "the features of each head are (N, H, T, D/H)",
        **HINTS,
    },
    told_from={"attention": "weights"},
    example="multi_head_attention_forward(query, key, value, wq, wk, wv, wo, bq, bk, bv, bo, heads, mask) and "
    "multi_head_attention_backward(dout, cache)",
)
