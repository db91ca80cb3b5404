"""`Mistake`: a known way to get a layer wrong, as an edit of code that is right.

A layer's folder holds its passes as people write them, in `readable.py`, one function for each tensor: `dx(dout, x, w,
b, params)` gives dx and nothing else, `forward(x, w, b, params)` the output. Where people write a pass in several ways
that differ in what a mistake leaves, there are several functions: `dx`, `dx_by_filter`.

`mistakes.yaml` beside it lists the mistakes. Each is an edit of all functions in which its text occurs: these are the
ways of one mistake. Where people also make it in other places, `ways` are further edits, each by itself and of the
functions in which all of its texts occur. Words in braces stand for its choices, and are searched over.

`equivalent` in the place of a mistake has, by the ids of some, why they give what is right at any sizes: they are
mistakes in layers that are alike, or in the way of thinking, and no check can notice them.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.layer import Array, Params, copied_params

# What makes a mistake is by so many times nearer to it than to what is right.
APART = 16
NO_CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType({})


class Mistake(NamedTuple):
    """What is wrong with a tensor, in a sentence, how to mend it, and the edits that make it.

    `name` tells it from the layer's others; `tensor` is what it makes wrong ("forward", "dx", …). `edits` are pieces of
    the readable code, each with what stands in its place. `choices` are, for each word in braces of the edits, the code
    that may stand there, each with the words for it, which stand in `sentence` and `mend`; {tensor} stands for the
    tensor where a mistake is made in several.

    `together`: the tensors in which one slip makes it, of which none is right then; empty where each may have it alone.
    `tolerated`: why it is a warning in the suite, whose settings nobody asked for; empty where it is an error there.
    `tied`: it is made where entries tie alone, and told by data with ties.
    """

    name: str
    tensor: str
    sentence: str
    mend: str
    edits: Sequence[tuple[str, str]]
    choices: Mapping[str, Mapping[str, str]] = NO_CHOICES
    tolerated: str = ""
    ways: Sequence[Sequence[tuple[str, str]]] = ()
    tied: bool = False
    together: Sequence[str] = ()


class MadeMistake(NamedTuple):
    """A mistake with one of its choices, whose words are in `sentence` and `mend`; `code` makes it, in so many ways.

    `id` is its name, with the choice where there are several: "padded-with[1]". `tensors`: where one slip makes several
    wrong at once, all of them.
    """

    id: str
    mistake: Mistake
    sentence: str
    mend: str
    code: Sequence[Callable[..., Any]]
    tensors: tuple[str, ...] = ()

    @property
    def slip(self) -> str:
        """What it has in common with the same slip in its other tensors."""
        return self.id.removeprefix(f"{self.mistake.tensor}-") if self.tensors else self.id

    def values(self, inputs: Sequence[Array], dout: Array, params: Params | None) -> Iterator[Array | Exception]:
        """What comes of the tensor in each way, as `values_of` has it."""
        for function in self.code:
            yield values_of(function, inputs, dout, params)


def values_of(
    function: Callable[..., Any], inputs: Sequence[Array], dout: Array, params: Params | None
) -> Array | Exception:
    """What readable code gives, in float64, or the exception that ends it: a mistake may be that it does not run."""
    given = [a.astype(np.float64) for a in inputs] + ([] if params is None else [copied_params(params)])
    upstream = [dout.astype(np.float64)] if function.__code__.co_varnames[:1] == ("dout",) else []
    try:
        with np.errstate(all="ignore"):
            return np.asarray(function(*upstream, *given), dtype=np.float64)
    except Exception as error:
        return error


class Mistakes:
    """The mistakes of one layer, made on demand of its `readable` code, each once.

    `text` gives the YAML that lists them; where that says `like` another layer, `text_of` gives the one of that,
    `words` what stands for its words in this layer, and `without` the names of those that are not made here. What is
    asked of it raises KeyError and TypeError where that is no list of mistakes.
    """

    def __init__(
        self, readable: ModuleType | None, text: Callable[[], str], text_of: Callable[[str], str] = str
    ) -> None:
        self._readable = readable
        self._text = text
        self._text_of = text_of
        self._made: dict[str, Sequence[MadeMistake]] = {}

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._mistakes)

    def right(self, tensor: str) -> Sequence[Callable[..., Any]]:
        """The code of this tensor as it should be, in each way."""
        return [function for name, (function, _) in self._sources.items() if is_of(name, tensor)]

    def of(self, tensor: str, *, tied: bool = False) -> Sequence[MadeMistake]:
        """All that make this tensor wrong, in the order of the catalogue: the simplest first; those that are made where
        entries tie, or the others.
        """
        mistakes = [mistake for mistake in self._mistakes if mistake.tensor == tensor and mistake.tied == tied]
        return [made for mistake in mistakes for made in self._make(mistake)]

    def tolerated(
        self, tensor: str, values: Array, inputs: Sequence[Array], dout: Array, params: Params | None
    ) -> MadeMistake | None:
        """The mistake that these values make, of those that the suite tolerates, as near as half of the digits tell."""
        candidates = [mistake for mistake in self._mistakes if mistake.tensor == tensor and mistake.tolerated]
        if not candidates:
            return None
        near = float(np.sqrt(np.finfo(values.dtype).eps)) if values.dtype.kind == "f" else 0.0
        right = values_of(self.right(tensor)[0], inputs, dout, params)
        for made in (made for mistake in candidates for made in self._make(mistake)):
            for found in made.values(inputs, dout, params):
                if _is_near(values, found, near) and _distance(values, found) * APART <= _distance(values, right) > 0:
                    return made
        return None

    @cached_property
    def equivalent(self) -> Mapping[str, str]:
        """Why a mistake gives what is right at any sizes, by the ids of those that do."""
        entries = () if self._readable is None else _entries(self._text())
        return {key: reason for entry in entries for key, reason in entry.get("equivalent", {}).items()}

    def _make(self, mistake: Mistake) -> Sequence[MadeMistake]:
        if mistake.name not in self._made:
            self._made[mistake.name] = [*_made_of(mistake, self._sources)]
        return self._made[mistake.name]

    @cached_property
    def _mistakes(self) -> Sequence[Mistake]:
        # Those of a tensor that the layer has not are for layers that are like it.
        every = () if self._readable is None else _read(self._text(), self._text_of)
        return [one for one in every if any(is_of(name, one.tensor) for name in self._sources)]

    @cached_property
    def _sources(self) -> Mapping[str, tuple[Callable[..., Any], str]]:
        if self._readable is None:
            return {}
        functions = {
            name: function
            for name, function in vars(self._readable).items()
            if inspect.isfunction(function) and function.__module__ == self._readable.__name__
        }
        return {name: (function, inspect.getsource(function)) for name, function in functions.items()}


def _entries(text: str) -> Sequence[Mapping[str, Any]]:
    import yaml

    entries: Sequence[Mapping[str, Any]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or ()
    return entries


def _read(text: str, text_of: Callable[[str], str]) -> Iterator[Mistake]:
    for entry in _entries(text):
        if "equivalent" in entry:
            continue
        if "like" in entry:
            for mistake in _read(text_of(entry["like"]), text_of):
                if mistake.name not in entry.get("without", ()):
                    yield _in_other_words(mistake, entry.get("words", {}))
            continue
        tensors = entry["tensor"] if isinstance(entry["tensor"], list) else [entry["tensor"]]
        for tensor in tensors:
            prefix = "" if len(tensors) == 1 else f"{tensor}-"
            named = {
                "name": prefix + entry["name"],
                "tensor": tensor,
                "sentence": _filled(entry["sentence"], {"tensor": _in_words(tensor)}),
                "edits": tuple(entry["edits"].items()),
                "ways": tuple(tuple(way.items()) for way in entry.get("ways", ())),
                "together": tuple(tensors) if entry.get("together") else (),
            }
            yield Mistake(**{**entry, **named})


def _in_other_words(mistake: Mistake, words: Mapping[str, str]) -> Mistake:
    """The mistake of another layer, in the words of this one."""

    def said(text: str) -> str:
        for word, other in words.items():
            text = text.replace(word, other)
        return text

    choices = {
        word: {code: said(in_words) for code, in_words in those.items()} for word, those in mistake.choices.items()
    }
    return mistake._replace(sentence=said(mistake.sentence), mend=said(mistake.mend), choices=choices)


def is_of(function_name: str, tensor: str) -> bool:
    """Whether readable code of this name gives this tensor: "dx_by_filter" gives dx."""
    return function_name == tensor or function_name.startswith(f"{tensor}_by_")


def _made_of(mistake: Mistake, sources: Mapping[str, tuple[Callable[..., Any], str]]) -> Iterator[MadeMistake]:
    words = list(mistake.choices)
    for chosen in product(*(mistake.choices[word].items() for word in words)):
        codes = {word: code for word, (code, _) in zip(words, chosen, strict=True)}
        said = {word: words_for for word, (_, words_for) in zip(words, chosen, strict=True)}
        ways = [
            _edited(function, source, [(old, _filled(new, codes)) for old, new in edits])
            for edits, is_made_in in ((mistake.edits, any), *((way, all) for way in mistake.ways))
            for name, (function, source) in sources.items()
            if is_of(name, mistake.tensor) and is_made_in(old in source for old, _ in edits)
        ]
        if not ways:
            raise ValueError(f"{mistake.name}: its text is in no readable code of {mistake.tensor}")
        place = f"[{', '.join(codes.values())}]" if codes else ""
        sentence, mend = _filled(mistake.sentence, said), _filled(mistake.mend, said)
        yield MadeMistake(mistake.name + place, mistake, sentence, mend, ways, tuple(mistake.together))


def _in_words(tensor: str) -> str:
    return "the output" if tensor == "forward" else tensor


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with each word in braces replaced. Code has braces of its own."""
    for word, replacement in words.items():
        text = text.replace("{" + word + "}", replacement)
    return text


def _edited(function: Callable[..., Any], source: str, edits: Sequence[tuple[str, str]]) -> Callable[..., Any]:
    for old, new in edits:
        source = source.replace(old, new)
    namespace = dict(function.__globals__)
    exec(compile(source, f"<{function.__name__}, with a mistake>", "exec"), namespace)
    edited: Callable[..., Any] = namespace[function.__name__]
    return edited


def _is_near(values: Array | Exception, others: Array | Exception, near: float) -> bool:
    if isinstance(values, Exception) or isinstance(others, Exception) or values.shape != others.shape:
        return False
    with np.errstate(all="ignore"):
        return bool((np.abs(values - others) <= near * np.abs(others).max(initial=0)).all())


def _distance(values: Array, others: Array | Exception) -> float:
    if isinstance(others, Exception) or values.shape != others.shape:
        return float("inf")
    with np.errstate(all="ignore"):
        return float(np.abs(values - others).max(initial=0))
