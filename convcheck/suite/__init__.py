"""The specs that code is checked with where nobody gave any: one file a layer, hostile on purpose."""

from __future__ import annotations

# The layers that have a suite, in the order in which they are run.
SUITES: tuple[str, ...] = ("conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm")


def suite_text(layer: str) -> str:
    """The layer's suite as YAML. Raises KeyError for a layer that has none."""
    if layer not in SUITES:
        raise KeyError(layer)
    # It brings half of the standard library along, and most runs have specs of their own.
    from importlib.resources import files  # noqa: PLC0415

    return files(__name__).joinpath(f"{layer}.yaml").read_text(encoding="utf-8")
