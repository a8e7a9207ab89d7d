"""
From POST to the first stage: how long a film waits on an idle machine.

    python -m bench.start [--runs 10] [--json]

Each run is one title-only film of the running product; the next begins when it is done.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.support.stack import Stack, running_stack

TARGET_S = 4.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        waits = [wait_of(stack, number) for number in range(options.runs)]
    found = {
        "median_s": round(statistics.median(waits), 2),
        "waits_s": [round(wait, 2) for wait in waits],
        "target_s": TARGET_S,
    }
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"POST to first stage: median {found['median_s']} s over {len(waits)} runs (target {TARGET_S} s): {found['waits_s']}"
        )


def wait_of(stack: Stack, number: int) -> float:
    """Seconds from before the POST to the start of the flow's first task."""
    asked = time.time()
    task_id = stack.generate(f"Run number {number}", resolution="540p")
    stack.await_status(task_id, "completed")
    (run,) = stack.flow_runs(task_id)
    first = min(task["start_time"] for task in stack.task_runs(run["id"]))
    return datetime.fromisoformat(first).timestamp() - asked


if __name__ == "__main__":
    main()
