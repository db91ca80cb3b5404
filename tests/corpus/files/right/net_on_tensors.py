import torch

class _Weighted(object):
    @staticmethod
    def forward(x, w, b):
        out = x.view(x.shape[0], -1).mm(w) + b
        cache = (x, w, b)
        return out, cache
    @staticmethod
    def backward(dout, cache):
        x, w, b = cache
        dx = dout.mm(w.t()).view(x.shape)
        dw = x.view(x.shape[0], -1).t().mm(dout)
        db = dout.sum(dim=0)
        return dx, dw, db

class _Rect(object):
    @staticmethod
    def forward(x):
        out = x.clone()
        out[out < 0] = 0
        return out, x
    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout.clone()
        dx[x < 0] = 0
        return dx

def data_loss(x, y):
    shifted_logits = x - x.max(dim=1, keepdim=True).values
    Z = shifted_logits.exp().sum(dim=1, keepdim=True)
    log_probs = shifted_logits - Z.log()
    probs = log_probs.exp()
    N = x.shape[0]
    loss = (-1.0 / N) * log_probs[torch.arange(N), y].sum()
    dx = probs.clone()
    dx[torch.arange(N), y] -= 1
    dx /= N
    return loss, dx

class FullyConnectedNet(object):
    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10, dropout=0.0, reg=0.0, weight_scale=1e-2, seed=None, dtype=torch.float, device='cpu'):
        self.use_dropout = dropout != 0
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        last = input_dim
        for i, h in enumerate(hidden_dims, 1):
            self.params['W%d' % i] = torch.zeros(last, h, device=device, dtype=dtype) + weight_scale * torch.randn(last, h, dtype=dtype)
            self.params['b%d' % i] = torch.zeros(h, dtype=dtype, device=device)
            last = h
        i = self.num_layers
        self.params['W%d' % i] = weight_scale * torch.randn(last, num_classes, dtype=dtype)
        self.params['b%d' % i] = torch.zeros(num_classes, dtype=dtype, device=device)
    def loss(self, X, y=None):
        X = X.to(self.dtype)
        mode = 'test' if y is None else 'train'
        caches = []
        out = X
        for i in range(1, self.num_layers):
            out, c = _Weighted.forward(out, self.params['W%d' % i], self.params['b%d' % i])
            out, r = _Rect.forward(out)
            caches.append((c, r))
        scores, c = _Weighted.forward(out, self.params['W%d' % self.num_layers], self.params['b%d' % self.num_layers])
        if mode == 'test':
            return scores
        loss, grads = 0.0, {}
        loss, dout = data_loss(scores, y)
        n = self.num_layers
        dout, grads['W%d' % n], grads['b%d' % n] = _Weighted.backward(dout, c)
        grads['W%d' % n] += 2 * self.reg * self.params['W%d' % n]
        loss += self.reg * (self.params['W%d' % n] ** 2).sum()
        for i in range(n - 1, 0, -1):
            c, r = caches[i - 1]
            dout = _Rect.backward(dout, r)
            dout, grads['W%d' % i], grads['b%d' % i] = _Weighted.backward(dout, c)
            loss += self.reg * (self.params['W%d' % i] ** 2).sum()
            grads['W%d' % i] += 2 * self.reg * self.params['W%d' % i]
        return loss, grads
