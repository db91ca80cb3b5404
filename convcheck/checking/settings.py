"""What a run decides for all of its checks."""

from typing import NamedTuple


class Settings(NamedTuple):
    """`budget`: seconds that the probes of one check may take before `scheme: auto` goes over to random directions.

    `suite`: functions that are not written yet, and sizes that the code declines, are skipped rather than errors.
    """

    budget: float = 60.0
    suite: bool = False


DEFAULT_SETTINGS = Settings()
