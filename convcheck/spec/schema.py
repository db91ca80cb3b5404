"""The JSON Schema (draft-07) of spec files, made from the same declarations that the reader reads by.

What no schema can express stays with the reader: duplicate keys, sums of sizes such as H1 > H + 2·pad, memory, and the
syntax of YAML. Everything else is said here too, so that an editor can complete and mark it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convcheck.spec.code import schema_of_code
from convcheck.spec.drawn import KEYS, SHAPE, VALUE
from convcheck.spec.fields import LARGEST_SIZE, LONGEST_SHAPE, LONGEST_TEXT, Field
from convcheck.spec.layer_keys import MANNER, LayerKeys, default_layer, layer_field
from convcheck.spec.outline import CHECKS, DEFAULTS, EXCLUDE, JOINT, LAYER, LAYERS, MATRIX, SEQUENCE
from convcheck.spec.sizes import LayerForm

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(forms: Mapping[str, LayerForm]) -> Schema:
    """The schema of one YAML document of a spec file: a check, or `checks` over `defaults`."""
    default = default_layer(forms)
    layers = [LayerKeys(name, form, is_default=name == default) for name, form in forms.items()]
    several: Schema = {
        "title": "several checks",
        "properties": {
            CHECKS: {
                "description": "the checks; each takes from defaults what it does not say itself",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/definitions/check"},
            },
            DEFAULTS: {"$ref": "#/definitions/defaults"},
        },
        "required": [CHECKS],
        "additionalProperties": False,
        "allOf": [part for keys in layers for part in _complete(keys)],
    }
    alone: Schema = {
        "title": "one check",
        "allOf": [{"$ref": "#/definitions/check"}, *(_complete_alone(keys) for keys in layers)],
    }
    return {
        "$schema": DRAFT,
        "title": "convcheck spec",
        "description": "a layer with its sizes and how to check its gradients, or several of them",
        "type": "object",
        # `defaults` alone is a file of checks whose `checks` was forgotten.
        "if": {"anyOf": [{"required": [CHECKS]}, {"required": [DEFAULTS]}]},
        "then": several,
        "else": alone,
        "definitions": {
            "check": _unless_several(_check(layers, forms)),
            "defaults": _unless_several(
                {
                    "description": "keys that every check takes unless it says otherwise",
                    "type": "object",
                    "properties": _all_values(layers, forms),
                    "additionalProperties": False,
                }
            ),
            "several_layers": _several_layers(layers),
            "code": schema_of_code(),
            "inputs": _inputs(),
            **{f"keys_of_{keys.layer}": _keys(keys) for keys in layers},
            # Said again and again above, and so once by name.
            **{f"is_{keys.layer}": _naming(keys.layer) for keys in layers},
            **{f"has_{name}": _having(name) for name in sorted({n for keys in layers for n in keys.fields} | {LAYER})},
        },
    }


def value(field: Field, default: Any = None) -> Schema:
    """The schema of one value."""
    if field.form == "inputs":
        return {"description": field.meaning, "$ref": "#/definitions/inputs"}
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
        return {"description": made.pop("description"), "anyOf": [made, {"$ref": "#/definitions/code"}]}
    return made


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


def _all_values(layers: list[LayerKeys], forms: Mapping[str, LayerForm]) -> dict[str, Schema]:
    """Every key that a check of some layer takes. Where layers differ about a key, any of their values will do."""
    found: dict[str, list[Schema]] = {LAYER: [value(layer_field(forms))]}
    for keys in layers:
        for name, field in keys.fields.items():
            made = value(field)
            if made not in found.setdefault(name, []):
                found[name].append(made)
    return {name: one[0] if len(one) == 1 else {"anyOf": one} for name, one in found.items()}


def _check(layers: list[LayerKeys], forms: Mapping[str, LayerForm]) -> Schema:
    """A check as an item of `checks`: its keys may be of any layer, and none need be there."""
    values = _all_values(layers, forms)
    lists = {name: _list(one) for name, one in values.items()}
    return {
        "type": "object",
        "properties": {
            **values,
            MATRIX: {
                "description": "keys with lists of values, whose product is checked",
                "type": "object",
                "properties": lists,
                "additionalProperties": False,
                "minProperties": 1,
            },
            EXCLUDE: {
                "description": "combinations of the matrix that are left out",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": values,
                    "additionalProperties": False,
                    "minProperties": 1,
                },
                "minItems": 1,
            },
        },
        "additionalProperties": False,
        "dependencies": {EXCLUDE: [MATRIX]},
        "allOf": [
            *({"not": {"allOf": [_has(name), _in_matrix(_has(name))]}} for name in values),
            *(_excluded_in_matrix(name) for name in values),
            *(_when(_says(keys.layer), {"$ref": f"#/definitions/keys_of_{keys.layer}"}) for keys in layers),
        ],
    }


def _unless_several(one: Schema) -> Schema:
    """Layers one after the other, whose keys follow from their names; else one layer."""
    several = {"properties": {LAYER: {"type": "string", "pattern": f"^{SEQUENCE}$|\\{JOINT}"}}, **_has(LAYER)}
    return {"if": several, "then": {"$ref": "#/definitions/several_layers"}, "else": one}


def _several_layers(layers: list[LayerKeys]) -> Schema:
    """A check of layers one after the other: their names, and how it is checked. Which sizes it has the reader says."""
    names = {"enum": [keys.layer for keys in layers]}
    plain = {name: value(field) for name, field in MANNER.items()}
    listed = {"description": "the layers, one after the other", "type": "array", "minItems": 2, "items": names}
    plainly = {"properties": {LAYER: {"const": SEQUENCE}}, **_has(LAYER)}
    return {
        "type": "object",
        "properties": {LAYER: {"description": "the layers under test"}, LAYERS: listed, **plain},
        "if": plainly,
        "then": _has(LAYERS),
    }


def _keys(keys: LayerKeys) -> Schema:
    """The keys that a check of the layer may have, and their values where these differ from layer to layer."""
    fields = {name: value(field) for name, field in keys.fields.items()}
    names = [*fields, LAYER]
    return {
        "properties": {
            **fields,
            MATRIX: {
                "properties": {name: _list(one) for name, one in fields.items()},
                "propertyNames": {"enum": names},
            },
        },
        "propertyNames": {"enum": [*names, MATRIX, EXCLUDE]},
    }


def _complete_alone(keys: LayerKeys) -> Schema:
    """A check that stands alone has every key that its layer needs, and none of another layer."""
    then = [{"$ref": f"#/definitions/keys_of_{keys.layer}"}, *_required(keys)]
    mine = _says(keys.layer)
    if keys.is_default:
        mine = {"anyOf": [mine, {"not": _anyhow(LAYER)}]}
    return _when(mine, {"allOf": then})


def _complete(keys: LayerKeys) -> Iterable[Schema]:
    """A layer's checks among several have every key that it needs, from themselves or from the defaults.

    Whether an item without a layer is of this one hangs on the defaults; items with one are looked at by themselves.
    """
    default = _under_defaults(_says_plainly(keys.layer))
    if keys.is_default:
        default = {"anyOf": [default, {"not": _under_defaults(_has(LAYER))}]}
    unsaid = {"not": {"anyOf": [_has(LAYER), _in_matrix(_has(LAYER))]}}
    always: Schema = {}
    for mine, where in ((_says(keys.layer), always), (unsaid, default)):
        own: Schema = {"$ref": f"#/definitions/keys_of_{keys.layer}"}
        holds = [_items(_when(mine, own)), *(_anywhere(name, mine) for name in keys.required)]
        # Defaults of which a check of this layer takes its keys hold keys of this layer only.
        used = {"properties": {CHECKS: {"contains": mine}}}
        holds.append(_when(used, {"properties": {DEFAULTS: own}}))
        holds += [_way(keys, way, mine) for way in keys.form.sizes.ways]
        if keys.form.sizes.ways:
            undecided = {"not": _under_defaults(_any_of(_way_keys(keys)))}
            holds.append(_when(undecided, _items(_when(mine, {"oneOf": _whole_ways(keys)}))))
        yield _when(where, {"allOf": holds})


def _required(keys: LayerKeys) -> list[Schema]:
    """What a check of the layer has when nothing is taken from defaults."""
    ways = [{"oneOf": _whole_ways(keys)}] if keys.form.sizes.ways else []
    return [*(_anyhow(name) for name in keys.required), *ways]


def _way_keys(keys: LayerKeys) -> list[str]:
    return [name for way in keys.form.sizes.ways for name in way]


def _whole_ways(keys: LayerKeys) -> list[Schema]:
    """One schema for each way to write the layer: all of its keys and none of the others'."""
    return [
        {
            "allOf": [
                *(_anyhow(name) for name in way),
                *({"not": _anyhow(name)} for name in _way_keys(keys) if name not in way),
            ]
        }
        for way in keys.form.sizes.ways
    ]


