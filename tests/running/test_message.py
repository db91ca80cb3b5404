"""What a worker sends back: plain data, and nothing that would import the code under test into this process."""

import numpy as np
import pytest

from convcheck.running.message import Failure, NotPlain, Reply, packed, unpacked


class Theirs:
    pass


def test_nothing_of_theirs_is_brought_into_this_process():
    reply = Reply((np.float64(1.5), {"a": (1, None)}), Failure("crashed", "so"))
    assert unpacked(packed(reply)) == reply
    with pytest.raises(NotPlain, match="Theirs is no plain data"):
        unpacked(packed(Reply(Theirs())))
    with pytest.raises(NotPlain, match="pickle"):
        packed(Reply(lambda: 1))
