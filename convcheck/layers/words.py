"""What other people call a layer and its parts: the small contract that every layer's `words.py` fulfils.

Names are compared in their normal form, without underscores and in lower case: n_filters, nFilters, N_FILTERS are one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from convcheck.spec.sizes import Shape, Sizes

WordTable = Mapping[str, frozenset[str]]
NO_WORDS: Mapping[str, Any] = MappingProxyType({})


# The names of a file's code are asked about at every forward.
@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """`name` without underscores, in lower case."""
    return name.replace("_", "").lower()


def words(text: str) -> frozenset[str]:
    """The words of a table's line."""
    return frozenset(text.split())


# What the first input of any layer is called.
X = words("x input inputs inp in xin inputdata inputtensor data a aprev previous prev")


class Objection(NamedTuple):
    """Why code with a constant built in cannot be asked for a setting: a sentence without its subject.

    `instead` is what could be asked of it, by the fields of a spec: {"eps": 1e-7}, {"approximate": "tanh"}.
    """

    sentence: str
    instead: Mapping[str, float | str] = NO_WORDS


class BuiltIn(NamedTuple):
    """A constant that code may have written in where the layer has the setting `key`, and how it is found out.

    `usual` is what code is taken to do that has no word for the setting and cannot be measured.
    `suspected(output shape, sizes, params)` is whether a look is worth its cost.
    `measured(run, sizes, params)` is what the code does by itself, None where that cannot be known: then it is asked
    for `usual` only. `run(sizes, params, inputs)` is the output of the code at any sizes, None where it fails or was
    told the setting. Where what it does is no constant but a mistake, return what `objection` answers None to.
    `objection(value, sizes, params)` is why what `params` ask for cannot be asked of code that does `value` by itself;
    None where it does just that, and where the check is to go on and find what is wrong.
    `even_if_accepted`: a look is taken also where code is handed the setting, in a dictionary that it may not read.
    `adopted`: in the suite, whose settings nobody asked for, the code's own constant takes the place of the spec's.
    """

    key: str
    usual: float | str
    suspected: Callable[[tuple[int, ...], Any, Mapping[str, Any]], bool]
    measured: Callable[[Callable[..., Any], Any, Mapping[str, Any]], Any]
    objection: Callable[[Any, Any, Mapping[str, Any]], Objection | None]
    adopted: bool = False
    even_if_accepted: bool = False


class OtherValues(NamedTuple):
    """Other ways in which code may be handed the setting `key`: labels one-hot, not as indices.

    `sizes(sizes)`: small ones, where the ways do not have one shape. `ways`: for a sentence that says how it is handed
    over, what makes it of the sizes and the layer's own value. `shown_by`: the input that tells the ways apart by which
    outputs each of its first steps (axis 1) moves, where the output need not be in proportion to that of the layer; the
    value may be None then, for which the first way makes one of the layer's own that says the same.
    `declined`: ways of code that takes something else, and can be asked for no value but one that is `such` as it; for
    sentences without their subject. `instead` is what could be asked of it.
    """

    key: str
    sizes: Callable[[Any], Sizes]
    ways: Mapping[str, Callable[[Any, Any], Any]]
    shown_by: str = ""
    declined: Mapping[str, Callable[[Any, Any], Any]] = NO_WORDS
    such: Callable[[Any], Any] = lambda value: value
    instead: Mapping[str, Any] = NO_WORDS


# Of the axes of an array: (1, 0) is turned, (0, None) has a new last one.
Order = tuple[int | None, ...]


class Packed(NamedTuple):
    """How several inputs are kept in one array, and how they are taken out of it."""

    joined: Callable[[Sequence[Any]], Any]
    parted: Callable[[Any], Sequence[Any]]


class Form(NamedTuple):
    """A form in which other code takes the layer's arrays, each by its name, the output as "out".

    `shapes`: the same entries in the same order. `packed`: several inputs in one, by the name that the words have for
    it. `orders`: their axes, and those of what is packed, in another one. `use`: code that takes this form
    is "handed" it; or the check is "declined", since the code is for others; or it "needs an adapter". `sentence` is
    said of that: by itself of what is handed over, nothing where it is empty; else after the name of the function.
    `sizes`: those at which it is looked at, where they are not those of the check.
    """

    sentence: str = ""
    shapes: Mapping[str, Shape] = NO_WORDS
    orders: Mapping[str, Order] = NO_WORDS
    use: Literal["handed", "declined", "needs an adapter"] = "handed"
    sizes: Sizes | None = None
    packed: Mapping[str, Packed] = NO_WORDS


# By what code of one layer is told from that of another of the same name: its text speaks of "images"; it takes arrays
# apart into as many "axes" as those of its layer have; it takes the "state" before, and is a step; it names the
# "weights" of its layer; or it takes "one input", and nothing for each example beside it.
Sign = Literal["images", "axes", "state", "weights", "one input"]


