"""Ask for films and say how far they are: what the routes of `/video` do."""

from __future__ import annotations

import asyncio
import logging
import statistics
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TypeVar
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel
from sqlmodel import Session

from api import runs
from api.dispatch import admit, dispatch
from api.errors import NotFound
from api.once import Once
from api.prefectclient import PrefectUnavailable
from api.runstates import Run, Status, Unread
from api.schemas.video import TaskAccepted, TaskStatus
from api.together import Together
from store.repos.videos import Videos, glances
from store.session import DatabaseAway, reading, transaction
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.errors import UnknownName
from studio.language.pace import spoken_seconds
from studio.models.brief import Brief, check_sayable, language_of
from studio.models.dressing import dress
from studio.models.templatefiles import load_template
from studio.providers.storage.links import signed_url
from studio.providers.tts.sample import ReadyVoice, ready_voices
from studio.settings import get_settings

Answer = TypeVar("Answer", bound=BaseModel)

FindRun = Callable[[str], Run | None]

logger = logging.getLogger("api.films")

FIRST_RATE = 1.6
"""Seconds of work a second of film, until this machine's own films tell: measured on two cores."""

OVERHEAD_S = 8.0

POLLERS = 3
"""Threads that polls ask Prefect from: more take the interpreter from each other, and the slowest become slower."""


def generate(brief: Brief, *, owner: User, once: Once) -> TaskAccepted:
    """
    Write the film down, then start it; what is written down is made even if starting fails now.

    Raises:
        BadInput: an unknown template, or a text in a language that nobody here speaks.
        PlanExceeded: it is longer or larger than the owner's plan allows.
        QuotaExceeded: the owner has too many films.
    """
    estimate = estimated_seconds(lasting(brief))

    def accepted(video: Video) -> TaskAccepted:
        return TaskAccepted(task_id=video.id, status="pending", estimated_time=estimate)

    return ask_for(brief, owner=owner, once=once, answer=accepted, kind=TaskAccepted)


def ask_for(
    brief: Brief,
    *,
    owner: User,
    once: Once,
    answer: Callable[[Video], Answer],
    kind: type[Answer],
    tags: Sequence[str] = (),
    webhook_url: str | None = None,
    also: Callable[[Session, Video], None] = lambda _session, _video: None,
) -> Answer:
    """
    The *answer* to a request for a film, which is written down and then begun when its turn comes.

    A request that was answered before is answered the same. *also* is done in the transaction that adds the film.
    Raises as `generate` and *also* do.
    """
    lasts_s = lasting(brief)
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return kind.model_validate(earlier)
        admit(session, brief, owner=owner, lasts_s=lasts_s)
        videos = Videos(session, owner_id=owner.id)
        video = videos.add(brief, owner_id=owner.id, tags=tags, webhook_url=webhook_url)
        also(session, video)
        given = answer(video)
        once.keep(session, owner_id=owner.id, data=given.model_dump(mode="json"))
    with suppress(DatabaseAway):  # it is written down: the reconciler begins it
        dispatch()
    return given


def lasting(brief: Brief) -> int:
    """
    About how many seconds the film will last, once what the brief names is known.

    Raises:
        BadInput: a template, language or voice that is not here, or a merge field that the template has not or
            lacks, and the message lists those that are; or nothing in it can be said in its language.
    """
    template = load_template(brief.template)
    language = language_of(brief)
    check_sayable(brief, language)
    dress(template, title=brief.title, fields=brief.fields, language=language, today=utc_now().date())
    speaker = speaker_of(brief) if brief.voice or brief.script.strip() else None
    if speaker is None or not brief.script.strip():
        return brief.duration or template.duration
    return max(1, round(spoken_seconds(brief.script, language, pace=speaker.voice.pace * (brief.speed or 1.0))))


