"""The words for a global average-pool in the code of other people."""

from collections.abc import Mapping
from typing import Any

from convcheck.layers.window_words import IMAGE, channels_last
from convcheck.layers.words import Form, Words, X, words


def derived(sizes: Any) -> Mapping[str, Any]:
    """The shape of one image."""
    return {"input_shape": (sizes.C, sizes.H, sizes.W)}


def forms(sizes: Any) -> tuple[Form, ...]:
    """The output with the axes of the image, of which it has one row and one column; channels last."""
    return Form(shapes={"out": (sizes.N, sizes.C, 1, 1)}), *channels_last(sizes)


WORDS = Words(
    names=words(
        "globalavgpool globalavgpool2d globalavgpooling globalavgpooling2d globalaveragepool globalaveragepool2d"
        " globalaveragepooling globalaveragepooling2d globalmeanpool globalmeanpool2d globalmeanpooling gap gap2d"
        " globalpool globalpooling spatialmean adaptiveavgpool adaptiveavgpool2d"
    ),
    inputs={"x": X},
    sizes={**IMAGE, "H": words("h height inheight inputheight"), "W": words("w width inwidth inputwidth")},
    derived=derived,
    forms=forms,
    fixed={"outputsize": 1, "keepdims": False, "mode": "avg"},
    hints={"shapes": "dout is (N, C), and belongs to all rows and columns of x: dout[:, :, None, None]"},
    example="global_avg_pool_forward and global_avg_pool_backward",
)
