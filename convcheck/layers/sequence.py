"""Layers one after the other, as one layer: conv+relu+max_pool is what `conv_relu_pool_forward` does.

    forward   x_1 = f_1(x, its weights), x_2 = f_2(x_1, its weights), …, out = f_n(x_{n-1}, its weights)
    gradients dx_{n-1}, and those of the weights of f_n, by f_n's backward of dout; and so on down to x   (chain rule)

Its name is those of its parts with a + between them. The first part has its inputs and sizes by their own names; those
of a later one are w2 and M2 where the same layer came before, max_pool_H1 where another one has them. What a later part
takes as x, and its sizes, follow from what comes before it.

Where a part has kinks they may lie anywhere: the whole is checked as a smooth function, which is looked at again where
differences from both sides differ.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant, copied_params
from convcheck.layers.locality import All
from convcheck.layers.words import Words, normal
from convcheck.spec.fields import declared
from convcheck.spec.outline import JOINT
from convcheck.spec.sizes import Problem, Shape, Sizes

# How many times rounding is tried out, and how much more than the most that was seen it may be.
TRIALS, SPARE = 8, 4.0
# A share of its terms by which each part is off in such a trial: small beside the distance of most entries from a kink.
OFF = 2.0**-30
# Makes the sizes of a sequence by its name.
Again = Callable[[str, Mapping[str, Any]], Sizes]


class Part(NamedTuple):
    """One of the layers. `inputs` and `fields`: what its inputs beside x, and its sizes, are called in the whole;
    `dictionary`: the key under which forward's parameters for it stand.
    """

    layer: Layer
    inputs: Mapping[str, str]
    fields: Mapping[str, str]
    dictionary: str

    def sized(self, x: Shape, own: Mapping[str, Any]) -> Sizes:
        """Its sizes where it is handed x of this shape. Raises ValueError where it takes none such."""
        fields = declared(self.layer.sizes)
        given: dict[str, Any] = {name: own[called] for name, called in self.fields.items() if own[called] is not None}
        letters = _letters(self.layer)
        if "shape" in fields:
            given["shape"] = x
        elif letters and len(letters) == len(x):
            given |= zip(letters, x, strict=True)
        elif len(letters) == 2 and len(x) > 2 and fields[letters[1]].form == "shape":
            given |= {letters[0]: x[0], letters[1]: x[1:]}
        else:
            raise ValueError(f"{self.layer.name} takes x as {self.layer.shapes['x']}, and is handed {x}")
        return self.layer.sizes(**given)


def is_part(layer: Layer) -> bool:
    """Whether it can be part of a sequence: one x, one output, and nothing drawn by chance."""
    several = layer.is_loss or layer.outputs or layer.leading or layer.states
    return layer.input_names[0] == "x" and not several and layer.observed is None


def _letters(layer: Layer) -> list[str]:
    """The sizes that the shape of x has: N, C, H, W; none where it may be any."""
    said = layer.shapes["x"]
    return re.findall(r"\w+", said) if re.fullmatch(r"\([\w, ]+\)", said) else []


def _parts(layers: Sequence[Layer]) -> tuple[Part, ...]:
    parts: list[Part] = []
    taken = {"x"}
    for number, layer in enumerate(layers):
        time = sum(other.name == layer.name for other in layers[: number + 1])
        fields = [*declared(layer.sizes)]
        if number:
            follow = {*_letters(layer), *(name for way in layer.sizes.ways for name in way)}
            fields = [name for name in fields if name not in follow]

        names = {name: f"{layer.name}_{name}" if name in taken else name for name in (*layer.input_names[1:], *fields)}
        if time > 1:
            names = {name: f"{name}{time}" for name in names}
        inputs = {name: names[name] for name in layer.input_names[1:]}
        own = {name: names[name] for name in fields}
        taken |= {*inputs.values(), *own.values()}
        parts.append(Part(layer, inputs, own, f"{layer.name}_param{time if time > 1 else ''}"))
    return tuple(parts)


class SequenceSizes(Sizes):
    """The sizes of the first part, and what the later ones need beside."""

    parts: ClassVar[tuple[Part, ...]]
    name: ClassVar[str]
    again: ClassVar[Again]

    def steps(self) -> Iterator[Sizes]:
        """The sizes of each part. Raises ValueError where one cannot take what the one before gives."""
        own = {name: getattr(self, name) for name in declared(type(self))}
        first, *others = self.parts
        sizes = first.layer.sizes(**{name: own[called] for name, called in first.fields.items()})
        yield sizes
        for part in others:
            sizes = part.sized(sizes.shapes()["out"], own)
            yield sizes

    def problems(self) -> Iterator[Problem]:
        """Those of the first part that has any, or that a part cannot take what the one before gives."""
        steps = self.steps()
        for part in self.parts:
            try:
                sizes = next(steps)
            except ValueError as error:
                yield Problem(next(iter(self.parts[0].fields)), str(error))
                return
            found = [*sizes.problems()]
            for problem in found:
                field = part.fields.get(problem.field) or next(iter(self.parts[0].fields))
                where = "" if part is self.parts[0] else f"{part.layer.name}: "
                yield Problem(field, f"{where}{problem.message}")
            if found:
                return

    def shapes(self) -> dict[str, Shape]:
        """x, the weights of each part, and out."""
        found: dict[str, Shape] = {}
        for part, sizes in zip(self.parts, self.steps(), strict=True):
            shapes = sizes.shapes()
            found |= {"x": shapes["x"]} if not found else {}
            found |= {called: shapes[name] for name, called in part.inputs.items()}
            found["out"] = shapes["out"]
        out = found.pop("out")
        return {**found, "out": out}

    def workspace(self) -> int:
        """The most that a part needs, and what lies between the parts."""
        steps = [*self.steps()]
        return max(sizes.workspace() for sizes in steps) + sum(
            int(np.prod(sizes.shapes()["out"])) for sizes in steps[:-1]
        )

    def is_smooth(self) -> bool:
        """It is differentiated as one."""
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        # A class that is made at run time is made again where it is unpickled.
        return type(self).again, (self.name, {name: getattr(self, name) for name in declared(type(self))})


def _sizes_of(name: str, parts: tuple[Part, ...], again: Again) -> type[SequenceSizes]:
    fields = []
    for part in parts:
        known = {field.name: field for field in dataclasses.fields(part.layer.sizes)}
        for own, called in part.fields.items():
            field = dataclasses.field(default=known[own].default, metadata=known[own].metadata, kw_only=True)
            fields.append((called, known[own].type, field))
    namespace = {"parts": parts, "name": name, "again": staticmethod(again), "ways": parts[0].layer.sizes.ways}
    kind = dataclasses.make_dataclass("SequenceSizes", fields, bases=(SequenceSizes,), namespace=namespace, frozen=True)
    made: type[SequenceSizes] = kind
    return made


class Passes(NamedTuple):
    """What came of one run of all parts: `xs` are what each takes and the output, `caches` what each left."""

    xs: list[Array]
    caches: list[Any]


class PartPasses(NamedTuple):
    """The parts' own passes, of the implementation that each calls `which` ("reference" or "default")."""

    parts: tuple[Part, ...]
    which: str

    def variant(self, layer: Layer) -> Variant:
        """The implementation of a part."""
        return layer.variants[getattr(layer, self.which)]

    def run(
        self, inputs: Sequence[Array], params: Params | None, off: Callable[[int, Array], Array] | None = None
    ) -> Passes:
        """`off(number, x)`: what goes on in place of the output of a part."""
        xs, caches, given = [inputs[0]], [], iter(inputs[1:])
        for number, part in enumerate(self.parts):
            own = [next(given) for _ in part.inputs]
            out, cache = self.variant(part.layer).forward(xs[-1], *own, *own_params(part, params))
            xs.append(out if off is None else off(number, out))
            caches.append(cache)
        return Passes(xs, caches)

    def back(
        self, dout: Array, caches: Sequence[Any], off: Callable[[int, str, Array], Array] | None = None
    ) -> tuple[dict[str, Array], list[Array]]:
        """The gradients by their names in the whole, and what comes back to each part, dout last."""
        found: dict[str, Array] = {}
        upstream = [dout]
        for number, part in reversed([*enumerate(self.parts)]):
            returned = self.variant(part.layer).backward(upstream[0], caches[number])
            gradients = returned if isinstance(returned, tuple) else (returned,)
            named = dict(zip(part.layer.input_names, gradients, strict=True))
            if off is not None:
                named = {name: off(number, name, gradient) for name, gradient in named.items()}
            found |= {called: named[name] for name, called in part.inputs.items()}
            upstream.insert(0, named["x"])
        return {**found, "x": upstream[0]}, upstream


