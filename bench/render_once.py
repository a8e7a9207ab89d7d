"""Render one saved workload; what the bench measures from outside. Prints one JSON object."""

from __future__ import annotations

import argparse
import json
import logging
import resource
from pathlib import Path

from bench.workload import load
from studio.render import encode
from studio.render.film import render_film


class Segments(logging.Handler):
    """Counts what happened to segments."""

    def __init__(self) -> None:
        super().__init__()
        self.count = {"rendered": 0, "cached": 0}

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage().split()
        if words[0] == "segment" and words[2] in self.count:
            self.count[words[2]] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tier", default="standard")
    parser.add_argument("--previews", action="store_true", help="with small copy, thumbnails and animation")
    parser.add_argument("--nearly-lossless", action="store_true", help="the frames before the encoder, for references")
    words = parser.parse_args()
    if words.nearly_lossless:
        encode.TIERS["standard"] = encode.X264("ultrafast", 1)
    segments = Segments()
    logging.getLogger("studio.render").addHandler(segments)
    logging.getLogger("studio.render").setLevel(logging.INFO)
    workload = load(words.workload)
    words.folder.mkdir(parents=True, exist_ok=True)
    film = render_film(
        workload.timeline,
        open_asset=lambda asset: workload.files[asset.key],
        work=words.folder,
        cache=words.folder / "cache",
        tier=words.tier,
        jobs=words.jobs,
        has_previews=words.previews,
        on_preview=(lambda _path: None) if words.previews else None,
    )
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    loudness = film.loudness.model_dump()
    print(json.dumps({**segments.count, **loudness, "ffmpeg_cpu_s": usage.ru_utime + usage.ru_stime}))


if __name__ == "__main__":
    main()
