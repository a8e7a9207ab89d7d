"""
Steps in the slow gradients of drawn scenes, before and after the encoder, and what keeping them smooth costs.

    python -m bench.bands [--json] [--seconds 3]

A step is a jump of half a level or more between flat stretches, counted down a strip at the edge of the canvas where
nothing is drawn. CAMBI is libvmaf's index of banding: 0 is none, at 5 it begins to disturb, 24 cannot be watched.
"Plain" is the same film with dither of single pixels only, without the texture of `studio.picture.noise`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.models.shot import DrawnShot
from studio.models.timeline import Canvas
from studio.picture import noise
from studio.picture.scene import open_drawn
from studio.render import encode
from studio.settings import Tier
from studio.timebase import FPS

FFMPEG: Final = imageio_ffmpeg.get_ffmpeg_exe()
CANVAS: Final = Canvas(width=1080, height=1920)
STRIP_PX, ROWS = 64, slice(300, 1400)
"""Left of everything that is written, above the set-piece."""

NEAR_PX: Final = 5
STEP_LEVELS: Final = 0.5

SHOTS: Final = {
    "deep": DrawnShot(layout="timeline", palette="tech", ground="deep", position=(2, 5), content={
        "text": "Trains got faster", "steps": [{"when": "1825", "text": "Steam"}, {"when": "1964", "text": "Shinkansen"}],
    }),
    "vivid": DrawnShot(layout="number", palette="ocean", ground="vivid", position=(3, 5), content={
        "label": "海洋覆蓋地球表面的", "value": "71", "unit": "%", "ratio": 0.71,
    }),
    "paper": DrawnShot(layout="list", palette="nature", ground="paper", position=(4, 5), content={
        "text": "睡前別做的三件事", "entries": [{"head": "滑手機", "start": 0.3}, {"head": "喝咖啡", "start": 0.6}],
    }),
}  # fmt: skip
"""One scene a ground."""


@dataclass(frozen=True)
class Row:
    """Of one ground at one tier: steps per 100 px of the frames as drawn and as decoded, CAMBI, Mb/s."""

    dither: str
    ground: str
    tier: str
    drawn: float
    decoded: float
    cambi: float
    megabits: float


def measure(seconds: float) -> list[Row]:
    """Every ground at every tier, plain and textured."""
    rows = []
    frames = round(seconds * FPS)
    with tempfile.TemporaryDirectory() as folder:
        for dither, levels in (("plain", 0.0), ("textured", noise.TEXTURE)):
            with _texture_of(levels):
                for ground, shot in SHOTS.items():
                    raw = draw(shot, frames, Path(folder) / "drawn.yuv")
                    rows += [row_of(raw, frames, dither=dither, ground=ground, tier=tier) for tier in encode.TIERS]
    return rows


@contextmanager
def _texture_of(levels: float) -> Iterator[None]:
    usual = noise.TEXTURE
    noise.TEXTURE = levels  # type: ignore[misc]
    try:
        yield
    finally:
        noise.TEXTURE = usual  # type: ignore[misc]


def draw(shot: DrawnShot, frames: int, path: Path) -> Path:
    """*path* with *frames* frames of *shot* in it: yuv420p, CANVAS."""
    source = open_drawn(shot, CANVAS, frames=frames)
    with path.open("wb") as file:
        for index in range(frames):
            file.write(source.draw(index).tobytes())
    return path


def row_of(raw: Path, frames: int, *, dither: str, ground: str, tier: Tier) -> Row:
    """What the encoder makes of the frames in *raw*."""
    film = raw.with_suffix(".mp4")
    options = encode.h264(tier, frames=frames)
    arguments = [part for name, value in options.items() if name != "format" for part in (f"-{name}", str(value))]
    _ffmpeg(*_raw_input(raw), *arguments, str(film))
    decoded = raw.with_suffix(".decoded")
    _ffmpeg("-i", str(film), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(decoded))
    megabits = film.stat().st_size * 8 / (frames / float(FPS)) / 1e6
    return Row(dither, ground, tier, _steps(raw, frames), _steps(decoded, frames), _cambi(film), round(megabits, 2))


def _raw_input(raw: Path) -> list[str]:
    size = f"{CANVAS.width}x{CANVAS.height}"
    return ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(FPS), "-i", str(raw)]


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([FFMPEG, "-y", "-loglevel", "error", *arguments], check=True)


def _steps(raw: Path, frames: int) -> float:
    """Steps per 100 px in a late frame."""
    size = CANVAS.width * CANVAS.height
    luma = np.fromfile(raw, np.uint8, size, offset=size * 3 // 2 * (frames - 10)).reshape(CANVAS.height, CANVAS.width)
    profile = luma[ROWS, :STRIP_PX].mean(1)
    return round(100 * len(_jumps(profile)) / len(profile), 2)


def _jumps(profile: npt.NDArray[np.floating]) -> list[int]:
    """Rows where *profile* jumps between flat stretches, each counted once."""
    sums = np.cumsum(np.insert(profile, 0, 0))
    means = (sums[NEAR_PX:] - sums[:-NEAR_PX]) / NEAR_PX
    rise = np.abs(means[NEAR_PX:] - means[:-NEAR_PX])
    found: list[int] = []
    for row in np.argsort(-rise):
        if rise[row] < STEP_LEVELS:
            break
        if all(abs(int(row) - other) > 2 * NEAR_PX for other in found):
            found.append(int(row))
    return found


def _cambi(film: Path) -> float:
    log = film.with_suffix(".json")
    measured = f"libvmaf=feature=name=cambi:log_fmt=json:log_path={log}:n_subsample=15"
    _ffmpeg("-i", str(film), "-i", str(film), "-lavfi", measured, "-f", "null", "-")
    return round(float(json.loads(log.read_text())["pooled_metrics"]["cambi"]["mean"]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--seconds", type=float, default=3, help="length of each scene")
    arguments = parser.parse_args()
    rows = measure(arguments.seconds)
    if arguments.json:
        print(json.dumps({"rows": [asdict(row) for row in rows]}))
        return
    print(f"{'dither':<10}{'ground':<8}{'tier':<10}{'drawn':>7}{'decoded':>9}{'CAMBI':>8}{'Mb/s':>7}")
    for row in rows:
        figures = f"{row.drawn:>7.2f}{row.decoded:>9.2f}{row.cambi:>8.2f}{row.megabits:>7.2f}"
        print(f"{row.dither:<10}{row.ground:<8}{row.tier:<10}{figures}")


if __name__ == "__main__":
    main()
