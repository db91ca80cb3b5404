"""The specs that code is checked with where nobody gave any: one file a layer, hostile on purpose."""

from __future__ import annotations

from importlib.resources import files

# The layers that have a suite, in the order in which they are run.
SUITES: tuple[str, ...] = ("conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm")


def suite_text(layer: str) -> str:
    """The layer's suite as YAML. Raises KeyError for a layer that has none."""
    if layer not in SUITES:
        raise KeyError(layer)
    return files(__name__).joinpath(f"{layer}.yaml").read_text(encoding="utf-8")
