"""The words that people use for the quantities of a layer: tables, and how a name is looked up in them.

Names are compared without underscores and in lower case, so that n_filters, nFilters and N_FILTERS are one. Where case
is all there is (W: the weights or the columns of an image), or where a word is used for two things (`filters`: the
weights or how many), the other names beside it decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping


def normal(name: str) -> str:
    """`name` without underscores, in lower case."""
    return name.replace("_", "").lower()


def words(text: str) -> frozenset[str]:
    """The words of a table's line."""
    return frozenset(text.split())


# Arrays, by the paper's names. A batchnorm's weight is its gamma.
FILTERS = words("w weight weights wt filter filters kernel kernels")
BIASES = words("b bias biases bs")
INPUTS: Mapping[str, frozenset[str]] = {
    "x": words("x input inputs inp in xin inputdata inputtensor data a aprev previous prev"),
    "w": FILTERS,
    "b": BIASES,
    "gamma": words("gamma gammas scale g weight weights w"),
    "beta": words("beta betas shift offset bias biases b"),
}

IMAGE = {
    "N": words("n batchsize batch nsamples numimages m"),
    "C": words(
        "c nbchannels inchannels inchannel inputchannels inputchannel nchannels numchannels channels channel"
        " inc cin inch ic inplanes indepth inputdepth channelsin nc nin numinputchannels ninputchannels"
        " ninchannels numinchannels cprev ncprev infeaturemaps inmaps"
    ),
    "H": words("h height inheight inputheight inputh inh hin imageheight hprev"),
    "W": words("width inwidth inputwidth inputw inw win imagewidth wprev"),
    "input_shape": words("inputshape inshape xshape inputdim imageshape imshape"),
}
WINDOW = {
    "kernel": words(
        "kernelsize filtersize kernelshape filtershape ksize k kernel windowsize size poolsize poolshape pool window"
        " filterdim kerneldim pooldim windowdim poolingsize poolingshape"
    ),
    "H1": words(
        "h1 hh kh kernelheight kernelh heightkernel filterheight filterh fh hf poolheight poolh ph windowheight"
    ),
    "W1": words("w1 ww kw kernelwidth kernelw widthkernel filterwidth filterw fw wf poolwidth poolw pw windowwidth"),
    "stride": words("stride strides step s stepsize strideshape"),
    "pad": words("pad padding pads p zeropadding zeropad padsize"),
}
STATISTICS = {
    "features": words(
        "features numfeatures nfeatures numfeature nfeature dim dims d c ndim channels numchannels nchannels nfeat"
        " channel inputsize insize size inputchannels inchannels outchannels units nunits hiddensize inputdim nout nin"
    ),
    "axes": words("numdims ndims"),
    "feature_shape": words("inputshape shape normalizedshape normalisedshape paramshape"),
    "eps": words("eps epsilon e"),
    "momentum": words("momentum decay runningmomentum mom movingdecay"),
    "running_mean": words(
        "runningmean movingmean rmean runningmu movingmu runningaverage avgmean meanrunning populationmean"
    ),
    "running_var": words("runningvar movingvar rvar runningvariance movingvariance avgvar varrunning populationvar"),
    "mode": words("mode phase"),
    "N": words("n batchsize batch m"),
}
# Flags that any layer may have, for the sake of those to which they matter.
FLAGS = {
    "training": words("training train istraining istrain trainflg trainflag trainingmode trainmode intraining"),
    "testing": words("testing test istest istesting inference eval evalmode testmode"),
}
HOW_MANY = words(
    "f nbfilters outchannels outchannel outputchannels numfilters nfilters nfilter numfilter filternum"
    " filtersnum numkernels nkernels numoffilters filtercount outc cout oc outch outplanes outdepth"
    " outputdepth noutchannels numoutchannels channelsout numoutputchannels noutputchannels outmaps"
    " outfeaturemaps"
)
# For the number of filters, where another name says how large a filter is; else for the filters themselves.
EITHER = words("filters filter kernels depth")
# Used for two things as well: W is the weights or the columns, f how many filters or how large they are, n_C the
# channels of the input, or those of the output beside n_C_prev.
CONTESTED = words("w f kernel nc")
_OF_WINDOWS = WINDOW["kernel"] | WINDOW["H1"] | WINDOW["W1"]

DICTIONARIES = words(
    "convparam convparams poolparam poolparams bnparam bnparams param params hparams hparameters hparameter"
)

# What a layer has besides its inputs.
QUANTITIES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "conv": IMAGE | {"F": HOW_MANY} | WINDOW | FLAGS,
    "max_pool": IMAGE | WINDOW | FLAGS,
    "relu": FLAGS,
    "batchnorm": STATISTICS | FLAGS,
    "spatial_batchnorm": STATISTICS | {"H": IMAGE["H"], "W": IMAGE["W"]} | FLAGS,
}