def _way(keys: LayerKeys, way: tuple[str, ...], mine: Schema) -> Schema:
    """Where the defaults have begun one way to write the layer, its checks go on that way."""
    others = [name for name in _way_keys(keys) if name not in way]
    clean = {"not": {"anyOf": [_anyhow(name) for name in others]}}
    used = {"properties": {CHECKS: {"contains": mine}}, **_has(CHECKS)}
    begun = {"allOf": [_under_defaults(_any_of(way)), used]}
    apart = {"not": _under_defaults(_any_of(others))}
    then = [apart, _items(_when(mine, clean)), *(_anywhere(name, mine) for name in way)]
    return _when(begun, {"allOf": then})


def _anywhere(name: str, mine: Schema) -> Schema:
    """The key is in the defaults, or every one of `mine` has it."""
    return {"anyOf": [_under_defaults(_has(name)), _items(_when(mine, _anyhow(name)))]}


def _has(name: str) -> Schema:
    return {"required": [name]}


def _any_of(names: Iterable[str]) -> Schema:
    return {"anyOf": [_has(name) for name in names]}


def _anyhow(name: str) -> Schema:
    """The key stands in the check or in its matrix."""
    return {"$ref": f"#/definitions/has_{name}"}


def _having(name: str) -> Schema:
    return {"anyOf": [_has(name), _in_matrix(_has(name))]}


