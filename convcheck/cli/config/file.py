"""The settings in a project's own files: `[tool.convcheck]` of pyproject.toml, `[convcheck]` of setup.cfg.

A file may come from elsewhere, with a repository that somebody downloaded: what is read here is data, and never code.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

# Most projects say nothing of convcheck: their files are read, not parsed, and no parser is imported.
TOML = rb"""convcheck["']?[ \t]*[\].=]"""
CFG = rb"(?m)^\[convcheck\]"


class ConfigEntry(NamedTuple):
    """One key of a file: its value as the file's language has it, and its line."""

    key: str
    value: Any
    line: int


class ConfigFile(NamedTuple):
    """What one file says of convcheck. `name` is its path from the working folder."""

    name: str
    folder: str
    entries: tuple[ConfigEntry, ...]
    is_toml: bool


def find_config_file() -> ConfigFile | None:
    """The file of the nearest folder that has one, from the working folder up to the root of its repository.

    Outside a repository it is the working folder alone: nobody answers for a file that lies in /tmp, or above. Raises
    click.UsageError where a file cannot be parsed, and where two in one folder speak of convcheck.
    """
    for folder in _folders(os.getcwd()):
        toml = _read(os.path.join(folder, "pyproject.toml"), TOML)
        cfg = _read(os.path.join(folder, "setup.cfg"), CFG)
        files = [one for one in (toml and _of_toml(*toml), cfg and _of_cfg(*cfg)) if one is not None]
        if len(files) > 1:
            raise click.UsageError(f"both {files[0].name} and {files[1].name} have settings for convcheck: keep one")
        if files:
            return files[0]
    return None


def _folders(start: str) -> Iterator[str]:
    folders = [start]
    while not os.path.exists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            yield start
            return
        folders.append(parent)
    yield from folders


def _read(path: str, mark: bytes) -> tuple[str, str] | None:
    """The path of the file from the working folder and its text; None where it says nothing of convcheck."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    if not re.search(mark, data):
        return None
    name = os.path.relpath(path)
    try:
        return name, data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{name}: it is not UTF-8") from error


def _of_toml(name: str, text: str) -> ConfigFile | None:
    import tomllib

    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise click.UsageError(f"{name}:{line[1] if line else 1}: it is not TOML: {error}") from error
    table = tool.get("convcheck") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise click.UsageError(f"{name}: tool.convcheck: expected a table, received {table!r}")
    return _config_file(name, text, table, r"\[\s*tool\s*\.\s*[\"']?convcheck[\"']?\s*\]", is_toml=True)


def _of_cfg(name: str, text: str) -> ConfigFile | None:
    import configparser

    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text, name)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next((number for number, _ in getattr(error, "errors", ())), 1)
        first = str(error.message).splitlines()[0]
        raise click.UsageError(f"{name}:{line}: it cannot be read: {first}") from error
    return _config_file(name, text, dict(parser.items("convcheck")), r"\[convcheck\]", is_toml=False)


def _config_file(name: str, text: str, table: dict[str, Any], header: str, *, is_toml: bool) -> ConfigFile:
    lines = text.split("\n")
    begin = next((number for number, line in enumerate(lines, 1) if re.match(header, line.strip())), 1)

    def line_of(key: str) -> int:
        assignment = re.compile(rf"""[ \t]*(tool\.)?(convcheck\.)?["']?{re.escape(key)}["']?\s*[=:]""")
        return next(
            (number for number, line in enumerate(lines, 1) if number >= begin and assignment.match(line)), begin
        )

    entries = tuple(ConfigEntry(key, value, line_of(key)) for key, value in table.items())
    return ConfigFile(name, os.path.dirname(os.path.abspath(name)), entries, is_toml)
