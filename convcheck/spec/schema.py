"""The JSON Schema (draft-07) of spec files, made from the same declarations that the reader reads by.

What no schema can express stays with the reader: duplicate keys, sums of sizes such as H1 > H + 2·pad, memory, and the
syntax of YAML. Everything else is said here too, so that an editor can complete and mark it.

What holds for several layers is said once, for all of them, and what is said in several places has a definition: there
are forty layers, and an editor reads the schema again for every file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from convcheck.spec.code import schema_of_code
from convcheck.spec.drawn import KEYS, SHAPE, VALUE
from convcheck.spec.fields import LARGEST_SIZE, LONGEST_SHAPE, LONGEST_TEXT, Field
from convcheck.spec.layer_keys import MANNER, LayerKeys, default_layer, layer_field
from convcheck.spec.outline import CHECKS, DEFAULTS, EXCLUDE, JOINT, LAYER, LAYERS, MATRIX, SEQUENCE
from convcheck.spec.sizes import LayerForm

Schema = dict[str, Any]
Ways = tuple[tuple[str, ...], ...]

DRAFT = "http://json-schema.org/draft-07/schema#"
_LIST: Schema = {"type": "array", "minItems": 1, "uniqueItems": True}


def schema(forms: Mapping[str, LayerForm]) -> Schema:
    """The schema of one YAML document of a spec file: a check, or `checks` over `defaults`."""
    layers = _Layers(forms)
    several: Schema = {
        "title": "several checks",
        "properties": {
            CHECKS: {
                "description": "the checks; each takes from defaults what it does not say itself",
                "type": "array",
                "minItems": 1,
                "items": _ref("check"),
            },
            DEFAULTS: _ref("defaults"),
        },
        "required": [CHECKS],
        "additionalProperties": False,
        "allOf": [*_complete(layers)],
    }
    alone: Schema = {"title": "one check", "allOf": [_ref("check"), _ref("keys_alone"), *_complete_alone(layers)]}
    return {
        "$schema": DRAFT,
        "title": "convcheck spec",
        "description": "a layer with its sizes and how to check its gradients, or several of them",
        "type": "object",
        # `defaults` alone is a file of checks whose `checks` was forgotten.
        "if": {"anyOf": [_has(CHECKS), _has(DEFAULTS)]},
        "then": several,
        "else": alone,
        "definitions": {
            "check": _unless_several(_check(layers)),
            "defaults": {
                "description": "keys that every check takes unless it says otherwise",
                **_unless_several(_plain(layers)),
            },
            "several_layers": _several_layers(layers),
            "code": schema_of_code(),
            "inputs": _inputs(),
            **_values(layers),
            "keys_by_layer": {"allOf": [_when(_ref(f"is_{name}"), _ref(f"keys_of_{name}")) for name in forms]},
            "keys_alone": {
                "allOf": [_ref("keys_by_layer"), _when(_ref("has_no_layer"), _ref(f"keys_of_{layers.default}"))]
            },
            "names_of_all": {"enum": [*MANNER, LAYER, MATRIX, EXCLUDE]},
            **{f"names_of_{keys.layer}": _names(keys) for keys in layers.each},
            **{f"keys_of_{keys.layer}": _keys(keys, layers) for keys in layers.each},
            **{f"is_{keys.layer}": _naming([keys.layer]) for keys in layers.each},
            **{f"needs_{key}": _naming(names) for key, names in layers.needing.items()},
            **{_written(ways): _naming(names) for ways, names in layers.written.items()},
            "has_no_layer": {"not": _anyhow(LAYER)},
            **{f"has_{key}": {"anyOf": [_has(key), _in_matrix(key)]} for key in layers.values},
        },
    }


def value(field: Field) -> Schema:
    """The schema of one value."""
    if field.form == "inputs":
        return {"description": field.meaning, "allOf": [_ref("inputs")]}
    if field.form == "settings":
        return {"description": field.meaning, "type": "object"}
    if field.form == "names":
        item = {"type": "string", "pattern": r"^[^\W\d]\w*$"}
        return {"description": field.meaning, "type": "array", "items": item, "minItems": 1, "uniqueItems": True}
    kinds = {"choice": "string", "text": "string", "shape": "array", "truth": "boolean"}
    made: Schema = {"description": field.meaning, "type": kinds.get(field.form, field.form)}
    bounds = {
        "minimum": field.minimum,
        "maximum": field.maximum,
        "exclusiveMinimum": field.above,
        "exclusiveMaximum": field.below,
    }
    bounds = {key: bound for key, bound in bounds.items() if bound is not None}
    if field.form == "shape":
        if field.alone:
            listed = value(field._replace(alone=False))
            return {"description": listed.pop("description"), "anyOf": [{"type": "integer", **bounds}, listed]}
        made |= {"items": {"type": "integer", **bounds}, "minItems": 1, "maxItems": LONGEST_SHAPE}
    else:
        made |= bounds
    if field.form == "choice":
        made["enum"] = [*field.choices, *field.renamed]
    elif field.form == "text":
        made |= {"pattern": r"\S", "maxLength": LONGEST_TEXT}
    if field.code:
        # Editors take no schema that has a list of no words in it.
        words = [made] if field.choices else []
        return {"description": made.pop("description"), "anyOf": [*words, _ref("code")]}
    return made


class _Layers:
    """All layers, and what several of them have in common.

    `values`: each key that a check of some layer takes, and what may stand under it: by the first layer of those that
    agree about it. `needing`: each key that is needed, and the layers that need it. `written`: the ways to write a
    layer, where there are several, and the layers that are written so.
    """

    def __init__(self, forms: Mapping[str, LayerForm]) -> None:
        self.default = default_layer(forms)
        self.each = [LayerKeys(name, form) for name, form in forms.items()]
        self.values: dict[str, dict[str, Schema]] = {LAYER: {self.default: value(layer_field(forms))}}
        self.needing: dict[str, list[str]] = {}
        self.written: dict[Ways, list[str]] = {}
        for keys in self.each:
            for key, field in keys.fields.items():
                found = self.values.setdefault(key, {})
                if value(field) not in found.values():
                    found[keys.layer] = value(field)
            for key in keys.required:
                self.needing.setdefault(key, []).append(keys.layer)
            if keys.form.sizes.ways:
                self.written.setdefault(keys.form.sizes.ways, []).append(keys.layer)


def _inputs() -> Schema:
    """The arrays that code of no layer is handed."""
    shape: Schema = {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE},
        "maxItems": LONGEST_SHAPE,
    }
    told = {"description": "its sizes; none for one number", **shape}
    given: Schema = {"description": "what it is, where it is not drawn", "type": ["number", "array"]}
    more: Schema = {
        "type": "object",
        "properties": {SHAPE: told, VALUE: given, **{name: value(field) for name, field in KEYS.items()}},
        "additionalProperties": False,
        "not": {"required": [SHAPE, VALUE]},
    }
    return {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [{"type": "null"}, shape, more]}}


def _plain(layers: _Layers) -> Schema:
    """Some of the keys that a check of any layer takes, and nothing else."""
    keys = {key: _ref(f"any_{key}") for key in layers.values}
    return {"type": "object", "properties": keys, "additionalProperties": False}


def _values(layers: _Layers) -> dict[str, Schema]:
    """What may stand under each key. Where layers differ about one, the value of any of them will do."""
    made = {}
    for key, found in layers.values.items():
        if len(found) == 1:
            (made[f"any_{key}"],) = found.values()
        else:
            made[f"any_{key}"] = {"anyOf": [_ref(f"{key}_of_{layer}") for layer in found]}
            made |= {f"{key}_of_{layer}": one for layer, one in found.items()}
    return made


def _names(keys: LayerKeys) -> Schema:
    """What the keys of a check of the layer may be called."""
    return {"anyOf": [{"enum": [*keys.sizes]}, _ref("names_of_all")]}


def _keys(keys: LayerKeys, layers: _Layers) -> Schema:
    """The keys that a check of the layer may have, and their values where these differ from layer to layer."""
    names = _ref(f"names_of_{keys.layer}")
    own = {}
    for key, field in keys.fields.items():
        found = layers.values[key]
        if len(found) > 1:
            own[key] = _ref(f"{key}_of_{next(layer for layer in found if found[layer] == value(field))}")
    return {
        "properties": {
            **own,
            MATRIX: {
                "properties": {key: {"items": one} for key, one in own.items()},
                "propertyNames": names,
            },
        },
        "propertyNames": names,
    }


def _check(layers: _Layers) -> Schema:
    """A check as an item of `checks`: its keys are of its layer, and none need be there."""
    plain = _plain(layers)
    values = plain["properties"]
    return {
        "type": "object",
        "properties": {
            **values,
            MATRIX: {
                "description": "keys with lists of values, whose product is checked",
                "type": "object",
                "properties": {key: {**_LIST, "items": one} for key, one in values.items()},
                "additionalProperties": False,
                "minProperties": 1,
            },
            EXCLUDE: {
                "description": "combinations of the matrix that are left out",
                "type": "array",
                "items": {**plain, "minProperties": 1},
                "minItems": 1,
            },
        },
        "additionalProperties": False,
        "dependencies": {
            **{key: {"not": _in_matrix(key)} for key in values},
            EXCLUDE: {"allOf": [_has(MATRIX), *map(_excluded_in_matrix, values)]},
        },
        "allOf": [_ref("keys_by_layer")],
    }


def _unless_several(one: Schema) -> Schema:
    """Layers one after the other, whose keys follow from their names; else one layer."""
    several = _of_layer({"type": "string", "pattern": f"^{SEQUENCE}$|\\{JOINT}"})
    return {"if": several, "then": _ref("several_layers"), "else": one}


def _several_layers(layers: _Layers) -> Schema:
    """A check of layers one after the other: their names, and how it is checked. Which sizes it has the reader says."""
    names = {"enum": [keys.layer for keys in layers.each]}
    plain = {key: value(field) if key == "implementation" else _ref(f"any_{key}") for key, field in MANNER.items()}
    listed = {"description": "the layers, one after the other", "type": "array", "minItems": 2, "items": names}
    plainly = {"properties": {LAYER: {"const": SEQUENCE}}, **_has(LAYER)}
    matrix = {"type": "object", "additionalProperties": _LIST, "minProperties": 1}
    return {
        "type": "object",
        "properties": {LAYER: {"description": "the layers under test"}, LAYERS: listed, **plain, MATRIX: matrix},
        "dependencies": {LAYER: {"not": _in_matrix(LAYER)}},
        "if": plainly,
        "then": _has(LAYERS),
    }


def _complete_alone(layers: _Layers) -> Iterator[Schema]:
    """A check that stands alone has every key that its layer needs, and none of another layer."""

    def of(names: list[str], is_one: str) -> Schema:
        return {"anyOf": [_ref(is_one), _ref("has_no_layer")]} if layers.default in names else _ref(is_one)

    for key, names in layers.needing.items():
        yield _when(of(names, f"needs_{key}"), _anyhow(key))
    for ways, names in layers.written.items():
        yield _when(of(names, _written(ways)), _one_way(ways))


def _complete(layers: _Layers) -> Iterator[Schema]:
    """Each of several checks has every key that its layer needs, from itself or from the defaults.

    Of which layer a check is that names none hangs on the defaults; those that name one are looked at by themselves.
    """
    unsaid = _ref("has_no_layer")
    yield _when(_contains(unsaid), _defaults(_ref("keys_alone")))
    for keys in layers.each:
        own = _ref(f"keys_of_{keys.layer}")
        # Defaults of which a check of this layer takes its keys hold keys of this layer only.
        yield _when(_contains(_ref(f"is_{keys.layer}")), _defaults(own))
        yield _when(_by_default(layers, [keys.layer], f"is_{keys.layer}"), _items(_when(unsaid, own)))
    for key, names in layers.needing.items():
        yield _anywhere(key, _ref(f"needs_{key}"))
        yield _when(_by_default(layers, names, f"needs_{key}"), _anywhere(key, unsaid))
    for ways, names in layers.written.items():
        yield from _in_one_way(ways, _ref(_written(ways)))
        yield _when(_by_default(layers, names, _written(ways)), {"allOf": [*_in_one_way(ways, unsaid)]})


def _by_default(layers: _Layers, names: list[str], is_one: str) -> Schema:
    """The layer of the defaults is one of these, as the definition `is_one` says."""
    named = _under_defaults(_ref(is_one))
    return {"anyOf": [named, {"not": _under_defaults(_has(LAYER))}]} if layers.default in names else named


def _one_way(ways: Ways) -> Schema:
    """A layer is written in one of these ways: all of its keys and none of the others'."""
    every = [key for way in ways for key in way]
    return {
        "oneOf": [
            {"allOf": [*map(_anyhow, way), *({"not": _anyhow(key)} for key in every if key not in way)]} for way in ways
        ]
    }


