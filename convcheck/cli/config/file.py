"""The settings in a project's own files: `[tool.convcheck]` of pyproject.toml, `[convcheck]` of setup.cfg.

A file may come from elsewhere, with a repository that somebody downloaded: what is read here is data, and never code.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from convcheck.cli.exits import NO_FOLDER
from convcheck.spec.regular_file import open_regular

NAMES = ("pyproject.toml", "setup.cfg")
# A setup.cfg in which no header speaks of convcheck says nothing of it: it is not parsed, and no parser is imported.
# How much alike a name must be to be a slip: "convchek", and not "codecheck".
NEAR_NAME = 0.85
CFG_HEADER = re.compile(r"^\s*\[[^\]\n]*convcheck", re.MULTILINE)


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
    click.UsageError where a file cannot be read or parsed, where two in one folder speak of convcheck, and where one
    does so under another header; and where the working folder was deleted.
    """
    for folder in _folders(_working_folder()):
        toml = _read(os.path.join(folder, NAMES[0]))
        # Unlike TOML it may be in any encoding, as long as it is not ours to read.
        cfg = _read(os.path.join(folder, NAMES[1]), mark=b"convcheck")
        files = [one for one in (toml and _of_toml(*toml), cfg and _of_cfg(*cfg)) if one is not None]
        if len(files) > 1:
            raise click.UsageError(f"both {files[0].name} and {files[1].name} have settings for convcheck: keep one")
        if files:
            return files[0]
    return None


def config_places() -> Iterator[str]:
    """The paths of all files that may have settings for a run in the working folder."""
    for folder in _folders(_working_folder()):
        yield from (os.path.join(folder, name) for name in NAMES)


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise click.UsageError(NO_FOLDER) from error


def _folders(start: str) -> Iterator[str]:
    folders = [start]
    while not os.path.exists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            yield start
            return
        folders.append(parent)
    yield from folders


def _read(path: str, mark: bytes = b"") -> tuple[str, str] | None:
    """The path of the file from the working folder and its text; None where there is none, or none with the mark."""
    name = os.path.relpath(path)
    try:
        with open_regular(path) as stream:
            data = stream.read()
        # UTF-16 has a zero beside each letter.
        if mark not in data.replace(b"\0", b""):
            return None
        return name, data.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        # Whatever is there may hold settings.
        if not os.path.lexists(path):
            return None
        raise click.UsageError(f"{name}: it cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{name}:{number}: it is not UTF-8") from error


def _of_toml(name: str, text: str) -> ConfigFile | None:
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        # It says no line where the file ends too early.
        number = line[1] if line else text.rstrip("\n").count("\n") + 1
        raise click.UsageError(f"{name}:{number}: it is not TOML: {error}") from error
    tool = document.get("tool")
    table = tool.get("convcheck") if isinstance(tool, dict) else None
    if "convcheck" in document:
        begin = _line_of_header(text, r"\[\s*[\"']?convcheck")
        raise click.UsageError(f"{name}:{begin}: [convcheck] is not read: expected [tool.convcheck]")
    if table is None:
        if isinstance(tool, dict):
            _refuse_slip(name, text, tool)
        return None
    if not isinstance(table, dict):
        raise click.UsageError(f"{name}: tool.convcheck: expected a table, received {table!r}")
    return _config_file(name, text, table, r"\[\s*tool\s*\.\s*[\"']?convcheck[\"']?\s*\]", is_toml=True)


def _refuse_slip(name: str, text: str, tool: dict[str, Any]) -> None:
    """Raise click.UsageError where a table of another name was probably meant for convcheck."""
    plain = {key: re.sub(r"[^a-z]", "", key.lower()) for key in tool}
    # Names are slow to compare, and most files have tables of other tools.
    plain = {key: word for key, word in plain.items() if len({*"convcheck"} - {*word}) < 2}
    if not plain:
        return
    from convcheck.spec.nearest import near

    alike = near("convcheck", list(plain.values()), most=1, cutoff=NEAR_NAME)
    for key in (key for key, word in plain.items() if word in alike):
        line = _line_of_header(text, rf"(\[\s*)?tool\s*\.\s*[\"']?{re.escape(key)}")
        raise click.UsageError(f"{name}:{line}: [tool.{key}] is not read: expected [tool.convcheck]")


def _of_cfg(name: str, text: str) -> ConfigFile | None:
    if not CFG_HEADER.search(text):
        return None
    import configparser

    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text, name)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next((number for number, _ in getattr(error, "errors", ())), 1)
        first = str(error.message).splitlines()[0]
        raise click.UsageError(f"{name}:{line}: it cannot be read: {first}") from error
    for header in ("tool.convcheck", "tool:convcheck"):
        if parser.has_section(header):
            line = _line_of_header(text, rf"\[{header}\]")
            raise click.UsageError(f"{name}:{line}: [{header}] is not read: expected [convcheck]")
    if not parser.has_section("convcheck"):
        return None
    return _config_file(name, text, dict(parser.items("convcheck")), r"\[convcheck\]", is_toml=False)


def _config_file(name: str, text: str, table: dict[str, Any], header: str, *, is_toml: bool) -> ConfigFile:
    lines = text.split("\n")
    begin = _line_of_header(text, header)

    def line_of(key: str) -> int:
        assignment = re.compile(rf"""[ \t]*(tool\.)?(convcheck\.)?["']?{re.escape(key)}["']?\s*[=:]""")
        return next(
            (number for number, line in enumerate(lines, 1) if number >= begin and assignment.match(line)), begin
        )

    entries = tuple(ConfigEntry(key, value, line_of(key)) for key, value in table.items())
    return ConfigFile(name, os.path.dirname(os.path.abspath(name)), entries, is_toml)


def _line_of_header(text: str, header: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), 1) if re.match(header, line.strip())), 1)
