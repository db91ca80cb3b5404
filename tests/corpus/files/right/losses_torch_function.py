import torch


class SoftmaxLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        log_p = x - torch.logsumexp(x, dim=1, keepdim=True)
        ctx.save_for_backward(log_p, y)
        return -log_p.gather(1, y.view(-1, 1)).mean()

    @staticmethod
    def backward(ctx, grad_output):
        log_p, y = ctx.saved_tensors
        grad = log_p.exp()
        grad[torch.arange(len(y)), y] -= 1
        return grad_output * grad / len(y), None


class HingeLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, labels, margin):
        correct = scores.gather(1, labels.unsqueeze(1))
        margins = (scores - correct + margin).clamp(min=0)
        margins.scatter_(1, labels.unsqueeze(1), 0)
        ctx.save_for_backward(margins, labels)
        return margins.sum() / scores.size(0)

    @staticmethod
    def backward(ctx, grad_output):
        margins, labels = ctx.saved_tensors
        grad = (margins > 0).to(margins.dtype)
        grad.scatter_(1, labels.unsqueeze(1), -grad.sum(dim=1, keepdim=True))
        return grad_output * grad / margins.size(0), None, None
