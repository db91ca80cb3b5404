"""What the schema gives to an editor.

Covers spec/fields.py as well.
"""

from __future__ import annotations

import json

from convcheck.layers.catalogue import FORMS
from convcheck.spec.fields import declared
from convcheck.spec.schema import schema


def test_every_field_says_what_it_means() -> None:
    made = schema(FORMS)
    for layer, form in FORMS.items():
        properties = made["definitions"][f"keys of {layer}"]["properties"]
        for key, field in declared(form.sizes).items():
            assert properties[key]["description"] == field.meaning


def test_unknown_keys_are_refused_everywhere() -> None:
    made = schema(FORMS)
    for part in (made["definitions"]["check"], made["definitions"]["defaults"], made["then"]):
        assert part["additionalProperties"] is False


def test_it_is_json() -> None:
    made = schema(FORMS)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"