def _in_matrix(what: Schema) -> Schema:
    return {"properties": {MATRIX: what}, **_has(MATRIX)}


def _under_defaults(what: Schema) -> Schema:
    return {"properties": {DEFAULTS: what}, **_has(DEFAULTS)}


def _items(what: Schema) -> Schema:
    return {"properties": {CHECKS: {"items": what}}}


def _when(condition: Schema, then: Schema) -> Schema:
    return {"if": condition, "then": then}


def _list(one: Schema) -> Schema:
    return {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}


def _says_plainly(layer: str) -> Schema:
    return {"properties": {LAYER: {"const": layer}}, **_has(LAYER)}


def _says(layer: str) -> Schema:
    """The check names the layer itself, alone or among others in its matrix."""
    return {"$ref": f"#/definitions/is_{layer}"}


def _naming(layer: str) -> Schema:
    listed = {"properties": {LAYER: {"type": "array", "contains": {"const": layer}}}, **_has(LAYER)}
    return {"anyOf": [_says_plainly(layer), _in_matrix(listed)]}


def _excluded_in_matrix(name: str) -> Schema:
    """What exclude names, the matrix goes through."""
    named = {"properties": {EXCLUDE: {"type": "array", "contains": _has(name)}}, **_has(EXCLUDE)}
    return _when(named, _in_matrix(_has(name)))
