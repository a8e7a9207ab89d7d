"""A finished film and what was measured on it."""

from __future__ import annotations

from studio.models.asset import Asset, Credit
from studio.models.base import Model


class Loudness(Model):
    """Measured after the final encode. Source: EBU R 128, ITU-R BS.1770."""

    lufs: float
    dbtp: float


class Rendition(Model):
    """A film in the object store with what goes with it."""

    video: Asset
    poster: Asset
    srt: Asset
    vtt: Asset
    width: int
    height: int
    frames: int
    duration: float
    loudness: Loudness
    credits: tuple[Credit, ...] = ()
