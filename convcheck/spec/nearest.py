"""The key or word that was probably meant."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

LONGEST_WORD = 40
# No layer has so many keys; a matrix may be given more.
MOST_KNOWN = 100

# What other libraries call the paper's letters.
FOREIGN: dict[str, tuple[str, ...]] = {
    "batch": ("N",),
    "batch_size": ("N",),
    "batchsize": ("N",),
    "num_images": ("N",),
    "images": ("N",),
    "channels": ("C",),
    "in_channels": ("C",),
    "channels_in": ("C",),
    "input_channels": ("C",),
    "depth": ("C",),
    "num_features": ("D", "C"),
    "features": ("D", "C"),
    "dim": ("D",),
    "height": ("H",),
    "width": ("W",),
    "image_size": ("H", "W"),
    "input_size": ("H", "W"),
    "filters": ("F",),
    "num_filters": ("F",),
    "out_channels": ("F",),
    "channels_out": ("F",),
    "output_channels": ("F",),
    "kernels": ("F",),
    "kernel": ("H1", "W1"),
    "kernel_size": ("H1", "W1"),
    "filter_size": ("H1", "W1"),
    "pool_size": ("H1", "W1"),
    "window": ("H1", "W1"),
    "k": ("H1", "W1"),
    "ksize": ("H1", "W1"),
    "hh": ("H1",),
    "kh": ("H1",),
    "h_1": ("H1",),
    "kernel_height": ("H1",),
    "filter_height": ("H1",),
    "pool_height": ("H1",),
    "ww": ("W1",),
    "kw": ("W1",),
    "w_1": ("W1",),
    "kernel_width": ("W1",),
    "filter_width": ("W1",),
    "pool_width": ("W1",),
    "s": ("stride",),
    "strides": ("stride",),
    "step": ("stride",),
    "p": ("pad",),
    "padding": ("pad",),
    "zero_padding": ("pad",),
    "epsilon": ("eps",),
    "type": ("layer",),
    "op": ("layer",),
    "kind": ("layer",),
    "title": ("name",),
    "id": ("name",),
    "rng": ("seed",),
    "random_seed": ("seed",),
    "precision": ("dtype",),
    "tol": ("tolerance",),
    "atol": ("tolerance",),
    "rtol": ("tolerance",),
    "impl": ("implementation",),
    "variant": ("implementation",),
    "backend": ("implementation",),
    "expected": ("expect",),
    "outcome": ("expect",),
    "training": ("mode",),
    "default": ("defaults",),
    "tests": ("checks",),
    "specs": ("checks",),
    "grid": ("matrix",),
    "product": ("matrix",),
    # words
    "double": ("float64",),
    "float": ("float64",),
    "f64": ("float64",),
    "fp64": ("float64",),
    "single": ("float32",),
    "f32": ("float32",),
    "fp32": ("float32",),
    "float16": ("float32",),
    "half": ("float32",),
    "fp16": ("float32",),
    "bfloat16": ("float32",),
    "gaussian": ("normal",),
    "group": ("entries",),
    "groups": ("entries",),
    "entry": ("entries",),
    "probe": ("auto",),
    "probes": ("auto",),
    "directions": ("auto",),
    "eval": ("test",),
    "inference": ("test",),
    "passed": ("pass",),
    "ok": ("pass",),
    "failure": ("fail",),
    "xfail": ("fail",),
    "vectorised": ("vectorized",),
}


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words that `word` was probably meant to be, none if nothing is near.

    A slip of case comes first (`n` for N), then what other libraries say (`kernel_size` for H1 and W1), then spelling.
    """
    # Long words cannot be near and cost the square of their length to compare.
    if len(word) > LONGEST_WORD:
        return ()
    known = tuple(itertools.islice(known, MOST_KNOWN))
    lower = word.lower().replace("-", "_").strip()
    if cased := tuple(k for k in known if k.lower() == lower):
        return cased[:1]
    if foreign := tuple(k for k in FOREIGN.get(lower, ()) if k in known):
        return foreign
    return tuple(near(word, known, most=1, cutoff=0.7 if len(word) > 3 else 0.6))


def near(word: str, known: Sequence[str], *, most: int, cutoff: float) -> list[str]:
    """Those of the known words that are spelt most alike, the nearest first. `cutoff`: 1 is the same word, 0 any."""
    # Slow to import, and most people spell their words right.
    from difflib import get_close_matches

    return get_close_matches(word, known, n=most, cutoff=cutoff)
