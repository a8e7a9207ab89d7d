"""Frames that may stand for a film: taken from the finished picture, measured, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.errors import RenderFailed
from studio.models.rendition import MOST_THUMBNAILS
from studio.render import graph
from studio.render.cache import content_key
from studio.render.suite import Suite

Luma = NDArray[np.uint8]
"""Full-range luma, uint8, (H, W)."""

SHORT_SIDE_PX = 270
"""Measured at this size, so that a film scores the same in any resolution, and grain is no sharpness."""

SHARP = 400.0
"""Variance of the Laplacian of a frame that is half as sharp as can be, at SHORT_SIDE_PX."""

CONTRASTY = 0.25
"""RMS contrast beyond which more is no better, as a share of the whole range."""

BLACK = 20.0
"""Mean luma below which there is nothing to see."""

SKETCH_PX = 16
APART = 24.0
"""Two frames whose sketches are this many levels apart on average have nothing in common."""

CLEARLY = 2.0
"""How many times the opening's score another frame needs to take its place on the poster."""


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A frame of the film as a JPEG file, what is to be seen on it, and its score from 0 to 1."""

    path: Path
    frame: int
    luma: Luma
    score: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames [start, end) of a film as a file of their own; *key* stands for what is to be seen in it."""

    start: int
    end: int
    path: Path
    key: str


def take_still(frame: int, *, pieces: Sequence[Piece], suite: Suite) -> Still:
    """
    Frame number *frame* of the film in *pieces*, large or small, and how good the frame is by itself.

    Raises:
        RenderFailed: ffmpeg failed.
    """
    path = take_frame(frame, pieces=pieces, name=f"look{frame:06d}", suite=suite)
    luma = read_luma(path)
    return Still(path, frame, luma, score(luma))


def take_frame(frame: int, *, pieces: Sequence[Piece], name: str, suite: Suite) -> Path:
    """
    Frame number *frame* of the film in *pieces* as a JPEG in a working directory called *name*.

    It is taken once from a piece that stays the same: an edit of one scene needs no new pictures of the others.

    Raises:
        RenderFailed: ffmpeg failed.
    """
    (piece,) = (each for each in pieces if each.start <= frame < each.end)
    desk = suite.desk(name)
    picture, argv = desk / graph.POSTER, graph.poster_frame(frame - piece.start)
    kept = f"{content_key(of=piece.key, argv=argv)}.jpg"
    if not (suite.cache.take(kept, into=picture) and _is_whole(picture)):
        picture.unlink(missing_ok=True)
        (desk / graph.SEGMENT).symlink_to(piece.path)
        suite.crew.run(argv, folder=desk)
        suite.cache.keep(picture, name=kept)
    return picture


def is_outdone(opening: Path, ranked: Sequence[Still]) -> bool:
    """
    Whether the best of *ranked* should be shown before the film plays, instead of *opening*, a frame of the first shot.

    Most films open with a title, which says more than a finer picture without one. It takes a frame that scores
    CLEARLY times as much: then the opening is black, empty or out of focus.
    """
    return bool(ranked) and ranked[0].score > CLEARLY * score(read_luma(opening))


def rank(stills: Sequence[Still]) -> list[Still]:
    """
    At most MOST_THUMBNAILS of *stills*, the best first; what is black is left out.

    Each loses as much of its score as it looks like one that is ranked before it, so that a film of one long shot
    is not shown four times.
    """
    left = [still for still in stills if still.luma.mean() >= BLACK]
    ranked: list[Still] = []
    while left and len(ranked) < MOST_THUMBNAILS:
        best = max(left, key=lambda still: still.score * _novelty(still, ranked))
        left.remove(best)
        ranked.append(replace(best, score=best.score * _novelty(best, ranked)))
    return ranked


def score(luma: Luma) -> float:
    """
    How good a picture is to look at, 0 to 1: sharp and rich in contrast.

    Sharpness is the variance of the Laplacian, contrast the standard deviation of the luma; the score is their
    geometric mean, so that neither alone makes a picture. What is black scores 0.
    Source: Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000; Peli, Contrast in complex
    images, 1990.
    """
    if luma.mean() < BLACK:
        return 0.0
    variance = float(cv2.Laplacian(luma, cv2.CV_32F).var())
    sharpness = variance / (variance + SHARP)
    contrast = min(1.0, float(luma.std()) / 255 / CONTRASTY)
    return float(np.sqrt(sharpness * contrast))


def read_luma(path: Path) -> Luma:
    """
    The luma of a JPEG at SHORT_SIDE_PX.

    Raises:
        RenderFailed: it is none.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise RenderFailed(f"{path.name} cannot be read back")
    scale = SHORT_SIDE_PX / min(picture.shape)
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _is_whole(jpeg: Path) -> bool:
    return jpeg.read_bytes().endswith(b"\xff\xd9")


def _novelty(still: Still, ranked: Sequence[Still]) -> float:
    """How little *still* looks like any of *ranked*, 0 to 1."""
    apart = (float(np.abs(_sketch(still) - _sketch(other)).mean()) for other in ranked)
    return min((1.0, *(levels / APART for levels in apart)))


def _sketch(still: Still) -> NDArray[np.float32]:
    small = cv2.resize(still.luma, (SKETCH_PX, SKETCH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
