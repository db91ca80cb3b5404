"""The words that code under test uses for what every layer has, and how a name is looked up in a layer's own words.

What is known of one layer's words lies with the layer (`convcheck/layers/<name>/words.py`). Where case is all there is
(W: the weights or the columns of an image), or where a word is used for two things (`filters`: the weights or how
many), the other names beside it decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from convcheck.layers.catalogue import LAYERS, WORDS
from convcheck.layers.layer import Layer
from convcheck.layers.words import Sign, WordTable, normal, words
from convcheck.spec.outline import JOINT

IMAGES = "(N, C, H, W)"

# Flags that any layer may have, for the sake of those to which they matter.
FLAGS: WordTable = {
    "training": words("training train istraining istrain trainflg trainflag trainingmode trainmode intraining"),
    "testing": words("testing test istest istesting inference eval evalmode testmode"),
}
DICTIONARIES = words("param params hparams hparameters hparameter")
# A name that tells layers of a network apart.
LAYER_NAME: Mapping[str, str] = {"name": "layer"}

CACHES = words("cache caches ctx context state saved")
RATES = words("lr learningrate learnrate eta alpha lrate rate step")
OPTIMIZERS = words("optimizer optimiser optim opt")
BAGS = words("params parameters param weights")
STATE_BAGS = BAGS | words("cache state states buffers stats statistics running")
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
LOSSES = ("loss", "compute_loss", "get_loss")
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
        " vectorised im2col implementation impl memoryefficient efficient jit auto"
        " vanilla node"
    )
)

# What stands before, and after, the word for an input in the word for its gradient.
BEFORE = words("d grad gradient grads gradients delta dl dld dloss dlossd gradof gradientof g")
AFTER = words("grad gradient grads gradients g delta")


def layer_called(name: str) -> str | None:
    """The layer that a class or a function of this name is, by custom: MyConv2dFunction; None if none."""
    return _layer_of_word(normal(name))


def told_by(sign: Sign, layer: str | None) -> tuple[str, ...]:
    """The layers that go by the names of this one, and that their code shows by that."""
    return tuple(name for name, known in WORDS.items() if layer is not None and known.told_from.get(layer) == sign)


def step_called(name: str) -> str | None:
    """The layer that is a step of what a class of this name is, where that is no layer; None if none."""
    word = normal(name)
    told = ((other, layer, by) for layer, known in WORDS.items() for other, by in known.told_from.items())
    whole = {other: layer for other, layer, by in told if by == "state" and other not in WORDS}
    bare = {word, *_without_an_affix(word), word.removeprefix("time")}
    return next((step for called, step in whole.items() if called in bare), None)


# A class is asked for its passes in every evaluation, and by all orders of its affixes it takes longer than they do.
@cache
def _layer_of_word(word: str) -> str | None:
    bare = frozenset({word})
    every = bare
    while bare:
        for layer, known in WORDS.items():
            if bare & known.names:
                return layer
        # In every order: a name may begin with what is an affix elsewhere.
        bare = frozenset(shorter for one in bare for shorter in _without_an_affix(one))
        every |= bare
    return next(filter(None, map(_sequence_called, sorted(every, key=len, reverse=True))), None)


def _sequence_called(word: str) -> str | None:
    """The layers one after the other that a word names which has nothing else in it: convrelupool."""
    names = _fewest_parts(word)
    if len(names) < 2:
        return None
    parts: list[str] = []
    on_images = False
    for name in names:
        images = told_by("images", name) if on_images else ()
        layer = LAYERS[next(iter(images), name)]
        if layer.shapes[layer.input_names[0]].startswith("("):
            on_images = layer.shapes[layer.input_names[0]] == IMAGES
        parts.append(layer.name)
    whole = JOINT.join(parts)
    return whole if whole in LAYERS else None


def parts_called(name: str) -> tuple[str, ...]:
    """The layers, one after the other, that a name is made of which is no layer's: affine_relu_dropout; () if none."""
    word = normal(name)
    bare = {word, *_without_an_affix(word)}
    return next((parts for one in sorted(bare, key=len, reverse=True) if len(parts := _fewest_parts(one)) > 1), ())


