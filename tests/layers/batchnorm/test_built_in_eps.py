"""A batchnorm whose eps is built in is held to its own; a slip in how eps enters is a slip all the same.

Through `implementations/own_constants.py`, in functions and in a class. Covers layers/batchnorm/words.py.
"""

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from tests.implementations.files import found, pair_of, status, write

FUNCTIONS = """
    import numpy as np
    def batchnorm_forward(x, gamma, beta):
        std = ROOT
        xhat = (x - x.mean(0)) / std
        return gamma * xhat + beta, (xhat, std, gamma)
    def batchnorm_backward(dout, cache):
        xhat, std, gamma = cache
        dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
        return gamma / std * (dout - dbeta / len(dout) - xhat * dgamma / len(dout)), dgamma, dbeta
"""
CLASS = """
    import numpy as np
    class BatchNorm1d:
        def __init__(self, num_features):
            self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        def forward(self, x):
            self.std = ROOT
            self.xhat = (x - x.mean(0)) / self.std
            return self.gamma * self.xhat + self.beta
        def backward(self, dout):
            self.dgamma, self.dbeta = (dout * self.xhat).sum(0), dout.sum(0)
            N = len(dout)
            return self.gamma / self.std * (dout - self.dbeta / N - self.xhat * self.dgamma / N)
"""
BUILT_IN = {
    "0": "np.sqrt(x.var(0))",
    "1e-32": "np.sqrt(x.var(0) + 1e-32)",
    "1e-12": "np.sqrt(x.var(0) + 1e-12)",
    "1e-8": "np.sqrt(x.var(0) + 1e-8)",
    "0.25": "np.sqrt(x.var(0) + 0.25)",
}
SLIPS = {
    "outside the root": "np.sqrt(x.var(0)) + 1e-8",
    "outside the root, next to nothing": "np.sqrt(x.var(0)) + 1e-11",
    "under a floor": "np.sqrt(np.maximum(x.var(0), 0.7))",
    "of N - 1": "np.sqrt(x.var(0, ddof=1) + 1e-8)",
}


@pytest.mark.parametrize("text", [FUNCTIONS, CLASS], ids=["functions", "class"])
@pytest.mark.parametrize("eps", BUILT_IN)
def test_what_is_built_in_can_be_asked_and_nothing_else(tmp_path, text, eps):
    source = write(tmp_path, text.replace("ROOT", BUILT_IN[eps]))
    (one,) = found(source)
    assert status(source, one, eps=max(float(eps), 1e-30)) == "pass"
    pair = pair_of(source, one)
    with pytest.raises(Refusal) as error:
        pair.forward(np.arange(20.0).reshape(5, 4) ** 2, np.ones(4), np.ones(4))
    assert error.value.instead == {"eps": float(eps)}
    assert f"adds {float(eps):g} to the variance: eps = 1e-05 cannot be asked" in str(error.value)


@pytest.mark.parametrize("text", [FUNCTIONS, CLASS], ids=["functions", "class"])
@pytest.mark.parametrize("eps", ["0", "1e-8"])
def test_a_wrong_gradient_is_wrong_whatever_eps_is_built_in(tmp_path, text, eps):
    source = write(tmp_path, text.replace("ROOT", BUILT_IN[eps]).replace("(dout - ", "(dout + "))
    assert status(source, found(source)[0], eps=max(float(eps), 1e-30)) == "fail"


@pytest.mark.parametrize("text", [FUNCTIONS, CLASS], ids=["functions", "class"])
@pytest.mark.parametrize("slip", SLIPS)
def test_what_depends_on_the_variance_is_no_eps(tmp_path, text, slip):
    source = write(tmp_path, text.replace("ROOT", SLIPS[slip]))
    assert status(source, found(source)[0]) == "fail"


def test_a_column_of_one_value_is_not_asked_of_what_divides_by_its_variance(tmp_path):
    source = write(tmp_path, CLASS.replace("ROOT", BUILT_IN["0"]))
    pair = pair_of(source, found(source)[0], N=1, eps=1e-30)
    with pytest.raises(Refusal, match="a column of one value cannot be asked of it"), np.errstate(all="ignore"):
        pair.forward(np.ones((1, 4)), np.ones(4), np.ones(4))
