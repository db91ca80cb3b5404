import os

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("convcheck", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("convcheck")


@pytest.fixture
def rng():
    return np.random.default_rng(20170413)
