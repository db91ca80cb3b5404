"""The pages that people read, README.md and docs/*.md, and the examples in them, which are run.

The language of a block, and its first line, say what becomes of it:

    console                  each `$ command` is run by a shell, and prints what stands under it
    pycon                    a session in Python, run by doctest
    yaml                     a spec, and every check in it passes
    any, under `# a/name`    a file of that name, which is there when the commands of the page are run
    sh                       how to install something; not run
    text                     neither

What needs PyTorch is run where that is installed.
"""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from convcheck.cli.process import run_process

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
# They have links, and no examples.
OTHERS = (ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//) ([\w./-]+)\n")
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
SECONDS = re.compile(r"\d+\.\d+ ?s\b")
# How far a run has come is said where it takes long.
PROGRESS = re.compile(r"^convcheck: [\d,]+ of [\d,]+\b.*\n", re.MULTILINE)
# A row whose entries are all right: the tensor, its shape, its entries and how many are wrong (none).
ROUNDED = re.compile(r"^(  \w+) +(?:exact|within bound) +(\S+ +\d+ +0) .*$", re.MULTILINE)
# The largest error in such a tensor.
WORST = re.compile(r"^  worst of .*$", re.MULTILINE)
# One call, in which no character means something to a shell but quotes.
ALONE = re.compile(r"convcheck [^|&;<>()$`\\*?~#!{}\n]+")
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A fenced block: its language, and the text between the fences."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The name of the file that it shows."""
        named = FILE.match(self.text)
        return named[1] if named else None


class Example(NamedTuple):
    """A command, and what the page says that it prints."""

    command: str
    output: str


def name_of(page: Path) -> str:
    """The page as a test is called."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The blocks of a page in their order, or those in one language."""
    found = [Block(*match.groups()) for match in BLOCK.finditer(page.read_text("utf-8"))]
    return [block for block in found if language in (None, block.language)]


def examples(page: Path) -> list[Example]:
    """The commands of a page in their order."""
    return [Example(*match.groups()) for block in blocks(page, "console") for match in COMMAND.finditer(block.text)]


@contextmanager
def folder_of(page: Path) -> Iterator[Path]:
    """A folder as the reader of the page has it: the specs that ship, and the files that the page shows."""
    folder = Path(tempfile.mkdtemp(prefix="page-"))
    try:
        shutil.copytree(ROOT / "configs", folder / "configs")
        for block in blocks(page):
            if block.file:
                (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
                (folder / block.file).write_text(block.text, "utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


def ran(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command with both streams in one, as it stands on a page: no colour, 100 columns wide.

    A call of convcheck that asks nothing of a shell is made in this process, which takes half the time.
    What tells pytest that it runs in CI is left out: it cuts no line of its summary there.
    """
    decided = ("FORCE_COLOR", "GITHUB_STEP_SUMMARY", "CI", "BUILD_NUMBER")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in decided and not name.startswith(("CONVCHECK_", "PYTEST_"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment |= {"COLUMNS": "100", "PATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", **variables}
    # What Dask logs while a cluster is taken down, or not, hangs on the moment.
    environment["DASK_LOGGING__DISTRIBUTED"] = "critical"
    if ALONE.fullmatch(command):
        return _ran_here(command, folder, environment)
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )


def _ran_here(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    before, written = dict(os.environ), io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    os.environ.clear()
    os.environ.update(environment)
    try:
        with chdir(folder), redirect_stdout(stream), redirect_stderr(stream):
            code = run_process(shlex.split(command)[1:])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return subprocess.CompletedProcess(command, int(code), written.getvalue().decode())


def steady(text: str) -> str:
    """The text without times, what is said meanwhile, and figures of pure rounding: what differs between processors."""
    return WORST.sub("  worst of", ROUNDED.sub(r"\1 right \2", SECONDS.sub("0.0 s", PROGRESS.sub("", text))))


def needs_torch(command: str, page: Path) -> bool:
    """Whether the command names a file of the page that imports PyTorch."""
    return any(
        block.file and block.file in command and re.search(r"^import torch", block.text, re.MULTILINE)
        for block in blocks(page)
    )


def commands_in(block: Block) -> list[str]:
    """The calls of convcheck in a file that is for a CI server."""
    return re.findall(r"\bconvcheck (?:run|merge|diff|list)\b[^'\n]*", block.text)


def links(page: Path) -> list[str]:
    """Where a page leads within the repository, each with its #anchor."""
    return [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]


def anchors(page: Path) -> set[str]:
    """What may stand after the # of a link to the page, as forges make it of the headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(BLOCK, "", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def renewed(page: Path) -> str:
    """The text of the page, with what its commands print now. What needs PyTorch stays, where that is not there."""
    with folder_of(page) as folder:

        def command(match: re.Match[str]) -> str:
            if needs_torch(match[1], page) and find_spec("torch") is None:
                return match[0]
            printed = ran(match[1], folder).stdout
            return f"$ {match[1]}\n{printed}" + "\n" * bool(printed and not printed.endswith("\n"))

        def block(match: re.Match[str]) -> str:
            return f"```console\n{COMMAND.sub(command, match[2])}```" if match[1] == "console" else match[0]

        return BLOCK.sub(block, page.read_text("utf-8"))
