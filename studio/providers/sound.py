"""Sound as samples: what voices say, aligners listen to and recordings are read as."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from studio.errors import UnreadableMedia
from studio.models.narration import Word

CONTAINERS = "mov,matroska,mp3,wav,ogg,flac,aac"
"""What is opened as sound: none of them can name another file."""

LONGEST_S = 900.0
"""Decoded at most: a small file can claim days of silence."""

RATE_HZ = 24_000
"""What vendors' files are read at: the rate of the embedded voices; speech has little above half of it."""


@dataclass(frozen=True)
class Sound:
    """Mono samples, float32, -1..1."""

    samples: NDArray[np.float32]
    rate_hz: int

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def part(self, start: float, end: float) -> Sound:
        """What lies between two times in seconds."""
        return Sound(self.samples[max(0, round(start * self.rate_hz)) : round(end * self.rate_hz)], self.rate_hz)


@dataclass(frozen=True)
class Speech(Sound):
    """
    Sound and the times of the words in it, in seconds from the first sample; no words where nobody knows them.

    *used* is what saying it took of somebody else's service, where only the sound tells.
    """

    words: tuple[Word, ...]
    used: Mapping[str, float] | None = None


def decode(source: Path | bytes, *, rate_hz: int = RATE_HZ) -> Sound:
    """
    The sound of a file or of its bytes, at *rate_hz*; channels are mixed.

    Raises:
        UnreadableMedia: no container that we take, broken, without sound, or longer than LONGEST_S.
    """
    name = source.name if isinstance(source, Path) else "the sound"
    file = f"file:{source}" if isinstance(source, Path) else io.BytesIO(source)
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file,pipe"}
    try:
        with av.open(file, mode="r", options=options) as opened:
            if not opened.streams.audio:
                raise UnreadableMedia(f"{name} holds no sound")
            parts = _decoded(opened, name, rate_hz)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise UnreadableMedia(f"{name} cannot be read as sound; send it again or convert it") from error
    return Sound(np.concatenate(parts) if parts else np.zeros(0, np.float32), rate_hz)


def _decoded(opened: av.container.InputContainer, name: str, rate_hz: int) -> list[NDArray[np.float32]]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
    parts: list[NDArray[np.float32]] = []
    size = 0
    for frame in chain(opened.decode(audio=0), (None,)):
        for piece in resampler.resample(frame):
            parts.append(piece.to_ndarray().ravel().astype(np.float32))
            size += len(parts[-1])
            if size > LONGEST_S * rate_hz:
                raise UnreadableMedia(f"{name} is longer than {LONGEST_S:.0f} s")
    return parts
