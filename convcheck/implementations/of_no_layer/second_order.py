"""The backward of a function that PyTorch or JAX differentiates, as a function itself: `order: 2` in a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen, NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.of_no_layer.given import ArrayForm, OfJaxArrays, OfTorch, backward_as_function
from convcheck.implementations.of_no_layer.jax_passes import OfJax, loaded_jax, wide
from convcheck.implementations.of_no_layer.passes import OpenPasses
from convcheck.implementations.of_no_layer.tensor_passes import OfTensors
from convcheck.implementations.tensors import tensor
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array


def backward_of(
    passes: OpenPasses, arrays: Mapping[str, Array], wanted: Mapping[str, bool], rng: Draws, text: Callable[[], str]
) -> tuple[OpenPasses, Mapping[str, Array], Mapping[str, bool]]:
    """The passes of backward, a function of the `arrays` and of a dout for each output, which is drawn.

    Where forward raises, they are what is given: there is nothing else to look at. Raises CannotOpen for passes by
    hand, which no library differentiates once more.
    """
    if not isinstance(passes, (OfTensors, OfJax)):
        raise CannotOpen(
            "order: 2 is for what a library differentiates, a torch.autograd.Function, a Module, a function of PyTorch "
            "or JAX; of a backward by hand, name it as forward, and the function that differentiates it as backward"
        )
    form: ArrayForm
    if isinstance(passes, OfTensors):
        form, inputs = OfTorch(), {name: tensor(values) for name, values in arrays.items()}
    else:
        jax = loaded_jax()
        with wide(jax):
            form, inputs = OfJaxArrays(), {name: jax.numpy.asarray(values) for name, values in arrays.items()}
    try:
        second = backward_as_function(
            passes.function, form, inputs, [name for name, is_one in wanted.items() if is_one]
        )
    except (Raised, NotWritten):
        return passes, arrays, wanted
    douts = {}
    for name in [name for name in second.inputs if name not in arrays]:
        like = form.values(second.inputs[name])
        assert like is not None
        douts[name] = np.asarray(rng.normal(like.shape)).astype(like.dtype)
    every, differentiated = {**arrays, **douts}, {**wanted, **dict.fromkeys(douts, True)}
    return type(passes)(second.function, [*differentiated.values()], text), every, differentiated
