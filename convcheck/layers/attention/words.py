"""The words for attention in the code of other people, and what their code does that has no word.

Whether scores are scaled, and whether later keys are hidden from a query, is found out by a few keys and queries.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import product
from math import log, sqrt
from typing import Any

import numpy as np

from convcheck.layers.attended import HIDDEN, NONE, ROOT, SCALINGS
from convcheck.layers.words import BuiltIn, Form, Objection, OtherValues, Words, WordTable, words
from convcheck.spec.sizes import Sizes

Run = Callable[..., Any]
# How far rounding, or what is added to a sum that it may not be zero, moves a weight.
SAME = 1e-4
# Features of a key whose root is no other size of those at which code is run.
FEATURES = (16, 25)

SETTINGS: WordTable = {
    "mask": words(
        "mask masks attnmask attentionmask attmask srcmask tgtmask keypaddingmask paddingmask padmask maskmatrix"
        " lookaheadmask causalmask attentionbias maskin m"
    ),
    "masked": words("masked"),
    "causal": words("causal iscausal usecausal autoregressive usecausalmask maskfuture applycausalmask"),
    "scale": words("softmaxscale"),
    "scaling": words("scalingmode"),
}
# What an object multiplies its scores by, or divides them by; a function multiplies them by it.
EITHER = words("scale scalefactor scaling")
IMPLIED = {"mask": ("masked", "causal"), "scale": ("scaling",)}
# What no check varies: numbers that are drawn by chance have no gradient that could be checked.
NO_DROPOUT: Mapping[str, Any] = {"device": "cpu", "batchfirst": True} | dict.fromkeys(
    words(
        "dropout dropoutp pdrop dropoutrate dropoutprob attndropout attentiondropout attdropout attnpdrop residpdrop"
        " residdropout resdropout projdropout projdrop attndrop droprate dropoutratio"
    ),
    0.0,
)


def weights_of(run: Run, sizes: Any, params: Mapping[str, Any], scores: Any) -> Any:
    """(T, S), the weights that code gives to keys at these scores (T, S) before they are scaled; None where it fails.

    What is no number stays: code that makes one of a setting has a word for it, and gets it wrong.
    `sizes.D` is at least T.
    """
    rows = np.asarray(scores, float)
    T, S = rows.shape
    q, k = np.zeros((1, T, sizes.D)), np.zeros((1, S, sizes.D))
    q[0, :, :T], k[0, :, :T] = np.eye(T), rows.T
    out = run(sizes, {**params, "mask": None, "masked": False}, [q, k, np.eye(S)[None]])
    return None if out is None or np.shape(out) != (1, T, S) else np.asarray(out)[0]


def scale_of(weights_at: Callable[[int, float], Any]) -> Any:
    """What is done by code whose `weights_at(features, score)` are those of one key at 0 and another at that score.

    "" where it is no scaling that code may have; None where it fails.
    """
    scales = []
    for features in FEATURES:
        weights = weights_at(features, 1.0)
        if weights is None:
            return None
        kept, other = float(weights[0]), float(weights[1])
        if not (0 < kept < 1 and abs(kept + other - 1) < SAME):
            return ""
        scales.append(log(other / kept))
    wanted = {ROOT: [1 / sqrt(features) for features in FEATURES], NONE: [1.0, 1.0]}
    near = (how for how, those in wanted.items() if all(abs(a - b) < SAME for a, b in zip(scales, those, strict=True)))
    return next(near, "")


def measured_scaling(run: Run, sizes: Any, params: Mapping[str, Any]) -> Any:
    """Whether scores are divided by √D, by the weights of two keys."""

    def weights_at(features: int, score: float) -> Any:
        small = replace(sizes, N=1, T=2, S=2, D=features, M=2, masked=False, causal=False)
        weights = weights_of(run, small, params, [[0, 0], [0, score]])
        # The last query may look at both, whatever is hidden from the first.
        return None if weights is None else weights[1]

    return scale_of(weights_at)


def hides_later(weights: Any) -> bool:
    """Whether some weights of a query are nothing and others are not, where all keys fit alike."""
    nothing = np.abs(weights) < SAME
    return bool((nothing.any(axis=1) & ~nothing.all(axis=1)).any())


def causal_of(weights_when: Callable[[bool], Any]) -> Any:
    """What code does of `weights_when(whether it is asked to be causal)`, at scores that are all alike.

    True where it hides keys whatever it is asked for, False where it hides none and has no word for it; None where it
    is told, and where it fails.
    """
    plain = weights_when(False)
    if plain is None:
        return None
    if hides_later(plain):
        return True
    return False if weights_when(True) is None else None


def measured_causal(run: Run, sizes: Any, params: Mapping[str, Any]) -> Any:
    """Whether keys are hidden from some queries by code that is handed no mask."""
    small = replace(sizes, N=1, T=3, S=3, D=4, M=3, masked=False, causal=False)

    def weights_when(causal: bool) -> Any:
        return weights_of(run, small, {**params, "causal": causal}, np.zeros((3, 3)))

    return causal_of(weights_when)


def other_scaling(own: Any, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this scaling cannot be asked of code that has `own`."""
    # What is neither is held to what is usual: then a mistake is looked for in one place alone.
    held = own or ROOT
    if held == params["scaling"]:
        return None
    does = {ROOT: "divides its scores by √D", NONE: "does not scale its scores"}[held]
    return Objection(
        f"has no parameter for the scale, and {does}: scaling = {params['scaling']} cannot be asked of it; "
        f"a spec with scaling: {held} can be",
        {"scaling": held},
    )


