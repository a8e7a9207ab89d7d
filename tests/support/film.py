"""Measure a finished film: container, loudness, black and frozen stretches, captions read back."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from PIL import Image
from rapidfuzz.distance import LCSseq

from studio.language.segment import to_simplified
from studio.models.timeline import CaptionCue, Timeline
from studio.timebase import to_seconds

READ_WIDTHS_PX = (720, 1080, 900)
READ_AT = (0.9, 0.6)
"""Shares of a cue's time at which it is read: what moves in has arrived."""

ENOUGH = 0.985
"""Above what the tests ask for: the last characters are the recogniser's faults, and dear."""


@dataclass(frozen=True)
class Container:
    """What the file says of itself. Lengths in seconds."""

    width: int
    height: int
    codec: str
    profile: str
    pixels: str
    fps: Fraction
    frames: int
    is_constant: bool
    video_s: float
    audio_s: float
    sample_rate_hz: int
    channels: int
    is_faststart: bool


@dataclass(frozen=True)
class Signal:
    """What the decoded film shows. Seconds, LUFS, dBTP."""

    lufs: float
    dbtp: float
    black_s: float
    frozen_s: float
    complaints: str


def container(path: Path) -> Container:
    """Read by demuxing, not from the header's summary."""
    with av.open(str(path)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        packets = [p for p in opened.demux() if p.pts is not None]
        stamps = sorted(p.pts * video.time_base for p in packets if p.stream is video)
        audio_end = max((p.pts + p.duration) * audio.time_base for p in packets if p.stream is audio)
        steps = {after - before for before, after in pairwise(stamps)}
        head = path.read_bytes()
        return Container(
            width=video.width,
            height=video.height,
            codec=video.codec_context.name,
            profile=video.codec_context.profile,
            pixels=video.pix_fmt,
            fps=video.average_rate,
            frames=len(stamps),
            is_constant=steps == {Fraction(1, 30)},
            video_s=float(stamps[-1] + Fraction(1, 30)),
            audio_s=float(audio_end),
            sample_rate_hz=audio.codec_context.sample_rate,
            channels=audio.codec_context.layout.nb_channels,
            is_faststart=head.find(b"moov") < head.find(b"mdat"),
        )


def signal(path: Path) -> Signal:
    """Decode the whole film once and listen to ffmpeg's detectors."""
    report = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-i", str(path), "-map", "0:v", "-vf",
         "scale=360:-2,blackdetect=d=0.5:pix_th=0.06,freezedetect=n=0.0005:d=0.5", "-map", "0:a", "-af",
         "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    return Signal(
        lufs=_last(r"I:\s+(-?[\d.]+) LUFS", report),
        dbtp=_last(r"Peak:\s+(-?[\d.]+) dBFS", report),
        black_s=sum(map(float, re.findall(r"black_duration:([\d.]+)", report))),
        frozen_s=sum(map(float, re.findall(r"freeze_duration: ([\d.]+)", report))),
        complaints="\n".join(line for line in report.splitlines() if re.search("non-monoton|Invalid|corrupt", line)),
    )


def _last(pattern: str, report: str) -> float:
    return float(re.findall(pattern, report)[-1])


def captions_read_back(path: Path, timeline: Timeline) -> tuple[float, list[str]]:
    """
    Share of the captions' characters that OCR finds, in order, at the times of their cues; and what it read.

    Burned-in cues are looked for in the caption band only, the others in the whole picture. The recogniser loses
    another character each time: cues whose reading is not whole are read again at another size or frame, and the
    best counts, until ENOUGH has been found.
    """
    times = [_at(cue, share) for cue in timeline.captions for share in READ_AT]
    images = iter(frames_at(path, times))
    shown = [
        [_band(image, timeline) if cue.is_burned_in else image for image in islice(images, len(READ_AT))]
        for cue in timeline.captions
    ]
    expected = _bare("".join(cue.text for cue in timeline.captions))
    read = [""] * len(shown)
    found = 0.0
    for attempt, width in product(range(len(READ_AT)), READ_WIDTHS_PX):
        for i, cue in enumerate(timeline.captions):
            if _found(read[i], cue.text) < 1:
                again = _read_at(shown[i][attempt], width)
                read[i] = max(read[i], again, key=lambda text, said=cue.text: _found(text, said))
        found = LCSseq.similarity(expected, _bare("".join(read))) / max(1, len(expected))
        if found >= ENOUGH:
            break
    return found, read


def _at(cue: CaptionCue, share: float) -> float:
    return to_seconds(cue.start_frame + int((cue.end_frame - cue.start_frame) * share))


def _found(read: str, said: str) -> float:
    return LCSseq.similarity(_bare(said), _bare(read)) / max(1, len(_bare(said)))


def _read_at(image: Image.Image, width: int) -> str:
    return _read(image.resize((width, image.height * width // image.width)))


@cache
def _ocr() -> Any:
    from rapidocr_onnxruntime import RapidOCR

    # Threads of its own wait busily for each other: with two it takes twice the processor time. And by default it looks
    # for text in a picture enlarged until its short side has 736 px, a caption's band four times: that finds no more.
    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1, det_limit_side_len=736, det_limit_type="max")


def _read(image: Image.Image) -> str:
    """Text line by line, as a reader would: boxes from top to bottom, those of one line from left to right."""
    pixels = np.array(image)[:, :, ::-1]
    found, _ = _ocr()(pixels)
    boxes = [(min(y for _, y in corners), min(x for x, _ in corners), text) for corners, text, _ in found or []]
    line_px = image.width / 18
    return "".join(text for _, _, text in sorted((round(y / line_px), x, text) for y, x, text in boxes))


def _band(image: Image.Image, timeline: Timeline) -> Image.Image:
    style = timeline.caption_style
    half = int(style.size_px * 1.7)
    return image.crop((0, style.centre_y_px - half, image.width, style.centre_y_px + half))


def _bare(text: str) -> str:
    return "".join(c for c in to_simplified(unicodedata.normalize("NFKC", text)).lower() if c.isalnum())


def frames_at(path: Path, times: list[float]) -> list[Image.Image]:
    images: list[Image.Image] = []
    with av.open(str(path)) as opened:
        for frame in opened.decode(opened.streams.video[0]):
            while len(images) < len(times) and frame.time is not None and frame.time >= times[len(images)] - 0.001:
                images.append(frame.to_image())
    return images


def contact_sheet(path: Path, out: Path, *, count: int = 12, columns: int = 6, width_px: int = 270) -> None:
    """*count* frames of the film at even distances, in one picture."""
    with av.open(str(path)) as opened:
        seconds = float(opened.duration / 1e6)
    images = frames_at(path, [seconds * (i + 0.5) / count for i in range(count)])
    small = [image.resize((width_px, image.height * width_px // image.width)) for image in images]
    rows = -(-count // columns)
    sheet = Image.new("RGB", (width_px * columns, small[0].height * rows))
    for i, image in enumerate(small):
        sheet.paste(image, (i % columns * width_px, i // columns * image.height))
    sheet.save(out)
