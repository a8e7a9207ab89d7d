"""
What rendering costs and how exact it is, on a workload that is made from seeds.

usage: python -m bench.render [--quick] [--json] [--only NAME,NAME]

Ratios are of runs made in turn on the same machine; the machine should have nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import film_figures, ken_burns_figures, sound_figures
from bench.workload import LENGTHS, make_source

FOLDER = Path(__file__).resolve().parents[1] / ".data" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    parser.add_argument("--quick", action="store_true", help="four scenes and one run where that will do")
    parser.add_argument("--only", default="", help="names of figures, with commas between")
    words = parser.parse_args()
    chosen = [name for name in words.only.split(",") if name]
    found: dict[str, Any] = {}
    for name, figure in _figures(quick=words.quick).items():
        if not chosen or name in chosen:
            found[name] = figure()
            if not words.json:
                print(f"{name}: {json.dumps(found[name])}", flush=True)
    if words.json:
        print(json.dumps(found))
    sys.exit(0 if all(figures["passes"] for figures in found.values()) else 1)


def _figures(*, quick: bool) -> dict[str, Callable[[], dict[str, Any]]]:
    media = FOLDER / "media"
    media.mkdir(parents=True, exist_ok=True)
    make_source(media, 0)
    lengths, runs = (LENGTHS[:4], 1) if quick else (LENGTHS, 3)
    return {
        "ken_burns": ken_burns_figures.jitter,
        "sound": lambda: sound_figures.five_mixes(media),
        "one_caption": lambda: film_figures.one_caption(FOLDER, lengths=LENGTHS),
        "many_joins": lambda: film_figures.many_joins(FOLDER),
        "memory": lambda: film_figures.memory(FOLDER),
        "encoder": lambda: film_figures.against_encoder(FOLDER, runs=runs, lengths=lengths),
        "previews": lambda: film_figures.previews(FOLDER, runs=runs, lengths=lengths),
        "moviepy": lambda: film_figures.against_moviepy(FOLDER, runs=runs, lengths=lengths),
    }


if __name__ == "__main__":
    main()
