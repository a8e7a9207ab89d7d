"""A finished film and what was measured on it."""

from __future__ import annotations

from studio.models.asset import Asset, Credit
from studio.models.base import Model

MOST_THUMBNAILS = 4
"""More is no choice but a search."""


class Loudness(Model):
    """Measured after the final encode. Source: EBU R 128, ITU-R BS.1770."""

    lufs: float
    dbtp: float


class Thumbnail(Model):
    """A frame that may stand for the film: *at* seconds; *score* 0 to 1, by sharpness, contrast and novelty."""

    image: Asset
    at: float
    score: float


class Rendition(Model):
    """
    A film in the object store with what goes with it.

    *thumbnails* come the best first; *animation* is a WebP of about 270 px that plays by itself, *preview* the
    whole film at about 360 px. Films of earlier versions have none of these.
    """

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
    thumbnails: tuple[Thumbnail, ...] = ()
    animation: Asset | None = None
    preview: Asset | None = None
