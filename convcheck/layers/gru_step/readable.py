"""A step of a GRU as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.lstm_step.readable import sigmoid


def parted(a: Array, order: str) -> list[Array]:
    """The columns of z, r and n, which are in this order."""
    columns = np.split(a, 3, axis=-1)
    return [columns[order.index(gate)] for gate in "zrn"]


def joined(z: Array, r: Array, n: Array, order: str) -> Array:
    """Columns in this order, of those of z, r and n."""
    columns = dict(zip("zrn", (z, r, n), strict=True))
    return np.concatenate([columns[gate] for gate in order], axis=-1)


def forward(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """next_h, (N, H)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    if params["reset"] == "before":
        n = np.tanh(x @ Un + (r * prev_h) @ Vn + bn)
    else:
        n = np.tanh(x @ Un + r * (prev_h @ Vn) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    next_h = (1 - share) * prev_h + share * n
    return np.asarray(next_h)


def dx(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dx, (N, D)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    before = params["reset"] == "before"
    n = np.tanh(x @ Un + ((r * prev_h) @ Vn if before else r * (prev_h @ Vn)) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    dn = dout * share
    dshare = dout * (n - prev_h)
    dan = dn * (1 - n**2)
    drh = dan @ Vn.T
    dr = drh * prev_h if before else dan * (prev_h @ Vn)
    dz = dshare if params["z_is"] == "new" else -dshare
    daz = dz * z * (1 - z)
    dar = dr * r * (1 - r)
    da = joined(daz, dar, dan, params["gates"])
    dx = da @ Wx.T
    return np.asarray(dx)


def dprev_h(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dprev_h, (N, H)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    before = params["reset"] == "before"
    n = np.tanh(x @ Un + ((r * prev_h) @ Vn if before else r * (prev_h @ Vn)) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    dn = dout * share
    dshare = dout * (n - prev_h)
    dan = dn * (1 - n**2)
    drh = dan @ Vn.T
    dr = drh * prev_h if before else dan * (prev_h @ Vn)
    dz = dshare if params["z_is"] == "new" else -dshare
    daz = dz * z * (1 - z)
    dar = dr * r * (1 - r)
    of_n = drh * r if before else (r * dan) @ Vn.T
    dprev_h = dout * (1 - share) + daz @ Vz.T + dar @ Vr.T + of_n
    return np.asarray(dprev_h)


def dWx(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWx, (D, 3H)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    before = params["reset"] == "before"
    n = np.tanh(x @ Un + ((r * prev_h) @ Vn if before else r * (prev_h @ Vn)) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    dn = dout * share
    dshare = dout * (n - prev_h)
    dan = dn * (1 - n**2)
    drh = dan @ Vn.T
    dr = drh * prev_h if before else dan * (prev_h @ Vn)
    dz = dshare if params["z_is"] == "new" else -dshare
    daz = dz * z * (1 - z)
    dar = dr * r * (1 - r)
    da = joined(daz, dar, dan, params["gates"])
    dWx = x.T @ da
    return np.asarray(dWx)


def dWh(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWh, (H, 3H)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    before = params["reset"] == "before"
    n = np.tanh(x @ Un + ((r * prev_h) @ Vn if before else r * (prev_h @ Vn)) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    dn = dout * share
    dshare = dout * (n - prev_h)
    dan = dn * (1 - n**2)
    drh = dan @ Vn.T
    dr = drh * prev_h if before else dan * (prev_h @ Vn)
    dz = dshare if params["z_is"] == "new" else -dshare
    daz = dz * z * (1 - z)
    dar = dr * r * (1 - r)
    dVn = (r * prev_h).T @ dan if before else prev_h.T @ (r * dan)
    dWh = joined(prev_h.T @ daz, prev_h.T @ dar, dVn, params["gates"])
    return np.asarray(dWh)


def db(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """db, (3H,)."""
    (Uz, Ur, Un), (Vz, Vr, Vn), (bz, br, bn) = (parted(w, params["gates"]) for w in (Wx, Wh, b))
    z = sigmoid(x @ Uz + prev_h @ Vz + bz)
    r = sigmoid(x @ Ur + prev_h @ Vr + br)
    before = params["reset"] == "before"
    n = np.tanh(x @ Un + ((r * prev_h) @ Vn if before else r * (prev_h @ Vn)) + bn)
    share = z if params["z_is"] == "new" else 1 - z
    dn = dout * share
    dshare = dout * (n - prev_h)
    dan = dn * (1 - n**2)
    drh = dan @ Vn.T
    dr = drh * prev_h if before else dan * (prev_h @ Vn)
    dz = dshare if params["z_is"] == "new" else -dshare
    daz = dz * z * (1 - z)
    dar = dr * r * (1 - r)
    da = joined(daz, dar, dan, params["gates"])
    db = da.sum(axis=0)
    return np.asarray(db)
