"""Make one film here and now: the flow itself, in this process, with a progress bar."""

from __future__ import annotations

import re
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from store.migrate import migrate
from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from studio.models.brief import Brief
from studio.models.rendition import Rendition
from studio.providers.storage import open_storage
from studio.settings import get_settings
from tasks.lease import this_process

POLL_S = 0.25
_UNSAFE = re.compile(r"[^\w\u3400-\u9fff-]+")


@dataclass(frozen=True)
class MadeFilm:
    """Local files of a finished film."""

    video_id: str
    video: Path
    poster: Path
    srt: Path
    vtt: Path
    credits: Path
    rendition: Rendition
    warnings: tuple[str, ...]


def make_film(brief: Brief, *, out: Path, console: Console) -> MadeFilm:
    """
    Run the flow for *brief* and copy what it made into the folder *out*.

    Raises:
        VideoSystemError: whatever ended the flow.
    """
    from flows.generate_video import generate_video

    migrate()
    _start_prefect()
    video_id = _held_record(brief)
    with _bar(video_id, console), _closed_in_the_end(video_id):
        generate_video(
            **brief.model_dump(mode="python", exclude={"assets"}), assets=list(brief.assets), video_id=video_id
        )
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    if video is None or video.rendition is None:
        raise RuntimeError(f"film {video_id} completed without a rendition")
    return _copied(video_id, brief, Rendition.model_validate(video.rendition), tuple(video.warnings), out=out)


def _start_prefect() -> None:
    """
    Start Prefect's temporary server, which the flow would do, but out of reach of Ctrl-C.

    The key is for everything in the terminal: a server that ended by it could not be told how the run did.
    """
    from prefect.server.api.server import SubprocessASGIServer

    around = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        SubprocessASGIServer().start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, around)


def _held_record(brief: Brief) -> str:
    """The film's row, held by this process from the first moment: no reconciler starts it elsewhere."""
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video_id = videos.add(brief, owner_id=Users(session).operator().id).id
        videos.change(video_id, **this_process().columns())
    return video_id


@contextmanager
def _closed_in_the_end(video_id: str) -> Iterator[None]:
    """Nobody goes on with a film of the command line: when it was interrupted, it is over."""
    try:
        yield
    finally:
        with transaction() as session:
            videos = Videos.of_everyone(session)
            video = videos.get(video_id)
            if video and not video.completed_at:
                videos.change(video_id, completed_at=utc_now())


@contextmanager
def _bar(video_id: str, console: Console) -> Iterator[None]:
    """A bar that follows the film's row, which is all that anybody else sees too."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    done = threading.Event()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("start", total=100)

        def follow() -> None:
            while not done.wait(POLL_S):
                with reading() as session:
                    video = Videos.of_everyone(session).get(video_id)
                if video:
                    bar.update(task, completed=video.progress, description=video.stage or "start")

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        try:
            yield
            bar.update(task, completed=100, description="done")
        finally:
            done.set()
            thread.join()


def _copied(video_id: str, brief: Brief, rendition: Rendition, warnings: tuple[str, ...], *, out: Path) -> MadeFilm:
    storage = open_storage(get_settings())
    out.mkdir(parents=True, exist_ok=True)
    stem = _UNSAFE.sub("-", brief.title).strip("-")[:60] or "film"
    video, poster, srt, vtt = (
        Path(shutil.copyfile(storage.fetch(asset.key), out / f"{stem}{Path(asset.key).suffix}"))
        for asset in (rendition.video, rendition.poster, rendition.srt, rendition.vtt)
    )
    credits = out / f"{stem}.credits.txt"
    credits.write_text("".join(f"{c.line}\n" for c in rendition.credits), "utf-8")
    return MadeFilm(video_id, video, poster, srt, vtt, credits, rendition, warnings)
