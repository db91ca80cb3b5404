"""The first line of a spec that `convcheck init` writes: where an editor finds the schema."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

# convcheck has no address from which an editor could load it: a project keeps its own, one for all its specs.
NAME = "convcheck.schema.json"


def modeline(output: str | None, schema: str | None) -> str:
    """The comment that the YAML language server reads. `schema` is a file or an address; paths are from the spec.

    Unless said otherwise it is the nearest `convcheck.schema.json`: in the folder of the spec or above it, up to the
    root of the repository; beside the spec where there is none yet.
    """
    folder = os.path.dirname(os.path.abspath(output or NAME))
    place = schema if schema is not None else nearest_schema(folder) or os.path.join(folder, NAME)
    if not re.match(r"[a-z][a-z0-9+.-]+://", place):
        place = os.path.relpath(place, folder).replace(os.sep, "/")
    # The place ends at the first blank.
    return f"# yaml-language-server: $schema={re.sub(r'[^!-~]', lambda one: quote(one[0]), place)}"


def nearest_schema(folder: str) -> str | None:
    """The schema that a spec in this folder is for."""
    while True:
        place = os.path.join(folder, NAME)
        if os.path.isfile(place):
            return place
        parent = os.path.dirname(folder)
        if os.path.exists(os.path.join(folder, ".git")) or parent == folder:
            return None
        folder = parent
