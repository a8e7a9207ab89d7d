"""`/videos`: an account's films, whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import downloads, library, progress, reviews, scenes
from api.deps import CurrentUser, DoneOnce
from api.envelope import Envelope, Failure, ok
from api.errors import NothingMore
from api.runstates import Status
from api.schemas.page import Page
from api.schemas.scenes import ChooseShot, SceneShots
from api.schemas.text import Line, Moment
from api.schemas.videos import (
    ChangeScript,
    ChangeVideo,
    CreditList,
    DownloadLink,
    Estimate,
    MakeVideo,
    ScriptShown,
    ThumbnailList,
    Variant,
    VideoShown,
)
from store.repos.videos import Wanted
from store.tables.videos import Video

router = APIRouter(prefix="/videos", tags=["videos"])

CONFLICT = {409: {"model": Failure}}


# Found before the body is looked at: somebody else's film is not there, whatever the body.
def own_video(video_id: str, user: CurrentUser) -> Video:
    """The caller's film of that id."""
    return library.find(video_id, owner=user)


LastEventId = Annotated[str, Header(max_length=100)]


def unfinished(video: OwnVideo, last_event_id: LastEventId = "") -> Video:
    """The film, unless the follower has been told of its end."""
    if progress.knows_the_end(video, last_event_id=last_event_id):
        raise NothingMore
    return video


Unfinished = Annotated[Video, Depends(unfinished)]


def own_stream(user: CurrentUser) -> Iterator[None]:
    """A place among the caller's streams, for as long as the answer lasts."""
    with progress.following(user.id):
        yield


def wanted(
    status: Annotated[list[Status] | None, Query(description="One or several.")] = None,
    template: Annotated[Line | None, Query(max_length=100)] = None,
    q: Annotated[Line | None, Query(min_length=1, max_length=100, description="Part of the title.")] = None,
    created_after: Annotated[Moment | None, Query()] = None,
    created_before: Annotated[Moment | None, Query()] = None,
) -> Wanted:
    """Which films to list."""
    return Wanted(frozenset(status or ()), template, q, created_after, created_before)


OwnVideo = Annotated[Video, Depends(own_video)]
WantedFilms = Annotated[Wanted, Depends(wanted)]


@router.get("")
def list_videos(
    request: Request,
    user: CurrentUser,
    films: WantedFilms,
    cursor: Annotated[str | None, Query(pattern=r"^task_[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Envelope[Page[VideoShown]]:
    """The account's films, newest first."""
    return ok(request, library.page(films, owner=user, after=cursor, limit=limit))


@router.post("", status_code=202)
def create_video(
    request: Request, response: Response, body: MakeVideo, user: CurrentUser, once: DoneOnce
) -> Envelope[VideoShown]:
    """Make a film out of a full brief."""
    made = library.make(body, owner=user, once=once)
    response.headers.update(once.headers)
    response.headers["Location"] = f"/videos/{made.id}"
    return ok(request, made)


@router.post("/estimate")
def estimate_video(request: Request, body: MakeVideo, user: CurrentUser) -> Envelope[Estimate]:
    """How long a film would take and what it would cost; nothing is made."""
    return ok(request, library.estimate(body, owner=user))


@router.get("/{video_id}")
def get_video(request: Request, video: OwnVideo) -> Envelope[VideoShown]:
    """One film, with how far it is."""
    return ok(request, library.shown(video))


@router.patch("/{video_id}")
def change_video(request: Request, video: OwnVideo, body: ChangeVideo) -> Envelope[VideoShown]:
    """Change how the film is called and found here. What is in a finished film, its title card too, stays as it is."""
    return ok(request, library.change(video, body))


@router.delete("/{video_id}", status_code=204)
def remove_video(video: OwnVideo) -> None:
    """Remove the film with its run and files, whether it is done or not."""
    library.remove(video)


@router.post("/{video_id}/cancel", responses=CONFLICT)  # type: ignore[arg-type]
def cancel_video(request: Request, video: OwnVideo) -> Envelope[VideoShown]:
    """End a film that waits or is being made."""
    return ok(request, library.cancel(video))


@router.post("/{video_id}/retry", responses=CONFLICT)  # type: ignore[arg-type]
def retry_video(request: Request, video: OwnVideo, user: CurrentUser) -> Envelope[VideoShown]:
    """Go on with a film that failed or was cancelled; finished stages are not done again."""
    return ok(request, library.retry(video, owner=user))


@router.get("/{video_id}/script", responses=CONFLICT)  # type: ignore[arg-type]
def get_script(request: Request, video: OwnVideo) -> Envelope[ScriptShown]:
    """What the film says, scene by scene."""
    return ok(request, reviews.script_of(video))


@router.put("/{video_id}/script", responses=CONFLICT)  # type: ignore[arg-type]
def change_script(request: Request, video: OwnVideo, body: ChangeScript, user: CurrentUser) -> Envelope[ScriptShown]:
    """Say something else, while the film is `awaiting_review`."""
    return ok(request, reviews.change_script(video, body, owner=user))


@router.post("/{video_id}/approve", responses=CONFLICT)  # type: ignore[arg-type]
def approve_script(request: Request, video: OwnVideo, user: CurrentUser) -> Envelope[VideoShown]:
    """Go on with the script as it is, while the film is `awaiting_review`."""
    return ok(request, reviews.approve(video, owner=user))


@router.get("/{video_id}/scenes", responses=CONFLICT)  # type: ignore[arg-type]
def get_scenes(request: Request, video: OwnVideo) -> Envelope[SceneShots]:
    """What each scene shows, and what else was found for it."""
    return ok(request, scenes.scenes_of(video))


@router.put("/{video_id}/scenes/{number}/shot", status_code=202, responses=CONFLICT)  # type: ignore[arg-type]
def choose_shot(
    request: Request, video: OwnVideo, number: int, body: ChooseShot, user: CurrentUser
) -> Envelope[VideoShown]:
    """Show something else in a scene, counted from 1; the film is made again, and only that part is rendered anew."""
    return ok(request, scenes.choose_shot(video, number, body, owner=user))


@router.get(
    "/{video_id}/download",
    response_model=Envelope[DownloadLink | ThumbnailList | ScriptShown | CreditList],
    responses={302: {"description": "To the file."}, **CONFLICT},  # type: ignore[dict-item]
)
def download_video(
    request: Request, video: OwnVideo, variant: Variant = "video", redirect: bool = True
) -> Envelope[DownloadLink | ThumbnailList | ScriptShown | CreditList] | Response:
    """
    A file of the film by signed link; thumbnails, script and credits come as they are.

    `preview` can be had while the film is rendered: its beginning, and more of it each time.
    """
    found = downloads.download(video, variant=variant)
    if redirect and isinstance(found, DownloadLink):
        return RedirectResponse(found.url, status_code=302)
    return ok(request, found)


@router.get(
    "/{video_id}/events",
    response_class=EventSourceResponse,
    responses={204: {"description": "The follower knows the end already; a browser does not come again."}},
)
async def follow_video(
    video: Unfinished, _place: Annotated[None, Depends(own_stream)], last_event_id: LastEventId = ""
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events `progress`, `stage`, then `completed`, `failed` or `cancelled`, which ends the stream."""
    async for event in progress.events(video, last_event_id=last_event_id):
        yield event
