"""The words for images and for the windows that slide over them, shared by the layers that have both."""

from collections.abc import Mapping

from convcheck.layers.words import WordTable, words

IMAGE: WordTable = {
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
WINDOW: WordTable = {
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
# A window that is told is told with both its sides.
KERNEL: Mapping[str, tuple[str, ...]] = {"kernel": ("H1", "W1")}
# Images as (N, H, W, C).
CHANNELS_LAST: Mapping[str, tuple[tuple[int, ...], ...]] = {"x": ((0, 2, 3, 1),)}
NOT_VARIED: Mapping[str, int] = {"dilation": 1, "groups": 1, "group": 1}