# What no check varies, and a name that tells layers of a network apart.
FIXED: Mapping[str, int | str] = {"dilation": 1, "groups": 1, "group": 1, "name": "layer"}

CACHES = words("cache caches ctx context state saved")
RATES = words("lr learningrate learnrate eta alpha lrate rate step")
BAGS = words("params parameters param weights")
STATE_BAGS = BAGS | words("cache state states buffers stats statistics running bnparam bnparams")
GRADIENT_BAGS = words("grads grad gradients gradient dparams gradparams paramgrads paramsgrads")
OUTPUTS = words("output out outputs y a")

FORWARDS = (
    "forward",
    "forward_pass",
    "fprop",
    "forward_propagation",
    "forward_propagate",
    "forward_prop",
    "feedforward",
    "__call__",
)
BACKWARDS = (
    "backward",
    "backward_pass",
    "bprop",
    "backprop",
    "backward_propagation",
    "backward_propagate",
    "backward_prop",
    "backpropagation",
    "back_propagation",
    "back_propagate",
    "back_prop",
)

# Words of a class or a function that say nothing of which layer it is.
AFFIXES = sorted(
    words(
        "my naive manual custom simple fast numpy np torch scratch function func fn layer op module autograd vectorized"
        " vectorised im2col"
    )
)
CALLED: Mapping[str, frozenset[str]] = {
    "conv": words("conv conv2d convolution convolution2d convolutional convolutional2d convolve convolve2d"),
    "max_pool": words("maxpool maxpool2d maxpooling maxpooling2d pooling pool pool2d pooling2d"),
    "relu": words("relu rectifier rectifiedlinear rectifiedlinearunit"),
    "batchnorm": words("batchnorm batchnorm1d batchnormalization batchnormalisation batchnormalization1d bn bn1d"),
    "spatial_batchnorm": words(
        "spatialbatchnorm spatialbatchnormalization batchnorm2d batchnormalization2d spatialbn bn2d convbatchnorm"
    ),
}


def layer_called(name: str) -> str | None:
    """The layer that a class or a function of this name is, by custom: MyConv2dFunction -> conv; None if none."""
    bare = normal(name)
    stripped = True
    while stripped:
        for layer, names in CALLED.items():
            if bare in names:
                return layer
        stripped = False
        for affix in AFFIXES:
            shorter = bare.removeprefix(affix) if bare.startswith(affix) else bare.removesuffix(affix)
            if shorter and shorter != bare:
                bare, stripped = shorter, True
                break
    return None


def quantity(name: str, layer: str, beside: Collection[str], *, number: bool = False) -> str | None:
    """What the parameter or attribute `name` is of `layer`: "w", "stride", "params" (the dictionary), … or None.

    `beside` are the other names in the same signature; `number` says that its default or annotation is a number.
    """
    others = {normal(other) for other in beside if other != name}
    plain = normal(name)
    table = QUANTITIES[layer]
    if layer == "conv" and (plain in EITHER or plain in CONTESTED):
        return _of_filters(plain, others, number)
    if layer == "max_pool" and plain in ("f", "filter"):
        return "kernel"
    if layer == "max_pool" and plain in ("h", "w") and others >= {"h", "w"} - {plain} and not others & _OF_WINDOWS:
        # Pooling(h, w, stride): a window must be said, an image need not be.
        return {"h": "H1", "w": "W1"}[plain]
    arrays = {"conv": "wb", "batchnorm": ("gamma", "beta"), "spatial_batchnorm": ("gamma", "beta")}.get(layer, ())
    for array in arrays:
        if plain in INPUTS[array]:
            return array
    if plain in DICTIONARIES:
        return "params"
    return next((key for key, names in table.items() if plain in names), None)


def _of_filters(plain: str, others: set[str], number: bool) -> str | None:
    """What a word of a convolution is that is used for two things: the filters, how many, or how large they are."""
    sized = others & (WINDOW["kernel"] | WINDOW["H1"])
    counted = others & (HOW_MANY | EITHER | IMAGE["C"] | IMAGE["input_shape"])
    match plain:
        case "w":
            return "W" if others & IMAGE["H"] else "w"
        case "f":
            return "kernel" if others & (HOW_MANY | EITHER) or others >= {"nc", "ncprev"} else "F"
        case "nc":
            return "F" if "ncprev" in others else "C"
        case "kernel":
            return "kernel" if counted or number else "w"
    if sized or counted or number:
        return "F"
    return None if plain == "depth" else "w"
