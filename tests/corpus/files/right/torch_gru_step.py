import torch


class GRUStepFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h, w_ih, w_hh, bias):
        xr, xz, xn = (x @ w_ih + bias).chunk(3, dim=1)
        w_r, w_z, w_n = w_hh.chunk(3, dim=1)
        r = torch.sigmoid(xr + h @ w_r)
        z = torch.sigmoid(xz + h @ w_z)
        n = torch.tanh(xn + (r * h) @ w_n)
        ctx.save_for_backward(x, h, w_ih, w_hh, r, z, n)
        return z * h + (1 - z) * n

    @staticmethod
    def backward(ctx, g):
        x, h, w_ih, w_hh, r, z, n = ctx.saved_tensors
        w_r, w_z, w_n = w_hh.chunk(3, dim=1)
        gn = g * (1 - z) * (1 - n**2)
        gz = g * (h - n) * z * (1 - z)
        grh = gn @ w_n.t()
        gr = grh * h * r * (1 - r)
        ga = torch.cat([gr, gz, gn], dim=1)
        gh = g * z + gr @ w_r.t() + gz @ w_z.t() + grh * r
        gw = torch.cat([h.t() @ gr, h.t() @ gz, (r * h).t() @ gn], dim=1)
        return ga @ w_ih.t(), gh, x.t() @ ga, gw, ga.sum(dim=0)
