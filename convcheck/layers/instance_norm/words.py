"""The words for an instance normalisation in the code of other people: those for groups, without the groups."""

from convcheck.layers.batchnorm.words import INPUTS, SETTINGS
from convcheck.layers.groupnorm.words import CHANNEL_HINTS, CHANNEL_SIZES, GROUP_EPS, derived, forms
from convcheck.layers.words import Words, words

WORDS = Words(
    names=words(
        "instancenorm instancenorm2d instancenormalization instancenormalisation instancenormalization2d"
        " spatialinstancenorm spatialinstancenormalization instnorm instnorm2d instancenormalize instancenormlayer"
    ),
    inputs=INPUTS,
    sizes=CHANNEL_SIZES,
    settings={"eps": SETTINGS["eps"]},
    dictionary=words("inparam inparams"),
    derived=derived,
    fixed={"affine": True, "trackrunningstats": False},
    in_adapters={"features": "C", "feature_shape": "(1, C, 1, 1)"},
    built_in=(GROUP_EPS,),
    hints=CHANNEL_HINTS,
    forms=forms,
    optional={"beta": 0.0},
)
