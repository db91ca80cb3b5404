"""A function, or a forward and a backward, with the inputs that a program hands over: arrays, tensors, JAX's arrays.

Complex numbers are looked at as pairs of real ones, in a last axis of two: for them a gradient is what PyTorch calls
one, ∂L/∂Re z + i·∂L/∂Im z. JAX's vjp and its grad give the conjugate of that, and are taken for what they are.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Protocol

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, called
from convcheck.implementations.of_no_layer.functions import apart, pair_of
from convcheck.implementations.of_no_layer.jax_passes import OfJax, is_jax, jax_arrays, loaded_jax, wide
from convcheck.implementations.of_no_layer.passes import OfLoss, OpenPasses, outputs_of, positional
from convcheck.implementations.of_no_layer.tensor_passes import OfTensors, OnParameters, differentiable, is_alike, moved
from convcheck.implementations.on_tensors import GONE, NO_GRAPH
from convcheck.implementations.pair import Kept, Pair
from convcheck.implementations.pytorch.autograd_function import parameters_of_apply
from convcheck.implementations.tensors import array, is_torch, loaded_torch, tensor
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array

# The distance from 1 to the next number. Differences see little in them, and NumPy has no arithmetic for one of them.
HALVES = {"float16": 2.0**-10, "bfloat16": 2.0**-7}


class ArrayForm(Protocol):
    """The arrays of one library: how plain ones become them, and they plain ones.

    Where it is `narrow`, plain arrays are of float64, and code is called in the dtype of what was handed over.
    """

    name: str
    narrow: bool

    def made(self, values: Array, like: Any) -> Any:
        """Plain real numbers as what the code was handed in this place."""

    def copied(self, value: Any) -> Any:
        """A copy of what is not differentiated, which code may write into; what is no array is handed on."""

    def numbers(self, value: Any) -> Any:
        """What code returned, as plain real numbers if it is an array."""

    def values(self, value: Any) -> Array | None:
        """An input as a plain array, complex if it is; None for what is no array, as a setting beside tensors."""


class OfNumPy:
    """Plain arrays. They are complex where one of the inputs is: an inverse transform of real ones returns them too."""

    name = "NumPy"

    def __init__(self, inputs: Mapping[str, Any], narrow: bool = False) -> None:
        self.narrow = narrow
        self._complex = any(isinstance(value, np.ndarray) and np.iscomplexobj(value) for value in inputs.values())

    def made(self, values: Array, like: Any) -> Any:
        """As `ArrayForm`."""
        if self.narrow and hasattr(like, "dtype"):
            return np.asarray(values).astype(like.dtype)
        return _joined(values) if self._complex and np.iscomplexobj(like) else values

    def copied(self, value: Any) -> Any:
        """As `ArrayForm`."""
        return value.copy() if isinstance(value, np.ndarray) else value

    def numbers(self, value: Any) -> Any:
        """As `ArrayForm`."""
        if self.narrow and isinstance(value, (np.ndarray, np.generic)):
            return np.asarray(value, dtype=np.float64)
        return pairs(np.asarray(value)) if self._complex and np.iscomplexobj(value) else value

    def values(self, value: Any) -> Array | None:
        """As `ArrayForm`."""
        if not isinstance(value, (np.ndarray, np.generic, float, complex)):
            return None
        return np.asarray(value, dtype=np.float64) if half_of(value) else np.asarray(value)


class OfTorch:
    """PyTorch's tensors, on the device of what was handed over."""

    name = "PyTorch"

    def __init__(self, narrow: bool = False) -> None:
        self.narrow = narrow

    def made(self, values: Any, like: Any) -> Any:
        """As `ArrayForm`; a tensor is taken as well, so that autograd sees it."""
        torch = loaded_torch()
        made = values if isinstance(values, torch.Tensor) else tensor(values)
        if not isinstance(like, torch.Tensor):
            return made
        if like.is_complex():
            made = torch.view_as_complex(made.contiguous())
        made = made if like.device == made.device else made.to(like.device)
        if self.narrow and like.is_floating_point():
            made = made.to(like.dtype)
        return _with_entries(like, made) if is_sparse(like) else made

    def copied(self, value: Any) -> Any:
        """As `ArrayForm`."""
        torch = loaded_torch()
        return value.detach().clone() if isinstance(value, torch.Tensor) else OfNumPy({}).copied(value)

    def numbers(self, value: Any) -> Any:
        """As `ArrayForm`."""
        if not isinstance(value, loaded_torch().Tensor):
            return value
        return pairs(array(value.double() if self.narrow and value.is_floating_point() else value))

    def values(self, value: Any) -> Array | None:
        """As `ArrayForm`. Raises TypeError for tensors that are neither dense nor sparse."""
        torch = loaded_torch()
        if not isinstance(value, torch.Tensor):
            return value if isinstance(value, np.ndarray) else None
        if half_of(value):
            value = value.detach().double()
        if is_sparse(value):
            value = value.detach().coalesce() if value.layout is torch.sparse_coo else value.detach()
            return np.asarray(array(value.values()))
        if value.layout is not torch.strided or value.is_nested or value.is_quantized:
            raise TypeError(f"received a tensor of layout {value.layout}, expected a dense one: use .to_dense()")
        plain: Array = array(value)
        return plain


