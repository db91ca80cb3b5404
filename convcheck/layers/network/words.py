"""What other people call the settings of a network, by the names that a suite has for them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from convcheck.layers.words import words


class Role(NamedTuple):
    """A setting of a network: the `words` for it, and how a value is written where the word is one of them.

    `flags` are words for whether it is used at all; `word` is what it is called where it is one of the `kinds` of
    something: normalization="batchnorm".
    """

    words: frozenset[str]
    flags: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    word: str = ""


_NORMS = words("normalization norm normalisation normtype")

# In the order in which a parameter is looked for among them.
ROLES: Mapping[str, Role] = {
    "input": Role(
        words(
            "inputdim inputsize inputshape indim nin din d ninput ninputs inputs numinputs numfeatures "
            "nfeatures inputnodes inputlayersize insize inputunits xdim features inputd"
        )
    ),
    "hidden": Role(
        words(
            "hiddendim hiddensize hiddendims hiddensizes hiddensizelist hiddenlayers hidden hiddenunits nhidden "
            "hiddennodes h numhidden nh hid hiddenlayersize hiddenlayersizes hs hiddend fchiddendim layers"
        )
    ),
    "classes": Role(
        words(
            "numclasses numclass nclasses outputsize outputdim nout dout outdim nclass classes c outputnodes "
            "noutput noutputs output outsize outputlayersize k numoutputs outputunits outputd numlabels"
        )
    ),
    "filters": Role(words("numfilters numfilter nfilters filternum filters f numkernels numchannels")),
    "filter_size": Role(words("filtersize kernelsize fsize ksize hh")),
    "reg": Role(
        words(
            "reg regularization regularisation weightdecay weightdecaylambda lambda lmbda lambd lam l2 l2reg "
            "reglambda regstrength lambd l2lambda lambdareg regparam"
        )
    ),
    "batchnorm": Role(
        frozenset(),
        words("usebatchnorm usebn batchnorm bn usebatchnormalization batchnormalization"),
        _NORMS,
        "batchnorm",
    ),
    "layernorm": Role(frozenset(), words("uselayernorm useln layernorm"), _NORMS, "layernorm"),
    "dropout": Role(
        words(
            "dropout dropoutkeepratio keepprob dropoutratio dropoutration dropoutprob pdropout dropoutp "
            "dropoutrate keepratio pdrop"
        ),
        words("usedropout"),
    ),
}

# The sizes of all layers in one list, from the input's to the classes'.
WHOLE = words(
    "layerdims layersdims layerdimensions layersdimensions layersizes layerssizes sizes dims layernodes layerunits"
    " nodesperlayer unitsperlayer neuronsperlayer architecture arch topology"
)


def asked_of(settings: Iterable[tuple[str, Any]]) -> list[str]:
    """What a network must take for these settings: their names, "hidden[]" for several hidden layers."""
    return [
        f"{key}[]" if key == "hidden" and isinstance(value, tuple) and len(value) > 1 else key
        for key, value in settings
    ]
