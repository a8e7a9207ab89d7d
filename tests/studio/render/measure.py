"""What is in a finished file, decoded and measured."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def frame_times(path: Path) -> list[Fraction]:
    """Presentation times of all pictures in seconds, in order."""
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        assert stream.time_base is not None
        return sorted(packet.pts * stream.time_base for packet in opened.demux(stream) if packet.pts is not None)


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    """All pictures as RGB uint8, (H, W, 3), converted as BT.709."""
    with av.open(str(path)) as opened:
        return [
            frame.to_ndarray(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709")
            for frame in opened.decode(video=0)
        ]


def luma(path: Path) -> list[float]:
    """Mean of the Y plane of every picture: 16 is black."""
    with av.open(str(path)) as opened:
        return [float(frame.to_ndarray()[: frame.height].mean()) for frame in opened.decode(video=0)]


def audio_seconds(path: Path) -> float:
    """Length of the sound as a player sees it."""
    with av.open(str(path)) as opened:
        stream = opened.streams.audio[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        return float(stream.duration * stream.time_base)


def samples(path: Path) -> NDArray[np.float32]:
    """All samples of the sound, float32, (channels, n)."""
    with av.open(str(path)) as opened:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        parts = [part.to_ndarray() for frame in opened.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate(parts, axis=1)
