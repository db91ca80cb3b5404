"""The README's examples: its console blocks, run again. `python -m tests.readme` writes their output anew."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(\$ .*\n)((?:.*\n)*?)```$", re.MULTILINE)
FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\d+\.\d+ s\b")
# A row whose entries are all right: the tensor, its shape, its entries and how many are wrong (none).
ROUNDED = re.compile(r"^(  \w+) +(?:exact|within bound) +(\S+ +\d+ +0) .*$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    command: str
    output: str


def examples():
    return [Example(m[1].removeprefix("$ ").strip(), m[2]) for m in BLOCK.finditer(README.read_text())]


def folder_of_examples():
    """A folder as the reader has it: the specs that ship, and the files that the README shows."""
    folder = Path(tempfile.mkdtemp(prefix="readme-"))
    shutil.copytree(ROOT / "configs", folder / "configs")
    for name, code in FILE.findall(README.read_text()):
        (folder / name).write_text(code)
    return folder


def run(command, folder):
    """What the command prints on both streams, as it stands in the README: no colour, 100 columns wide."""
    environment = {k: v for k, v in os.environ.items() if k != "FORCE_COLOR" and not k.startswith("CONVCHECK_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment |= {"COLUMNS": "100", "PATH": path, "PYTHONUTF8": "1"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def steady(text):
    """The text without times, and without figures of pure rounding: they differ from one processor to the next."""
    return ROUNDED.sub(r"\1 right \2", SECONDS.sub("0.0 s", text))


def main():
    text, folder = README.read_text(), folder_of_examples()
    README.write_text(BLOCK.sub(lambda m: f"```console\n{m[1]}{run(m[1][2:].strip(), folder)}```", text))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
