"""How far a film is, told as it happens."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from anyio import sleep, to_thread
from fastapi.sse import ServerSentEvent

from api.errors import TooManyStreams
from api.films import status_of
from store.repos.videos import Videos
from store.session import reading
from store.tables.videos import Video

EVERY_S = 1.0
"""Between two looks at the row: the tasks write no oftener."""

MOST_STREAMS = 20
"""Of one owner, in one process of ours."""

OVER = ("completed", "failed", "cancelled")
RECONNECT_MS = 2000

_streams: Counter[str] = Counter()
_lock = threading.Lock()


@dataclass(frozen=True)
class Moment:
    """What a follower has been told, or is told now."""

    status: str = ""
    stage: str = ""
    progress: int = -1

    @classmethod
    def of_event(cls, event_id: str) -> Moment:
        """What the event of that id told; nothing for an id that is none of ours."""
        status, _, rest = event_id.partition(".")
        stage, _, progress = rest.partition(".")
        return cls(status, stage, int(progress)) if progress.isascii() and progress.isdigit() else cls()

    @property
    def event_id(self) -> str:
        """So that a follower who was cut off goes on from here."""
        return f"{self.status}.{self.stage}.{self.progress}"


@contextmanager
def following(owner_id: str) -> Iterator[None]:
    """
    A place among the owner's streams.

    Raises:
        TooManyStreams: all are taken.
    """
    with _lock:
        if _streams[owner_id] >= MOST_STREAMS:
            raise TooManyStreams(headers={"Retry-After": "10"})
        _streams[owner_id] += 1
    try:
        yield
    finally:
        with _lock:
            _streams[owner_id] -= 1


def knows_the_end(video: Video, *, last_event_id: str) -> bool:
    """Whether the event of that id was the last that there is."""
    told = Moment.of_event(last_event_id).status
    return told in OVER and told == status_of(video)


async def events(video: Video, *, last_event_id: str) -> AsyncIterator[ServerSentEvent]:
    """What happens to the film from now on, or since *last_event_id*; ends with its end, or its removal."""
    told = Moment.of_event(last_event_id)
    while True:
        looked = await to_thread.run_sync(_look, video.id, video.owner_id)
        if looked is None:
            return
        now, data = looked
        for name in _news(told, now):
            yield ServerSentEvent(event=name, id=now.event_id, data=data, retry=RECONNECT_MS)
        if now.status in OVER:
            return
        told = now
        await sleep(EVERY_S)


def _look(video_id: str, owner_id: str) -> tuple[Moment, dict[str, Any]] | None:
    with reading() as session:
        video = Videos(session, owner_id=owner_id).glance(video_id)
    if video is None:
        return None
    status = status_of(video)
    progress = 100 if status == "completed" else min(video.progress, 99)
    now = Moment(status, video.stage, progress)
    data: dict[str, Any] = {"id": video_id, "status": status, "stage": video.stage, "progress": progress}
    if status == "failed":
        data["error"] = {"code": video.error_code or "INTERNAL_ERROR", "message": video.error_message or ""}
    return now, data


def _news(told: Moment, now: Moment) -> list[str]:
    """Names of the events that lead from one moment to another."""
    if now.status in OVER:
        return [now.status]
    is_new_stage = (told.status, told.stage) != (now.status, now.stage)
    return ["stage"] * is_new_stage + ["progress"] * (told.progress != now.progress)
