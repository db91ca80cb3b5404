"""Classes of static methods that take a context first, as a framework of one's own has them."""

import pytest

from tests.implementations.files import found, status, write

TEXT = """
    import numpy as np
    class BatchNorm1d:
        @staticmethod
        def forward(ctx, x, gamma, beta, running_mean, running_var, training, momentum=0.9, eps=1e-5):
            mean, var = (x.mean(0), x.var(0)) if training else (running_mean.copy(), running_var.copy())
            if training:
                running_mean *= momentum
                running_mean += (1 - momentum) * mean
                running_var[...] = momentum * running_var + (1 - momentum) * var
            std = np.sqrt(var + eps)
            SAVE
            return gamma * (x - mean) / std + beta
        @staticmethod
        def backward(ctx, dout):
            xhat, std, gamma = SAVED
            dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
            dx = gamma / std * (dout - dbeta / len(dout) - xhat * dgamma / len(dout))
            return dx, dgamma, dbeta, None, None, None, None, None
"""
WAYS = {
    "save_for_backward": ("", "ctx.save_for_backward((x - mean) / std, std, gamma)", "ctx.saved_tensors"),
    "attributes": ("", "ctx.a, ctx.b, ctx.c = (x - mean) / std, std, gamma", "(ctx.a, ctx.b, ctx.c)"),
    "a context of its own": (
        """
    class Ctx:
        def keep(self, *values):
            self.kept = values
    """,
        "ctx.keep((x - mean) / std, std, gamma)",
        "ctx.kept",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_context_is_the_cache(tmp_path, way):
    own, save, saved = WAYS[way]
    text = own + TEXT.replace("SAVED", saved).replace("SAVE", save)
    source = write(tmp_path, text)
    (one,) = found(source)
    assert one.how.startswith("BatchNorm1d.forward(ctx, x, gamma, beta, running_mean")
    assert status(source, one) == status(source, one, eps=0.5) == "pass"
    wrong = write(tmp_path, text.replace("- dbeta", "+ dbeta"), "wrong.py")
    assert status(wrong, found(wrong)[0]) == "fail"
    never = write(tmp_path, text.replace("running_mean *= momentum", "pass"), "never.py")
    assert status(never, found(never)[0]) == "fail"