def other_mask(own: Any, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why a mask cannot be asked of code that has no place for one, or the other way round."""
    if bool(own) == params["masked"]:
        return None
    said = "needs a mask: masked = false" if own else "has no parameter for a mask: masked = true"
    return Objection(
        f"{said} cannot be asked of it; a spec with masked: {str(bool(own)).lower()} can be", {"masked": bool(own)}
    )


def other_order(own: Any, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why hidden later keys cannot be asked of code that hides none, or the other way round."""
    if bool(own) == params["causal"]:
        if own and lengths_of(sizes)[0] != lengths_of(sizes)[1]:
            return Objection("hides later keys by itself: it is asked for as many keys as queries alone")
        return None
    said = "hides the keys of later steps" if own else "hides no keys"
    asked = str(params["causal"]).lower()
    return Objection(
        f"has no parameter for it, and {said} by itself: causal = {asked} cannot be asked of it; "
        f"a spec with causal: {str(bool(own)).lower()} can be",
        {"causal": bool(own)},
    )


def lengths_of(sizes: Any) -> tuple[int, int]:
    """Queries and keys."""
    return sizes.T, getattr(sizes, "S", sizes.T)


def built_in(scaling: Callable[..., Any], causal: Callable[..., Any]) -> tuple[BuiltIn, ...]:
    """What code may do by itself, where scaling and hidden keys are measured so."""

    def always(output: Any, sizes: Any, params: Any) -> bool:
        return True

    return (
        BuiltIn("masked", False, always, lambda run, sizes, params: False, other_mask, adopted=True),
        BuiltIn("causal", False, always, causal, other_order, adopted=True, even_if_accepted=True),
        BuiltIn("scaling", ROOT, always, scaling, other_scaling, adopted=True),
    )


def _array(sizes: Any, mask: Any) -> Any:
    """The mask, all True where there is none."""
    return np.ones(lengths_of(sizes), bool) if mask is None else mask


def _hiding(sizes: Any, mask: Any) -> Any:
    return ~_array(sizes, mask)


def _added(sizes: Any, mask: Any) -> Any:
    return np.where(_array(sizes, mask), np.float32(0), np.float32(HIDDEN))


def _numbers(sizes: Any, mask: Any) -> Any:
    return _array(sizes, mask).astype(np.float32)


def _for_each(way: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """(N, T, S)."""
    return lambda sizes, mask: np.repeat(way(sizes, mask)[None], sizes.N, axis=0)


def _of_heads(way: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """(N, H, T, S)."""

    def mask_of(sizes: Any, mask: Any) -> Any:
        made = way(sizes, mask)
        return np.tile(made, (sizes.N, getattr(sizes, "heads", 1), 1, 1))

    return mask_of


def _of_keys(way: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """(N, S), of a mask that is the same for all queries."""
    return lambda sizes, mask: np.repeat(way(sizes, mask)[:1], sizes.N, axis=0)


def small_masked(sizes: Any) -> Any:
    """One sequence of a few steps with one feature each: a mask shows in which keys move which outputs."""
    lengths = {"T": 3, "S": 4} if hasattr(sizes, "S") else {"T": 4}
    features = {"D": 1, "heads": 1} if hasattr(sizes, "heads") else {"D": 1, "M": 1}
    small: Sizes = replace(sizes, N=1, masked=True, causal=False, **lengths, **features)
    return small


TAKEN: Mapping[str, Callable[[Any, Any], Any]] = {
    "the mask is handed over as True, where a query may look": _array,
    "the mask is handed over as True where a key is hidden": _hiding,
    "the mask is handed over as what is added to the scores: 0, and -1e9 where a key is hidden": _added,
    "the mask is handed over as numbers: 1 where a query may look, and 0": _numbers,
}
SHAPES: Mapping[str, Callable[..., Callable[[Any, Any], Any]]] = {
    "": lambda way: way,
    ", for each sequence, (N, T, S)": _for_each,
    ", for each head of each sequence, (N, H, T, S)": _of_heads,
}


def masks(shown_by: str) -> OtherValues:
    """How code may take a mask: that is seen by which keys it hides, whose steps `shown_by` has."""
    ways = {f"{said}{shaped}": shape(way) for shaped, shape in SHAPES.items() for said, way in TAKEN.items()}
    of_keys = {
        f"takes a mask of keys alone, (N, S), {said}: one of queries and keys cannot be asked of it": way
        for said, way in (("True where one may be looked at", _array), ("True where one is hidden", _hiding))
    }
    return OtherValues(
        "mask",
        small_masked,
        ways,
        shown_by,
        {said: _of_keys(way) for said, way in of_keys.items()},
        # Of the last query, from which the second key is hidden.
        lambda mask: np.repeat(mask[-1:], len(mask), axis=0),
        {"masked": False},
    )


def forms(sizes: Any) -> tuple[Form, ...]:
    """With an axis of heads, as part of multi-head attention; one sequence alone; as many keys as queries alone."""
    shapes = sizes.shapes()
    of_heads = {name: (shape[0], 1, *shape[1:]) for name, shape in shapes.items()}
    with_heads = Form("the code is handed q, k and v with an axis of heads, (N, H, T, D), of length 1", of_heads)
    return (with_heads, *of_one_sequence(sizes, "q"), *as_many_keys(sizes))


def of_one_sequence(sizes: Any, first: str) -> tuple[Form, ...]:
    """Of code that has no axis for sequences; the first input is called so."""
    one = replace(sizes, N=1)
    several = replace(sizes, N=2).shapes()
    alone = {name: shape[1:] for name, shape in one.shapes().items() if shape != several[name]}
    if sizes.N == 1:
        return (Form(f"the code is handed one sequence alone, {first} as (T, D)", alone),)
    said = f"takes one sequence alone, {first} as (T, D): N = 1 is what it is right for"
    return (Form(said, alone, use="declined", sizes=one),)


def as_many_keys(sizes: Any) -> tuple[Form, ...]:
    """Of code that is right for as many keys as queries alone."""
    T, S = lengths_of(sizes)
    said = "takes as many keys as queries alone: S = T is what it is right for"
    own = product((sizes.masked, not sizes.masked), (sizes.causal, not sizes.causal), SCALINGS) if T != S else ()
    return tuple(
        Form(said, use="declined", sizes=replace(sizes, S=T, masked=masked, causal=causal, scaling=scaling))
        for masked, causal, scaling in own
    )


QUERIES = words("q query queries qs qin querys")
KEYS = words("k key keys ks kin")
VALUES = words("v value values vs vin val vals")


def scale_meant(word: str, others: Collection[str], number: bool) -> str | None:
    """`scale` is what scores are multiplied by, where a function takes it; an attribute may be what divides them."""
    return "scale" if {*others} & QUERIES and {*others} & KEYS else None


def derived(sizes: Any) -> Mapping[str, Any]:
    """√D, which some are told in place of D."""
    return {"temperature": sqrt(sizes.D)}


WORDS = Words(
    names=words(
        "attention scaleddotproductattention dotproductattention scaleddotproduct attn sdpa scaleddotattention"
        " attentionlayer dotattention scaledattention scaleddotproductattn attentioncore coreattention qkvattention"
        " attentionop singleheadattention causalattention maskedattention scaleddotproductattentionlayer"
        " dotproductattentionlayer attentionmechanism sdpattention flashattention softmaxattention attentionhead"
    ),
    inputs={"q": QUERIES, "k": KEYS, "v": VALUES},
    sizes={
        "N": words("n batchsize batch bs"),
        "T": words("t seqlen seqlength sequencelength timesteps nqueries querylen tq lq"),
        "S": words("s nkeys keylen tk lk sourcelen"),
        "D": words(
            "d dk dmodel dim headdim headsize dhead embeddim embdim hiddendim hiddensize dq dimk kdim keydim querydim"
            " keysize qdim dimension depth dimhead dkey"
        ),
        "M": words("m dv valuedim vdim dimv valuesize dvalue"),
        "temperature": words("temperature sqrtdk sqrtd temp"),
    },
    settings={**SETTINGS, "scale": SETTINGS["scale"] | EITHER},
    derived=derived,
    implied=IMPLIED,
    in_order=("mask",),
    fixed=NO_DROPOUT,
    contested=EITHER,
    meaning=scale_meant,
    built_in=built_in(measured_scaling, measured_causal),
    forms=forms,
    other_values=(masks("v"),),
    hints={
        "shapes": "q is (N, T, D), k (N, S, D), v (N, S, M), the mask (T, S), out and dout (N, T, M): "
        "scores are q @ k.transpose(0, 2, 1), (N, T, S)",
        "axes": "q is (N, T, D): the first axis is that of the sequences, and k.T turns it too; k.transpose(0, 2, 1)",
        "overflow": "take the largest score of each query away from it before exp: the weights are the same",
    },
    example="attention_forward(q, k, v, mask) and attention_backward(dout, cache)",
)
