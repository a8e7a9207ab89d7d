"""
Where the wall time of a demonstration film goes, stage by stage.

    python -m bench.stages [--json] [TITLE DESCRIPTION]

Runs the flow in this process as `make demo` does, with an empty data folder, and reads the task runs' times.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.settings import PROJECT

READ_BACK = """
import json
from collections import defaultdict
from sqlmodel import select
from store.session import reading
from store.tables import Video
with reading() as session:
    video = session.exec(select(Video)).one()
import sqlite3
from studio.settings import get_settings
seconds = defaultdict(float)
with sqlite3.connect(get_settings().home / "prefect" / "temporary.db") as prefect:
    for name, start, end in prefect.execute("SELECT name, start_time, end_time FROM task_run"):
        from datetime import datetime
        took = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        seconds[name.split(":")[0].rsplit("-", 1)[0]] += took
print(json.dumps({"film_s": video.rendition["duration"], "stages_s": {k: round(v, 2) for k, v in seconds.items()}}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("title", nargs="?", default="")
    parser.add_argument("description", nargs="?", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VIDEO_SYSTEM_HOME": folder,
            "TITLE": options.title,
            "DESCRIPTION": options.description,
        }
        command = [str(Path(sys.executable).parent / "video-system"), "demo"]
        started = time.perf_counter()
        subprocess.run(command, env=environment, cwd=PROJECT, check=True, capture_output=True)
        wall_s = time.perf_counter() - started
        read = [sys.executable, "-c", READ_BACK]
        found = json.loads(subprocess.run(read, env=environment, cwd=PROJECT, check=True, capture_output=True).stdout)
    found |= {"wall_s": round(wall_s, 1), "wall_per_film_s": round(wall_s / found["film_s"], 2)}
    if options.json:
        print(json.dumps(found))
    else:
        print(f"{found['film_s']:.1f} s of film in {wall_s:.1f} s, {found['wall_per_film_s']} s a second (target 2)")
        for stage, seconds in found["stages_s"].items():
            print(f"  {stage:<20} {seconds:6.2f} s")


if __name__ == "__main__":
    main()
