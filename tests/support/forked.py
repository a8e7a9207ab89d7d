"""
A fork server whose engine is a few lines of the test: `python -m tests.support.forked CODE` beside `deployments.engine`.

It stands for the worker: it starts the fork server, then becomes `sleep`, as a worker becomes Prefect's.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deployments import forkserver


def main() -> None:
    """Print the socket's address and stay."""
    stand_in = Path(sys.argv[1]).read_text("utf-8")
    serve = (
        "import sys, runpy\n"
        "from deployments import forkserver\n"
        "forkserver.import_everything = forkserver.read_what_films_read = lambda: None\n"
        "forkserver.runpy.run_module = lambda *_, **__: exec(STAND_IN, {})\n"
        f"STAND_IN = {stand_in!r}\n"
        "forkserver.main()\n"
    )
    started = forkserver.subprocess.Popen

    def popen(argv: list[str], **how: object) -> object:
        return started([sys.executable, "-c", serve, *argv[3:]], **how)  # type: ignore[call-overload]

    forkserver.subprocess.Popen = popen  # type: ignore[assignment, misc]
    variables = forkserver.start_beside()
    print(variables[forkserver.ADDRESS], flush=True)
    os.execv("/bin/sleep", ["sleep", "60"])


if __name__ == "__main__":
    main()
