"""The words for an affine layer in the code of other people."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from convcheck.layers.words import Form, Order, Words, WordTable, X, words
from convcheck.spec.sizes import Sizes

NAMES = words(
    "affine affinelayer affinetransform affinetransformation linear lineartransform lineartransformation dense"
    " denselayer fc fullyconnected fullyconnect fullconnect fullconnected fullconnection"
    " fullyconnection innerproduct ip"
    " fullyconnectedlayer linearlayer"
)
INPUTS: WordTable = {
    "x": X,
    "w": words("w weight weights wt ws theta kernel kernels weightmatrix coef coefs w1 synapses"),
    "b": words("b bias biases bs b1 biasvector intercept beta w0"),
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


def turned(alike: Sizes) -> Form:
    """w as (M, D). `alike`: sizes at which both orders have one shape."""
    return Form("the code keeps w as (M, D); w and dw are (D, M) in what is said", orders={"w": (1, 0)}, sizes=alike)


def forms(sizes: Any) -> tuple[Form, ...]:
    """w as (M, D); rows alone, where an example has several axes; examples as columns."""
    # As many outputs as features, and fewer examples; x with as many axes.
    alike = replace(sizes, N=2, D=3 if isinstance(sizes.D, int) else (*[1] * (len(sizes.D) - 1), 3), M=3)
    rows = replace(sizes, D=sizes.features)
    alone = Form(
        "takes rows (N, D) alone, and does not flatten x: they are what it is right for", use="declined", sizes=rows
    )
    return turned(alike), *(() if isinstance(sizes.D, int) else (alone,)), *_columns(rows)


def _columns(rows: Sizes) -> Iterator[Form]:
    said = "takes examples as columns, (D, N): what it gives for such is right; they are rows, (N, D), here"
    orders: Mapping[str, tuple[Order, ...]] = {"w": ((1, 0), (0, 1)), "b": ((0, None), (0,))}
    for w, b in product(*orders.values()):
        of_all: Mapping[str, Order] = {"x": (1, 0), "w": w, "b": b, "out": (1, 0)}
        yield Form(said, orders=of_all, use="needs an adapter", sizes=rows)


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
    forms=forms,
    optional={"b": 0.0},
    example="affine_forward and affine_backward",
)
