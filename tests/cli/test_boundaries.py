"""Who may import what: the command line alone knows of click and the environment; reports know of results alone."""

import ast
from pathlib import Path

import convcheck

PACKAGE = Path(convcheck.__file__).parent

# These decide nothing by what they find there: they set it up, or put it back, for the code under test.
STAGE = {
    "implementations/loading/load.py": {"sys.argv"},
    "running/cluster/remote_process.py": {"os.environ"},
    "running/worker/parent_watch.py": {"os.environ"},
    "running/worker/restore_state.py": {"os.environ"},
    "running/worker/process.py": {"os.environ"},
    "running/worker/child.py": {"sys.argv"},
}


def imports(path: Path) -> set[str]:
    """The modules that a file imports anywhere in it, and the attributes of sys and os that it reads."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("sys", "os"):
            found.add(f"{node.value.id}.{node.attr}")
    return found


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PACKAGE / folder).rglob("*.py"))


def test_reports_know_of_results_alone() -> None:
    # How a user's text is made fit to be shown is said once, where the spec's errors are written; and what was seen in
    # code and not checked is plain data, as results, conclusions and audits are.
    plain = {"convcheck.checking.result", "convcheck.diagnosis.conclusion", "convcheck.implementations.source"}
    allowed = plain | {"convcheck.diagnosis.audited", "convcheck.explain.blocks", "convcheck.spec.showing"}
    for path in files("reports"):
        ours = {name for name in imports(path) if name.startswith("convcheck")}
        assert {name for name in ours if not name.startswith("convcheck.reports")} <= allowed, path


def test_the_command_line_alone_talks_to_the_process() -> None:
    for path in files("audit", "reports", "running", "checking", "numeric", "implementations", "layers", "spec"):
        stage = STAGE.get(str(path.relative_to(PACKAGE)), set())
        met = imports(path) & {"click", "os.environ", "sys.argv", "sys.exit", "convcheck.cli"}
        assert met <= stage, path


def test_every_exception_is_needed() -> None:
    for path, names in STAGE.items():
        assert names <= imports(PACKAGE / path), path


def test_the_probe_would_see_them() -> None:
    assert "click" in imports(PACKAGE / "cli" / "main.py")
    assert "os.environ" in imports(PACKAGE / "cli" / "startup.py")
