"""
One settled frame of each layout on each aspect, chosen by the rules from a sentence, in one picture.

    python -m bench.layout_sheet docs/images/layouts.jpg
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.layouts import choose
from studio.models.brief import Aspect, Resolution
from studio.models.timeline import Canvas
from studio.picture.scene import open_drawn
from studio.stages.timeline import canvas_for

FRAMES, AT = 300, 240
GAP_PX, QUALITY, INK = 8, 82, "#101114"
TILES: dict[Aspect, tuple[int, int]] = {
    Aspect.VERTICAL: (10, 222),
    Aspect.PORTRAIT: (10, 222),
    Aspect.SQUARE: (10, 222),
    Aspect.WIDE: (5, 452),
}
"""Tiles in a row and their width in px: rows of all aspects are as wide as each other."""

SCENES = (
    ("title", "zh-TW", "sky", "夕陽為什麼是紅色的？", "夕陽為什麼是紅色的？"),
    ("illustration", "zh-TW", "space", "土星的環", "土星的引力正把冰粒一點一點拉走。"),
    ("number", "zh-TW", "ocean", "地球與海洋", "地球表面有百分之七十一是海洋。"),
    ("list", "en", "health", "How to sleep better", "Three things help you sleep: darkness, silence, and cool air."),
    ("comparison", "zh-TW", "food", "一杯有多少糖？", "珍珠奶茶有62公克的糖，可樂有35公克。"),
    ("comparison", "en", "ocean", "Dolphin or shark?", "Dolphins are mammals, but sharks are fish."),
    ("quote", "zh-TW", "history", "論語", "孔子在《論語》裡說：「學而不思則罔，思而不學則殆。」"),
    ("timeline", "zh-TW", "tech", "火車越跑越快", "1825年，英國開通第一條鐵路。1964年，日本新幹線通車。2007年，台灣高鐵上路。"),
    ("chart", "en", "finance", "How many of us are there?", "The world had 2.5 billion people in 1950, 5 billion in 1987, and 8 billion in 2022."),
    ("end", "zh-TW", "mystery", "貓為什麼會呼嚕？", "我們下次見。"),
)  # fmt: skip
"""Layout that is expected, language, palette, title of the film, sentence."""


def draw_sheet(path: Path) -> None:
    """
    Write the sheet to *path* as JPEG.

    Raises:
        ValueError: the rules chose another layout for a sentence.
    """
    rows = [row for aspect in TILES for row in _rows(aspect)]
    size = rows[0].width, sum(row.height for row in rows) + GAP_PX
    sheet = Image.new("RGB", size, INK)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    sheet.save(path, quality=QUALITY, optimize=True)


def _rows(aspect: Aspect) -> Iterator[Image.Image]:
    """All scenes on one aspect, with a gap above and at both sides of each tile."""
    columns, width = TILES[aspect]
    canvas = canvas_for(aspect, Resolution.P1080)
    height = canvas.height * width // canvas.width
    for first in range(0, len(SCENES), columns):
        row = Image.new("RGB", ((width + GAP_PX) * columns + GAP_PX, height + GAP_PX), INK)
        for number, scene in enumerate(SCENES[first : first + columns]):
            tile = _frame(canvas, *scene).resize((width, height), Image.Resampling.LANCZOS)
            row.paste(tile, (GAP_PX + number * (width + GAP_PX), GAP_PX))
        yield row


def _frame(canvas: Canvas, layout: str, language: str, palette: str, title: str, text: str) -> Image.Image:
    chosen = choose(text, language=language, layout=layout, title=title)
    if chosen.layout != layout:
        raise ValueError(f"{text!r} got the layout {chosen.layout}, not {layout}")
    drawn = open_drawn(chosen.model_copy(update={"palette": palette}), canvas, frames=FRAMES).draw(AT)
    planes = np.asarray(drawn).reshape(canvas.height * 3 // 2, canvas.width)
    return Image.fromarray(cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the JPEG to write")
    draw_sheet(parser.parse_args().out)


if __name__ == "__main__":
    main()
