"""Bugs in ReLU."""

from __future__ import annotations

from functools import partial

from tests.planted.planting import found, found_at_least, planted, warned, wrong

bug = partial(planted, layer="relu", sizes={"N": 2, "C": 3, "H": 4, "W": 5})

FORWARD = "np.where(x > 0, x, x.dtype.type(0)), x"
BACKWARD = "return np.where(cache > 0, dout, dout.dtype.type(0))"
DX = "np.where(cache > 0, dout, dout.dtype.type(0))"

BUGS = [
    bug(
        "leaky-consistently",
        forward=[(FORWARD, "np.where(x > 0, x, x / 64), x")],
        backward=[(BACKWARD, "return np.where(cache > 0, dout, dout / 64)")],
        expect=wrong("forward"),
    ),
    bug(
        "absolute-consistently",
        forward=[(FORWARD, "np.abs(x), x")],
        backward=[(BACKWARD, "return dout * np.sign(cache)")],
        expect=wrong("forward"),
    ),
    bug(
        "negative-part-consistently",
        forward=[(FORWARD, "np.minimum(x, 0), x")],
        backward=[(BACKWARD, "return dout * (cache < 0)")],
        expect=wrong("forward"),
    ),
    bug(
        "clipped-above-consistently",
        forward=[(FORWARD, "np.clip(x, 0, 0.51), x")],
        backward=[(BACKWARD, "return dout * ((cache > 0) & (cache < 0.51))")],
        expect=wrong("forward"),
    ),
    bug(
        "softplus-consistently",
        forward=[(FORWARD, "np.log1p(np.exp(x)), x")],
        backward=[(BACKWARD, "return dout / (1 + np.exp(-cache))")],
        expect={"forward": "wrong"},
    ),
    bug(
        "squared-consistently",
        forward=[(FORWARD, "x * x * (x > 0), x")],
        backward=[(BACKWARD, "return 2 * cache * dout * (cache > 0)")],
        expect={"forward": "wrong"},
    ),
    bug("truncated", forward=[(FORWARD, "np.trunc(np.maximum(x, 0)), x")], expect={"forward": "wrong"}),
    bug("threshold-off-in-forward", forward=[(FORWARD, "np.where(x > 0.5, x, 0.0), x")], expect=wrong("forward", "dx")),
    bug(
        "last-image-not-rectified",
        forward=[
            (
                "return np.where(x > 0, x, x.dtype.type(0)), x",
                "out = np.maximum(x, 0)\n    out[-1] = x[-1]\n    return out, x",
            )
        ],
        expect=wrong("forward", "dx"),
    ),
    bug("overwrites-x", forward=[(FORWARD, "np.maximum(x, 0, out=x), x")], expect=found_at_least("input-overwritten")),
    bug(
        "output-jitters",
        forward=[(FORWARD, "np.maximum(x, 0) * np.random.default_rng().integers(1, 99, x.shape), x")],
        expect=found_at_least("not-deterministic"),
    ),
    bug("no-mask", backward=[(BACKWARD, "return 1.0 * dout")], expect=wrong("dx")),
    bug("mask-inverted", backward=[("cache > 0", "cache < 0")], expect=wrong("dx")),
    bug("mask-of-dout", backward=[("cache > 0", "dout > 0")], expect=found("not-linear-in-dout", "dx")),
    bug(
        "mask-instead-of-gradient",
        backward=[(BACKWARD, "return 1.0 * (cache > 0)")],
        expect=found("not-linear-in-dout", "dx"),
    ),
    bug("mask-threshold-off", backward=[("cache > 0", "cache > 0.5")], expect=wrong("dx")),
    bug("multiplied-by-x", backward=[(BACKWARD, "return dout * np.maximum(cache, 0)")], expect=wrong("dx")),
    bug("sign", backward=[("return np", "return -np")], expect=wrong("dx")),
    bug("off-by-1e-9", backward=[("return np", "return (1 + 1e-9) * np")], expect=wrong("dx")),
    bug(
        "one-entry-off-by-1e-9",
        backward=[(BACKWARD, f"dx = {DX}\n    dx.reshape(-1)[np.argmax(np.abs(dx))] *= 1 + 1e-9\n    return dx")],
        expect=wrong("dx"),
    ),
    bug("last-image-only", backward=[(BACKWARD, f"dx = {DX}\n    dx[:-1] = 0\n    return dx")], expect=wrong("dx")),
    bug("summed-over-images", backward=[(BACKWARD, f"return {DX}.sum(axis=0)")], expect=found("wrong-shape", "dx")),
    bug(
        "nan-where-closed",
        backward=[(BACKWARD, "return dout * (cache > 0) / (cache > 0)")],
        expect=found("not-finite", "dx"),
    ),
    bug("boolean", backward=[(BACKWARD, "return cache > 0")], expect=found_at_least("wrong-dtype")),
    bug(
        "dout-overwritten",
        backward=[(BACKWARD, "dout[cache <= 0] = 0\n    return dout")],
        expect=warned("input-overwritten"),
    ),
]
