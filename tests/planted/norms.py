"""Bugs in the normalisations without running statistics: of layers, groups, instances, and by the root mean square."""

from __future__ import annotations

from functools import partial

from tests.planted.planting import found, planted, wrong

# What goes wrong in both passes alike, with a gradient that is that of its forward pass.
CONSISTENTLY = found("forward-wrong", "forward")

layer = partial(planted, layer="layernorm", sizes={"N": 5, "D": 4, "eps": 1e-2})
rows = partial(planted, layer="layernorm", sizes={"shape": (2, 3, 4)})
group = partial(planted, layer="groupnorm", sizes={"N": 2, "C": 6, "H": 2, "W": 3, "G": 3, "eps": 1e-2})
instance = partial(planted, layer="instance_norm", sizes={"N": 2, "C": 3, "H": 2, "W": 4})
rms = partial(planted, layer="rmsnorm", sizes={"N": 5, "D": 4, "eps": 1e-2})

THROUGH_VAR = "through_var = xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)"
GROUPED = 'x.reshape(x.shape[0], gn_param["G"], -1)'

BUGS = [
    layer(
        "of-a-column-consistently",
        forward=[("x.mean(axis=-1", "x.mean(axis=0"), ("** 2).mean(axis=-1", "** 2).mean(axis=0")],
        backward=[("dxhat.mean(axis=-1", "dxhat.mean(axis=0"), ("xhat).mean(axis=-1", "xhat).mean(axis=0")],
        expect=CONSISTENTLY,
    ),
    rows(
        "of-a-sequence-consistently",
        forward=[("x.mean(axis=-1", "x.mean(axis=(1, 2)"), ("** 2).mean(axis=-1", "** 2).mean(axis=(1, 2)")],
        backward=[("dxhat.mean(axis=-1", "dxhat.mean(axis=(1, 2)"), ("xhat).mean(axis=-1", "xhat).mean(axis=(1, 2)")],
        expect=CONSISTENTLY,
    ),
    layer(
        "eps-outside-the-root",
        forward=[('1 / np.sqrt(var + ln_param["eps"])', '1 / (np.sqrt(var) + ln_param["eps"])')],
        expect=wrong("forward", "dx"),
    ),
    layer(
        "gamma-before-the-means",
        backward=[("dxhat = dout * gamma", "dxhat = dout"), ("return ivar", "return gamma * ivar")],
        expect=wrong("dx"),
    ),
    layer(
        "x-hat-forgotten",
        backward=[(THROUGH_VAR, "through_var = (dxhat * xhat).mean(axis=-1, keepdims=True)")],
        expect=wrong("dx"),
    ),
    rows(
        "dgamma-averaged",
        backward=[("(dout * xhat).sum(axis=rows)", "(dout * xhat).mean(axis=rows)")],
        expect=wrong("dgamma"),
    ),
    group("one-group-consistently", forward=[(GROUPED, "x.reshape(x.shape[0], 1, -1)")], expect=CONSISTENTLY),
    group(
        "groups-of-g-consistently",
        forward=[(GROUPED, 'x.reshape(x.shape[0], x.shape[1] // gn_param["G"], -1)')],
        expect=CONSISTENTLY,
    ),
    group("images-together-consistently", forward=[(GROUPED, 'x.reshape(1, gn_param["G"], -1)')], expect=CONSISTENTLY),
    group(
        "dgamma-of-one-image",
        backward=[("(dout * xhat.reshape(dout.shape)).sum(", "(dout * xhat.reshape(dout.shape))[-1:].sum(")],
        expect=wrong("dgamma"),
    ),
    group(
        "dx-of-the-last-group",
        backward=[("(ivar * (", "((np.arange(ivar.shape[1]) == ivar.shape[1] - 1)[:, None] * ivar * (")],
        expect=wrong("dx"),
    ),
    rms(
        "mean-subtracted-consistently",
        forward=[("    rms =", "    x = x - x.mean(axis=-1, keepdims=True)\n    rms =")],
        expect=wrong("forward", "dx"),
    ),
    rms(
        "of-a-column-consistently",
        forward=[("mean(axis=-1", "mean(axis=0")],
        backward=[("mean(axis=-1", "mean(axis=0")],
        expect=CONSISTENTLY,
    ),
    rms("sum-for-mean", backward=[("(dxhat * xhat).mean(", "(dxhat * xhat).sum(")], expect=wrong("dx")),
    instance("dbeta-averaged", backward=[("dbeta = dout.sum(", "dbeta = dout.mean(")], expect=wrong("dbeta")),
    instance(
        "term-of-the-variance-added",
        backward=[("through_mean - through_var", "through_mean + through_var")],
        expect=wrong("dx"),
    ),
]
