"""Functions of NumPy with their right gradients, as people write them by hand: what `mutants.py` plants mistakes in.

Each keeps the dtype of its inputs. `FUNCTIONS` maps a name to a `Case`; forward(*inputs) gives out, and
backward(dout, *inputs) a list with a gradient for each input.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erf, pi, sqrt
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
Shapes = tuple[tuple[int, ...], ...]


class Case(NamedTuple):
    """`draw(rng)` gives inputs in float64; `kinked` functions have points without a derivative; `narrow` ones compute
    in float32, whatever they are given.
    """

    draw: Callable[[np.random.Generator], list[Array]]
    forward: Callable[..., Array]
    backward: Callable[..., list[Array]]
    kinked: bool = False
    narrow: bool = False


FUNCTIONS: dict[str, Case] = {}


def normal(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], list[Array]]:
    return lambda rng: [np.asarray(rng.standard_normal(shape)) for shape in shapes]


def uniform(low: float, high: float, *shapes: tuple[int, ...]) -> Callable[[np.random.Generator], list[Array]]:
    return lambda rng: [np.asarray(rng.uniform(low, high, shape)) for shape in shapes]


def away_from(kinks: list[float], shape: tuple[int, ...]) -> Callable[[np.random.Generator], list[Array]]:
    """Normal numbers of which none is within a twentieth of a kink."""

    def draw(rng: np.random.Generator) -> list[Array]:
        x = rng.standard_normal(shape)
        for kink in kinks:
            x = np.where(np.abs(x - kink) < 0.05, x + 0.11, x)
        return [x]

    return draw


def elementwise(
    name: str,
    draw: Callable[[np.random.Generator], list[Array]],
    f: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    kinked: bool = False,
) -> None:
    FUNCTIONS[name] = Case(draw, f, lambda dout, x: [dout * slope(x)], kinked)


def case(name: str, draw: Callable[[np.random.Generator], list[Array]], kinked: bool = False) -> Callable[[Any], Any]:
    """Decorates a function that returns (forward, backward)."""

    def add(pair: Callable[[], tuple[Any, Any]]) -> Any:
        forward, backward = pair()
        FUNCTIONS[name] = Case(draw, forward, backward, kinked)
        return pair

    return add


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def softmax_backward(dout: Array, x: Array) -> Array:
    s = softmax(x)
    return np.asarray(s * (dout - (dout * s).sum(axis=-1, keepdims=True)))


def swap(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


_erf = np.vectorize(erf, otypes=[float])
SHAPE = (3, 4)
POSITIVE = uniform(0.3, 3.0, SHAPE)

elementwise("square", normal(SHAPE), lambda x: x**2, lambda x: 2 * x)
elementwise("cube", normal(SHAPE), lambda x: x**3, lambda x: 3 * x**2)
elementwise("power", POSITIVE, lambda x: x**1.5, lambda x: 1.5 * x**0.5)
elementwise("reciprocal", POSITIVE, lambda x: 1 / x, lambda x: -1 / x**2)
elementwise("square root", POSITIVE, np.sqrt, lambda x: 0.5 / np.sqrt(x))
elementwise("exp", normal(SHAPE), np.exp, np.exp)
elementwise("expm1", normal(SHAPE), np.expm1, np.exp)
elementwise("log", POSITIVE, np.log, lambda x: 1 / x)
elementwise("log1p", POSITIVE, np.log1p, lambda x: 1 / (1 + x))
elementwise("sin", normal(SHAPE), np.sin, np.cos)
elementwise("cos 10x", normal(SHAPE), lambda x: np.cos(10 * x), lambda x: -10 * np.sin(10 * x))
elementwise("tan", uniform(-1.2, 1.2, SHAPE), np.tan, lambda x: 1 + np.tan(x) ** 2)
elementwise("arctan", normal(SHAPE), np.arctan, lambda x: 1 / (1 + x**2))
elementwise("sinh", normal(SHAPE), np.sinh, np.cosh)
elementwise("tanh", normal(SHAPE), np.tanh, lambda x: 1 - np.tanh(x) ** 2)
elementwise("sigmoid", normal(SHAPE), sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)))
elementwise("softplus", normal(SHAPE), lambda x: np.logaddexp(0, x).astype(x.dtype), sigmoid)
elementwise("silu", normal(SHAPE), lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))))
elementwise("softsign", away_from([0.0], SHAPE), lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2)
elementwise("gaussian", normal(SHAPE), lambda x: np.exp(-(x**2) / 2), lambda x: -x * np.exp(-(x**2) / 2))
elementwise("lorentzian", normal(SHAPE), lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2)
elementwise("horner", normal(SHAPE), lambda x: ((2 * x - 3) * x + 5) * x - 7, lambda x: (6 * x - 6) * x + 5)
elementwise(
    "gelu",
    normal(SHAPE),
    lambda x: x / 2 * (1 + _erf(x / sqrt(2)).astype(x.dtype)),
    lambda x: (1 + _erf(x / sqrt(2)).astype(x.dtype)) / 2 + x * np.exp(-(x**2) / 2) / sqrt(2 * pi),
)
elementwise("relu", away_from([0.0], SHAPE), lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype), True)
elementwise(
    "leaky relu",
    away_from([0.0], SHAPE),
    lambda x: np.where(x > 0, x, x * x.dtype.type(0.1)),
    lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(0.1)),
    True,
)
elementwise(
    "elu",
    away_from([0.0], SHAPE),
    lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)) / 2),
    lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0)) / 2).astype(x.dtype),
    True,
)
elementwise("abs", away_from([0.0], SHAPE), np.abs, np.sign, True)
elementwise(
    "hard tanh",
    away_from([-1.0, 1.0], SHAPE),
    lambda x: np.clip(x, -1, 1),
    lambda x: (np.abs(x) < 1).astype(x.dtype),
    True,
)
elementwise(
    "hard shrink",
    away_from([-0.5, 0.5], SHAPE),
    lambda x: np.where(np.abs(x) > 0.5, x, 0),
    lambda x: (np.abs(x) > 0.5).astype(x.dtype),
    True,
)
elementwise(
    "soft shrink",
    away_from([-0.5, 0.5], SHAPE),
    lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    lambda x: (np.abs(x) > 0.5).astype(x.dtype),
    True,
)
elementwise(
    "huber",
    away_from([-1.0, 1.0], SHAPE),
    lambda x: np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5),
    lambda x: np.clip(x, -1, 1),
    True,
)
elementwise(
    "dropout",
    normal(SHAPE),
    lambda x: x * _mask(x) / x.dtype.type(0.75),
    lambda x: _mask(x) / x.dtype.type(0.75),
)
elementwise("round", away_from([i + 0.5 for i in range(-4, 4)], SHAPE), np.round, np.zeros_like, True)
elementwise(
    "tanh in float32",
    normal(SHAPE),
    lambda x: _narrow(np.tanh, x),
    lambda x: _narrow(lambda t: 1 - np.tanh(t) ** 2, x),
)
FUNCTIONS["tanh in float32"] = FUNCTIONS["tanh in float32"]._replace(narrow=True)
_OUTPUTS = np.array([1e-6, 1.0, 1e3, 1e6])
elementwise(
    "outputs of four sizes",
    normal((4,)),
    lambda x: _OUTPUTS.astype(x.dtype) * np.sin(x),
    lambda x: _OUTPUTS.astype(x.dtype) * np.cos(x),
)
elementwise(
    "inputs of four sizes",
    lambda rng: [np.array([1e-4, 1.0, 1e2, 1e4]) * rng.uniform(1, 2, 4)],
    np.log,
    lambda x: 1 / x,
)


elementwise(
    "outputs of two sizes",
    uniform(0.3, 1.2, (2,)),
    lambda x: np.array([1.0, 1e12], x.dtype) * np.sin(x.real),
    lambda x: np.array([1.0, 1e12], x.dtype) * np.cos(x),
)
elementwise(
    "inputs far apart",
    lambda rng: [np.array([1e-8, 1.0, 1e8]) * rng.uniform(1, 2, 3)],
    lambda x: np.log(x.real),
    lambda x: 1 / x,
)
elementwise(
    "pruning",
    lambda rng: [np.array([0.0, 0.0, 1.0, -2.0, 3.0])[rng.permutation(5)]],
    lambda w: np.where(np.abs(w) > 0.5, w, 0),
    lambda w: (np.abs(w) > 0.5).astype(w.dtype),
    True,
)


def _mask(x: Array) -> Array:
    return np.asarray(np.random.default_rng(0).random(x.shape) < 0.75).astype(x.dtype)


def _narrow(f: Callable[[Array], Array], x: Array) -> Array:
    return f(x.astype(np.float32)).astype(x.dtype)


@case("matrix product", normal((3, 4), (4, 2)))
def _matmul() -> tuple[Any, Any]:
    return (lambda a, b: a @ b), (lambda dout, a, b: [dout @ b.T, a.T @ dout])


@case("affine", normal((5, 4), (4, 3), (3,)))
def _affine() -> tuple[Any, Any]:
    return (lambda x, w, b: x @ w + b), (lambda dout, x, w, b: [dout @ w.T, x.T @ dout, dout.sum(axis=0)])


@case("quadratic form", normal((4,), (4, 4)))
def _quadratic() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array, a: Array) -> list[Array]:
        return [dout * (a @ x + a.T @ x), dout * np.outer(x, x)]

    return (lambda x, a: x @ a @ x), backward


@case("outer product", normal((4,), (3,)))
def _outer() -> tuple[Any, Any]:
    return np.outer, (lambda dout, a, b: [dout @ b, a @ dout])


@case("bilinear", normal((2, 3), (4, 3, 2), (2, 2)))
def _bilinear() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array, w: Array, y: Array) -> list[Array]:
        return [
            np.einsum("nk,kij,nj->ni", dout, w, y),
            np.einsum("nk,ni,nj->kij", dout, x, y),
            np.einsum("nk,ni,kij->nj", dout, x, w),
        ]

    return (lambda x, w, y: np.einsum("ni,kij,nj->nk", x, w, y)), backward


@case("product of entries", normal((3, 4), (3, 4)))
def _hadamard() -> tuple[Any, Any]:
    return (lambda a, b: a * b), (lambda dout, a, b: [dout * b, dout * a])


@case("quotient", uniform(0.5, 2.0, (3, 4), (3, 4)))
def _quotient() -> tuple[Any, Any]:
    return (lambda a, b: a / b), (lambda dout, a, b: [dout / b, -dout * a / b**2])


@case("hypotenuse", uniform(0.5, 2.0, (3, 4), (3, 4)))
def _hypot() -> tuple[Any, Any]:
    return (lambda a, b: np.sqrt(a**2 + b**2)), (
        lambda dout, a, b: [dout * a / np.sqrt(a**2 + b**2), dout * b / np.sqrt(a**2 + b**2)]
    )


@case("broadcast sum", normal((3, 4), (4,)))
def _broadcast() -> tuple[Any, Any]:
    return (lambda a, b: a + b), (lambda dout, a, b: [dout, dout.sum(axis=0)])


@case("convolution in one dimension", normal((2, 7), (3,)))
def _conv1d() -> tuple[Any, Any]:
    def forward(x: Array, w: Array) -> Array:
        return sum((x[:, i : i + 5] * w[i] for i in range(3)), np.zeros((len(x), 5), x.dtype))

    def backward(dout: Array, x: Array, w: Array) -> list[Array]:
        dx = np.zeros_like(x)
        for i in range(3):
            dx[:, i : i + 5] += dout * w[i]
        return [dx, np.array([(dout * x[:, i : i + 5]).sum() for i in range(3)], x.dtype)]

    return forward, backward


@case("average pooling", normal((2, 4, 4)))
def _average_pool() -> tuple[Any, Any]:
    def forward(x: Array) -> Array:
        return np.asarray(x.reshape(len(x), 2, 2, 2, 2).mean(axis=(2, 4)))

    return forward, lambda dout, x: [np.repeat(np.repeat(dout, 2, axis=1), 2, axis=2) / 4]


@case("max pooling", normal((2, 4, 4)), True)
def _max_pool() -> tuple[Any, Any]:
    def windows(x: Array) -> Array:
        return np.asarray(x.reshape(len(x), 2, 2, 2, 2))

    def backward(dout: Array, x: Array) -> list[Array]:
        w = windows(x)
        won = w == w.max(axis=(2, 4), keepdims=True)
        return [(won * dout[:, :, None, :, None]).reshape(x.shape)]

    return (lambda x: windows(x).max(axis=(2, 4))), backward


@case("maximum of two", normal((3, 4), (3, 4)), True)
def _maximum() -> tuple[Any, Any]:
    return np.maximum, lambda dout, a, b: [dout * (a > b), dout * (a < b)]


@case("sort", normal((6,)), True)
def _sort() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array) -> list[Array]:
        dx = np.zeros_like(x)
        dx[np.argsort(x)] = dout
        return [dx]

    return np.sort, backward


@case("cumulative sum", normal((6,)))
def _cumsum() -> tuple[Any, Any]:
    return np.cumsum, lambda dout, x: [np.cumsum(dout[::-1])[::-1]]


@case("cumulative product", uniform(0.5, 1.5, (5,)))
def _cumprod() -> tuple[Any, Any]:
    return np.cumprod, lambda dout, x: [np.cumsum((dout * np.cumprod(x))[::-1])[::-1] / x]


@case("product", uniform(0.5, 1.5, (5,)))
def _prod() -> tuple[Any, Any]:
    return np.prod, lambda dout, x: [dout * np.prod(x) / x]


@case("cosine transform", normal((5,)))
def _transform() -> tuple[Any, Any]:
    n = np.arange(5)
    c = np.cos(pi / 5 * np.outer(n, n + 0.5))
    return (lambda x: c.astype(x.dtype) @ x), lambda dout, x: [c.astype(x.dtype).T @ dout]


@case("periodogram", normal((6,)))
def _periodogram() -> tuple[Any, Any]:
    angles = 2 * pi / 6 * np.outer(np.arange(4), np.arange(6))
    c, s = np.cos(angles), np.sin(angles)

    def backward(dout: Array, x: Array) -> list[Array]:
        a, b = c.astype(x.dtype), s.astype(x.dtype)
        return [2 * (a.T @ (dout * (a @ x)) + b.T @ (dout * (b @ x)))]

    return (lambda x: (c.astype(x.dtype) @ x) ** 2 + (s.astype(x.dtype) @ x) ** 2), backward


@case("transpose", normal((2, 3, 4)))
def _transpose() -> tuple[Any, Any]:
    return (lambda x: x.transpose(2, 0, 1)), (lambda dout, x: [dout.transpose(1, 2, 0)])


@case("zero padding", normal((2, 3)))
def _pad() -> tuple[Any, Any]:
    return (lambda x: np.pad(x, 1)), (lambda dout, x: [dout[1:-1, 1:-1]])


@case("gather", normal((5, 3)))
def _gather() -> tuple[Any, Any]:
    index = np.array([0, 2, 2, 4, 1, 3])

    def backward(dout: Array, x: Array) -> list[Array]:
        dx = np.zeros_like(x)
        np.add.at(dx, index, dout)
        return [dx]

    return (lambda x: x[index]), backward


@case("table with interpolation", uniform(1.2, 1.8, (3,)))
def _table() -> tuple[Any, Any]:
    table = np.arange(10.0) ** 2

    def place(x: Array) -> Array:
        return np.asarray(np.floor(x.real).astype(int))

    def forward(x: Array) -> Array:
        i, t = place(x), table.astype(x.dtype)
        return np.asarray(t[i] + (x - i.astype(x.dtype)) * (t[i + 1] - t[i]))

    def backward(dout: Array, x: Array) -> list[Array]:
        i, t = place(x), table.astype(x.dtype)
        return [dout * (t[i + 1] - t[i])]

    return forward, backward


FUNCTIONS["table with interpolation"] = FUNCTIONS["table with interpolation"]._replace(kinked=True)


@case("softmax", normal(SHAPE))
def _softmax() -> tuple[Any, Any]:
    return softmax, lambda dout, x: [softmax_backward(dout, x)]


@case("masked softmax", normal((4, 4)))
def _masked() -> tuple[Any, Any]:
    later = np.triu(np.ones((4, 4), dtype=bool), 1)

    def masked(x: Array) -> Array:
        return np.where(later, x.dtype.type(-np.inf), x)

    return (lambda x: softmax(masked(x))), (lambda dout, x: [np.where(later, 0, softmax_backward(dout, masked(x)))])


@case("log softmax", normal(SHAPE))
def _log_softmax() -> tuple[Any, Any]:
    def forward(x: Array) -> Array:
        z = x - x.max(axis=-1, keepdims=True)
        return np.asarray(z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))

    return forward, lambda dout, x: [dout - softmax(x) * dout.sum(axis=-1, keepdims=True)]


@case("logsumexp", normal(SHAPE))
def _logsumexp() -> tuple[Any, Any]:
    def forward(x: Array) -> Array:
        m = x.max(axis=-1)
        return np.asarray(m + np.log(np.exp(x - m[:, None]).sum(axis=-1)))

    return forward, lambda dout, x: [dout[:, None] * softmax(x)]


@case("cross entropy", normal((5, 4)))
def _cross_entropy() -> tuple[Any, Any]:
    rows, labels = np.arange(5), np.array([0, 3, 1, 1, 2])

    def backward(dout: Array, x: Array) -> list[Array]:
        p = softmax(x)
        p[rows, labels] -= 1
        return [dout * p / 5]

    return (lambda x: -np.log(softmax(x)[rows, labels]).mean()), backward


@case("logistic loss", normal((6,), (6,)))
def _logistic() -> tuple[Any, Any]:
    def forward(x: Array, y: Array) -> Array:
        return np.asarray((np.logaddexp(0, x).astype(x.dtype) - x * y).mean())

    return forward, lambda dout, x, y: [dout * (sigmoid(x) - y) / 6, -dout * x / 6]


@case("mean squared error", normal((3, 4), (3, 4)))
def _mse() -> tuple[Any, Any]:
    return (lambda x, y: ((x - y) ** 2).mean()), (lambda dout, x, y: [dout * (x - y) / 6, dout * (y - x) / 6])


@case("mean absolute error", normal((3, 4), (3, 4)), True)
def _mae() -> tuple[Any, Any]:
    return (lambda x, y: np.abs(x - y).mean()), (
        lambda dout, x, y: [dout * np.sign(x - y) / 12, dout * np.sign(y - x) / 12]
    )


@case("Kullback-Leibler divergence", uniform(0.1, 1.0, (3, 4), (3, 4)))
def _kl() -> tuple[Any, Any]:
    return (lambda p, q: (p * (np.log(p) - np.log(q))).sum(axis=1)), (
        lambda dout, p, q: [dout[:, None] * (np.log(p) - np.log(q) + 1), -dout[:, None] * p / q]
    )


@case("layer norm", normal((3, 6), (6,), (6,)))
def _layer_norm() -> tuple[Any, Any]:
    def parts(x: Array) -> tuple[Array, Array]:
        s = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
        return (x - x.mean(axis=-1, keepdims=True)) / s, s

    def forward(x: Array, gamma: Array, beta: Array) -> Array:
        return parts(x)[0] * gamma + beta

    def backward(dout: Array, x: Array, gamma: Array, beta: Array) -> list[Array]:
        h, s = parts(x)
        d = dout * gamma
        dx = (d - d.mean(axis=-1, keepdims=True) - h * (d * h).mean(axis=-1, keepdims=True)) / s
        return [dx, (dout * h).sum(axis=0), dout.sum(axis=0)]

    return forward, backward


@case("batch norm", normal((6, 3), (3,), (3,)))
def _batch_norm() -> tuple[Any, Any]:
    def parts(x: Array) -> tuple[Array, Array]:
        s = np.sqrt(x.var(axis=0) + 1e-5)
        return (x - x.mean(axis=0)) / s, s

    def forward(x: Array, gamma: Array, beta: Array) -> Array:
        return parts(x)[0] * gamma + beta

    def backward(dout: Array, x: Array, gamma: Array, beta: Array) -> list[Array]:
        h, s = parts(x)
        d = dout * gamma
        dx = (d - d.mean(axis=0) - h * (d * h).mean(axis=0)) / s
        return [dx, (dout * h).sum(axis=0), dout.sum(axis=0)]

    return forward, backward


@case("bias before a batch norm", normal((6, 3), (3,)))
def _bias_before_norm() -> tuple[Any, Any]:
    def forward(x: Array, b: Array) -> Array:
        y = x + b
        return np.asarray((y - y.mean(axis=0)) / np.sqrt(y.var(axis=0) + 1e-5))

    def backward(dout: Array, x: Array, b: Array) -> list[Array]:
        y = x + b
        s = np.sqrt(y.var(axis=0) + 1e-5)
        h = (y - y.mean(axis=0)) / s
        dx = (dout - dout.mean(axis=0) - h * (dout * h).mean(axis=0)) / s
        return [dx, dx.sum(axis=0)]

    return forward, backward


def _key_bias() -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    q, k, v = (rng.standard_normal(shape) for shape in ((3, 4), (5, 4), (5, 2)))

    def parts(b: Array) -> tuple[Array, Array, Array]:
        dtype = b.dtype
        return softmax(q.astype(dtype) @ (k.astype(dtype) + b).T / 2), q.astype(dtype), v.astype(dtype)

    def forward(b: Array) -> Array:
        p, _, values = parts(b)
        return p @ values

    def backward(dout: Array, b: Array) -> list[Array]:
        p, queries, values = parts(b)
        dp = dout @ values.T
        ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) / 2
        return [(ds.T @ queries).sum(axis=0)]

    return forward, backward


case("bias of the keys", normal((4,)))(_key_bias)
for _name in ("layer norm", "batch norm"):
    _case = FUNCTIONS[_name]
    FUNCTIONS[f"{_name} far from zero"] = _case._replace(
        draw=lambda rng, _draw=_case.draw: [a + 1000 * (i == 0) for i, a in enumerate(_draw(rng))]
    )


@case("size that is normalised away", uniform(0.5, 2.0, (1,)))
def _normalised() -> tuple[Any, Any]:
    x = np.arange(1.0, 7.0) - 2.5

    def forward(a: Array) -> Array:
        y = a * x.astype(a.dtype)
        return np.asarray(y / np.sqrt((y * y).sum()))

    def backward(dout: Array, a: Array) -> list[Array]:
        y = a * x.astype(a.dtype)
        r = np.sqrt((y * y).sum())
        u = y / r
        return [((dout - u * (dout * u).sum()) / r * x.astype(a.dtype)).sum(keepdims=True)]

    return forward, backward


@case("strided view", normal((6,)))
def _strided() -> tuple[Any, Any]:
    def forward(x: Array) -> Array:
        return np.lib.stride_tricks.as_strided(x, (4, 3), (x.itemsize, x.itemsize)).copy()

    def backward(dout: Array, x: Array) -> list[Array]:
        dx = np.zeros_like(x)
        for i in range(4):
            dx[i : i + 3] += dout[i]
        return [dx]

    return forward, backward


@case("RMS norm", normal((3, 6), (6,)))
def _rms_norm() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array, g: Array) -> list[Array]:
        r = 1 / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-6)
        d = dout * g
        return [r * d - x * r**3 * (d * x).mean(axis=-1, keepdims=True), (dout * x * r).sum(axis=0)]

    return (lambda x, g: x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-6) * g), backward


@case("unit vectors", normal((3, 4)))
def _unit() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array) -> list[Array]:
        r = np.sqrt((x**2).sum(axis=1, keepdims=True))
        y = x / r
        return [(dout - y * (dout * y).sum(axis=1, keepdims=True)) / r]

    return (lambda x: x / np.sqrt((x**2).sum(axis=1, keepdims=True))), backward


@case("cosine similarity", normal((3, 4), (3, 4)))
def _cosine() -> tuple[Any, Any]:
    def forward(a: Array, b: Array) -> Array:
        return np.asarray((a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1)))

    def backward(dout: Array, a: Array, b: Array) -> list[Array]:
        c, aa, bb = forward(a, b)[:, None], (a**2).sum(axis=1)[:, None], (b**2).sum(axis=1)[:, None]
        d = dout[:, None]
        return [d * (b / np.sqrt(aa * bb) - c * a / aa), d * (a / np.sqrt(aa * bb) - c * b / bb)]

    return forward, backward


@case("mean", normal((3, 4)))
def _mean() -> tuple[Any, Any]:
    return (lambda x: x.mean(axis=0)), (lambda dout, x: [np.broadcast_to(dout / 3, x.shape)])


@case("variance", normal((5, 3)))
def _variance() -> tuple[Any, Any]:
    return (lambda x: x.var(axis=0)), (lambda dout, x: [dout * 2 * (x - x.mean(axis=0)) / 5])


@case("norm", normal((3, 4)))
def _norm() -> tuple[Any, Any]:
    return (lambda x: np.sqrt((x**2).sum())), (lambda dout, x: [dout * x / np.sqrt((x**2).sum())])


@case("pairwise distances", normal((3, 2), (4, 2)))
def _distances() -> tuple[Any, Any]:
    def forward(a: Array, b: Array) -> Array:
        return np.asarray(((a[:, None] - b[None]) ** 2).sum(axis=-1))

    def backward(dout: Array, a: Array, b: Array) -> list[Array]:
        d = 2 * dout[..., None] * (a[:, None] - b[None])
        return [d.sum(axis=1), -d.sum(axis=0)]

    return forward, backward


def _attention_parts(q: Array, k: Array, v: Array) -> tuple[Array, float]:
    scale = 1 / sqrt(q.shape[-1])
    return softmax(q @ k.T * scale), scale


@case("attention", normal((3, 4), (5, 4), (5, 2)))
def _attention() -> tuple[Any, Any]:
    def backward(dout: Array, q: Array, k: Array, v: Array) -> list[Array]:
        p, scale = _attention_parts(q, k, v)
        dp = dout @ v.T
        ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) * scale
        return [ds @ k, ds.T @ q, p.T @ dout]

    return (lambda q, k, v: _attention_parts(q, k, v)[0] @ v), backward


@case("recurrent step", normal((2, 3), (2, 4), (3, 4), (4, 4), (4,)))
def _rnn() -> tuple[Any, Any]:
    def forward(x: Array, h: Array, w: Array, u: Array, b: Array) -> Array:
        return np.tanh(x @ w + h @ u + b)

    def backward(dout: Array, x: Array, h: Array, w: Array, u: Array, b: Array) -> list[Array]:
        d = dout * (1 - forward(x, h, w, u, b) ** 2)
        return [d @ w.T, d @ u.T, x.T @ d, h.T @ d, d.sum(axis=0)]

    return forward, backward


@case("recurrent loop", normal((4, 2), (2, 3), (3, 3)))
def _rnn_loop() -> tuple[Any, Any]:
    def states(x: Array, w: Array, u: Array) -> list[Array]:
        h = [np.zeros(3, x.dtype)]
        for t in range(4):
            h.append(np.tanh(x[t] @ w + h[-1] @ u))
        return h

    def backward(dout: Array, x: Array, w: Array, u: Array) -> list[Array]:
        h = states(x, w, u)
        dx, dw, du, dh = np.zeros_like(x), np.zeros_like(w), np.zeros_like(u), dout
        for t in range(3, -1, -1):
            d = dh * (1 - h[t + 1] ** 2)
            dx[t], dw, du, dh = d @ w.T, dw + np.outer(x[t], d), du + np.outer(h[t], d), d @ u.T
        return [dx, dw, du]

    return (lambda x, w, u: states(x, w, u)[-1]), backward


@case("LSTM cell", normal((2, 12), (2, 3)))
def _lstm() -> tuple[Any, Any]:
    def gates(a: Array) -> tuple[Array, Array, Array, Array]:
        return sigmoid(a[:, :3]), sigmoid(a[:, 3:6]), sigmoid(a[:, 6:9]), np.tanh(a[:, 9:])

    def forward(a: Array, c: Array) -> Array:
        i, f, o, g = gates(a)
        return np.asarray(o * np.tanh(f * c + i * g))

    def backward(dout: Array, a: Array, c: Array) -> list[Array]:
        i, f, o, g = gates(a)
        t = np.tanh(f * c + i * g)
        dn = dout * o * (1 - t**2)
        parts = [dn * g * i * (1 - i), dn * c * f * (1 - f), dout * t * o * (1 - o), dn * i * (1 - g**2)]
        return [np.concatenate(parts, axis=1), dn * f]

    return forward, backward


@case("gated linear unit", normal((3, 4), (3, 4)))
def _glu() -> tuple[Any, Any]:
    def backward(dout: Array, a: Array, b: Array) -> list[Array]:
        s = sigmoid(b)
        return [dout * s, dout * a * s * (1 - s)]

    return (lambda a, b: a * sigmoid(b)), backward


@case("rotation by position", normal((3, 4)))
def _rotary() -> tuple[Any, Any]:
    angles = np.outer(np.arange(3), [1.0, 0.1])
    c, s = np.cos(angles), np.sin(angles)

    def turn(x: Array, sign: int) -> Array:
        a, b, cc, ss = x[:, ::2], x[:, 1::2], c.astype(x.dtype), sign * s.astype(x.dtype)
        return np.stack((a * cc - b * ss, a * ss + b * cc), axis=2).reshape(x.shape)

    return (lambda x: turn(x, 1)), (lambda dout, x: [turn(dout, -1)])


@case("determinant", normal((3, 3)))
def _det() -> tuple[Any, Any]:
    return np.linalg.det, lambda dout, x: [dout * np.linalg.det(x) * np.linalg.inv(x).T]


def _well_conditioned(rng: np.random.Generator) -> list[Array]:
    return [rng.standard_normal((3, 3)) / 2 + 2 * np.eye(3)]


@case("determinant of rank one", lambda rng: [np.outer(rng.standard_normal(2), rng.standard_normal(2))])
def _rank_one() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array) -> list[Array]:
        return [dout * np.array([[x[1, 1], -x[1, 0]], [-x[0, 1], x[0, 0]]])]

    return np.linalg.det, backward


@case("inverse", _well_conditioned)
def _inverse() -> tuple[Any, Any]:
    def backward(dout: Array, x: Array) -> list[Array]:
        y = np.linalg.inv(x)
        return [-y.T @ dout @ y.T]

    return np.linalg.inv, backward


@case("solve", lambda rng: [*_well_conditioned(rng), rng.standard_normal((3, 2))])
def _solve() -> tuple[Any, Any]:
    def backward(dout: Array, a: Array, b: Array) -> list[Array]:
        db = np.linalg.solve(a.T, dout)
        return [-db @ np.linalg.solve(a, b).T, db]

    return np.linalg.solve, backward


@case("logarithm of a determinant", _well_conditioned)
def _logdet() -> tuple[Any, Any]:
    return (lambda x: np.log(np.linalg.det(x))), (lambda dout, x: [dout * np.linalg.inv(x).T])


@case("trace of a cube", normal((3, 3)))
def _trace() -> tuple[Any, Any]:
    return (lambda x: np.trace(x @ x @ x)), (lambda dout, x: [dout * 3 * (x @ x).T])


@case("Kronecker product", normal((2, 2), (2, 3)))
def _kron() -> tuple[Any, Any]:
    def backward(dout: Array, a: Array, b: Array) -> list[Array]:
        d = dout.reshape(2, 2, 2, 3)
        return [np.einsum("iajb,ab->ij", d, b), np.einsum("iajb,ij->ab", d, a)]

    return np.kron, backward


@case("local response", normal((2, 5)))
def _lrn() -> tuple[Any, Any]:
    def around(x: Array) -> Array:
        p = np.pad(x, ((0, 0), (1, 1)))
        return p[:, :-2] + p[:, 1:-1] + p[:, 2:]

    def backward(dout: Array, x: Array) -> list[Array]:
        s = 1 + around(x**2)
        return [dout / s - 2 * x * around(dout * x / s**2)]

    return (lambda x: x / (1 + around(x**2))), backward


@case("norm in float32 inside", normal((3, 6), (6,)))
def _llama_norm() -> tuple[Any, Any]:
    def forward(x: Array, g: Array) -> Array:
        h = x.astype(np.float32)
        y = h / np.sqrt((h**2).mean(axis=-1, keepdims=True) + np.float32(1e-6))
        return g * y.astype(x.dtype)

    def backward(dout: Array, x: Array, g: Array) -> list[Array]:
        h, d = x.astype(np.float32), (dout * g).astype(np.float32)
        r = 1 / np.sqrt((h**2).mean(axis=-1, keepdims=True) + np.float32(1e-6))
        dx = r * d - h * r**3 * (d * h).mean(axis=-1, keepdims=True)
        return [dx.astype(x.dtype), (dout * (h * r).astype(x.dtype)).sum(axis=0)]

    return forward, backward


FUNCTIONS["norm in float32 inside"] = FUNCTIONS["norm in float32 inside"]._replace(narrow=True)
