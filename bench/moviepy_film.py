"""
The same film as users of MoviePy write it. Runs in its own environment: it imports nothing of ours.

usage: moviepy_film.py WORKLOAD.json FONT OUT.mp4 [--nearly-lossless]
"""

import json
import sys
from pathlib import Path

from moviepy import (
    AudioFileClip,
    CompositeAudioClip,
    CompositeVideoClip,
    TextClip,
    VideoFileClip,
    afx,
    concatenate_videoclips,
)

FPS = 30


def main() -> None:
    workload, font, out, *options = sys.argv[1:]
    saved = json.loads(Path(workload).read_text())
    timeline, files = saved["timeline"], saved["files"]
    width, height = timeline["canvas"]["width"], timeline["canvas"]["height"]
    seconds = timeline["clips"][-1]["end_frame"] / FPS

    scenes = concatenate_videoclips([_scene(clip, files, width, height) for clip in timeline["clips"]])
    texts = [_text(cue, timeline["caption_style"], font) for cue in timeline["captions"]]
    film = CompositeVideoClip([scenes, *texts], size=(width, height)).with_duration(seconds)
    if timeline["voice"]:
        film = film.with_audio(_sound(timeline, files, seconds))
    # Its own preset and CRF; its VMAF is near ours then.
    preset, crf = ("ultrafast", "1") if options else ("medium", "23")
    film.write_videofile(
        out,
        fps=FPS,
        codec="libx264",
        audio_codec="aac",
        threads=2,
        preset=preset,
        ffmpeg_params=["-crf", crf],
        logger=None,
    )


def _scene(clip: dict, files: dict, width: int, height: int) -> VideoFileClip:
    source = VideoFileClip(files[clip["shot"]["clip"]["key"]], audio=False)
    start = clip["shot"]["start"]
    cut = source.subclipped(start, start + (clip["end_frame"] - clip["start_frame"]) / FPS)
    scale = max(width / cut.w, height / cut.h)
    fitted = cut.resized(scale)
    return fitted.cropped(x_center=fitted.w / 2, y_center=fitted.h / 2, width=width, height=height)


def _text(cue: dict, style: dict, font: str) -> TextClip:
    text = "".join(word["text"] for line in cue["lines"] for word in line)
    clip = TextClip(
        font=font, text=text, font_size=style["size_px"], color="white", stroke_color="black", stroke_width=5,
        method="caption", size=(style["max_width_px"], None), text_align="center",
    )  # fmt: skip
    start, end = cue["start_frame"] / FPS, cue["end_frame"] / FPS
    return clip.with_start(start).with_duration(end - start).with_position(("center", style["centre_y_px"] - 60))


def _sound(timeline: dict, files: dict, seconds: float) -> CompositeAudioClip:
    voice = AudioFileClip(files[timeline["voice"][0]["audio"]["key"]])
    music = AudioFileClip(files[timeline["music"]["audio"]["key"]])
    music = music.with_effects([afx.AudioLoop(duration=seconds), afx.MultiplyVolume(0.2), afx.AudioFadeOut(1.5)])
    return CompositeAudioClip([voice.subclipped(0, min(seconds, voice.duration)), music])


if __name__ == "__main__":
    main()
