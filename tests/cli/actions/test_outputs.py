"""Several reports from one run: formats by suffix or by name, and what befalls one leaves the others whole.

Covers actions/outputs.py and options/output.py; full disks are in test_outputs_full_disk.py.

Covers cli/options/output.py as well.
"""

import csv
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.calling import Caller, clean_environment


def test_the_suffix_says_the_format(call: Caller, good: Path, tmp_path: Path) -> None:
    files = ["a.json", "b.jsonl", "c.xml", "d.md", "e.csv", "f.txt", "g.JSON", "h.html", "i.HTM"]
    called = call("run", good, *(word for file in files for word in ("-o", file)))
    assert (called.code, called.out) == (0, "")
    assert called.err == (
        "convcheck: 1 check: 1 pass; the reports are in a.json, b.jsonl, c.xml, d.md, e.csv, f.txt, g.JSON, "
        "h.html and i.HTM\n"
    )
    assert json.loads((tmp_path / "a.json").read_text())["summary"]["pass"] == 1
    assert [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert ET.parse(tmp_path / "c.xml").getroot().tag == "testsuites"
    assert (tmp_path / "d.md").read_text().startswith("**convcheck: 1 check: 1 pass**")
    assert len(list(csv.reader((tmp_path / "e.csv").read_text("utf-8").splitlines()))) > 1
    assert "1 check: 1 pass" in (tmp_path / "f.txt").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*files, "good.yaml"])


@pytest.mark.parametrize("option", ["-o", "--format"])
def test_a_named_format_is_written_beside_the_table(call: Caller, good: Path, tmp_path: Path, option: str) -> None:
    called = call("run", good, option, "junit=report.json", option, "json=x=1.out")
    assert "1 check: 1 pass" in called.out
    assert called.err == ""
    assert ET.parse(tmp_path / "report.json").getroot().tag == "testsuites"
    assert json.loads((tmp_path / "x=1.out").read_text())["arguments"]["format"] == "json"


