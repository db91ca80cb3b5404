"""The `convcheck` command, and `python -m convcheck`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` puts the folder one is in first on the path: what lies there is not to be run. Where convcheck itself
    # lies there, everything else comes first.
    with suppress(OSError):
        _here = os.getcwd()
        if sys.path[:1] == [_here]:
            sys.path.append(sys.path.pop(0))
            if os.path.dirname(os.path.dirname(__file__)) != _here:
                sys.path.pop()

import gc


def main() -> None:
    """Run the command line and leave with its exit code. Raises SystemExit, always."""
    from convcheck.running.interrupts import Interrupts

    with Interrupts() as interrupts:
        try:
            with interrupts.allowed():
                # Imported here, so that Ctrl-C during the import leaves as quietly as it does later.
                from convcheck.cli.startup import gc_paused

                with gc_paused():
                    from convcheck.cli.process import run_process

                code = run_process(sys.argv[1:], own_process=True)
        except KeyboardInterrupt:
            code = 130
        interrupts.end()
    # All memory is the system's to take back; looking through it once more costs a tenth of a short run.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
