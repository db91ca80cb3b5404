"""Bugs in max-pool."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.planted.planting import Planted, found, found_at_least, planted, warned, wrong

# Windows overlap in rows and not in columns; a column is left over.
SIZES = {"N": 2, "C": 3, "H": 7, "W": 5, "H1": 3, "W1": 2, "stride": 2}

bug = partial(planted, layer="max_pool", sizes=SIZES)

OUT = "return out, (winner, x.shape, pool_param)"
TAKE = "out = np.take_along_axis(candidates, winner[..., None], axis=4)[..., 0]"
WINNER = "winner = np.argmax(candidates, axis=4)"
WON = "won = winner == i * window[1] + j"
SHARED = "dx[:, :, rows, columns] += dout / (window[0] * window[1])"
GIVEN = "dx[:, :, rows, columns] += np.where(won, dout, dout.dtype.type(0))"


def before_return(name: str, line: str, expect: dict[str, Any], **other: Any) -> Planted:
    """A bug between dx and its return."""
    return bug(name, expect=expect, backward=[("return dx", f"{line}\n    return dx")], **other)


def before_output(name: str, line: str, expect: dict[str, Any]) -> Planted:
    """A bug between the output and its return."""
    return bug(name, expect=expect, forward=[(OUT, f"{line}\n    {OUT}")])


# A mask of all that equals the largest, so that every one of several equals has the whole gradient.
EVERY_TIE = planted(
    "every-tie-has-the-whole-gradient",
    layer="max_pool",
    sizes=SIZES,
    forward=[(OUT, "return out, (candidates == out[..., None], x.shape, pool_param)")],
    backward=[(WON, "won = winner[..., i * window[1] + j]")],
    expect=found("ties"),
)

BUGS = [
    EVERY_TIE,
    bug("min-consistently", forward=[(WINNER, WINNER.replace("argmax", "argmin"))], expect=wrong("forward")),
    bug(
        "largest-magnitude-consistently",
        forward=[(WINNER, "winner = np.argmax(np.abs(candidates), axis=4)")],
        expect={"forward": "wrong"},
    ),
    bug(
        "average-consistently",
        forward=[(TAKE, "out = candidates.mean(axis=4)")],
        backward=[(GIVEN, SHARED)],
        expect=wrong("forward"),
    ),
    bug(
        "first-row-of-the-window-only-consistently",
        forward=[(WINNER, "winner = np.argmax(candidates[..., : windows.shape[5]], axis=4)")],
        expect=wrong("forward"),
    ),
    bug(
        "second-largest-consistently",
        forward=[(WINNER, "winner = np.argsort(candidates, axis=4)[..., -2]")],
        expect=wrong("forward"),
    ),
    bug(
        "padded-with-zero",
        sizes=SIZES | {"H1": 1},
        forward=[(TAKE, TAKE + "\n    out = np.maximum(out, 0)")],
        expect=wrong("forward", "dx"),
    ),
    bug(
        "winner-is-the-smallest-in-backward",
        forward=[(OUT, OUT.replace("winner,", "np.argmin(candidates, axis=4),"))],
        expect=wrong("dx"),
    ),
    bug(
        "ties-of-truncated-values",
        forward=[(OUT, OUT.replace("winner,", "np.argmax(np.trunc(candidates), axis=4),"))],
        expect=wrong("dx"),
    ),
    bug("gradient-shared-by-the-window", backward=[(GIVEN, SHARED)], expect=wrong("dx")),
    bug("gradient-to-the-whole-window", backward=[(WON, "won = winner >= 0")], expect=wrong("dx")),
    bug("assigned-not-added", backward=[("columns] +=", "columns] =")], expect=wrong("dx")),
    bug(
        "overlap-takes-the-last",
        backward=[(GIVEN, "dx[:, :, rows, columns] = np.where(won, dout, dx[:, :, rows, columns])")],
        expect=wrong("dx"),
    ),
    bug("rows-taken-for-columns", backward=[(WON, "won = winner == i * window[0] + j")], expect=wrong("dx")),
    bug("column-major-winner", backward=[(WON, "won = winner == j * window[0] + i")], expect=wrong("dx")),
    bug(
        "last-offset-of-the-window-skipped",
        backward=[(WON, WON + "\n        won = won & (winner < window[0] * window[1] - 1)")],
        expect=wrong("dx"),
    ),
    bug(
        "stride-ignored-in-backward",
        backward=[("dx[:, :, rows, columns] +=", "dx[:, :, i : i + dout.shape[2], j : j + dout.shape[3]] +=")],
        expect=wrong("dx"),
    ),
    bug("stride-ignored-in-forward", forward=[("window, S)", "window, 1)")], expect=found_at_least("wrong-shape")),
    bug(
        "nan-where-nothing-won",
        backward=[("np.where(won, dout, dout.dtype.type(0))", "dout * won / won")],
        expect=found("not-finite", "dx"),
    ),
    before_return("sign", "dx = -dx", wrong("dx")),
    before_return("counted-twice-where-windows-overlap", "dx[:, :, 2] *= 2", wrong("dx")),
    before_return("last-image-zero", "dx[-1] = 0", wrong("dx")),
    before_return("channels-reversed", "dx = dx[:, ::-1]", wrong("dx")),
    before_return("one-entry-off-by-1e-9", "dx.reshape(-1)[np.argmax(np.abs(dx))] *= 1 + 1e-9", wrong("dx")),
    before_return("something-in-the-column-left-over", "dx[0, 0, 0, -1] = 1e-6 * dout[0, 0, 0, 0]", wrong("dx")),
    before_return("flattened", "dx = dx.reshape(len(dx), -1)", found("wrong-shape")),
    before_return("float32", "dx = dx.astype(np.float32)", found_at_least("wrong-dtype")),
    before_return("positive-only", "dx = np.maximum(dx, 0)", found("not-linear-in-dout", "dx")),
    before_return("dout-overwritten", "dout[...] = 0", warned("input-overwritten")),
    before_return(
        "jitters", "dx = dx * np.random.default_rng().uniform(1, 2)", found_at_least("backward-not-deterministic")
    ),
    before_output("x-overwritten", "x[...] = 0", found("input-overwritten")),
    before_output("one-output-off", "out[1, 2, 0, 1] += 2**-30", {"forward": "wrong"}),
    before_output("last-image-is-the-first", "out[-1] = out[0]", {"forward": "wrong"}),
    before_output("output-nan", "out[0, 0, 0, 0] = np.nan", found_at_least("not-finite")),
]