def test_what_goes_to_standard_output(call: Caller, good: Path, tmp_path: Path) -> None:
    # A format that was asked for and that no file has.
    called = call("run", good, "--format", "jsonl", "-o", "out.json")
    assert json.loads(called.out.splitlines()[0])
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["pass"] == 1
    assert "1 check: 1 pass" in call("run", good, "--format", "table", "-o", "out.json").out
    # A file of that format, by its suffix or for want of one.
    assert call("run", good, "--format", "json", "-o", "out.json").out == ""
    assert call("run", good, "--format", "json", "-o", "report").out == ""
    assert json.loads((tmp_path / "report").read_text())
    # Named outputs leave it alone, a dash is it.
    assert json.loads(call("run", good, "--format", "json", "-o", "table=t.txt").out)
    assert json.loads(call("run", good, "-o", "json=-", "-o", "a.txt").out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "jsn=a"], "no format is called 'jsn'; did you mean json?; for a file of that name: -o ./jsn=a"),
        (["-o", "xml=a"], "no format is called 'xml'; did you mean junit?"),
        (["--format", "md"], "'--format': no format is called 'md'; did you mean markdown?"),
        (["--format", "sarif"], "no format is called 'sarif'; there are table, json, jsonl"),
        (["--format", "qqq=a"], "no format is called 'qqq'; there are"),
        (["-o", "json="], "'json=' names no file"),
        (["-o", ""], "expected a file, received an empty text"),
        (["-o", "a.json", "-o", "json=./a.json"], "two reports cannot both be written to './a.json'"),
        (["-o", "-", "-o", "json=/dev/stdout"], "two reports cannot both be written to standard output"),
        (["-o", "a.json", "-o", "nowhere/b.xml"], "cannot write 'nowhere/b.xml': No such file"),
    ],
)
def test_what_cannot_be_is_wrong_usage(
    call: Caller, good: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    called = call("run", good, *arguments)
    assert (called.code, called.out) == (2, "")
    assert message in " ".join(called.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["good.yaml"]


def test_a_file_may_have_an_equals_sign_in_its_name(call: Caller, good: Path, tmp_path: Path) -> None:
    assert call("run", good, "-o", "lr=0.1.json", "-o", "./jsn=1.txt", "-o", "/dev/null").code == 0
    assert json.loads((tmp_path / "lr=0.1.json").read_text())
    assert "1 pass" in (tmp_path / "jsn=1.txt").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["good.yaml", "-o", "csv=./good.yaml"],
        ["good.yaml", "-o", "json=link"],
        ["good.yaml", "-o", "json=hard"],
        [".", "-o", "json=good.yaml"],
        ["*.yaml", "--format", "json=good.yaml"],
        ["names.yaml", "--trust", "-o", "json=layers.py"],
        ["good.yaml", "-o", "json=pyproject.toml"],
        ["good.yaml", "-o", "json=setup.cfg"],
        ["good.yaml", "--lf", "-o", ".convcheck_cache/last-failed.json"],
        ["--impl", "layers.py", "-o", "csv=layers.py"],
        ["--impl", "layers:relu_forward,relu_backward", "good.yaml", "-o", "csv=layers.py"],
        ["--list-impl", "layers.py", "--format", "json", "-o", "layers.py"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("good", "own")
def test_no_report_takes_the_place_of_what_is_read(call: Caller, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".convcheck_cache").mkdir()
    (tmp_path / ".convcheck_cache" / "last-failed.json").write_text('{"schema": 1, "failed": []}\n')
    (tmp_path / "names.yaml").write_text("layer: relu\nshape: [2]\nimplementation: {file: layers.py}\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "setup.cfg").write_text("[metadata]\n")
    (tmp_path / "link").symlink_to("good.yaml")
    (tmp_path / "hard").hardlink_to("good.yaml")
    texts = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    called = call("run", *arguments)
    assert (called.code, called.out) == (2, "")
    assert "is read in this run, and what is written would replace it: name another file" in " ".join(
        called.err.split()
    )
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == texts


def test_a_full_disk_under_one_leaves_the_others_whole(call: Caller, good: Path, tmp_path: Path) -> None:
    called = call("run", good, "-o", "csv=/dev/full", "-o", "json=out.json")
    assert called.code == 3
    assert "convcheck: cannot write to /dev/full: No space left on device\n" in called.err
    assert "1 check: 1 pass" in called.out
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["pass"] == 1


def test_a_reader_who_leaves_leaves_the_files_whole(good: Path, tmp_path: Path) -> None:
    reading, written = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "convcheck", "run", good.name, "-o", "json=out.json"],
        cwd=tmp_path, env=clean_environment(), stdout=written, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(written)
    assert (ran.returncode, ran.stderr) == (141, "")
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["pass"] == 1


def test_one_report_for_list_impl(call: Caller, own: Path) -> None:
    several = ["-o", "a.json", "-o", "b.txt"]
    assert "writes to one place" in call("run", "--list-impl", own.name, *several).err
    assert call("run", "--list-impl", own.name, "--no-isolation", "-o", "a.json").code == 0
    assert json.loads(Path("a.json").read_text())["found"]


@pytest.mark.parametrize("name", ["report.pdf", "report.json.gz", "r.PDF", "./r.", "r.yaml"])
def test_a_suffix_that_says_no_format_is_wrong_usage(call: Caller, good: Path, name: str) -> None:
    suffix = name[name.rindex(".") :]
    for arguments in ([], ["--format", "junit=x.xml"]):
        called = call("run", good, "-o", name, *arguments)
        assert (called.code, called.out) == (2, "")
        said = f"{name!r}: no format has the suffix {suffix}; expected .json, .jsonl, .ndjson, .xml, .md, .markdown"
        said += f", .csv, .html, .htm or .txt, or the format by its name: -o NAME={name}"
        assert said in " ".join(called.err.split())
        assert not Path(name).exists()
    # The format may be given in other ways, and a file without a suffix is a table.
    assert call("run", good, "-o", name, "--format", "json").code == 0
    assert '"schema": 1' in Path(name).read_text()
    assert call("run", good, "-o", f"csv={name}").code == 0
    assert Path(name).read_text().startswith("id,file,line")
    assert call("run", good, "-o", "report").code == 0
    assert "1 check: 1 pass" in Path("report").read_text()


def test_a_page_has_pictures_of_what_code_in_another_process_gets_wrong(call: Caller, own: Path) -> None:
    own.write_text(own.read_text().replace("dout *", "2 * dout *"))
    called = call("run", "--impl", own.name, "-o", "report.html")
    assert called.code == 1
    page = Path("report.html").read_text()
    assert ">What is wrong</h2>" in page.partition('id="failed"')[0]
    assert page.count("<svg") == 3
