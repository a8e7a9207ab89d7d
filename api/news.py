"""What webhooks are sent, for the document."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Header

from api.schemas.webhooks import VideoMessage

WHEN = {
    "video.awaiting_review": "A script is there to be read. The film waits for `POST /videos/{id}/approve`.",
    "video.completed": "A film is there. `video_url` works without an account for a day.",
    "video.failed": "A film could not be made. `error` says why; `POST /videos/{id}/retry` goes on with it.",
    "video.cancelled": "A film was cancelled, and its process has ended.",
}


def add_news(app: FastAPI) -> None:
    """Describe every message in the document's section of webhooks."""
    for event, text in WHEN.items():
        app.webhooks.post(event, operation_id=event.replace(".", "_"), description=text, tags=["webhooks"])(_message)


def _message(
    body: VideoMessage,
    webhook_id: Annotated[str, Header(alias="webhook-id", description="The same in every attempt.")],
    webhook_timestamp: Annotated[int, Header(alias="webhook-timestamp", description="Seconds since 1970.")],
    webhook_signature: Annotated[
        str, Header(alias="webhook-signature", description="`v1,` and a signature; one after a blank for each secret.")
    ],
) -> None: ...
