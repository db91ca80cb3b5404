"""The README's examples: its console blocks, run again. `python -m tests.readme` writes their output anew."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(\$ .*\n)((?:.*\n)*?)```$", re.MULTILINE)
SECONDS = re.compile(r"\d+\.\d+ s\b")


@dataclass(frozen=True)
class Example:
    command: str
    output: str


def examples():
    return [Example(m[1].removeprefix("$ ").strip(), m[2]) for m in BLOCK.finditer(README.read_text())]


def run(command):
    """What the command prints on both streams, as it stands in the README: no colour, 100 columns wide."""
    folder = Path(sys.executable).parent
    environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "CONVCHECK_COLOR")}
    environment |= {"COLUMNS": "100", "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def without_times(text):
    return SECONDS.sub("0.0 s", text)


def main():
    text = README.read_text()
    README.write_text(BLOCK.sub(lambda m: f"```console\n{m[1]}{run(m[1][2:].strip())}```", text))


if __name__ == "__main__":
    main()
