"""Figures of whole films: against MoviePy, against the bare encoder, memory, one changed caption, many joins."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg

from bench.cost import Cost, measure
from bench.workload import CANVAS, LENGTHS, Workload, make_workload
from studio.picture.fonts import FONTS_FOR_CAPTIONS
from studio.render import command, encode, graph

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PROJECT = Path(__file__).resolve().parents[1]
PREVIEWS = ("--previews",)
"""As films are made unless the operator says otherwise; what is compared with other makers is the film alone."""

UNEVEN = tuple(5 + number * 7 % 9 for number in range(150))
"""Frames of 150 scenes, 5 to 13."""


def render(workload: Workload, folder: Path, *, fresh: bool = True, options: tuple[str, ...] = ()) -> Cost:
    """Render with two segments at a time, in a process of its own; *fresh* empties the cache first."""
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    saved = workload.save(folder / "workload.json")
    return measure([sys.executable, "-m", "bench.render_once", str(saved), str(folder), *options], cwd=PROJECT)


def against_moviepy(folder: Path, *, runs: int, lengths: tuple[int, ...]) -> dict[str, Any]:
    """The same film both ways in turn, at the same VMAF; ratios of each pair."""
    python = _moviepy(folder)
    workload = make_workload(folder / "media", lengths=lengths)
    pairs = []
    for _ in range(runs):
        ours = render(workload, folder / "ours")
        theirs = _render_moviepy(python, workload, folder / "moviepy.mp4")
        pairs.append((ours, theirs))
    cpu = statistics.median(theirs.cpu_s / ours.cpu_s for ours, theirs in pairs)
    wall = statistics.median(theirs.wall_s / ours.wall_s for ours, theirs in pairs)
    vmaf = _equal_vmaf(python, workload, folder)
    return {
        "frames": sum(lengths),
        "ours_cpu_s": [round(ours.cpu_s, 1) for ours, _ in pairs],
        "moviepy_cpu_s": [round(theirs.cpu_s, 1) for _, theirs in pairs],
        "ours_wall_s": [round(ours.wall_s, 1) for ours, _ in pairs],
        "moviepy_wall_s": [round(theirs.wall_s, 1) for _, theirs in pairs],
        "ours_rss_mb": round(max(ours.rss_mb for ours, _ in pairs)),
        "moviepy_rss_mb": round(max(theirs.rss_mb for _, theirs in pairs)),
        "cpu_ratio": round(cpu, 2),
        "wall_ratio": round(wall, 2),
        **vmaf,
        "passes": cpu >= 5 and wall >= 7 and vmaf["ours_vmaf"] >= vmaf["moviepy_vmaf"] - 0.5,
    }


def against_encoder(folder: Path, *, runs: int, lengths: tuple[int, ...]) -> dict[str, Any]:
    """All of ffmpeg's work for a film without sound, over encoding its finished frames from raw."""
    workload = make_workload(folder / "media", lengths=lengths, with_sound=False)
    render(workload, folder / "lossless", options=("--nearly-lossless",))
    ratios = []
    for _ in range(runs):
        whole = json.loads(render(workload, folder / "ours").output)["ffmpeg_cpu_s"]
        bare = _encode_all_raw(folder / "lossless" / "film.mp4", lengths)
        ratios.append((whole, bare))
    ratio = statistics.median(whole / bare for whole, bare in ratios)
    return {
        "whole_cpu_s": [round(whole, 1) for whole, _ in ratios],
        "encoder_cpu_s": [round(bare, 1) for _, bare in ratios],
        "ratio": round(ratio, 3),
        "passes": ratio <= 1.35,
    }


def previews(folder: Path, *, runs: int, lengths: tuple[int, ...]) -> dict[str, Any]:
    """The same film with a small copy, thumbnails and an animation, and without, in turn."""
    workload = make_workload(folder / "media", lengths=lengths)
    pairs = [
        (render(workload, folder / "with", options=PREVIEWS), render(workload, folder / "without")) for _ in range(runs)
    ]
    more = statistics.median(seen.cpu_s / alone.cpu_s - 1 for seen, alone in pairs)
    return {
        "with_cpu_s": [round(seen.cpu_s, 1) for seen, _ in pairs],
        "without_cpu_s": [round(alone.cpu_s, 1) for _, alone in pairs],
        "more": round(more, 3),
        "passes": more <= 0.25,
    }


def one_caption(folder: Path, *, lengths: tuple[int, ...]) -> dict[str, Any]:
    """Render, change one word, render again."""
    first = render(make_workload(folder / "media", lengths=lengths), folder / "caption", options=PREVIEWS)
    changed = make_workload(folder / "media", lengths=lengths, last_word="evening")
    second = render(changed, folder / "caption", fresh=False, options=PREVIEWS)
    counted = json.loads(second.output)
    share = second.cpu_s / first.cpu_s
    return {
        "full_cpu_s": round(first.cpu_s, 1),
        "edit_cpu_s": round(second.cpu_s, 1),
        "edit_wall_s": round(second.wall_s, 1),
        "share": round(share, 3),
        "segments_rendered": counted["rendered"],
        "full_rss_mb": round(first.rss_mb),
        "passes": share <= 0.15 and counted["rendered"] == 1,
    }


