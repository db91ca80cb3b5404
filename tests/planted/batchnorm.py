"""Bugs in batch normalisation."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.planted.planting import Planted, found, found_at_least, planted, warned, wrong

SIZES = {"N": 5, "D": 3, "eps": 1e-2}
SQUARE = {"N": 4, "D": 4}
TEST = SIZES | {"mode": "test"}

bug = partial(planted, layer="batchnorm", sizes=SIZES)

OUT = "return gamma * xhat + beta, (xhat, gamma, ivar, bn_param)"
IVAR = 'ivar = 1 / np.sqrt(var + bn_param["eps"])'
MEAN = "mean = x.mean(axis=0)"
VAR = "var = ((x - mean) ** 2).mean(axis=0)"
DX = "dx = gamma * ivar * (dout - dbeta / N - xhat * (dgamma / N))"
DGAMMA = "dgamma = (dout * xhat).sum(axis=0)"
DBETA = "dbeta = dout.sum(axis=0)"
RETURN = "    return dx, dgamma, dbeta"


def dx_is(name: str, formula: str, expect: dict[str, Any] | None = None, **other: Any) -> Planted:
    """Another formula for dx."""
    return bug(name, expect=expect or wrong("dx"), backward=[(DX, f"dx = {formula}")], **other)


def before_return(name: str, line: str, expect: dict[str, Any], **other: Any) -> Planted:
    """A bug between the gradients and their return."""
    return bug(name, expect=expect, backward=[(RETURN, f"    {line}\n{RETURN}")], **other)


def before_output(name: str, line: str, expect: dict[str, Any], **other: Any) -> Planted:
    """A bug between the output and its return."""
    return bug(name, expect=expect, forward=[(OUT, f"{line}\n    {OUT}")], **other)


WRONG_FORWARD = [
    bug(
        "eps-outside-the-root",
        forward=[(IVAR, 'ivar = 1 / (np.sqrt(var) + bn_param["eps"])')],
        expect=wrong("forward", "dx"),
    ),
    bug("eps-forgotten-consistently", forward=[(IVAR, "ivar = 1 / np.sqrt(var)")], expect=wrong("forward")),
    bug(
        "eps-twice-consistently",
        forward=[(IVAR, 'ivar = 1 / np.sqrt(var + 2 * bn_param["eps"])')],
        expect=wrong("forward"),
    ),
    bug("eps-hard-coded-consistently", forward=[(IVAR, "ivar = 1 / np.sqrt(var + 1e-5)")], expect=wrong("forward")),
    bug(
        "eps-1e-5-for-1e-8",
        sizes={"N": 5, "D": 3, "eps": 1e-8},
        forward=[(IVAR, "ivar = 1 / np.sqrt(var + 1e-5)")],
        expect=wrong("forward"),
    ),
    bug(
        "unbiased-variance",
        forward=[(VAR, "var = ((x - mean) ** 2).sum(axis=0) / (len(x) - 1)")],
        expect=wrong("forward", "dx"),
    ),
    bug(
        "unbiased-variance-consistently",
        forward=[(VAR, "var = ((x - mean) ** 2).sum(axis=0) / (len(x) - 1)")],
        backward=[("(dgamma / N)", "(dgamma / (N - 1))")],
        expect=wrong("forward"),
    ),
    bug("variance-not-rooted", forward=[(IVAR, 'ivar = 1 / (var + bn_param["eps"])')], expect=wrong("forward", "dx")),
    bug("mean-of-rows", sizes=SQUARE, forward=[(MEAN, "mean = x.mean(axis=1)")], expect={"forward": "wrong"}),
    bug(
        "mean-not-subtracted", forward=[("xhat = (x - mean) * ivar", "xhat = x * ivar")], expect=wrong("forward", "dx")
    ),
    bug(
        "running-mean-in-train-mode",
        forward=[
            (
                "update_statistics(bn_param, mean, var)",
                'update_statistics(bn_param, mean, var)\n        mean = bn_param["running_mean"]',
            )
        ],
        expect=wrong("forward", "dx"),
    ),
    bug(
        "batch-statistics-in-test-mode",
        sizes=TEST,
        forward=[("if is_training(bn_param):", "if True:")],
        expect=wrong("forward", "dx"),
    ),
    bug(
        "train-mode-at-test-time-consistently",
        sizes=TEST,
        forward=[("if is_training(bn_param):", "if True:")],
        backward=[('bn_param["mode"] == "test"', "False")],
        expect=wrong("forward"),
    ),
    bug(
        "running-variance-taken-for-deviation",
        sizes=TEST,
        forward=[(IVAR, 'ivar = 1 / (var + bn_param["eps"])')],
        expect=wrong("forward"),
    ),
    before_output("beta-forgotten", "beta = 0 * beta", wrong("forward", "dbeta")),
    before_output("gamma-and-beta-swapped", "gamma, beta = beta, gamma", wrong("forward", "dgamma", "dbeta")),
    before_output("gamma-squared-consistently", "gamma = gamma * gamma", {"forward": "wrong"}),
    before_output("gamma-along-the-rows", "gamma = gamma[:, None]", {"forward": "wrong"}, sizes=SQUARE),
    before_output("last-row-not-normalised", "xhat[-1] = x[-1]", wrong("forward", "dx")),
    before_output("x-centred-in-place", "x -= mean", found_at_least("input-overwritten")),
    before_output(
        "xhat-jitters",
        "xhat = xhat * (1 + 1e-9 * np.random.default_rng().random())",
        found_at_least("not-deterministic"),
    ),
    before_output("xhat-rounded-to-float32", "xhat = xhat.astype(np.float32).astype(x.dtype)", {"forward": "wrong"}),
    before_output("output-off-by-1e-9", "gamma = gamma * (1 + 1e-9)", {"forward": "wrong"}),
]

WRONG_BACKWARD = [
    dx_is("mean-term-dropped", "gamma * ivar * (dout - xhat * (dgamma / N))"),
    dx_is("variance-term-dropped", "gamma * ivar * (dout - dbeta / N)"),
    dx_is("statistics-taken-for-constants", "gamma * ivar * dout"),
    dx_is("gamma-forgotten", "ivar * (dout - dbeta / N - xhat * (dgamma / N))"),
    dx_is("gamma-twice", "gamma * gamma * ivar * (dout - dbeta / N - xhat * (dgamma / N))"),
    dx_is("ivar-forgotten", "gamma * (dout - dbeta / N - xhat * (dgamma / N))"),
    dx_is("ivar-squared", "gamma * ivar * ivar * (dout - dbeta / N - xhat * (dgamma / N))"),
    dx_is("variance-term-added", "gamma * ivar * (dout - dbeta / N + xhat * (dgamma / N))"),
    dx_is("mean-term-added", "gamma * ivar * (dout + dbeta / N - xhat * (dgamma / N))"),
    dx_is("mean-term-not-divided", "gamma * ivar * (dout - dbeta - xhat * (dgamma / N))"),
    dx_is("divided-by-columns", "gamma * ivar * (dout - dbeta / dout.shape[1] - xhat * (dgamma / dout.shape[1]))"),
    dx_is("divided-by-one-less", "gamma * ivar * (dout - dbeta / N - xhat * (dgamma / (N - 1)))"),
    dx_is("variance-term-without-xhat", "gamma * ivar * (dout - dbeta / N - dgamma / N)"),
    dx_is("variance-term-halved", "gamma * ivar * (dout - dbeta / N - xhat * (dgamma / N) / 2)"),
    dx_is(
        "eps-forgotten-in-backward",
        "gamma * ivar / np.sqrt(1 - 1e-2 * ivar**2) * (dout - dbeta / N - xhat * (dgamma / N))",
    ),
    dx_is("sum-of-rows", "gamma * ivar * (dout - dout.mean(axis=1, keepdims=True) - xhat * (dgamma / N))"),
    before_return("sign", "dx = -dx", wrong("dx")),
    before_return("last-row-zero", "dx[-1] = 0", wrong("dx")),
    before_return("one-entry-off-by-1e-9", "dx[3, 1] *= 1 + 1e-9", wrong("dx")),
    before_return("columns-reversed", "dx = dx[:, ::-1]", wrong("dx")),
    before_return("dx-float32", "dx = dx.astype(np.float32)", found_at_least("wrong-dtype")),
    before_return("dx-clipped", "dx = np.clip(dx, -1e-3, 1e-3)", found("not-linear-in-dout", "dx")),
    before_return("dx-nan", "dx[0, 0] /= 0 * dx[0, 0]", found("not-finite", "dx")),
    before_return("dx-transposed", "dx = dx.T", found("wrong-shape")),
    before_return("dgamma-without-xhat", "dgamma = dbeta", wrong("dgamma")),
    before_return("dgamma-averaged", "dgamma = dgamma / N", wrong("dgamma")),
    before_return("dgamma-of-the-output", "dgamma = (dout * (gamma * xhat)).sum(axis=0)", wrong("dgamma")),
    before_return("dgamma-not-summed", "dgamma = dout * xhat", found("wrong-shape", "dgamma")),
    before_return("dgamma-off-by-1e-9", "dgamma[1] *= 1 + 1e-9", wrong("dgamma")),
    before_return("dgamma-one-column-for-all", "dgamma = dgamma[:1]", found("wrong-shape", "dgamma")),
    before_return("dbeta-averaged", "dbeta = dbeta / N", wrong("dbeta")),
    before_return("dbeta-keeps-its-row", "dbeta = dbeta[None]", found("wrong-shape")),
    before_return("dbeta-last-row-forgotten", "dbeta = dout[:-1].sum(axis=0)", wrong("dbeta")),
    before_return("dgamma-and-dbeta-swapped", "dgamma, dbeta = dbeta, dgamma", wrong("dgamma", "dbeta")),
    before_return("gamma-overwritten", "gamma *= 0", found_at_least("input-overwritten")),
    before_return("dout-overwritten", "dout -= dout.mean(axis=0)", warned("input-overwritten")),
    before_return(
        "jitters", "dx = dx + 1e-12 * np.random.default_rng().random()", found_at_least("backward-not-deterministic")
    ),
    bug(
        "train-formula-in-test-mode", sizes=TEST, backward=[('bn_param["mode"] == "test"', "False")], expect=wrong("dx")
    ),
    bug("test-mode-without-gamma", sizes=TEST, backward=[("dout * (gamma * ivar)", "dout * ivar")], expect=wrong("dx")),
    bug("test-mode-without-ivar", sizes=TEST, backward=[("dout * (gamma * ivar)", "dout * gamma")], expect=wrong("dx")),
    bug(
        "naive-indicator-dropped",
        of="naive",
        backward=[("n_is[k] - 1 / N -", "-1 / N -")],
        expect=wrong("dx"),
    ),
    bug("naive-one-over-N-dropped", of="naive", backward=[("n_is[k] - 1 / N -", "n_is[k] -")], expect=wrong("dx")),
    before_return(
        "float32-mean-dropped", "dx = gamma * ivar * (dout - xhat * (dgamma / N))", wrong("dx"), dtype="float32"
    ),
    before_return("one-entry-off-by-1e-9-on-normal-data", "dx[3, 1] *= 1 + 1e-9", wrong("dx"), data="normal"),
]

BUGS = [*WRONG_FORWARD, *WRONG_BACKWARD]
