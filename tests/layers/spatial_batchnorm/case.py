"""Random spatial batchnorms, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.spatial_batchnorm.layer import SpatialBatchnormSizes
from tests.layers.batchnorm.case import modes, oracle, reaches
from tests.layers.case import Case, few

CASE = Case(
    sizes=st.builds(SpatialBatchnormSizes, N=few, C=few, H=few, W=st.integers(1, 4), **modes),
    one={"N": 2, "C": 3, "H": 4, "W": 5},
    oracle=oracle,
    mistakes=30,
    reaches=reaches,
)