def no_meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """For layers none of whose words means two things."""
    return None


def nothing_derived(sizes: Any) -> Mapping[str, Any]:
    """For layers whose code asks for nothing but the fields of the spec."""
    return NO_WORDS


def no_other_forms(sizes: Any) -> tuple[Form, ...]:
    """For layers whose arrays have one form in all code."""
    return ()


def always_distinct(sizes: Any) -> Sizes | None:
    """For layers whose parameters have one axis each."""
    return None


class Words(NamedTuple):
    """The words for one layer in the code of other people.

    `names`: its classes and functions, without forward and backward: {"conv", "conv2d"}.
    `inputs`: each input of forward by the layer's name for it. These two are needed. What stands here is all that is
    known: the layer's own name belongs among its names, in the normal form, and that of each input among its words.
    `sizes`: what a constructor may be told of the shapes: the fields of the spec, and what `derived(sizes)` adds.
    Needed where classes are told sizes.
    `settings`: what changes how forward computes: stride, eps. Needed where forward has parameters. A setting has one
    name as a field of the sizes, as a key of the parameters, and here. Both tables are searched in their order.
    `dictionary`: what the dictionary of all parameters is called, besides the words that any layer has for it.
    `dictionaries`: where forward takes several, each by its key among the parameters.
    `of_parts`: of a layer that is several, one after the other, whose each of the settings is: the key of the part's
    dictionary, and what the part itself calls it.
    `running`: what forward leaves behind for the next: running_mean.
    `implied`: the settings that are told along with another: kernel tells H1 and W1.
    `neutral`: the values that code is taken to use which has no word for a setting; the name of another setting
    stands for the value of that.
    `rare`: those among them that most code has no word for. Checks with `where_taken` are for the other code; and a
    dictionary tells one of them only where the code reads it.
    `in_order`: the settings that parameters whose names say nothing are given, one after the other.
    `fixed`: parameters that no check varies, and their value: dilation is 1.
    `contested`: words that mean two things. `meaning(word, the other names in the signature, whether its default is a
    number)` decides: the size or setting, the input, or None.
    `in_adapters`: how a size or setting is written in terms of what an adapter's forward may ask for.
    `built_in`: settings for which code may have a constant of its own.
    `distinct(sizes)`: sizes at which no two axes of a parameter are equally long, so that turned ones show; None where
    these are already.
    `told_from`: layers by whose names the code of this one goes, too, and the `Sign` by which it is told from theirs. A
    step may be one of a layer that there is not.
    `hints`: what a mistake in the layer's shapes mostly is: where two arrays do not fit ("shapes"), where one has no
    rows and no columns ("cropped"), or two of each too few or too many ("two off"), where a window is empty
    ("empty"), where the output is to be "one number", where an index goes past the end ("index"), where an array has
    another number of axes than the code takes it to ("axes"); what to do where large entries "overflow".
    `forms(sizes)`: other forms in which code may take its arrays, the likeliest first.
    `optional`: inputs that code may do without, and the value of all their entries at which they vanish, or "identity"
    for a matrix. Those that it does without together stand side by side.
    `packed`: what several inputs are called that are kept in one array, beside which these are; see `Form`.
    `other_values`: settings that code may take in other ways.
    `elsewhere`: parameters and attributes that show that code of the name of this layer is something else, and what.
    `flags`: what True stands for where code has a flag for a setting that is one of a few words.
    `example`: functions of this layer as most people call them, for messages.
    """

    names: frozenset[str]
    inputs: WordTable
    sizes: WordTable = NO_WORDS
    settings: WordTable = NO_WORDS
    dictionary: frozenset[str] = frozenset()
    dictionaries: WordTable = NO_WORDS
    of_parts: Mapping[str, tuple[str, str]] = NO_WORDS
    running: WordTable = NO_WORDS
    implied: Mapping[str, tuple[str, ...]] = NO_WORDS
    derived: Callable[[Any], Mapping[str, Any]] = nothing_derived
    neutral: Mapping[str, Any] = NO_WORDS
    rare: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = NO_WORDS
    contested: frozenset[str] = frozenset()
    meaning: Callable[[str, Collection[str], bool], str | None] = no_meaning
    in_adapters: Mapping[str, str] = NO_WORDS
    built_in: tuple[BuiltIn, ...] = ()
    distinct: Callable[[Any], Sizes | None] = always_distinct
    told_from: Mapping[str, Sign] = NO_WORDS
    hints: Mapping[str, str] = NO_WORDS
    forms: Callable[[Any], tuple[Form, ...]] = no_other_forms
    optional: Mapping[str, float | str] = NO_WORDS
    packed: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = NO_WORDS
    other_values: tuple[OtherValues, ...] = ()
    elsewhere: Mapping[str, str] = NO_WORDS
    flags: Mapping[str, str] = NO_WORDS
    example: str = ""
