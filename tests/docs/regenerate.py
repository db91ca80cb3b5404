"""Write what the examples of README.md and docs/ print, and docs/reference/, anew: `python -m tests.docs.regenerate`.

Pages may be named: `python -m tests.docs.regenerate docs/ci.md`. Look at the difference before you commit it.
"""

import sys
from pathlib import Path

from tests.docs.pages import PAGES, renewed
from tests.docs.reference import REFERENCE, with_tables

if __name__ == "__main__":
    chosen = [Path(name).resolve() for name in sys.argv[1:]] or [*PAGES, *REFERENCE]
    for page in chosen:
        page.parent.mkdir(exist_ok=True)
        page.write_text(REFERENCE[page]() if page in REFERENCE else with_tables(renewed(page)), "utf-8")
