"""The words for an affine layer in the code of other people."""

from collections.abc import Mapping
from typing import Any

from convcheck.layers.words import Words, WordTable, X, words

NAMES = words(
    "affine affinelayer affinetransform affinetransformation linear lineartransform lineartransformation dense"
    " denselayer fc fullyconnected fullyconnect fulllyconnected fullconnected fullconnection fullyconnection fcn"
    " innerproduct ip densely fullyconnectedlayer linearlayer matmulbias perceptronlayer"
)
INPUTS: WordTable = {
    "x": X,
    "w": words("w weight weights wt ws theta kernel kernels weightmatrix coef coefs w1 synapses"),
    "b": words("b bias biases bs b1 biasvector intercept beta"),
}
SIZES: WordTable = {
    "N": words("n batchsize batch nsamples numexamples"),
    "features": words(
        "infeatures infeature inputfeatures numinputs ninputs inputs nin numin inputsize insize inputdim indim"
        " inputdims inunits inputunits nfeatures numfeatures features fanin inchannels indimension inputdimension"
        " inputlength inputlen inputnum inputnodes inputneurons inputs din dimin dimsin prevsize prev nprev lastsize"
        " inputnumber dinput inpdim inpsize sizein inn i"
    ),
    "M": words(
        "outfeatures outfeature outputfeatures numoutputs noutputs outputs nout numout outputsize outsize outputdim"
        " outdim outputdims outunits outputunits units nunits numunits numneurons nneurons neurons fanout outchannels"
        " outdimension outputdimension outputlength outputlen outputnum outputnodes outputneurons nodes dout dimout"
        " hiddensize hiddendim hiddenunits hidden nhidden numhidden layersize currsize ncurr numclasses nclasses"
        " numoutput outputnumber doutput sizeout o m"
    ),
    "input_shape": words("inputshape inshape xshape imageshape"),
    "weight_shape": words("shape wshape weightshape weightsshape dims dim"),
}


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features an example has, and the shapes of an example and of the weights."""
    return {
        "features": sizes.features,
        "input_shape": sizes.example,
        "weight_shape": (sizes.features, sizes.M),
    }


WORDS = Words(
    names=NAMES,
    inputs=INPUTS,
    sizes=SIZES,
    derived=derived,
    in_adapters={"features": "w.shape[0]", "M": "w.shape[1]", "input_shape": "x.shape[1:]"},
    hints={
        "shapes": "x is flattened to (N, D), w is (D, M), b (M,) and dout (N, M): look for a missing .T or reshape",
        "axes": "x may have more axes than two: x.reshape(x.shape[0], -1)",
    },
    optional={"b": 0.0},
    example="affine_forward and affine_backward",
)
