"""Muon: momentum whose matrix updates are orthogonalised (Newton-Schulz). It needs far fewer steps than Adam here."""
import torch


def orthogonal(g, steps=5):
    """The nearest (semi-)orthogonal matrices to a stack of matrices, about."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return (x.mT if tall else x).float()


class Muon:
    """For 2-D parameters; those of one shape are updated together."""

    def __init__(self, params, momentum=.95, decay=.01):
        self.groups = {}
        for p in params:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.state = {p: torch.zeros_like(p) for ps in self.groups.values() for p in ps}
        self.momentum, self.decay = momentum, decay

    @torch.no_grad()
    def step(self, lr):
        for shape, ps in self.groups.items():
            live = [p for p in ps if p.grad is not None]
            if not live:
                continue
            for p in live:
                self.state[p].lerp_(p.grad, 1 - self.momentum)
            g = torch.stack([p.grad.lerp(self.state[p], self.momentum) for p in live])
            update = orthogonal(g) * max(1, shape[0] / shape[1]) ** .5
            for p, u in zip(live, update):
                p.mul_(1 - lr * self.decay).add_(u, alpha=-lr)
                p.grad = None
