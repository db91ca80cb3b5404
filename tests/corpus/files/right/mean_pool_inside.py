import numpy as np


def mean_pool_forward(inputs, size=2, stride=2, padding=0):
    """Means over what of a window lies in the image."""
    batch, maps, rows, cols = inputs.shape
    kh, kw = size if isinstance(size, tuple) else (size, size)
    out_rows = (rows + 2 * padding - kh) // stride + 1
    out_cols = (cols + 2 * padding - kw) // stride + 1
    result = np.empty((batch, maps, out_rows, out_cols), dtype=inputs.dtype)
    spans = {}
    for r in range(out_rows):
        top = r * stride - padding
        for c in range(out_cols):
            left = c * stride - padding
            span = (slice(max(top, 0), min(top + kh, rows)), slice(max(left, 0), min(left + kw, cols)))
            spans[r, c] = span
            result[:, :, r, c] = inputs[:, :, span[0], span[1]].mean(axis=(2, 3))
    return result, (inputs.shape, spans)


def mean_pool_backward(upstream, cache):
    shape, spans = cache
    down = np.zeros(shape, dtype=upstream.dtype)
    for (r, c), (rows, cols) in spans.items():
        area = (rows.stop - rows.start) * (cols.stop - cols.start)
        down[:, :, rows, cols] += upstream[:, :, r, c][:, :, None, None] / area
    return down
