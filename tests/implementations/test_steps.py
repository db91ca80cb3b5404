"""Whether code that takes the state before makes one step or goes over all of them."""

import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, problem, statuses, write

FUNCTIONS = """
    import numpy as np
    def loop(inputs, h):
        return [h for t in range(inputs.shape[1]) if inputs[:, t].any()]
    def rnn_forward(x, STATE, Wx, Wh, b):
        LINE
        return x, None
    def rnn_backward(dout, cache):
        return None
    class RNN:
        def __init__(self, Wx, Wh, b):
            self.Wx, self.Wh, self.b = Wx, Wh, b
        def forward(self, x, STATE):
            LINE
            return x
        def loop(self, inputs, h):
            for t in range(inputs.shape[1]):
                h = np.tanh(inputs[:, t] @ self.Wx + h @ self.Wh)
        def backward(self, dout):
            return None
"""
SEQUENCES = [
    "N, T, D = x.shape",
    "(T, N, D) = np.shape(x)",
    "width = x.shape[2]",
    "out = [x[:, t] for t in range(x.shape[1])]",
    "out = [x[:, t, :] for t in range(T)]",
    "out = [x[t] for t in range(len(x))]",
    "out = [xt for xt in x]",
    "out = [xt for t, xt in enumerate(x.transpose(1, 0, 2))]",
    "xs = np.swapaxes(x, 0, 1); out = [xs[t] for t in range(5)]",
    "self.x = x; out = [self.x[:, t] for t in range(5)]",
    "a = x @ Wx + b; out = [a[:, t] for t in range(5)]",
    "out = loop(x, 0)",
    "'''x: (N, T, D)'''",
    "'''x (batch, seq_len, features)'''",
]
STEPS = [
    "out = np.tanh(x @ Wx + h_prev @ Wh + b)",
    "N, D = x.shape",
    "'''x: (N, D), one of T steps'''",
    "out = [x[n] @ Wx + h_prev[n] @ Wh for n in range(len(x))]",
    "out = [xi @ Wx + hi @ Wh for xi, hi in zip(x, h_prev)]",
    "out = [xi @ Wx + h_prev[n] @ Wh for n, xi in enumerate(x)]",
    "out = sum(x[:, d] * Wx[d] for d in range(x.shape[1]))",
    "a = x @ Wx + h_prev @ Wh; out = [a[:, j] for j in range(a.shape[1])]",
]


@pytest.mark.parametrize("line", SEQUENCES + STEPS)
@pytest.mark.parametrize("state", ["h_prev", "hprev", "prev_h"])
def test_what_is_done_with_x_tells_a_sequence_from_a_step(tmp_path, line, state):
    text = FUNCTIONS.replace("LINE", line).replace("h_prev", "STATE").replace("STATE", state)
    source = write(tmp_path, text)
    assert {one.layer for one in found(source, *LAYERS)} == {"rnn" if line in SEQUENCES else "rnn_step"}


def test_a_method_may_go_over_the_steps(tmp_path):
    text = FUNCTIONS.replace("STATE", "h_prev").replace("LINE", "self.loop(x, h_prev)")
    assert [one.layer for one in found(write(tmp_path, text)) if one.names == ("RNN",)] == ["rnn"]


def test_it_is_called_as_it_is_asked_to_be(tmp_path):
    source = write(tmp_path, FUNCTIONS.replace("STATE", "h_prev").replace("LINE", STEPS[0]))
    assert {one.layer for one in found(source, "rnn")} == {"rnn"}
    assert {one.layer for one in found(source, "rnn_step")} == {"rnn_step"}


SEQUENCE = """
    import numpy as np
    class RNN:
        def __init__(self, Wx, Wh, b):
            self.Wx, self.Wh, self.b = Wx, Wh, b
        def forward(self, inputs, h_prev):
            self.inputs, self.hs = inputs, {-1: h_prev}
            for t in range(inputs.shape[1]):
                self.hs[t] = np.tanh(inputs[:, t] @ self.Wx + self.hs[t - 1] @ self.Wh + self.b)
            return np.stack([self.hs[t] for t in range(inputs.shape[1])], axis=1)
        def backward(self, dh):
            self.dWx, self.dWh, self.db, dx, before = 0, 0, 0, np.zeros_like(self.inputs), 0
            for t in reversed(range(dh.shape[1])):
                da = (dh[:, t] + before) * (1 - self.hs[t] ** 2)
                self.dWx, self.dWh = self.dWx + self.inputs[:, t].T @ da, self.dWh + self.hs[t - 1].T @ da
                self.db, dx[:, t], before = self.db + da.sum(0), da @ self.Wx.T, da @ self.Wh.T
            return dx, before
"""


@pytest.mark.parametrize("state", ["h_prev", "hprev", "prev_h", "prev_state", "h0"])
def test_the_first_state_of_a_sequence_may_be_called_the_state_before(tmp_path, state):
    source = write(tmp_path, SEQUENCE.replace("h_prev", state))
    assert statuses(source) == ["pass"]


def test_of_a_gated_unit_there_is_a_step_and_no_sequence(tmp_path):
    source = write(tmp_path, SEQUENCE.replace("RNN", "GRU"))
    assert "there is no layer for GRU over time; there is one for a step of it, gru_step" in problem(source)