def own_params(part: Part, params: Params | None) -> tuple[Params, ...]:
    """The last argument of the part's forward, a copy of its own, where it takes one."""
    found = (params or {}).get(part.dictionary)
    return () if found is None else (copied_params(found),)


def _variant(parts: tuple[Part, ...], which: str, summary: str) -> Variant:
    passes = PartPasses(parts, which)
    names = _input_names(parts)

    def forward(*arguments: Any) -> tuple[Array, Any]:
        inputs, params = arguments[: len(names)], arguments[len(names) :]
        run = passes.run(inputs, params[0] if params else None)
        return run.xs[-1], run.caches

    def backward(dout: Array, caches: Any) -> Any:
        gradients, _ = passes.back(dout, caches)
        return tuple(gradients[name] for name in names)

    return Variant(forward, backward, summary)


def _input_names(parts: Sequence[Part]) -> tuple[str, ...]:
    return ("x", *(called for part in parts for called in part.inputs.values()))


def _facts(sizes: SequenceSizes) -> Facts:
    own = [part.layer.facts(step) for part, step in zip(sizes.parts, sizes.steps(), strict=True)]
    shapes = sizes.shapes()
    axes = {"x": own[0].inputs[0].axes}
    for part, facts in zip(sizes.parts, own, strict=True):
        axes |= {part.inputs[claim.name]: claim.axes for claim in facts.inputs[1:]}
    terms = max(total.terms for facts in own for total in facts.sums.values())
    names = _input_names(sizes.parts)
    return Facts(
        inputs=tuple(Input(name, shapes[name], "smooth", (All(),) * len(shapes[name]), axes[name]) for name in names),
        output=shapes["out"],
        sums={"forward": Sum(("x",), terms), **{f"d{name}": Sum(("dout",), terms) for name in names}},
        exact=False,
        parts=tuple(own),
    )


