"""What the schema gives to an editor.

Covers spec/fields.py as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from convcheck.layers.catalogue import FORMS
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared
from convcheck.spec.schema import schema

# What a layer adds to the schema, as it is written: its keys, where they differ from those of others, and conditions.
MOST_BYTES_A_LAYER = 9_500


def test_every_field_says_what_it_means() -> None:
    """Beside the keys of the layer, where layers differ about one, or else beside those of any check."""
    made = schema(FORMS)
    definitions = made["definitions"]
    of_any = definitions["check"]["else"]["properties"]
    for layer, form in FORMS.items():
        own = definitions[f"keys_of_{layer}"]["properties"]
        for key, field in declared(form.sizes).items():
            found = (own if key in own else of_any)[key]["$ref"].removeprefix("#/definitions/")
            assert definitions[found]["description"] == field.meaning
            if key in own:
                assert own["matrix"]["properties"][key]["items"] == own[key]


def test_what_all_layers_take_is_said_once() -> None:
    definitions = schema(FORMS)["definitions"]
    text = json.dumps(definitions, ensure_ascii=False)
    for key, field in declared(Manner).items():
        # `implementation` is one of the layer's, of which there are several lists.
        assert key == "implementation" or text.count(json.dumps(field.meaning, ensure_ascii=False)) == 1


def test_it_grows_by_little_with_every_layer() -> None:
    assert len(json.dumps(schema(FORMS), indent=2).encode()) < MOST_BYTES_A_LAYER * len(FORMS)


def test_unknown_keys_are_refused_everywhere() -> None:
    made = schema(FORMS)
    of_one = (made["definitions"][name]["else"] for name in ("check", "defaults"))
    for part in (*of_one, made["then"]):
        assert part["additionalProperties"] is False


def test_it_is_json() -> None:
    made = schema(FORMS)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """A schema, and every one in it."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from parts(inner)


def test_no_list_of_schemas_or_of_words_is_empty() -> None:
    """The validators here take `enum: []`; the YAML language server takes no schema that has one."""
    lists = [one[key] for one in parts(schema(FORMS)) for key in ("enum", "anyOf", "allOf", "oneOf") if key in one]
    assert all(lists)


def test_references_are_plain_names_of_what_is_there() -> None:
    """A space in a URI reference is an error to some validators, and its escape unknown to others."""
    made = schema(FORMS)
    found = {part["$ref"] for part in parts(made) if "$ref" in part}
    assert {f"#/definitions/keys_of_{layer}" for layer in FORMS} <= found
    assert found <= {f"#/definitions/{name}" for name in made["definitions"]}
    assert all(re.fullmatch(r"#/definitions/\w+", one, re.ASCII) for one in found)
