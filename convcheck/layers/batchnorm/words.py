"""The words for a batchnorm in the code of other people."""

from collections.abc import Mapping
from typing import Any

from convcheck.layers.batchnorm.built_in_eps import EPS
from convcheck.layers.words import Words, WordTable, X, words

# A weight is gamma here, and a bias beta.
INPUTS: WordTable = {
    "x": X,
    "gamma": words("gamma gammas scale g weight weights w"),
    "beta": words("beta betas shift offset bias biases b"),
}
SIZES: WordTable = {
    "features": words(
        "features numfeatures nfeatures numfeature nfeature dim dims d c ndim channels numchannels nchannels nfeat"
        " channel inputsize insize size inputchannels inchannels outchannels units nunits hiddensize inputdim nout nin"
    ),
    "axes": words("numdims ndims"),
    "feature_shape": words("inputshape shape normalizedshape normalisedshape paramshape"),
    "N": words("n batchsize batch m"),
}
SETTINGS: WordTable = {
    "eps": words("eps epsilon e"),
    "momentum": words("momentum decay runningmomentum mom movingdecay"),
    "mode": words("mode phase"),
}
RUNNING: WordTable = {
    "running_mean": words(
        "runningmean movingmean rmean runningmu movingmu runningaverage avgmean meanrunning populationmean"
    ),
    "running_var": words("runningvar movingvar rvar runningvariance movingvariance avgvar varrunning populationvar"),
}
DICTIONARY = words("bnparam bnparams")
IN_ADAPTERS = {"training": 'mode == "train"', "testing": 'mode == "test"'}


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features, and which shape they have, and how many axes x has."""
    shape = sizes.shapes()["x"]
    return {"input_shape": shape[1:], "features": shape[1], "axes": len(shape), "feature_shape": shape[1:]}


WORDS = Words(
    names=words(
        "batchnorm batchnorm1d batchnormalization batchnormalisation batchnormalization1d batchnormalize bn bn1d"
    ),
    inputs=INPUTS,
    sizes=SIZES,
    settings=SETTINGS,
    dictionary=DICTIONARY,
    running=RUNNING,
    derived=derived,
    neutral={"mode": "train"},
    in_adapters={**IN_ADAPTERS, "features": "D", "feature_shape": "(D,)"},
    built_in=(EPS,),
    hints={
        "shapes": "mean and variance are of the columns of x, over axis 0, with gamma's shape (D,)",
        "axes": "x is (N, D), gamma and beta (D,)",
    },
)
