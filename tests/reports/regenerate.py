"""Write the golden files anew, to be looked at before they are committed: `python -m tests.reports.regenerate`."""

from tests.reports.rendering import golden_path, views

if __name__ == "__main__":
    for name, view in views().items():
        golden_path(name).parent.mkdir(exist_ok=True)
        golden_path(name).write_bytes(view().encode("utf-8"))
