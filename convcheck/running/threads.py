"""The variables that say how many threads NumPy's linear algebra has. They are read when NumPy is imported."""

from __future__ import annotations

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
