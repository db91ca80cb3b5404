import torch


class LSTMCellFunction(torch.autograd.Function):
    """Gates in PyTorch's order: i, f, g, o."""

    @staticmethod
    def forward(ctx, x, h, c, w_ih, w_hh, bias):
        gates = x @ w_ih + h @ w_hh + bias
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_next = f * c + i * g
        tanh_c = c_next.tanh()
        ctx.save_for_backward(x, h, c, w_ih, w_hh, i, f, g, o, tanh_c)
        return o * tanh_c, c_next

    @staticmethod
    def backward(ctx, grad_h, grad_c):
        x, h, c, w_ih, w_hh, i, f, g, o, tanh_c = ctx.saved_tensors
        grad_o = grad_h * tanh_c
        grad_c = grad_c + grad_h * o * (1 - tanh_c.pow(2))
        grad_gates = torch.cat(
            (
                grad_c * g * i * (1 - i),
                grad_c * c * f * (1 - f),
                grad_c * i * (1 - g.pow(2)),
                grad_o * o * (1 - o),
            ),
            dim=1,
        )
        return grad_gates @ w_ih.t(), grad_gates @ w_hh.t(), grad_c * f, x.t() @ grad_gates, h.t() @ grad_gates, grad_gates.sum(0)
