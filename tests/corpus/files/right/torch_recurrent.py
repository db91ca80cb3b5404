"""Recurrent layers and the loss over time, whose backward passes autograd is told."""

import torch


class RNNFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, Wx, Wh, b):
        h, hs = h0, []
        for step in x.unbind(1):
            h = torch.tanh(step @ Wx + h @ Wh + b)
            hs.append(h)
        hs = torch.stack(hs, 1)
        ctx.save_for_backward(x, h0, Wx, Wh, hs)
        return hs

    @staticmethod
    def backward(ctx, dhs):
        x, h0, Wx, Wh, hs = ctx.saved_tensors
        before = torch.cat([h0[:, None], hs[:, :-1]], 1)
        da = torch.empty_like(hs)
        dh = torch.zeros_like(h0)
        for t in range(hs.shape[1] - 1, -1, -1):
            da[:, t] = (dhs[:, t] + dh) * (1 - hs[:, t] ** 2)
            dh = da[:, t] @ Wh.t()
        dWx = torch.einsum("ntd,nth->dh", x, da)
        dWh = torch.einsum("ntk,nth->kh", before, da)
        return da @ Wx.t(), dh, dWx, dWh, da.sum((0, 1))


class RNNStepFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h, Wx, Wh, b):
        out = torch.tanh(x.mm(Wx) + h.mm(Wh) + b)
        ctx.save_for_backward(x, h, Wx, Wh, out)
        return out

    @staticmethod
    def backward(ctx, dout):
        x, h, Wx, Wh, out = ctx.saved_tensors
        da = dout * (1 - out * out)
        return da.mm(Wx.t()), da.mm(Wh.t()), x.t().mm(da), h.t().mm(da), da.sum(0)


class LSTMFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, w_ih, w_hh, bias):
        n, steps, _ = x.shape
        h, c = h0, torch.zeros_like(h0)
        tape, out = [], []
        for t in range(steps):
            i, f, o, g = (x[:, t] @ w_ih + h @ w_hh + bias).chunk(4, dim=1)
            i, f, o, g = i.sigmoid(), f.sigmoid(), o.sigmoid(), g.tanh()
            tape.append((h, c, i, f, o, g))
            c = f * c + i * g
            h = o * c.tanh()
            out.append(h)
        ctx.save_for_backward(x, w_ih, w_hh)
        ctx.tape, ctx.last = tape, c
        return torch.stack(out, dim=1)

    @staticmethod
    def backward(ctx, grad):
        x, w_ih, w_hh = ctx.saved_tensors
        dx, dw_ih, dw_hh = torch.zeros_like(x), torch.zeros_like(w_ih), torch.zeros_like(w_hh)
        db = x.new_zeros(w_ih.shape[1])
        dh = dc = torch.zeros_like(grad[:, 0])
        for t in reversed(range(x.shape[1])):
            h, c, i, f, o, g = ctx.tape[t]
            tc = (f * c + i * g).tanh()
            dh = dh + grad[:, t]
            dc = dc + dh * o * (1 - tc * tc)
            da = torch.cat(
                [dc * g * i * (1 - i), dc * c * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g * g)], dim=1
            )
            dx[:, t] = da @ w_ih.t()
            dw_ih += x[:, t].t() @ da
            dw_hh += h.t() @ da
            db += da.sum(0)
            dh, dc = da @ w_hh.t(), dc * f
        return dx, dh, dw_ih, dw_hh, db


class TemporalSoftmaxLossFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y, mask):
        logp = torch.log_softmax(x, dim=-1)
        mask = mask.to(x.dtype)
        ctx.save_for_backward(logp, y, mask)
        return -(logp.gather(-1, y.unsqueeze(-1)).squeeze(-1) * mask).sum() / x.shape[0]

    @staticmethod
    def backward(ctx, grad_output):
        logp, y, mask = ctx.saved_tensors
        dx = logp.exp().scatter_add(-1, y.unsqueeze(-1), torch.full_like(logp[..., :1], -1.0))
        return grad_output * dx * mask.unsqueeze(-1) / logp.shape[0], None, None
