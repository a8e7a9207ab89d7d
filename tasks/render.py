"""Render a timeline."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from prefect import task

from studio.errors import UnreadableMedia
from studio.models.rendition import Rendition, Thumbnail
from studio.models.timeline import Timeline
from studio.providers.storage import Storage, open_storage, store_file
from studio.render.clips import DamagedClip
from studio.render.film import RenderedFilm, render_film
from studio.settings import get_settings
from tasks import policy
from tasks.previews import Previews
from tasks.progress import progress_of
from tasks.shots import file_called


# Called, never submitted: cancellation arrives as an exception in the main thread, and in no other.
@task(name="render", **policy.KEPT)
def render(timeline: Timeline, *, video_id: str) -> Rendition:
    """
    The finished film in the object store; nothing half-done stays behind, whatever ends this task.

    Raises:
        UnreadableMedia: a clip is damaged; says which, in its creator's own words.
        RenderFailed: a part of the film could not be made.
    """
    settings = get_settings()
    storage = open_storage(settings)
    work = _empty_folder(settings.home / "work", video_id)
    previews = Previews(video_id, storage=storage)
    rendition = None
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
            on_preview=previews.show,
            has_previews=settings.render_previews,
        )
        rendition = _stored(film, timeline, storage=storage)
        return rendition
    except DamagedClip as error:
        raise _named(error, video_id=video_id) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        previews.take_away(but=rendition.preview.key if rendition and rendition.preview else None)


def _named(error: DamagedClip, *, video_id: str) -> UnreadableMedia:
    """*error* with the name that the creator gave the file, or that a source has for it, and what to do."""
    if own := file_called(error.asset.key, video_id=video_id):
        return UnreadableMedia(f"{own} is damaged and cannot be read to its end; send it again or convert it")
    title = error.asset.credit.title if error.asset.credit else error.asset.key
    return UnreadableMedia(
        f"the clip {title!r}, which was found for the film, is damaged and cannot be read to its end; choose another"
    )


def _stored(film: RenderedFilm, timeline: Timeline, *, storage: Storage) -> Rendition:
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
        thumbnails=tuple(
            Thumbnail(
                image=store_file(storage, still.path, kind="image", media_type="image/jpeg"),
                at=float(still.frame / timeline.canvas.fps),
                score=round(still.score, 3),
            )
            for still in film.thumbnails
        ),
        animation=store_file(storage, film.animation, kind="image", media_type="image/webp")
        if film.animation
        else None,
        preview=store_file(storage, film.preview, kind="video", media_type="video/mp4") if film.preview else None,
    )


def _empty_folder(parent: Path, video_id: str) -> Path:
    """A folder of this process's own; those that killed processes left behind for the film are removed."""
    for left_behind in parent.glob(f"{video_id}.*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    folder = parent / f"{video_id}.{os.getpid()}"
    folder.mkdir(parents=True)
    return folder