def is_sparse(value: Any) -> bool:
    """Whether it is a sparse tensor, of which the entries that it has are differentiated."""
    torch = loaded_torch()
    return torch is not None and isinstance(value, torch.Tensor) and "sparse" in str(value.layout)


def _with_entries(like: Any, entries: Any) -> Any:
    """A sparse tensor with other entries in the places of those of `like`."""
    torch = loaded_torch()
    if like.layout is torch.sparse_coo:
        indices = like.detach().coalesce().indices()
        return torch.sparse_coo_tensor(indices, entries, like.shape, is_coalesced=True)
    by_rows = like.layout in (torch.sparse_csr, torch.sparse_bsr)
    compressed, plain = (
        (like.crow_indices(), like.col_indices()) if by_rows else (like.ccol_indices(), like.row_indices())
    )
    return torch.sparse_compressed_tensor(compressed, plain, entries, like.shape, layout=like.layout)


class OfJaxArrays:
    """JAX's arrays."""

    name = "JAX"

    def __init__(self, narrow: bool = False) -> None:
        self.narrow = narrow

    def made(self, values: Any, like: Any) -> Any:
        """As `ArrayForm`; one that JAX traces is taken as well."""
        jax = loaded_jax()
        made = values if isinstance(values, jax.Array) else jax.numpy.asarray(values)
        if self.narrow and hasattr(like, "dtype"):
            return made.astype(like.dtype)
        return made[..., 0] + 1j * made[..., 1] if np.iscomplexobj(like) else made

    def copied(self, value: Any) -> Any:
        """As `ArrayForm`: JAX's arrays are never written into."""
        return OfNumPy({}).copied(value)

    def numbers(self, value: Any) -> Any:
        """As `ArrayForm`."""
        if not isinstance(value, loaded_jax().Array):
            return value
        return np.asarray(value, dtype=np.float64) if self.narrow else pairs(np.asarray(value))

    def values(self, value: Any) -> Array | None:
        """As `ArrayForm`."""
        if not isinstance(value, loaded_jax().Array):
            return value if isinstance(value, np.ndarray) else None
        return np.asarray(value, dtype=np.float64) if half_of(value) else np.asarray(value)


def half_of(value: Any) -> str | None:
    """The name of its dtype where it is an array in half precision."""
    name = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return name if name in HALVES else None


def widened(form: ArrayForm, value: Any, dtype: str) -> Any:
    """An array of real numbers in this dtype; anything else as it is."""
    if isinstance(form, OfTorch) and isinstance(value, loaded_torch().Tensor):
        return value.detach().to(getattr(loaded_torch(), dtype)) if value.is_floating_point() else value
    if half_of(value) or getattr(value, "dtype", None) in (np.float32, np.float64):
        with setting_of(form):
            return value.astype(dtype)
    return value


def narrow_form(form: ArrayForm, inputs: Mapping[str, Any]) -> ArrayForm:
    """The same form, in which code is called in the dtype of what was handed over. Raises TypeError for complex ones.

    Which dtype a complex number has beside half precision nobody agrees on.
    """
    if any("complex" in str(getattr(value, "dtype", "")) for value in inputs.values()):
        raise TypeError("inputs: expected real numbers beside half precision, received complex ones")
    if isinstance(form, OfNumPy):
        return OfNumPy(inputs, narrow=True)
    return type(form)(narrow=True)  # type: ignore[call-arg]


