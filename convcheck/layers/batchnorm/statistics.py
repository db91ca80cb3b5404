"""The running mean and variance of a batchnorm: drawn for a check, and moved by a batch in train mode."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Params


def running_statistics(columns: int, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """running_mean and running_var (columns,), other than a fresh layer's 0 and 1, which would hide mistakes."""
    return {
        "running_mean": rng.normal((columns,)).astype(dtype),
        "running_var": rng.uniform(0.5, 2.0, (columns,)).astype(dtype),
    }


def defaults_of(columns: int, mode: str, dtype: np.dtype[Any]) -> Params:
    """What CS231n's bn_param is taken to hold where it does not: in test mode the statistics must be there."""
    settings: Params = {"eps": 1e-5, "momentum": 0.9}
    if mode == "test":
        return settings
    return settings | {"running_mean": np.zeros(columns, dtype), "running_var": np.zeros(columns, dtype)}


def is_training(bn_param: Params) -> bool:
    """Whether the batch's own statistics are used. Raises ValueError if the mode is neither train nor test."""
    mode = bn_param["mode"]
    if mode not in {"train", "test"}:
        raise ValueError(f"mode is {mode!r}; it must be 'train' or 'test'")
    return bool(mode == "train")


def update_statistics(bn_param: Params, mean: Array, var: Array) -> None:
    """Move bn_param's running statistics towards the batch's mean (D,) and variance (D,), as new arrays."""
    momentum = bn_param.get("momentum", 0.9)
    bn_param["running_mean"] = momentum * bn_param.get("running_mean", 0) + (1 - momentum) * mean
    bn_param["running_var"] = momentum * bn_param.get("running_var", 0) + (1 - momentum) * var