def speaker_of(brief: Brief) -> ReadyVoice | None:
    """
    The voice that *brief* names, by name or id, or the first that speaks its language; None where none is ready now.

    Raises:
        UnknownName: it names one that is not here.
    """
    language = language_of(brief)
    speakers = [each for each in ready_voices(get_settings().tts) if each.voice.language == language]
    for each in speakers:
        if brief.voice in (None, each.id, each.voice.name):
            return each
    if brief.voice is None:
        return None
    raise UnknownName(brief.voice, field="voice", known=[each.id for each in speakers])


async def poll(task_id: str, *, owner: User) -> TaskStatus:
    """
    How far the owner's film is, for the many who ask all the time.

    A thread for each would take the interpreter from the others for longer than its work lasts: rows are read for
    all who wait, and only a state that is not known goes to a thread.

    Raises:
        NotFound: this owner has no such film.
    """
    video = await _glances().ask((owner.id, task_id))
    if video is None:
        raise NotFound
    try:
        return task_status(video, find=runs.states().recall)
    except Unread:
        return await to_thread.run_sync(lambda: task_status(video), limiter=_pollers())


def task_status(video: Video, *, find: FindRun | None = None) -> TaskStatus:
    """How far a film is; *find* as in `status_of`."""
    status = status_of(video, find=find)
    is_done = status == "completed" and video.rendition is not None
    return TaskStatus(
        task_id=video.id,
        status=status,
        progress=100 if is_done else min(video.progress, 99),
        video_url=_video_url(video) if is_done else None,
    )


def status_of(video: Video, *, find: FindRun | None = None) -> Status:
    """
    The flow run's state in our words; what the row knows when there is no run or Prefect does not answer.

    *find* gives a run by its id; what it raises goes through, but for PrefectUnavailable. Without it Prefect is asked
    unless the state is known.
    """
    if video.completed_at:
        return video.ended_as
    if video.cancel_requested_at:
        return "cancelled"
    if video.asks_again:
        return "pending"
    if video.run_id is None:
        return "failed" if video.error_code else "pending"
    try:
        run = (find or runs.states().get)(video.run_id)
    except PrefectUnavailable:
        run = None
    if run is None:
        return _from_row(video)
    if run.status == "completed" and video.rendition is None:
        return "processing"  # the row was read a moment before its film came
    return _waiting_for_restart(video) if run.state == "Crashed" else run.status


def estimated_seconds(duration: int) -> int:
    """About how long a film of *duration* seconds takes, from the latest finished ones."""
    with reading() as session:
        recent = Videos.of_everyone(session).recent_seconds()
    rates = [max(0.0, took - OVERHEAD_S) / lasts for took, lasts in recent if lasts > 0]
    return max(1, round(OVERHEAD_S + duration * (statistics.median(rates) if rates else FIRST_RATE)))


def _glances() -> Together[tuple[str, str], Video | None]:
    loop = asyncio.get_running_loop()
    return _GLANCES.get(loop) or _GLANCES.setdefault(loop, Together(_glance))


def _glance(asked: Sequence[tuple[str, str]]) -> list[Video | None]:
    with reading() as session:
        found = glances(session, asked)
    return [found.get(each) for each in asked]


_GLANCES: WeakKeyDictionary[asyncio.AbstractEventLoop, Together[tuple[str, str], Video | None]] = WeakKeyDictionary()
"""A process of ours has one event loop; tests have more."""


@cache
def _pollers() -> CapacityLimiter:
    return CapacityLimiter(POLLERS)


def _waiting_for_restart(video: Video) -> Status:
    """A run whose process died is started again: for the user it is still being made, until it is given up."""
    return "failed" if video.error_code else "processing"


def _from_row(video: Video) -> Status:
    if video.rendition:
        return "completed"
    if video.error_code:
        return "failed"
    if video.is_under_review:
        return "awaiting_review"
    return "processing" if video.stage else "pending"


def _video_url(video: Video) -> str:
    # Its key alone: to check the whole rendition takes longer than the rest of a poll.
    return signed_url(str((video.rendition or {})["video"]["key"]), filename=f"{video.id}.mp4")