def _joined(values: Array) -> Array:
    if np.iscomplexobj(values):
        raise TypeError("what is complex already takes no complex step")
    return np.asarray(values[..., 0] + 1j * values[..., 1])


def pairs(values: Array) -> Array:
    """Complex numbers as real ones, in a last axis of two; real ones as they are."""
    return np.stack([values.real, values.imag], -1) if np.iscomplexobj(values) else values


def form_of(functions: Sequence[Any], inputs: Mapping[str, Any]) -> ArrayForm:
    """The arrays that these functions take: those of the inputs, and where these are NumPy's those of their bodies."""
    torch, jax = loaded_torch(), loaded_jax()
    if torch is not None and any(isinstance(value, torch.Tensor) for value in inputs.values()):
        return OfTorch()
    if jax is not None and any(isinstance(value, jax.Array) for value in inputs.values()):
        return OfJaxArrays()
    if len(functions) == 1 and torch is not None and (is_torch(functions[0]) or _home_of(functions[0]) == "torch"):
        return OfTorch()
    if len(functions) == 1 and is_jax(functions[0]):
        return OfJaxArrays()
    return OfNumPy(inputs)


def _home_of(function: Any) -> str:
    """The library that an object comes from: a Module, a builtin function, the `apply` of a Function."""
    torch = loaded_torch()
    if isinstance(function, torch.nn.Module) or _function_class(function) is not None:
        return "torch"
    return str(getattr(function, "__module__", "") or "").partition(".")[0]


def _function_class(function: Any) -> type[Any] | None:
    """The torch.autograd.Function whose `apply` it is, or that it is itself."""
    torch = loaded_torch()
    owner = getattr(function, "__self__", function)
    is_one = torch is not None and isinstance(owner, type) and issubclass(owner, torch.autograd.Function)
    return owner if is_one else None


def callable_of(function: Any) -> Any:
    """What is to be called: `apply` of a Function. Raises TypeError for a class of Modules: one is made first."""
    torch = loaded_torch()
    if torch is not None and isinstance(function, type):
        if issubclass(function, torch.autograd.Function):
            return function.apply  # type: ignore[attr-defined]
        if issubclass(function, torch.nn.Module):
            name = function.__name__
            raise TypeError(f"forward: expected a function, received the class {name}: make one of it, {name}(…)")
    return function


def name_of(function: Any) -> str:
    """What a function is called: a Function's or a Module's class, or its own name."""
    torch = loaded_torch()
    if torch is not None and (kind := _function_class(function)) is not None:
        return kind.__name__
    return str(getattr(function, "__name__", None) or type(function).__name__)


def parameter_names(function: Any) -> list[str]:
    """The names of what it takes by position, as far as they are known."""
    torch = loaded_torch()
    if torch is not None and (kind := _function_class(function)) is not None:
        try:
            parameters = parameters_of_apply(kind)
        except CannotOpen:
            return []
        return [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL]
    if torch is not None and isinstance(function, torch.nn.Module):
        return positional(function.forward)
    return positional(function)