def many_joins(folder: Path, *, lengths: tuple[int, ...] = UNEVEN) -> dict[str, Any]:
    """A film of 150 uneven segments: times, length of the sound, a whole decode, memory."""
    cost = render(make_workload(folder / "media", lengths=lengths), folder / "joins", options=PREVIEWS)
    film = folder / "joins" / "film.mp4"
    with av.open(str(film)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        assert video.time_base is not None
        assert audio.time_base is not None
        assert audio.duration is not None
        times = sorted(packet.pts * video.time_base for packet in opened.demux(video) if packet.pts is not None)
        apart = abs(float(audio.duration * audio.time_base) - sum(lengths) / 30)
    wrong = sum(after - before != times[1] - times[0] for before, after in pairwise(times))
    decode = subprocess.run([FFMPEG, "-v", "warning", "-i", film, "-f", "null", "-"], capture_output=True, text=True)
    return {
        "segments": len(lengths),
        "frames": len(times),
        "wrong_steps": wrong,
        "sound_off_by_ms": round(apart * 1000, 1),
        "decode_warnings": len(decode.stderr.splitlines()),
        "rss_mb": round(cost.rss_mb),
        "passes": len(times) == sum(lengths) and wrong == 0 and apart <= 1 / 30 and not decode.stderr,
    }


def memory(folder: Path) -> dict[str, Any]:
    """Peak of the sum of resident memory, two segments at a time, for 12 scenes and for 150."""
    twelve, many = (
        render(make_workload(folder / "media", lengths=lengths), folder / "memory", options=PREVIEWS)
        for lengths in (LENGTHS, UNEVEN)
    )
    return {
        "rss_mb_12_scenes": round(twelve.rss_mb),
        "rss_mb_150_scenes": round(many.rss_mb),
        "passes": max(twelve.rss_mb, many.rss_mb) <= 700,
    }


def _equal_vmaf(python: Path, workload: Workload, folder: Path) -> dict[str, float]:
    """VMAF of both films that were just made, each against its own frames before the encoder."""
    render(workload, folder / "vmaf-reference", options=("--nearly-lossless",))
    _render_moviepy(python, workload, folder / "vmaf-moviepy-reference.mp4", "--nearly-lossless")
    return {
        "ours_vmaf": _vmaf(folder / "ours" / "film.mp4", folder / "vmaf-reference" / "film.mp4"),
        "moviepy_vmaf": _vmaf(folder / "moviepy.mp4", folder / "vmaf-moviepy-reference.mp4"),
    }


def _vmaf(film: Path, reference: Path) -> float:
    argv = [FFMPEG, "-hide_banner", "-i", film, "-i", reference, "-lavfi", "libvmaf=n_subsample=6:n_threads=2"]
    report = subprocess.run([*argv, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"VMAF score: ([\d.]+)", report)
    assert found is not None
    return round(float(found[1]), 2)


def _moviepy(folder: Path) -> Path:
    """The Python of an environment with MoviePy in it; made once."""
    environment = folder / "moviepy-venv"
    python = environment / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        requirements = str(PROJECT / "bench" / "requirements-moviepy.txt")
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(environment)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), "-r", requirements], check=True)
    return python


def _render_moviepy(python: Path, workload: Workload, out: Path, *options: str) -> Cost:
    saved = workload.save(out.with_suffix(".json"))
    script = str(PROJECT / "bench" / "moviepy_film.py")
    # In a folder of its own: MoviePy leaves files where it was started.
    return measure([str(python), script, str(saved), str(FONTS_FOR_CAPTIONS[-1]), str(out), *options], cwd=out.parent)


def _spans(lengths: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(sum(lengths[:number]), frames) for number, frames in enumerate(lengths)]


def _encode_all_raw(film: Path, lengths: tuple[int, ...]) -> float:
    """CPU seconds of the encoder alone, two segments at a time as in a render: neighbours share the caches."""
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda span: _encode_raw(film, *span), _spans(lengths)))


def _encode_raw(film: Path, start: int, frames: int) -> float:
    """CPU seconds of encoding frames of *film* that arrive raw, as a segment is encoded."""
    decode = [FFMPEG, "-v", "error", "-ss", f"{start / 30:.6f}", "-i", film, "-frames:v", str(frames)]
    pipe = subprocess.Popen([*decode, "-f", "rawvideo", "-"], stdout=subprocess.PIPE)
    assert pipe.stdout is not None
    output = graph.ffmpeg.output(
        command.frames_from_pipe(CANVAS), "/dev/null", **encode.h264("standard", frames=frames) | {"format": "null"}
    )
    cost = measure([FFMPEG, *command.compile_read(output)], stdin=pipe.stdout.fileno())
    pipe.wait()
    return cost.cpu_s
