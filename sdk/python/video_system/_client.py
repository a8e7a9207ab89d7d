"""The client: a method for each operation of the service."""

# Written by sdk/python/generate.py; change the asynchronous one.

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from video_system._publishing import VideoPublishing
from video_system._transport import Connection, Transport, chunks
from video_system._trends import VideoTrends
from video_system._errors import ReviewNeeded, VideoFailed, WaitTimeout
from video_system._models import (
    Asset,
    Estimate,
    Event,
    InferenceResult,
    Model,
    Page,
    Profile,
    SceneShot,
    Script,
    Task,
    TaskAccepted,
    Template,
    Thumbnail,
    Usage,
    Variant,
    Video,
    Voice,
    VoiceSample,
    Webhook,
    WebhookDelivery,
    WebhookMade,
)
from video_system._protocol import (
    Call,
    EventParser,
    creating,
    given,
    merged,
    one_or_several,
    segment,
    segments,
    strings,
)
from video_system._uploads import Upload, length_of, name_of, opened


class VideoSystemClient(VideoTrends, VideoPublishing):
    """
    Talks to one service with one API key (or access token).

    Args:
        api_key: `vs_live_…`; without one, VIDEO_SYSTEM_API_KEY of the environment.
        base_url: where the service is; without one, VIDEO_SYSTEM_BASE_URL, then http://localhost:8000.
        timeout: seconds that one request may take.
        max_retries: how often a request is tried again when the service is busy or away. What makes something
            carries the same Idempotency-Key in all attempts, so nothing is made twice.
        language: of the messages, "zh-TW" or "en".
        transport: replaces the network, for tests.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 2,
        language: str = "zh-TW",
        transport: Transport | None = None,
    ) -> None:
        self._connection = Connection(
            api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            language=language,
            transport=transport,
        )

    def __enter__(self) -> VideoSystemClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._connection.base_url!r})"

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def generate_video(
        self,
        *,
        title: str,
        description: str | None = None,
        template: str | None = None,
        duration: int | None = None,
        resolution: str | None = None,
        settings: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> TaskAccepted:
        """
        Make a video; `wait` tells when it is done.

        *settings* are the service's own: duration, resolution, format. The first two may stand beside them instead.

        Raises:
            ValueError: something is given in both places, and differs.
        """
        together = merged(settings, duration=duration, resolution=resolution)
        body = {"title": title, "description": description, "template": template, "settings": together}
        call = creating("/video/generate", body, idempotency_key=idempotency_key)
        return TaskAccepted.of(self._connection.data(call))

    def get_task(self, task_id: str) -> Task:
        """How far a video is."""
        return Task.of(self._connection.data(Call("GET", f"/video/task/{segment(task_id)}")))

    def wait(
        self,
        task_id: str,
        *,
        timeout: float = 3600.0,
        every: float = 2.0,
        through_review: bool = False,
        on_progress: Callable[[Task], object] | None = None,
    ) -> Task:
        """
        Wait until a video is done.

        Args:
            task_id: what `generate_video` answered, or a video's id.
            timeout: seconds to wait at most.
            every: seconds between two looks.
            through_review: go on waiting while somebody else reviews the script.
            on_progress: called with the task whenever its status or progress changes.

        Raises:
            VideoFailed: it failed or was cancelled.
            ReviewNeeded: its script waits for `approve_script`; after that, wait again.
            WaitTimeout: it is not done yet; a TimeoutError too.
        """
        deadline = time.monotonic() + timeout
        seen: Task | None = None
        while True:
            task = self.get_task(task_id)
            if on_progress is not None and task != seen:
                on_progress(task)
            seen = task
            if task.status == "completed":
                return task
            if task.is_over:
                raise VideoFailed(f"the video {task_id} is {task.status}", code=task.status.upper())
            if task.status == "awaiting_review" and not through_review:
                raise ReviewNeeded(f"the script of {task_id} waits for approve_script", code=task.status.upper())
            left = deadline - time.monotonic()
            if left <= 0:
                raise WaitTimeout(f"the video {task_id} is {task.status} after {timeout:g} s", code="TIMEOUT")
            time.sleep(min(every, left))

    def create_video(
        self,
        *,
        title: str | None = None,
        trend: str | None = None,
        description: str | None = None,
        script: str | None = None,
        language: str | None = None,
        voice: str | None = None,
        template: str | None = None,
        aspect: str | None = None,
        resolution: str | None = None,
        duration: int | None = None,
        captions: Mapping[str, str] | None = None,
        assets: Sequence[str | None] | None = None,
        sources: Sequence[str] | None = None,
        research: bool | None = None,
        footage: bool | None = None,
        speed: float | None = None,
        narration: str | None = None,
        fields: Mapping[str, str] | None = None,
        tags: Sequence[str] | None = None,
        review: bool | None = None,
        webhook_url: str | None = None,
        publish: Sequence[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> Video:
        """
        Make a video out of a full brief; *title* is needed unless *trend* is a keyword that a scan has seen.

        *captions* changes how they look: style, size, position, fill, highlight, outline. *assets* (one a scene, None
        where there is none) and *narration* (an own recording of *script*) are ids of own files. *sources* are web
        pages that facts may be taken from; with *research* the title is looked up. Without *footage* nothing is looked
        for to show. *fields* fill the template's merge fields.
        With *review* it waits for `approve_script` once its script is written. *webhook_url* is told what happens to
        this video, beside the account's webhooks. *publish* is where it goes when it is done: `{"platform": …}` each.
        """
        call = creating("/videos", _brief(locals()), idempotency_key=idempotency_key)
        return Video.of(self._connection.data(call))

    def estimate_video(
        self,
        *,
        title: str | None = None,
        trend: str | None = None,
        description: str | None = None,
        script: str | None = None,
        language: str | None = None,
        voice: str | None = None,
        template: str | None = None,
        aspect: str | None = None,
        resolution: str | None = None,
        duration: int | None = None,
        captions: Mapping[str, str] | None = None,
        assets: Sequence[str | None] | None = None,
        sources: Sequence[str] | None = None,
        research: bool | None = None,
        footage: bool | None = None,
        speed: float | None = None,
        narration: str | None = None,
        fields: Mapping[str, str] | None = None,
        tags: Sequence[str] | None = None,
        review: bool | None = None,
        webhook_url: str | None = None,
        publish: Sequence[Mapping[str, Any]] | None = None,
    ) -> Estimate:
        """How long a video would take and what it would cost; nothing is made."""
        call = Call("POST", "/videos/estimate", json=given(_brief(locals())))
        return Estimate.of(self._connection.data(call))

    def list_videos(
        self,
        *,
        limit: int = 20,
        cursor: str | None = None,
        status: str | Sequence[str] | None = None,
        template: str | None = None,
        q: str | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
    ) -> Page[Video]:
        """The account's videos, newest first; those in one *status* or in several."""
        params = {
            "limit": limit,
            "cursor": cursor,
            "status": one_or_several(status),
            "template": template,
            "q": q,
            "created_after": created_after,
            "created_before": created_before,
        }
        data = self._connection.data(Call("GET", "/videos", params=given(params)))
        return Page([Video.of(item) for item in data["items"]], data["next_cursor"], data["has_more"])

    def get_video(self, video_id: str) -> Video:
        """One video, with how far it is."""
        return Video.of(self._connection.data(Call("GET", f"/videos/{segment(video_id)}")))

    def change_video(
        self, video_id: str, *, title: str | None = None, tags: Sequence[str] | None = None
    ) -> Video:
        """Change how the video is called and found; what is in it stays."""
        body = given({"title": title, "tags": strings("tags", tags)})
        return Video.of(self._connection.data(Call("PATCH", f"/videos/{segment(video_id)}", json=body)))

    def remove_video(self, video_id: str) -> None:
        """Remove the video with its files."""
        self._connection.send(Call("DELETE", f"/videos/{segment(video_id)}"))

    def cancel_video(self, video_id: str) -> Video:
        """End a video that waits or is being made."""
        return Video.of(self._connection.data(Call("POST", f"/videos/{segment(video_id)}/cancel", is_safe=False)))

    def retry_video(self, video_id: str) -> Video:
        """Go on with a video that failed or was cancelled; finished stages are not done again."""
        return Video.of(self._connection.data(Call("POST", f"/videos/{segment(video_id)}/retry", is_safe=False)))

    def get_script(self, video_id: str) -> Script:
        """What the video says, scene by scene."""
        return Script.of(self._connection.data(Call("GET", f"/videos/{segment(video_id)}/script")))

    def change_script(self, video_id: str, *, scenes: Sequence[Mapping[str, Any]]) -> Script:
        """Say something else, while the video is `awaiting_review`; *scenes* are all of them, in order."""
        call = Call("PUT", f"/videos/{segment(video_id)}/script", json={"scenes": [dict(scene) for scene in scenes]})
        return Script.of(self._connection.data(call))

    def get_scenes(self, video_id: str) -> list[SceneShot]:
        """What each scene shows, and what else was found for it."""
        data = self._connection.data(Call("GET", f"/videos/{segment(video_id)}/scenes"))
        return [SceneShot.of(scene) for scene in data["scenes"]]

    def choose_shot(
        self,
        video_id: str,
        number: int,
        *,
        candidate: str | None = None,
        asset: str | None = None,
        drawn: bool | None = None,
    ) -> Video:
        """
        Show something else in the scene *number*, counted from 1, of a video that is over; exactly one of the three.

        The video is made again, and only that part is rendered anew.
        """
        choice = given({"candidate": candidate, "asset": asset, "drawn": drawn})
        call = Call("PUT", f"/videos/{segment(video_id)}/scenes/{number}/shot", json=choice, is_safe=False)
        return Video.of(self._connection.data(call))

    def approve_script(self, video_id: str) -> Video:
        """Go on with the script as it is."""
        return Video.of(
            self._connection.data(Call("POST", f"/videos/{segment(video_id)}/approve", is_safe=False))
        )

    def download_video(
        self, video_id: str, to: str | os.PathLike[str], *, variant: Variant = "video", overwrite: bool = True
    ) -> Path:
        """
        Save a file of a finished video; *to* appears only when it is whole.

        The "preview" can be had while the video is rendered: as much as there is of it.

        Raises:
            FileExistsError: *to* is there and *overwrite* is False.
        """
        target = Path(to)
        if target.exists() and not overwrite:
            raise FileExistsError(str(target))
        part = target.with_name(target.name + ".part")
        call = Call("GET", f"/videos/{segment(video_id)}/download", params={"variant": variant})
        try:
            with self._connection.stream(call) as answer:
                with part.open("wb") as file:
                    for chunk in answer.iter_bytes():
                        file.write(chunk)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def list_thumbnails(self, video_id: str) -> list[Thumbnail]:
        """Frames that may stand for a finished video, the best first."""
        data = self._connection.data(
            Call("GET", f"/videos/{segment(video_id)}/download", params={"variant": "thumbnails"})
        )
        return [Thumbnail.of(each) for each in data["thumbnails"]]

    def follow_video(self, video_id: str, *, last_event_id: str | None = None) -> Iterator[Event]:
        """Every step of the video as it happens, until it is over."""
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_event_id} if last_event_id else {})}
        with self._connection.stream(
            Call("GET", f"/videos/{segment(video_id)}/events", headers=headers)
        ) as answer:
            parser = EventParser()
            for line in answer.iter_lines():
                event = parser.feed(line)
                if event is not None:
                    yield Event(id=event[0], name=event[1], data=json.loads(event[2]))

    def upload_asset(self, file: Upload, *, filename: str | None = None) -> Asset:
        """
        Send a picture, clip or sound; its id goes into *assets* of `create_video`.

        Args:
            file: a path, bytes, or a file open for reading bytes, which is read from where it stands and not closed.
            filename: what it is called; needed for bytes, and for a file without a name.
        """
        with opened(file) as content:
            call = Call(
                "POST",
                "/assets",
                params={"filename": filename or name_of(content)},
                headers=length_of(content),
                is_safe=False,
            )
            return Asset.of(self._connection.data(call, content=chunks(content)))

    def import_asset(self, *, url: str, idempotency_key: str | None = None) -> Asset:
        """Keep what is at a public address."""
        call = creating("/assets/import", {"url": url}, idempotency_key=idempotency_key)
        return Asset.of(self._connection.data(call))

    def list_assets(self, *, limit: int = 20, cursor: str | None = None) -> Page[Asset]:
        """The account's files, newest first."""
        data = self._connection.data(Call("GET", "/assets", params=given({"limit": limit, "cursor": cursor})))
        return Page([Asset.of(item) for item in data["items"]], data["next_cursor"], data["has_more"])

    def get_asset(self, asset_id: str) -> Asset:
        """One file."""
        return Asset.of(self._connection.data(Call("GET", f"/assets/{segment(asset_id)}")))

    def remove_asset(self, asset_id: str) -> None:
        """Remove a file; videos that were made of it stay."""
        self._connection.send(Call("DELETE", f"/assets/{segment(asset_id)}"))

    def create_webhook(
        self,
        url: str,
        *,
        events: Sequence[str] | None = None,
        description: str | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookMade:
        """Be told at *url* of *events*, or of all; keep the `secret` of the answer, which is shown this once."""
        body = {"url": url, "events": strings("events", events), "description": description}
        call = creating("/webhooks", body, idempotency_key=idempotency_key)
        return WebhookMade.of(self._connection.data(call))

    def list_webhooks(self) -> list[Webhook]:
        """The account's endpoints, newest first."""
        data = self._connection.data(Call("GET", "/webhooks"))
        return [Webhook.of(item) for item in data["items"]]

    def get_webhook(self, webhook_id: str) -> Webhook:
        """One endpoint, with how it is."""
        return Webhook.of(self._connection.data(Call("GET", f"/webhooks/{segment(webhook_id)}")))

    def change_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change an endpoint; *enabled* takes up one that was disabled."""
        changes = {"url": url, "events": strings("events", events), "description": description}
        call = Call("PATCH", f"/webhooks/{segment(webhook_id)}", json=given({**changes, "enabled": enabled}))
        return Webhook.of(self._connection.data(call))

    def remove_webhook(self, webhook_id: str) -> None:
        """Forget an endpoint with its log."""
        self._connection.send(Call("DELETE", f"/webhooks/{segment(webhook_id)}"))

    def rotate_webhook_secret(self, webhook_id: str, *, overlap_s: int | None = None) -> WebhookMade:
        """Another secret; for *overlap_s* seconds, a day unless told, messages carry the old one's signature too."""
        call = Call(
            "POST", f"/webhooks/{segment(webhook_id)}/rotate", json=given({"overlap_s": overlap_s}), is_safe=False
        )
        return WebhookMade.of(self._connection.data(call))

    def test_webhook(self, webhook_id: str) -> WebhookDelivery:
        """Send the endpoint a message of type `webhook.test`; `get_webhook_delivery` tells how that went."""
        call = Call("POST", f"/webhooks/{segment(webhook_id)}/test", is_safe=False)
        return WebhookDelivery.of(self._connection.data(call))

    def list_webhook_deliveries(
        self,
        *,
        webhook_id: str | None = None,
        video_id: str | None = None,
        cursor: str | None = None,
        limit: int = 20,
    ) -> Page[WebhookDelivery]:
        """What was sent in the last 30 days, newest first; to one endpoint or about one video."""
        params = {"webhook_id": webhook_id, "video_id": video_id, "cursor": cursor, "limit": limit}
        data = self._connection.data(Call("GET", "/webhook-deliveries", params=given(params)))
        return Page([WebhookDelivery.of(item) for item in data["items"]], data["next_cursor"], data["has_more"])

    def get_webhook_delivery(self, delivery_id: str) -> WebhookDelivery:
        """One message with its attempts."""
        return WebhookDelivery.of(
            self._connection.data(Call("GET", f"/webhook-deliveries/{segment(delivery_id)}"))
        )

    def redeliver_webhook(self, delivery_id: str) -> WebhookDelivery:
        """Send a message once more, under the same id."""
        call = Call("POST", f"/webhook-deliveries/{segment(delivery_id)}/redeliver", is_safe=False)
        return WebhookDelivery.of(self._connection.data(call))

    def list_models(self, *, type: str | None = None) -> list[Model]:
        """Models that can be asked."""
        data = self._connection.data(Call("GET", "/ai/models", params=given({"type": type})))
        return [Model.of(item) for item in data["models"]]

    def infer(
        self, *, text: str, model_id: str = "model_1", max_length: int | None = None, temperature: float | None = None
    ) -> InferenceResult:
        """Ask a model."""
        parameters = given({"max_length": max_length, "temperature": temperature})
        body = {"model_id": model_id, "input": given({"text": text, "parameters": parameters or None})}
        return InferenceResult.of(self._connection.data(Call("POST", "/ai/inference", json=body)))

    def list_templates(self) -> list[Template]:
        """Kinds of video."""
        data = self._connection.data(Call("GET", "/templates"))
        return [Template.of(item) for item in data["items"]]

    def get_template(self, name: str) -> Template:
        """One kind of video."""
        return Template.of(self._connection.data(Call("GET", f"/templates/{segment(name)}")))

    def list_voices(self, *, language: str | None = None) -> list[Voice]:
        """Who can say a narration."""
        data = self._connection.data(Call("GET", "/voices", params=given({"language": language})))
        return [Voice.of(item) for item in data["items"]]

    def get_voice(self, voice_id: str) -> Voice:
        """One voice."""
        return Voice.of(self._connection.data(Call("GET", f"/voices/{segments(voice_id)}")))

    def get_voice_sample(self, voice_id: str) -> VoiceSample:
        """A sentence said by the voice: `text`, and `url` of the sound."""
        return VoiceSample.of(self._connection.data(Call("GET", f"/voices/{segments(voice_id)}/sample")))

    def get_usage(self) -> Usage:
        """Requests, videos and storage against the plan."""
        return Usage.of(self._connection.data(Call("GET", "/usage")))

    def get_profile(self) -> Profile:
        """Whose key this is."""
        return Profile.of(self._connection.data(Call("GET", "/users/me")))


LISTS = ("assets", "sources", "tags")
"""What a brief has several of, each a string."""


def _brief(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The body that the arguments of a method describe."""
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}
    lists = {name: strings(name, arguments[name]) for name in LISTS}
    return {name: value for name, value in (plain | lists).items() if name not in ("self", "idempotency_key")}
