"""`/video`: ask for a film, see how far it is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import films
from api.deps import CurrentUser, DoneOnce
from api.envelope import Envelope, ok
from api.schemas.video import GenerateVideo, TaskAccepted, TaskStatus

router = APIRouter(prefix="/video", tags=["video"])


@router.post("/generate", status_code=202)
def generate(
    request: Request, response: Response, body: GenerateVideo, user: CurrentUser, once: DoneOnce
) -> Envelope[TaskAccepted]:
    """Make a film. It is done when the task is `completed`."""
    accepted = films.generate(body.brief(), owner=user, once=once)
    response.headers.update(once.headers)
    response.headers["Location"] = f"/video/task/{accepted.task_id}"
    return ok(request, accepted)


@router.get("/task/{task_id}")
async def task(request: Request, task_id: str, user: CurrentUser) -> Envelope[TaskStatus]:
    """How far a film is."""
    return ok(request, await films.poll(task_id, owner=user))