def _rounding(
    layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Mapping[str, Array]:
    """What each part rounds, and what becomes of it in those after it, tried out: S + SPARE times the most seen."""
    parts = layer.sizes.parts  # type: ignore[attr-defined]
    passes = PartPasses(parts, "reference")
    run = passes.run(inputs, params)
    right, upstream = passes.back(dout, run.caches)
    given, scales = iter(inputs[1:]), []
    for number, (part, own) in enumerate(zip(parts, facts.parts, strict=True)):
        arrays = [run.xs[number], *(next(given) for _ in part.inputs)]
        found = part.layer.rounding(
            part.layer, own, arrays, upstream[number + 1], *(own_params(part, params) or (None,))
        )
        scales.append(found)
    most = {name: np.zeros_like(gradient) for name, gradient in {"forward": run.xs[-1], **right}.items()}
    rng = Draws("rounding")

    def moved(values: Array, scale: Array) -> Array:
        return values + OFF * scale * rng.signs(values.shape)

    for _ in range(TRIALS):
        other = passes.run(inputs, params, lambda number, out: moved(out, scales[number]["forward"]))
        gradients, _ = passes.back(dout, other.caches, lambda i, name, gradient: moved(gradient, scales[i][f"d{name}"]))
        for name, values in {"forward": other.xs[-1], **gradients}.items():
            exact = run.xs[-1] if name == "forward" else right[name]
            most[name] = np.maximum(most[name], np.abs(values - exact) / OFF)
    of_last = {"forward": scales[-1]["forward"]}
    for part, found in zip(parts, scales, strict=True):
        of_last |= {called: found[f"d{name}"] for name, called in part.inputs.items()}
    of_last["x"] = scales[0]["dx"]
    return {("" if name == "forward" else "d") + name: of_last[name] + SPARE * most[name] for name in most}


def _words(name: str, parts: tuple[Part, ...]) -> Words:
    first = parts[0].layer.words
    inputs: dict[str, frozenset[str]] = {"x": first.inputs["x"]}
    names = _input_names(parts)
    how_often = Counter(part.layer.name for part in parts)
    seen: set[str] = set()
    for part in parts:
        for own, called in part.inputs.items():
            known = part.layer.words.inputs[own]
            plain = normal(called)
            if how_often[part.layer.name] > 1:
                number = called.removeprefix(own) or "1"
                known = frozenset(f"{word}{number}" for word in known) | ({plain} if number == "1" else frozenset())
            inputs[called] = (known - {normal(other) for other in names} - seen) | {plain}
            seen |= inputs[called]
    dictionaries = {
        part.dictionary: part.layer.words.dictionary | {normal(part.dictionary)}
        for part in parts
        if part.layer.parameters
    }
    return Words(
        names=frozenset({normal(name).replace(JOINT, "")}),
        inputs=inputs,
        sizes=first.sizes,
        derived=lambda sizes: first.derived(next(iter(sizes.steps()))),
        dictionaries=dictionaries,
        neutral=dict.fromkeys(dictionaries),
        in_order=tuple(dictionaries),
        fixed=first.fixed,
        contested=first.contested,
        meaning=first.meaning,
        in_adapters=first.in_adapters,
        example=f"{name.replace(JOINT, '_')}_forward and {name.replace(JOINT, '_')}_backward",
    )


def sequence(name: str, layers: Sequence[Layer], again: Again) -> Layer:
    """The layer that does what `layers` do one after the other, of which `is_part` holds.

    `again(name, given)` makes sizes of it by this name.
    """
    parts = _parts(layers)
    dictionaries = [part for part in parts if part.layer.parameters]

    def params(sizes: SequenceSizes, rng: Draws, dtype: np.dtype[Any]) -> Params | None:
        steps = zip(parts, sizes.steps(), strict=True)
        made = {part.dictionary: part.layer.params(step, rng, dtype) for part, step in steps}
        return {key: value for key, value in made.items() if value is not None} or None

    shapes = {"x": layers[0].shapes["x"]}
    for part in parts:
        shapes |= {called: part.layer.shapes[own] for own, called in part.inputs.items()}
    return Layer(
        name=name,
        summary=", then ".join(layer.name for layer in layers),
        sizes=_sizes_of(name, parts, again),
        input_names=_input_names(parts),
        shapes=shapes,
        facts=_facts,
        words=_words(name, parts),
        parameters=tuple(part.dictionary for part in dictionaries),
        params=params if dictionaries else lambda sizes, rng, dtype: None,
        variants={
            "naive": _variant(parts, "default", "the loops of each layer, one layer after the other"),
            "vectorized": _variant(parts, "reference", "array operations, one layer after the other"),
        },
        rounding=_rounding,
        equations=_equations(parts),
    )


def _equations(parts: Sequence[Part]) -> Mapping[str, str]:
    said = "x"
    for part in parts:
        said = f"{part.layer.name}({', '.join((said, *part.inputs.values()))})"
    return {
        "forward": said,
        **{f"d{name}": "by the chain rule, from the last layer back" for name in _input_names(parts)},
    }


def suite_of(name: str, layer: Layer, texts: tuple[str, ...]) -> str:
    """As many checks as the first part's suite has, with the sizes that those of the others have, where they fit.

    `texts` are the suites of the parts.
    """
    import yaml

    parts: tuple[Part, ...] = layer.sizes.parts  # type: ignore[attr-defined]
    suites = [_checks(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))) for text in texts]
    checks: list[dict[str, Any]] = []
    for number, first in enumerate(suites[0]):
        for turn in range(max(map(len, suites))):
            chosen = [first, *(suite[(number + turn) % len(suite)] for suite in suites[1:])]
            given = {
                called: check[own]
                for part, check in zip(parts, chosen, strict=True)
                for own, called in part.fields.items()
                if own in check
            }
            made = _as_listed(given)
            try:
                possible = not [*layer.sizes(**made).problems()]
            except (TypeError, ValueError):
                possible = False
            if possible:
                manner = {key: first[key] for key in ("dtype",) if key in first}
                checks.append({"layer": name, "name": first["name"], **manner, **given})
                break
    return yaml.safe_dump({"checks": checks}, sort_keys=False)


def _checks(suite: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [{**suite.get("defaults", {}), **check} for check in suite["checks"]]
    # Where entries tie there is no gradient of the whole; and what not all code takes, code that joins them may not.
    return [one for one in found if one.get("data", "dyadic") == "dyadic" and not one.get("where_taken")] or found


def _as_listed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
