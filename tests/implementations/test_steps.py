"""Whether code that takes the state before makes one step or goes over all of them."""

import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, problem, status, statuses, write

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


def test_a_loop_may_count_its_steps_itself(tmp_path):
    text = "def rnn_forward(x, h_prev, Wx, Wh, b):\n    t = 0\n    while t < 3:\n        out, t = x[:, t], t + 1\n"
    source = write(tmp_path, text + "def rnn_backward(dout, cache): return dout\n")
    assert [one.layer for one in found(source, *LAYERS)] == ["rnn"]


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


TIME_FIRST = """
    import numpy as np
    def rnn_forward(x, h_prev, Wx, Wh, b):
        hs = [h_prev]
        for xt in x:
            hs.append(np.tanh(xt @ Wx + hs[-1] @ Wh + b))
        return np.stack(hs[1:]), (x, hs, Wx, Wh)
    def rnn_backward(dh, cache):
        x, hs, Wx, Wh = cache
        dx, dWx, dWh, db, before = np.zeros_like(x), 0, 0, 0, 0
        for t in reversed(range(len(x))):
            da = (dh[t] + before) * (1 - hs[t + 1] ** 2)
            dx[t], dWx, dWh, db = da @ Wx.T, dWx + x[t].T @ da, dWh + hs[t].T @ da, db + da.sum(0)
            before = da @ Wh.T
        return dx, before, dWx, dWh, db
"""
TURNED = {"xt @ Wx + hs[-1] @ Wh": "xt @ Wx.T + hs[-1] @ Wh.T", "da @ Wx.T": "da @ Wx", "da @ Wh.T": "da @ Wh"}
TURNED |= {"x[t].T @ da": "da.T @ x[t]", "hs[t].T @ da": "da.T @ hs[t]"}


@pytest.mark.parametrize("changes", [{}, TURNED])
def test_code_that_has_its_steps_before_its_sequences_is_handed_them_so(tmp_path, changes):
    text = TIME_FIRST
    for right, other in changes.items():
        text = text.replace(right, other)
    source = write(tmp_path, text)
    (one,) = found(source)
    assert statuses(source) == ["pass"]
    for changed in ({"N": 3, "T": 3}, {"N": 1, "T": 3}, {"N": 3, "T": 1}, {"N": 2, "T": 4}):
        assert status(source, one, **changed) == "pass"
        wrong = write(tmp_path, text.replace("(1 - hs[t + 1] ** 2)", "(1 - hs[t] ** 2)"), "wrong.py")
        assert status(wrong, found(wrong)[0], **changed) == "fail"


def test_a_sequence_that_takes_the_first_cell_as_well_is_not_checked(tmp_path):
    text = (
        SEQUENCE.partition("    class")[0]
        + """
    def lstm_forward(x, h_prev, c_prev, Wx, Wh, b):
        return [x[:, t] @ Wx for t in range(x.shape[1])], None
    def lstm_backward(dout, cache):
        return dout
    """
    )
    assert "takes 6 arguments, and lstm has x, h0, Wx, Wh, b" in problem(write(tmp_path, text))
