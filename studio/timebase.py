"""Seconds and frames: the one place where one becomes the other."""

from __future__ import annotations

import math
from fractions import Fraction

FPS = Fraction(30)
"""Frame rate of every film we make: what all four platforms play without conversion."""


def to_frames(seconds: float, fps: Fraction = FPS) -> int:
    """
    The frame boundary nearest to *seconds*.

    Snap absolute times and subtract, never durations: then rounding errors cannot add up along a film.
    """
    return math.floor(Fraction(seconds).limit_denominator(1_000_000) * fps + Fraction(1, 2))


def to_seconds(frames: int, fps: Fraction = FPS) -> float:
    """When frame number *frames* starts."""
    return float(Fraction(frames) / fps)
