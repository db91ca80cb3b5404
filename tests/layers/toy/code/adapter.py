from columns import normalize, normalize_back

layer = "scale_norm"


def forward(x, gain, eps):
    # Theirs has an example in every column.
    out, kept = normalize(x.T, gain[:, None], {"tiny": eps})
    return out.T, kept


def backward(dout, kept):
    dx, dgain = normalize_back(dout.T, kept)
    return dx.T, dgain[:, 0]