def _in_one_way(ways: Ways, mine: Schema) -> Iterator[Schema]:
    """Where the defaults have begun one way to write the layer, its checks go on that way; else each has its own."""
    every = [key for way in ways for key in way]
    for way in ways:
        others = [key for key in every if key not in way]
        clean = {"not": {"anyOf": [*map(_anyhow, others)]}}
        begun = {"allOf": [_under_defaults(_any_of(way)), _contains(mine)]}
        apart = {"not": _under_defaults(_any_of(others))}
        then = [apart, _items(_when(mine, clean)), *(_anywhere(key, mine) for key in way)]
        yield _when(begun, {"allOf": then})
    yield _when({"not": _under_defaults(_any_of(every))}, _items(_when(mine, _one_way(ways))))


def _anywhere(key: str, mine: Schema) -> Schema:
    """The key is in the defaults, or every one of `mine` has it."""
    return {"anyOf": [_under_defaults(_has(key)), _items(_when(mine, _anyhow(key)))]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _has(key: str) -> Schema:
    return {"required": [key]}


def _any_of(keys: Iterable[str]) -> Schema:
    return {"anyOf": [_has(key) for key in keys]}


def _anyhow(key: str) -> Schema:
    """The key stands in the check or in its matrix."""
    return _ref(f"has_{key}")


def _in_matrix(key: str) -> Schema:
    return {"properties": {MATRIX: _has(key)}, **_has(MATRIX)}


def _under_defaults(what: Schema) -> Schema:
    return {**_defaults(what), **_has(DEFAULTS)}


def _defaults(what: Schema) -> Schema:
    return {"properties": {DEFAULTS: what}}


def _contains(mine: Schema) -> Schema:
    """A check is one of `mine`."""
    return {"properties": {CHECKS: {"contains": mine}}}


def _items(what: Schema) -> Schema:
    return {"properties": {CHECKS: {"items": what}}}


def _when(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _naming(layers: list[str]) -> Schema:
    """The check is of one of the layers."""
    # No `enum`: editors would tell of it as of the names that there are.
    one: Schema = {"const": layers[0]} if len(layers) == 1 else {"type": "string", "pattern": f"^({'|'.join(layers)})$"}
    return _of_layer(one)


def _of_layer(one: Schema) -> Schema:
    """The layer, which the check itself names, is such a one; or one of those in its matrix is."""
    listed = {"properties": {LAYER: {"type": "array", "contains": one}}}
    return {"properties": {LAYER: one, MATRIX: listed}, "allOf": [_anyhow(LAYER)]}


def _written(ways: Ways) -> str:
    """What the definition is called that says which layers are written so: is_by_N_D_or_shape."""
    return f"is_by_{'_or_'.join('_'.join(way) for way in ways)}"


def _excluded_in_matrix(key: str) -> Schema:
    """What exclude names, the matrix goes through."""
    return _when({"properties": {EXCLUDE: {"type": "array", "contains": _has(key)}}}, _in_matrix(key))
