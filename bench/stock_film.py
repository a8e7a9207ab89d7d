"""
Make a film with stock footage from servers on this machine, as the documents show it.

    apt-get download mate-backgrounds && dpkg-deb -x mate-backgrounds_*.deb photos
    python -m bench.stock_film photos/usr/share/backgrounds/mate/nature OUT [--language zh-TW]

The script comes from an OpenAI-compatible server out of its npm package, the footage from a server that speaks the
protocol of Pexels and holds the photographs, cut upright; three of them as clips. The voice is one of ours.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from studio.settings import PROJECT
from tests.media import ffmpeg
from tests.support.aimock import AIMock, unpack
from tests.support.stock import stock_server, stock_variables
from tests.support.works import StockItem

PHOTOS = {
    "Storm.jpg": ("dark storm clouds over an empty country road", "Sergey Nazarov"),
    "Aqua.jpg": ("water drop splashing into a calm surface, macro", "Charles Barbin"),
    "RainDrops.jpg": ("rain drops on green leaves, close up", "blackcombwhistler07"),
    "GreenMeadow.jpg": ("fresh green grass of a meadow", "Timothy Schellhase, Lapo Calamandrei"),
    "TwoWings.jpg": ("two dandelion seeds in front of orange flowers", "Charles Barbin, Hylke Bons"),
    "LadyBird.jpg": ("ladybird on a stem with blue flowers", "Charles Barbin"),
    "Dune.jpg": ("dry grass on a dune by the sea", "Marco Cogoni, Hylke Bons"),
}
MOVING = ("Storm.jpg", "Aqua.jpg", "RainDrops.jpg")
"""Those that are served as clips: a slow push into the photograph."""

QUERIES = (
    ("dark storm clouds", "storm approaching over a road"),
    ("water drop splash close up",),
    ("rain drops on green leaves",),
    ("green grass meadow",),
)
LINES = {
    "zh-TW": (
        "下雨之前，為什麼聞得到雨的味道？",
        "烏雲壓低的時候，風先把遠方的濕氣帶過來。",
        "第一滴雨落在地面，濺起的小水珠把氣味彈進空氣裡。",
        "雨水打在葉片上，植物的油脂也跟著散開。",
        "土壤裡的細菌留下的味道，草地吸飽了水以後最濃。",
        "喜歡的話記得追蹤，我們下次見。",
    ),
    "en": (
        "Why can you smell the rain before it falls?",
        "When dark clouds hang low, the wind brings moist air from far away.",
        "The first drop hits the ground and throws tiny drops back into the air.",
        "Rain on the leaves sets free the oils that plants have kept.",
        "The soil adds a scent of its own, and a wet meadow smells strongest.",
        "Follow along for the next one.",
    ),
}
TITLES = {"zh-TW": "下雨之前的味道", "en": "The smell before the rain"}


def library(photos: Path, folder: Path) -> list[StockItem]:
    """The photographs, upright, 1080 x 1920."""
    items = []
    for name, (caption, author) in PHOTOS.items():
        is_moving = name in MOVING
        path = folder / f"{Path(name).stem}.{'mp4' if is_moving else 'jpg'}"
        cut = "crop=ih*9/16:ih,scale=1080:1920:flags=lanczos"
        if is_moving:
            push = "zoompan=z='1+0.0008*on':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=300:s=1080x1920:fps=30"
            how = ("-vf", f"{cut},scale=2160:3840,{push}", "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p")
        else:
            how = ("-vf", cut, "-q:v", "2")
        ffmpeg("-i", str(photos / name), *how, str(path))
        kind: Any = "video" if is_moving else "image"
        items.append(StockItem(caption, path, kind, 1080, 1920, 10.0 if is_moving else 0.0, author))
    return items


def draft(text: str, queries: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"narration": text, "visual": text, "keywords": ["rain"], "queries": list(queries)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--language", choices=LINES, default="zh-TW")
    wishes = parser.parse_args()
    lines = LINES[wishes.language]
    script = {
        "hook": draft(lines[0]),
        "scenes": [draft(line, queries) for line, queries in zip(lines[1:-1], QUERIES, strict=True)],
        "closing": draft(lines[-1]),
    }
    with tempfile.TemporaryDirectory(prefix="stock-film-") as name:
        folder = Path(name)
        writer = AIMock(unpack(folder), folder, script, {})
        writer.start()
        with stock_server(library(wishes.photos, folder)) as server:
            environment = {
                **os.environ,
                **stock_variables(server),
                "OPENAI_API_KEY": "local",
                "OPENAI_BASE_URL": writer.base_url,
                "VIDEO_SYSTEM_HOME": str(wishes.out.resolve() / "home"),
            }
            title = TITLES[wishes.language]
            command = [str(Path(sys.executable).parent / "video-system"), "make", title, "--language", wishes.language]
            subprocess.run(
                [*command, "--duration", "30", "--out", str(wishes.out)], cwd=PROJECT, env=environment, check=True
            )
        writer.kill()


if __name__ == "__main__":
    main()