@cache
def layers_by_word() -> Mapping[str, str]:
    """Each word for a layer in normal form, and the name of that layer."""
    return {called: layer for layer, known in WORDS.items() for called in known.names}


def _fewest_parts(word: str) -> tuple[str, ...]:
    """The layers whose words make up this one, as few as can be; none where they do not."""
    known = layers_by_word()
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        found = [
            (*before, known[word[start:end]])
            for start, before in enumerate(best)
            if before is not None and word[start:end] in known
        ]
        best.append(min(found, key=len, default=None))
    return best[-1] or ()


def is_among(layer: str | None, layers: Collection[str]) -> bool:
    """Whether the layer is one of `layers`; one that is several, one after the other, is where all layers are."""
    return layer in layers or (layer is not None and layer in LAYERS and {*layers} >= {*LAYERS})


def _without_an_affix(bare: str) -> Iterator[str]:
    # The axes belong to the name of the layer, with such a word before them or without.
    name, axes = _parted_from_axes(bare)
    for affix in AFFIXES:
        for shorter in (bare.removeprefix(affix), bare.removesuffix(affix), name.removesuffix(affix) + axes):
            if shorter not in ("", axes, bare):
                yield shorter


def _parted_from_axes(word: str) -> tuple[str, str]:
    """The word without the 2d at its end, and that."""
    return (word[:-2], word[-2:]) if word.endswith(("1d", "2d", "3d")) else (word, "")


def quantity(name: str, layer: Layer, beside: Collection[str], *, number: bool = False) -> str | None:
    """What the parameter or attribute `name` is of the layer: an input, a size, a setting, "params" for the dictionary
    of all settings, "training" or "testing"; None where nothing is known by that name.

    `beside` are the other names in the same signature; `number` says that its default or annotation is a number.
    """
    plain = normal(name)
    known = layer.words
    if plain in known.contested:
        return known.meaning(plain, {normal(other) for other in beside if other != name}, number)
    for array in layer.held:
        if plain in known.inputs[array]:
            return array
    if plain in DICTIONARIES | known.dictionary:
        return "params"
    tables = (known.sizes, known.settings, known.dictionaries, known.running, FLAGS)
    return next((key for table in tables for key, names in table.items() if plain in names), None)


def settings_of(layer: Layer) -> frozenset[str]:
    """What a function may take besides arrays and sizes, without the dictionary that has it all."""
    return frozenset((*layer.words.settings, *layer.words.dictionaries, *layer.words.running, *FLAGS))


def accepted_with(key: str, layer: Layer) -> tuple[str, ...]:
    """What code that takes `key` takes along with it: training tells the mode, and the dictionary tells all numbers. A
    way in which the layer may be made, which is a word, is in no convention: code that reads it is told it.
    """
    if key == "params":
        ways = {constant.key for constant in layer.words.built_in if isinstance(constant.usual, str)}
        return tuple(name for name in (*layer.words.settings, *layer.words.running) if name not in ways)
    if key in layer.words.dictionaries:
        return tuple(told for told, (part, _) in layer.words.of_parts.items() if part == key)
    return ("mode",) if key in FLAGS else layer.words.implied.get(key, ())


def rare_settings(names: Collection[str], layer: Layer) -> tuple[str, ...]:
    """The settings that most code has no word for, and that one of these names is a word for."""
    meant = {quantity(name, layer, names) for name in names}
    return tuple(key for key in layer.words.rare if key in meant)


def gradient_words(name: str, layer: Layer) -> frozenset[str]:
    """What the gradient of the input `name` may be called, in normal form: dw, gradw, wgrad, weightgrad, …"""
    return _gradients_of(layer.words.inputs[name])


@cache
def _gradients_of(said: frozenset[str]) -> frozenset[str]:
    return frozenset(f"{before}{word}" for word in said for before in BEFORE) | frozenset(
        f"{word}{after}" for word in said for after in AFTER
    )
