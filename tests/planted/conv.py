"""Bugs in the convolution."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.planted.planting import Planted, found, found_at_least, planted, warned, wrong

# Windows overlap in rows and not in columns, and leave a row of the padded image unread.
OBLONG = {"N": 2, "C": 3, "H": 6, "W": 5, "F": 4, "H1": 3, "W1": 2, "stride": 2, "pad": 1}
SQUARE = {"N": 2, "C": 2, "H": 4, "W": 5, "F": 3, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
# F = W2, so that b, and a sum over the wrong axes, have the right shape all the same.
AS_MANY_FILTERS_AS_COLUMNS = {"N": 2, "C": 2, "H": 4, "W": 3, "F": 3, "H1": 2, "W1": 3, "stride": 1, "pad": 1}

bug = partial(planted, layer="conv", sizes=OBLONG)

RETURN = "return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, db"
OUT = "return out, (x, w, conv_param)"


def before_return(name: str, line: str, expect: dict[str, Any], **other: Any) -> Planted:
    """A bug between the gradients and their return."""
    lines = f"dx = dx_pad[:, :, pad : pad + H, pad : pad + W]\n    {line}\n    return dx, dw, db"
    return bug(name, expect=expect, backward=[(RETURN, lines)], **other)


def before_output(name: str, line: str, expect: dict[str, Any], **other: Any) -> Planted:
    """A bug between the output and its return."""
    return bug(name, expect=expect, forward=[(OUT, f"{line}\n    {OUT}")], **other)


PRODUCT = "row_of_filters(w, i) @ row_of_windows(windows, i)"
DWINDOWS = "row_of_filters(w, i).T @ upstream"
DW = "upstream @ row_of_windows(windows, i).T"
DB = "db = upstream.sum(axis=1)"
FLIPPED = (PRODUCT, PRODUCT.replace("w,", "w[:, :, ::-1, ::-1],"))
DX_FLIPPED = (DWINDOWS, DWINDOWS.replace("w,", "w[:, :, ::-1, ::-1],"))
TRANSPOSED = (PRODUCT, PRODUCT.replace("w,", "w.swapaxes(2, 3),"))
DX_TRANSPOSED = (DWINDOWS, DWINDOWS.replace("w,", "w.swapaxes(2, 3),"))


def returned(dw: str) -> tuple[str, str]:
    """This in place of dw."""
    return (RETURN, RETURN.replace("dw,", dw + ","))


BIAS = "+ b[:, None, None]"

WRONG_FORWARD = [
    bug("bias-forgotten", forward=[(BIAS, "+ 0 * b[:, None, None]")], expect=wrong("forward", "db")),
    bug(
        "bias-forgotten-consistently",
        forward=[(BIAS, "+ 0 * b[:, None, None]")],
        backward=[(DB, "db = 0 * upstream.sum(axis=1)")],
        expect=wrong("forward"),
    ),
    bug(
        "bias-subtracted-consistently",
        forward=[(BIAS, "- b[:, None, None]")],
        backward=[(DB, "db = -upstream.sum(axis=1)")],
        expect=wrong("forward"),
    ),
    bug(
        "bias-along-the-columns",
        sizes=AS_MANY_FILTERS_AS_COLUMNS,
        forward=[(BIAS, "+ b")],
        expect=wrong("forward", "db"),
    ),
    bug(
        "bias-along-the-columns-consistently",
        sizes=AS_MANY_FILTERS_AS_COLUMNS,
        forward=[(BIAS, "+ b")],
        backward=[(DB, "db = dout.sum(axis=(0, 1, 2))")],
        expect=wrong("forward"),
    ),
    bug("filter-flipped-in-forward", forward=[FLIPPED], expect=wrong("forward", "dx", "dw")),
    bug(
        "filter-flipped-consistently",
        forward=[FLIPPED],
        backward=[DX_FLIPPED, returned("dw[:, :, ::-1, ::-1]")],
        expect=wrong("forward"),
    ),
    bug(
        "filter-transposed-consistently",
        sizes=SQUARE,
        forward=[TRANSPOSED],
        backward=[DX_TRANSPOSED, returned("dw.swapaxes(2, 3)")],
        expect=wrong("forward"),
    ),
    bug(
        "channels-reversed-consistently",
        forward=[(PRODUCT, PRODUCT.replace("w,", "w[:, ::-1],"))],
        backward=[(DWINDOWS, DWINDOWS.replace("w,", "w[:, ::-1],")), returned("dw[:, ::-1]")],
        expect=wrong("forward"),
    ),
    bug(
        "one-channel-only-consistently",
        forward=[(PRODUCT, "row_of_filters(w[:, :1], i) @ row_of_windows(windows[:, :1], i)")],
        backward=[
            (DWINDOWS, DWINDOWS.replace("w,", "w * (np.arange(3) < 1)[:, None, None],")),
            returned("dw * (np.arange(3) < 1)[:, None, None]"),
        ],
        expect=wrong("forward"),
    ),
    bug(
        "output-doubled-consistently",
        forward=[(OUT, "return 2 * out, (x, w, conv_param)")],
        backward=[("upstream = dout", "upstream = 2 * dout")],
        expect=wrong("forward"),
    ),
    bug(
        "padded-with-the-edge",
        forward=[("padded(x, pad)", 'np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")')],
        expect=wrong("forward", "dx", "dw"),
    ),
    bug(
        "stride-ignored-in-forward",
        forward=[("w.shape[2:], S, D)", "w.shape[2:], 1)")],
        expect=found_at_least("wrong-shape"),
    ),
    bug(
        "stride-ignored-but-for-the-size",
        forward=[("w.shape[2:], S, D)", "w.shape[2:], 1)[:, :, :3, :3]")],
        expect=wrong("forward", "dx", "dw"),
    ),
    before_output("last-image-is-the-first", "out[-1] = out[0]", wrong("forward", "dx", "dw")),
    before_output("one-output-off-by-1e-9", "out[1, 2, 1, 0] *= 1 + 1e-9", {"forward": "wrong"}),
    before_output("output-float32", "out = out.astype(np.float32)", found_at_least("wrong-dtype")),
    before_output("output-nan", "out[0, 0, 0, 0] = np.nan", found_at_least("not-finite")),
    before_output("output-transposed", "out = out.swapaxes(0, 1)", found_at_least("wrong-shape")),
    before_output("relu-slipped-in-consistently", "out = np.abs(out)", {"forward": "wrong"}),
    before_output("output-rounded-to-float16", "out = out.astype(np.float16).astype(out.dtype)", {"forward": "wrong"}),
    before_output("w-overwritten-by-forward", "w *= 2", found_at_least("input-overwritten")),
    before_output("b-overwritten-by-forward", "b -= 1", found("input-overwritten")),
    before_output(
        "output-jitters", "out = out + 1e-12 * np.random.default_rng().random()", found_at_least("not-deterministic")
    ),
]

WRONG_DX = [
    bug("dx-sign", backward=[("return dx_pad[", "return -dx_pad[")], expect=wrong("dx")),
    bug("dx-doubled", backward=[("return dx_pad[", "return 2 * dx_pad[")], expect=wrong("dx")),
    bug("dx-off-by-a-thousandth", backward=[("return dx_pad[", "return 1.001 * dx_pad[")], expect=wrong("dx")),
    bug("dx-averaged-over-images", backward=[("return dx_pad[", "return 1 / len(dout) * dx_pad[")], expect=wrong("dx")),
    bug("dx-filter-flipped", backward=[DX_FLIPPED], expect=wrong("dx")),
    bug("dx-filter-transposed", sizes=SQUARE, backward=[DX_TRANSPOSED], expect=wrong("dx")),
    bug("dx-assigned-not-added", backward=[("] +=", "] =")], expect=wrong("dx")),
    bug("dx-crop-one-row-early", backward=[("pad : pad + H,", "pad - 1 : pad - 1 + H,")], expect=wrong("dx")),
    bug("dx-crop-one-column-late", backward=[("pad : pad + W]", "pad + 1 : pad + 1 + W]")], expect=wrong("dx")),
    bug("dx-not-cropped-but-cut", backward=[("pad : pad + H, pad : pad + W]", ":H, :W]")], expect=wrong("dx")),
    bug(
        "dx-cropped-by-nothing",
        backward=[("pad : pad + H, pad : pad + W]", ":, :]")],
        expect=found("wrong-shape", "dx"),
    ),
    bug(
        "dx-cropped-to-nothing",
        sizes=OBLONG | {"pad": 0},
        backward=[("pad : pad + H, pad : pad + W]", "pad:-pad, pad:-pad]")],
        expect=found("wrong-shape", "dx"),
    ),
    bug(
        "dx-stride-ignored",
        backward=[("rows, indices_met(j * D, W2, S)] +=", "i : i + H2, j : j + W2] +=")],
        expect=wrong("dx"),
    ),
    bug("dx-one-filter-only", backward=[(DWINDOWS, "row_of_filters(w[:1], i).T @ upstream[:1]")], expect=wrong("dx")),
    bug("dx-filters-reversed", backward=[(DWINDOWS, DWINDOWS.replace("w,", "w[::-1],"))], expect=wrong("dx")),
    before_return("dx-channels-reversed", "dx = dx[:, ::-1]", wrong("dx")),
    before_return("dx-images-reversed", "dx = dx[::-1]", wrong("dx")),
    before_return("dx-border-zero", "dx[:, :, [0, -1]] = dx[..., [0, -1]] = 0", wrong("dx")),
    before_return("dx-first-image-only", "dx[1:] = 0", wrong("dx")),
    before_return("dx-last-image-off-by-2^-20", "dx[-1] *= 1 + 2**-20", wrong("dx")),
    before_return("dx-one-entry-off-by-1e-9", "dx[1, 2, 3, 1] *= 1 + 1e-9", wrong("dx")),
    before_return("dx-one-entry-zero", "dx[0, 1, 2, 2] = 0", wrong("dx")),
    before_return("dx-two-entries-swapped", "dx[0, 0, 0, [0, 1]] = dx[0, 0, 0, [1, 0]]", wrong("dx")),
    before_return(
        "dx-in-rows-that-no-window-reads",
        "dx[:, :, -1] = 1e-3 * dx[:, :, -2]",
        wrong("dx"),
        sizes=OBLONG | {"H": 6, "pad": 0},
    ),
    before_return("dx-truncated", "dx = np.trunc(dx)", wrong("dx")),
    before_return("dx-clipped", "dx = np.clip(dx, -1, 1)", found("not-linear-in-dout", "dx")),
    before_return("dx-absolute", "dx = np.abs(dx)", found("not-linear-in-dout", "dx")),
    before_return("dx-plus-decay", "dx = dx + 1e-4 * x", found_at_least("not-linear-in-dout")),
    before_return("dx-float32", "dx = dx.astype(np.float32)", found_at_least("wrong-dtype")),
    before_return("dx-through-float16", "dx = dx.astype(np.float16).astype(float)", wrong("dx")),
    before_return("dx-summed-over-images", "dx = dx.sum(axis=0, keepdims=True)", found("wrong-shape", "dx")),
    before_return("dx-nan", "dx[0, 0, 0, 0] = np.nan", found("not-finite", "dx")),
    before_return("dx-infinite", "dx[0, 0, 0, 0] = np.inf", found("not-finite", "dx")),
    before_return("dx-none", "dx = None", found("wrong-shape", "dx")),
    before_return("x-overwritten-by-backward", "x[...] = 0", found("input-overwritten")),
    before_return("dout-overwritten-by-backward", "dout *= 2", warned("input-overwritten")),
    before_return(
        "dx-jitters", "dx = dx + 1e-12 * np.random.default_rng().random()", found_at_least("backward-not-deterministic")
    ),
    bug(
        "closed-form-indicator-too-strict-below",
        of="closed_form",
        backward=[("0 <= pad + h1 - h * S < H1", "0 < pad + h1 - h * S < H1")],
        expect=wrong("dx"),
    ),
    bug(
        "closed-form-indicator-too-strict-above",
        of="closed_form",
        backward=[("0 <= pad + w1 - w_ * S < W1", "0 <= pad + w1 - w_ * S < W1 - 1")],
        expect=wrong("dx"),
    ),
    bug(
        "closed-form-from-one-as-printed",
        of="closed_form",
        backward=[("weights = w[of_group, :, i, j]", "weights = w[of_group, :, (i + 1) % H1, j]")],
        expect=wrong("dx"),
    ),
    bug(
        "naive-indicator-without-stride",
        of="naive",
        backward=[("h * S + i - pad == h1", "h + i - pad == h1")],
        expect=wrong("dx"),
    ),
    bug(
        "naive-indicator-without-pad",
        of="naive",
        backward=[("w_ * S + j - pad == w1", "w_ * S + j == w1")],
        expect=wrong("dx"),
    ),
]

WRONG_DW = [
    before_return("dw-sign", "dw = -dw", wrong("dw")),
    before_return("dw-averaged-over-images", "dw = dw / len(x)", wrong("dw")),
    before_return("dw-flipped", "dw = dw[:, :, ::-1, ::-1]", wrong("dw")),
    before_return("dw-transposed", "dw = dw.swapaxes(2, 3)", wrong("dw"), sizes=SQUARE),
    before_return("dw-last-filter-zero", "dw[-1] = 0", wrong("dw")),
    before_return("dw-one-entry-off-by-1e-9", "dw[3, 2, 1, 1] *= 1 + 1e-9", wrong("dw")),
    before_return("dw-flattened", "dw = dw.reshape(len(dw), -1)", found("wrong-shape")),
    before_return("dw-summed-over-channels", "dw = dw.sum(axis=1, keepdims=True)", found("wrong-shape", "dw")),
    before_return("dw-of-the-square", "dw = dw * np.abs(dout).max()", found("not-linear-in-dout", "dw")),
    before_return("dw-plus-decay", "dw = dw + 0.5 * w", found("not-linear-in-dout", "dw")),
    bug(
        "dw-last-image-only",
        backward=[(DW, "upstream[:, -H2 * W2 :] @ row_of_windows(windows[-1:], i).T")],
        expect=wrong("dw"),
    ),
    bug(
        "dw-stride-ignored",
        backward=[("w.shape[2:], S, D)  # (N, C", "w.shape[2:], 1)[:, :, : dout.shape[2], : dout.shape[3]]  # (N, C")],
        expect=wrong("dw"),
    ),
    bug(
        "dw-padded-on-one-side",
        backward=[("x_pad = padded(x, pad)", "x_pad = np.pad(x, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))")],
        expect=wrong("dw"),
    ),
]

WRONG_DB = [
    before_return("db-averaged", "db = dout.mean(axis=(0, 2, 3))", wrong("db")),
    before_return("db-first-image-only", "db = dout[0].sum(axis=(1, 2))", wrong("db")),
    before_return("db-zero", "db = np.zeros_like(db)", wrong("db")),
    before_return("db-doubled", "db = 2 * db", wrong("db")),
    before_return(
        "db-of-the-wrong-axes", "db = dout.sum(axis=(0, 1, 2))", wrong("db"), sizes=AS_MANY_FILTERS_AS_COLUMNS
    ),
    before_return("db-a-column-as-in-the-paper", "db = db[:, None]", found("wrong-shape")),
    before_return("db-a-scalar", "db = db.sum()", found("wrong-shape", "db")),
    bug("gradients-in-the-wrong-order", backward=[(", dw, db", ", db, dw")], expect=found("swapped")),
    bug("db-not-returned", backward=[(", dw, db", ", dw")], expect=found_at_least("wrong-shape")),
]

IN_FLOAT32 = [
    before_return(
        "float32-dx-one-entry-off-by-1e-4", "dx[1, 2, 3, 1] *= np.float32(1 + 1e-4)", wrong("dx"), dtype="float32"
    ),
    before_return("float32-dx-float64", "dx = dx.astype(float)", warned("wrong-dtype"), dtype="float32"),
    before_return("float32-dw-sign-on-normal-data", "dw = -dw", wrong("dw"), dtype="float32", data="normal"),
    before_return("dx-one-entry-off-by-1e-9-on-normal-data", "dx[1, 2, 3, 1] *= 1 + 1e-9", wrong("dx"), data="normal"),
]

BUGS = [*WRONG_FORWARD, *WRONG_DX, *WRONG_DW, *WRONG_DB, *IN_FLOAT32]
