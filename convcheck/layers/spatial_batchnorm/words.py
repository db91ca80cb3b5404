"""The words for a spatial batchnorm in the code of other people: those for a batchnorm, and those for images."""

from convcheck.layers.batchnorm.built_in_eps import EPS
from convcheck.layers.batchnorm.words import DICTIONARY, IN_ADAPTERS, INPUTS, RUNNING, SETTINGS, SIZES, derived
from convcheck.layers.window_words import IMAGE, channels_last
from convcheck.layers.words import Words, words

WORDS = Words(
    names=words(
        "spatialbatchnorm spatialbatchnormalization batchnorm2d batchnormalization2d spatialbn bn2d convbatchnorm"
    ),
    inputs=INPUTS,
    sizes={**SIZES, "H": IMAGE["H"], "W": IMAGE["W"]},
    settings=SETTINGS,
    dictionary=DICTIONARY,
    running=RUNNING,
    derived=derived,
    neutral={"mode": "train"},
    in_adapters={**IN_ADAPTERS, "features": "C", "feature_shape": "(C,)"},
    built_in=(EPS,),
    hints={
        "shapes": "gamma, beta and the statistics of the channels are (C,): beside images [:, None, None], or keepdims",
        "axes": "images are (N, C, H, W), gamma and beta (C,)",
    },
    # That of a row may have no more to its name.
    told_from={"batchnorm": "images"},
    forms=channels_last,
)
