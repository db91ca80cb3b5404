"""Bilinear sampling of images x (N, C, H, W) at the points of a grid (N, Ho, Wo, 2), with zeros around them."""

import torch
from torch.autograd.function import once_differentiable


def _unnormalized(coordinate, size, align_corners):
    if align_corners:
        return (coordinate + 1) / 2 * (size - 1)
    return ((coordinate + 1) * size - 1) / 2


def _corners(grid, H, W, align_corners):
    """Of each of the four neighbours: its index, its weight, and the slopes of that along x and along y."""
    ix = _unnormalized(grid[..., 0], W, align_corners)
    iy = _unnormalized(grid[..., 1], H, align_corners)
    x0, y0 = ix.floor(), iy.floor()
    fx, fy = ix - x0, iy - y0
    for dy in (0, 1):
        for dx in (0, 1):
            xi, yi = (x0 + dx).long(), (y0 + dy).long()
            inside = (xi >= 0) & (xi < W) & (yi >= 0) & (yi < H)
            wx, wy = (fx if dx else 1 - fx), (fy if dy else 1 - fy)
            sx, sy = (1 if dx else -1), (1 if dy else -1)
            index = (yi.clamp(0, H - 1) * W + xi.clamp(0, W - 1)).flatten(1)
            yield index, (wx * wy * inside).flatten(1), sx * wy * inside, sy * wx * inside


class GridSampleFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, grid, align_corners=False):
        N, C, H, W = x.shape
        _, Ho, Wo, _ = grid.shape
        ctx.save_for_backward(x, grid)
        ctx.align_corners = align_corners
        flat, out = x.flatten(2), x.new_zeros(N, C, Ho * Wo)
        for index, weight, _, _ in _corners(grid, H, W, align_corners):
            out += flat.gather(2, index[:, None].expand(-1, C, -1)) * weight[:, None]
        return out.view(N, C, Ho, Wo)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        x, grid = ctx.saved_tensors
        _, C, H, W = x.shape
        flat, dout = x.flatten(2), grad_output.flatten(2)
        grad_x, grad_grid = torch.zeros_like(flat), torch.zeros_like(grid)
        for index, weight, along_x, along_y in _corners(grid, H, W, ctx.align_corners):
            reaches = index[:, None].expand(-1, C, -1)
            grad_x.scatter_add_(2, reaches, dout * weight[:, None])
            reached = (flat.gather(2, reaches) * dout).sum(1).view(grid.shape[:-1])
            grad_grid[..., 0] += reached * along_x
            grad_grid[..., 1] += reached * along_y
        if ctx.align_corners:
            grad_grid[..., 0] *= (W - 1) / 2
            grad_grid[..., 1] *= (H - 1) / 2
        else:
            grad_grid[..., 0] *= W / 2
            grad_grid[..., 1] *= H / 2
        return grad_x.view_as(x), grad_grid, None


def grid_sample(x, grid, align_corners=False):
    return GridSampleFunction.apply(x, grid, align_corners)
