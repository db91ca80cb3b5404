import numpy as np


def temporal_softmax_loss(scores, targets):
    """Every step counts: sum over the steps, mean over the sequences."""
    batch, steps, _ = scores.shape
    loss = 0.0
    dscores = np.zeros_like(scores)
    for t in range(steps):
        s = scores[:, t] - scores[:, t].max(axis=1)[:, None]
        logsum = np.log(np.exp(s).sum(axis=1))
        loss += (logsum - s[range(batch), targets[:, t]]).sum()
        p = np.exp(s - logsum[:, None])
        p[range(batch), targets[:, t]] -= 1.0
        dscores[:, t] = p / batch
    return loss / batch, dscores
