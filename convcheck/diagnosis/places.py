"""Where a gradient is wrong: a place has to be one at every check that fails.

A single check may point anywhere by chance, and what it points at is half of an explanation. So no report says what one
check says of places: only what all failing checks of an implementation say alike is a conclusion.
"""

import re
from collections.abc import Sequence

from convcheck.checking.result import Result

PLACE = "place"
# "h = 3 (the last)": at another size the last is another index.
_END = re.compile(r" = \d+ \((the first|the last)\)")


def place_of(tensor: str, failing: Sequence[Result]) -> str:
    """The sentence that says where the gradient is wrong, the same of all checks where it is; "" where there is none.

    "dx is wrong only where h is the last".
    """
    said = set()
    for result in failing:
        messages = [one.message for one in result.findings if one.code == PLACE and one.tensor == tensor]
        said.add(_END.sub(r" is \1", messages[0]) if messages else "")
    return said.pop() if len(said) == 1 else ""
