"""
What it costs to draw each layout, set-up included: CPU-s per second of video at full size.

    python -m bench.drawing [--seconds 6]

Each scene is drawn in both languages, as a film would draw it: on 1080x1920, after a first scene has loaded fonts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict

from bench.layouts import LABELLED, choose
from studio.models.timeline import Canvas
from studio.picture.layouts import CATALOG
from studio.picture.scene import open_drawn

CANVAS = Canvas(width=1080, height=1920)
EACH = 2
"""Scenes of each layout and language."""


def measure(seconds: float) -> dict[str, float]:
    """CPU-s per second of video by layout."""
    rows = json.loads(LABELLED.read_text("utf-8"))
    frames = round(seconds * 30)
    spent: dict[str, list[float]] = defaultdict(list)
    for name in CATALOG:
        for language in ("zh-TW", "en"):
            chosen = [row for row in rows if row["layout"] == name and row["language"] == language]
            shots = [choose(row["text"], language=language, layout=name) for row in chosen[: EACH + 1]]
            for shot in [shot for shot in shots if shot.layout == name][:EACH]:
                began = time.process_time()
                source = open_drawn(shot, CANVAS, frames=frames)
                for index in range(frames):
                    source.draw(index)
                spent[name].append((time.process_time() - began) / seconds)
    return {name: sum(values) / len(values) for name, values in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6, help="length of a scene")
    figures = measure(parser.parse_args().seconds)
    for name, cost in figures.items():
        print(f"{name:<14}{cost:>6.3f}")
    print(f"{'mean':<14}{sum(figures.values()) / len(figures):>6.3f}")


if __name__ == "__main__":
    main()
