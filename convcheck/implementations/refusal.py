"""`Refusal`: the code under test offers no way to ask for what a check asks. No answer, and so no wrong one."""

from __future__ import annotations


class Refusal(ValueError):
    """Raised by forward in place of the code under test. A ValueError, as code raises for sizes that it does not do."""
