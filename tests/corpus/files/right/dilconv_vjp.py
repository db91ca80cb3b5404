import numpy as np


def conv2d_forward(x, w, b, *, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    (sh, sw), (ph, pw), (dh, dw_) = stride, padding, dilation
    n, c, h, width = x.shape
    f, cg, kh, kw = w.shape
    fg = f // groups
    canvas = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    oh = (canvas.shape[2] - dh * (kh - 1) - 1) // sh + 1
    ow = (canvas.shape[3] - dw_ * (kw - 1) - 1) // sw + 1
    rows = np.arange(oh)[:, None] * sh + np.arange(kh) * dh
    cols = np.arange(ow)[:, None] * sw + np.arange(kw) * dw_

    def seen(g):
        part = canvas[:, g * cg:(g + 1) * cg]
        return part[:, :, rows[:, :, None, None], cols]

    outs = [np.einsum("ncpiqj,fcij->nfpq", seen(g), w[g * fg:(g + 1) * fg]) for g in range(groups)]
    out = np.concatenate(outs, axis=1) + b[:, None, None]

    def pull(grad):
        gx, gw = np.zeros_like(canvas), np.empty_like(w)
        for g in range(groups):
            mine = grad[:, g * fg:(g + 1) * fg]
            gw[g * fg:(g + 1) * fg] = np.einsum("nfpq,ncpiqj->fcij", mine, seen(g))
            spread = np.einsum("nfpq,fcij->ncpiqj", mine, w[g * fg:(g + 1) * fg])
            np.add.at(gx[:, g * cg:(g + 1) * cg], (slice(None), slice(None), rows[:, :, None, None], cols), spread)
        return gx[:, :, ph:ph + h, pw:pw + width], gw, grad.sum(axis=(0, 2, 3))

    return out, pull


def conv2d_backward(grad, pull):
    return pull(grad)