def parameters_of_module(function: Any, names: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    """A Module as a function of its inputs and of its parameters, and these; anything else as it is, with none."""
    torch = loaded_torch()
    if torch is None or not isinstance(function, torch.nn.Module):
        return function, {}
    with_parameters = OnParameters(function, {})
    own = {apart(name, names, type(function)): p for name, p in with_parameters.parameters.items()}
    return with_parameters, own


def with_moved_parameters(
    function: Any, inputs: Mapping[str, Any], arrays: Mapping[str, Array], rng: Draws
) -> dict[str, Array] | None:
    """`arrays`, with the parameters of a Module that all begin alike moved; None where there are none.

    Where a scale is 1 throughout, or an offset 0, a gradient that has forgotten it is right.
    """
    if not isinstance(function, OnParameters):
        return None
    own = [id(p) for p in function.parameters.values()]
    begun = {name: a for name, a in arrays.items() if id(inputs[name]) in own and is_alike(a)}
    return {**arrays, **moved(begun, rng)} if begun else None


def pair_of_one(function: Any, form: ArrayForm, inputs: Mapping[str, Any], arrays: Mapping[str, Array]) -> Pair:
    """A function that is differentiated by its own library, as a pair of what is differentiated: `arrays`."""
    wanted = dict.fromkeys(arrays, True)
    return pair_of(name_of(function), passes_of_one(function, form, inputs, arrays), arrays, wanted, 1)


def passes_of_one(function: Any, form: ArrayForm, inputs: Mapping[str, Any], arrays: Mapping[str, Array]) -> OpenPasses:
    """As `pair_of_one`, its passes."""
    every = [True] * len(arrays)
    if isinstance(form, OfTorch):
        return OfTensors(_Real(function, form, inputs, [*arrays]), every, str)
    if isinstance(form, OfJaxArrays):
        return OfJax(_Real(function, form, inputs, [*arrays]), every, str)
    return OfLoss(_Real(function, form, inputs, [*arrays]), {}, str)


class _Real:
    """A function of real arrays, those that are differentiated, whose outputs are real as well."""

    def __init__(self, function: Any, form: ArrayForm, inputs: Mapping[str, Any], names: Sequence[str]) -> None:
        self._function, self._form, self._inputs, self._names = function, form, inputs, names
        self.__name__ = name_of(function)
        self._has_complex = any(is_complex(form, inputs[name]) for name in names)
        if isinstance(function, OnParameters):
            self.holding = self._holding

    def __call__(self, *given: Any) -> Any:
        """What the function returns for these."""
        stepping = any(_is_complex(value) for value in given)
        if stepping and self._has_complex:
            raise TypeError("what is complex already takes no complex step")
        form = self._form
        returned = self._function(*self._arguments(given))
        if returned is None or isinstance(form, OfNumPy):
            return returned
        if isinstance(form, OfTorch):
            outputs: Sequence[Any] = differentiable(returned)
        else:
            outputs = jax_arrays(returned)
        if stepping:
            return tuple(outputs)
        self._has_complex = self._has_complex or any(map(_is_complex, outputs))
        if form.narrow:
            return tuple(out.double() if isinstance(form, OfTorch) else out.astype("float64") for out in outputs)
        return tuple(map(_real_view, outputs))

    def _arguments(self, given: Sequence[Any]) -> list[Any]:
        chosen, form = dict(zip(self._names, given, strict=True)), self._form
        return [
            form.made(chosen[name], value) if name in chosen else form.copied(value)
            for name, value in self._inputs.items()
        ]

    def _holding(self, given: Sequence[Any], action: Callable[[], Any]) -> Any:
        return self._function.holding(self._arguments(given), action)


def is_complex(form: ArrayForm, value: Any) -> bool:
    """Whether an input is an array of complex numbers."""
    values = form.values(value)
    return values is not None and np.iscomplexobj(values)


def _is_complex(value: Any) -> bool:
    return "complex" in str(getattr(value, "dtype", ""))


def _real_view(output: Any) -> Any:
    if not _is_complex(output):
        return output
    torch = loaded_torch()
    if torch is not None and isinstance(output, torch.Tensor):
        return torch.view_as_real(output.resolve_conj())
    numpy = loaded_jax().numpy
    return numpy.stack([output.real, output.imag], -1)


def pair_of_two(
    functions: tuple[Callable[..., Any], Callable[..., Any]],
    form: ArrayForm,
    inputs: Mapping[str, Any],
    arrays: Mapping[str, Array],
    outputs: int,
) -> Pair:
    """A forward and a backward by hand, as a pair of what is differentiated: `arrays`."""
    passes: OpenPasses = _ByHand(functions, form, inputs, arrays, outputs)
    every = {name: arrays.get(name, np.empty(0)) for name in inputs}
    return pair_of(name_of(functions[0]), passes, every, {name: name in arrays for name in inputs}, outputs)


class Returned(tuple[Any, ...]):
    """What forward returned beside the output, as backward is called with it."""

    __slots__ = ()


class _Beside(NamedTuple):
    """Of one forward of two functions: the outputs, and what it came of."""

    outputs: Sequence[Any]
    inputs: tuple[Array, ...]
    watched: bool


class _ByHand:
    """Two functions in the convention of `convcheck.gradcheck`, on the arrays of any library."""

    def __init__(
        self,
        functions: tuple[Callable[..., Any], Callable[..., Any]],
        form: ArrayForm,
        inputs: Mapping[str, Any],
        names: Container[str],
        outputs: int,
    ) -> None:
        self._forward, self._backward = functions
        self._form, self._inputs, self._names, self._count = form, inputs, names, outputs
        # Whether backward runs autograd on what forward was called with.
        self._watched = False

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        with setting_of(self._form):
            kept = tuple(a.copy() for a in inputs) if isinstance(self._form, OfTorch) else ()
            given = [self._given(name, values) for name, values in zip(self._inputs, inputs, strict=True)]
            returned = called("forward", self._forward, given, {})
            if self._count == 1:
                is_two = issubclass(type(returned), tuple) and len(returned) == 2
                outputs, cache = ([returned[0]], Returned(returned[1:])) if is_two else ([returned], tuple(given))
            else:
                outputs, beside = outputs_of(returned, self._count)
                cache = tuple(given) if beside is None else Returned(beside)
            return [self._form.numbers(out) for out in outputs], Kept(cache, _Beside(outputs, kept, self._watched))

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        with setting_of(self._form):
            try:
                return self._gradients(douts, cache)
            except Raised as raised:
                said = str(raised.error)
                if not isinstance(self._form, OfTorch) or not isinstance(raised.error, RuntimeError):
                    raise
                if NO_GRAPH.search(said) and not cache.beside.watched:
                    self._watched = True
                elif not GONE.search(said):
                    raise
            _, fresh = self.run(cache.beside.inputs)
            return self._gradients(douts, fresh)

    def _given(self, name: str, values: Array) -> Any:
        like = self._inputs[name]
        if name not in self._names:
            return self._form.copied(like)
        made = self._form.made(values, like)
        return made.requires_grad_() if self._watched and made.is_leaf else made

    def _gradients(self, douts: Sequence[Array], cache: Kept) -> Any:
        made = [self._form.made(dout, like) for dout, like in zip(douts, cache.beside.outputs, strict=True)]
        returned = called("backward", self._backward, (*made, *cache.handed), {})
        numbers = self._form.numbers
        if issubclass(type(returned), dict):
            return {key: numbers(value) for key, value in returned.items()}
        return type(returned)(map(numbers, returned)) if type(returned) in (tuple, list) else numbers(returned)


def setting_of(form: ArrayForm) -> AbstractContextManager[None]:
    """In which the arrays of this form keep their dtype."""
    return wide(loaded_jax()) if isinstance(form, OfJaxArrays) else nullcontext()


class Second(NamedTuple):
    """The backward of a function, as a function itself: of the function's `inputs` and of a dout for each output."""

    function: Callable[..., Any]
    inputs: Mapping[str, Any]


def backward_as_function(function: Any, form: ArrayForm, inputs: Mapping[str, Any], names: Sequence[str]) -> Second:
    """The backward of `function` by its own library; `names` are the inputs that it is differentiated in.

    A dout is like its output, and has the name dout, or dout0, dout1, … Raises what forward does, as Raised and
    NotWritten.
    """
    every, count = [*inputs], len(inputs)
    places = [every.index(name) for name in names]
    with setting_of(form):
        given = [form.made(pairs_of(form, inputs[n]), inputs[n]) if n in names else inputs[n] for n in every]
    if isinstance(form, OfTorch):
        torch = loaded_torch()

        def followed(*arguments: Any) -> list[Any]:
            outputs = differentiable(function(*arguments))
            return [out for out in outputs if out.requires_grad] or outputs

        def by_autograd(*arguments: Any) -> Any:
            # In forward mode nothing requires a gradient, and what is moved forward is a gradient.
            arguments = tuple(
                one if place not in places or one.requires_grad else one.requires_grad_()
                for place, one in enumerate(arguments)
            )
            outputs = [out for out in followed(*arguments[:count]) if out.requires_grad]
            leaves = [arguments[place] for place in places]
            keywords = {"create_graph": True, "allow_unused": True}
            found = torch.autograd.grad(outputs, leaves, arguments[count:], **keywords) if outputs else leaves
            none = zip(found, leaves, strict=True)
            return tuple(torch.zeros_like(leaf) if g is None or not outputs else g for g, leaf in none)

        leaves = [one.clone().requires_grad_() if n in names else one for n, one in zip(every, given, strict=True)]
        outputs = called("forward", followed, leaves, {})
        second: Callable[..., Any] = by_autograd
    else:
        jax = loaded_jax()

        def of_those(arguments: Sequence[Any]) -> Callable[..., Any]:
            def chosen(*values: Any) -> Any:
                taken = [*arguments]
                for place, value in zip(places, values, strict=True):
                    taken[place] = value
                return jax_arrays(function(*taken))

            return chosen

        def by_vjp(*arguments: Any) -> Any:
            values = [arguments[place] for place in places]
            _, back = jax.vjp(of_those(arguments[:count]), *values)
            return back([*arguments[count:]])

        with wide(jax):
            outputs = called("forward", lambda *those: jax_arrays(function(*those)), given, {})
        second = by_vjp
    second.__name__ = f"backward of {name_of(function)}"
    names_of_douts = ["dout"] if len(outputs) == 1 else [f"dout{i}" for i in range(len(outputs))]
    return Second(second, {**inputs, **dict(zip(names_of_douts, outputs, strict=True))})


def pairs_of(form: ArrayForm, value: Any) -> Array:
    """An input as plain real numbers."""
    values = form.values(value)
    assert values is not None
    return pairs(values).copy()


def pair_by_forward_mode(
    function: Any, form: ArrayForm, inputs: Mapping[str, Any], arrays: Mapping[str, Array]
) -> Pair:
    """As `pair_of_one`, with a backward that sums what forward mode gives for each entry: Σ dout·(J e)."""
    passes: OpenPasses = _ByForwardMode(_Real(function, form, inputs, [*arrays]), form)
    return pair_of(name_of(function), passes, arrays, dict.fromkeys(arrays, True), 1)


class _ByForwardMode:
    """A function whose gradients are made of its derivatives along each entry."""

    def __init__(self, function: _Real, form: ArrayForm) -> None:
        self._function, self._form = function, form

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        outputs, _ = self._along(inputs, None)
        return outputs, [a.copy() for a in inputs]

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        gradients = [np.zeros(values.shape, values.dtype) for values in cache]
        for place, gradient in enumerate(gradients):
            for entry in range(gradient.size):
                direction = [np.zeros(values.shape, values.dtype) for values in cache]
                direction[place].flat[entry] = 1
                _, slopes = self._along(cache, direction)
                gradient.flat[entry] = sum(float((d * s).sum()) for d, s in zip(douts, slopes, strict=True))
        return tuple(gradients)

    def _along(self, inputs: Sequence[Array], direction: Sequence[Array] | None) -> tuple[list[Array], list[Array]]:
        """The outputs, and their slopes along a direction, none where there is no direction."""
        if isinstance(self._form, OfJaxArrays):
            jax = loaded_jax()
            with wide(jax):
                given = [jax.numpy.asarray(a) for a in inputs]
                if direction is None:
                    return [*map(np.asarray, called("forward", self._function, given, {}))], []
                along = tuple(jax.numpy.asarray(a) for a in direction)
                outputs, slopes = called("backward", jax.jvp, (self._function, (*given,), along), {})
            return [*map(np.asarray, outputs)], [*map(np.asarray, slopes)]
        forward_ad = loaded_torch().autograd.forward_ad
        given = [tensor(a) for a in inputs]
        if direction is None:
            return [*map(array, called("forward", self._function, given, {}))], []
        with forward_ad.dual_level():
            duals = [forward_ad.make_dual(one, tensor(v)) for one, v in zip(given, direction, strict=True)]
            outputs = called("backward", self._function, duals, {})
            parts = [forward_ad.unpack_dual(out) for out in outputs]
        still = [np.zeros(tuple(one.primal.shape)) for one in parts]
        tangents = [zero if one.tangent is None else array(one.tangent) for zero, one in zip(still, parts, strict=True)]
        return [array(one.primal) for one in parts], tangents
