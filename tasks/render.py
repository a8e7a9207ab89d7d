"""Render a timeline."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from prefect import task

from studio.models.rendition import Rendition
from studio.models.timeline import Timeline
from studio.providers.storage import open_storage, store_file
from studio.render.film import render_film
from studio.settings import get_settings
from tasks import policy
from tasks.progress import progress_of


# Called, never submitted: cancellation arrives as an exception in the main thread, and in no other.
@task(name="render", **policy.KEPT)
def render(timeline: Timeline, *, video_id: str) -> Rendition:
    """The finished film in the object store; nothing half-done stays behind, whatever ends this task."""
    settings = get_settings()
    storage = open_storage(settings)
    work = _empty_folder(settings.home / "work", video_id)
    try:
        film = render_film(
            timeline,
            open_asset=lambda asset: storage.fetch(asset.key),
            work=work,
            cache=settings.home / "cache" / "segments",
            tier=settings.render_tier,
            jobs=settings.render_jobs,
            timeout_s=settings.render_timeout_s,
            progress=lambda fraction: progress_of(video_id).report("render", fraction),
        )
        return Rendition(
            video=store_file(storage, film.video, kind="video", media_type="video/mp4"),
            poster=store_file(storage, film.poster, kind="image", media_type="image/jpeg"),
            srt=store_file(storage, film.srt, kind="text", media_type="application/x-subrip"),
            vtt=store_file(storage, film.vtt, kind="text", media_type="text/vtt"),
            width=timeline.canvas.width,
            height=timeline.canvas.height,
            frames=film.frames,
            duration=float(film.frames / timeline.canvas.fps),
            loudness=film.loudness,
            credits=timeline.credits,
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _empty_folder(parent: Path, video_id: str) -> Path:
    """A folder of this process's own; those that killed processes left behind for the film are removed."""
    for left_behind in parent.glob(f"{video_id}.*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    folder = parent / f"{video_id}.{os.getpid()}"
    folder.mkdir(parents=True)
    return folder
