"""Code that has autograd differentiate in its own backward, from a graph that its forward left."""

import pytest

from tests.implementations.files import found, status, write

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

LEAVES = "x, w, b = (t.detach().requires_grad_() for t in (x, w, b))"
CONV = f"""
    import torch
    import torch.nn.functional as F
    def conv_forward(x, w, b, conv_param):
        {LEAVES}
        out = F.conv2d(x, w, b, conv_param["stride"], conv_param["pad"])
        return out, (x, w, b, out)
    def conv_backward(dout, cache):
        x, w, b, out = cache
        out.backward(dout)
        return x.grad, w.grad, b.grad
"""
STYLES = {
    "a graph for one backward": CONV,
    "a graph that is retained": CONV.replace("backward(dout)", "backward(dout, retain_graph=True)"),
    "leaves that the caller marks": CONV.replace(LEAVES, "pass"),
    "leaves that the caller marks, a graph that is retained": CONV.replace(LEAVES, "pass").replace(
        "backward(dout)", "backward(dout, retain_graph=True)"
    ),
    "gradients asked for": CONV.replace("out.backward(dout)", "return torch.autograd.grad(out, (x, w, b), dout)"),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_backward_has_a_graph_of_its_own(tmp_path, style):
    source = write(tmp_path, STYLES[style])
    assert status(source, found(source)[0]) == "pass"
    wrong = write(tmp_path, STYLES[style].replace("= cache", "= cache; dout = 2 * dout"), "wrong.py")
    assert status(wrong, found(wrong)[0]) == "fail"


def test_a_backward_that_goes_twice_through_one_graph_still_raises(tmp_path):
    source = write(tmp_path, CONV.replace("out.backward(dout)", "out.backward(dout); out.backward(dout)"))
    assert status(source, found(source)[0]) == "error"


def test_a_backward_that_no_graph_leads_to_still_raises(tmp_path):
    source = write(tmp_path, CONV.replace("return out, (x, w, b, out)", "return out, (x, w, b, out.detach())"))
    assert status(source, found(source)[0]) == "error"
