"""Send a film to YouTube so that one video comes of it, whatever dies in between."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from studio.errors import OverLimit, ProviderUnavailable
from studio.providers.fields import Row, row_of
from studio.providers.publish import Desk, Parcel, patience
from studio.providers.publish.patience import persist
from studio.providers.publish.youtube_client import GRAIN, Channel, Standing
from studio.providers.publish.youtube_quota import reserve_upload
from studio.providers.vendor import Vendor

LARGEST_CHUNK = 8 << 20
"""A multiple of GRAIN."""

CHUNKS = 12
"""At least so many to a film that is large enough: what a broken connection costs is less than a tenth of it."""

SESSIONS = 3
"""So often an upload may begin from its first byte in one try."""

SKEW = timedelta(minutes=10)
"""How far our clock may be from YouTube's."""


class Upload:
    """
    One film on its way.

    On the desk stand, in this order: `session` with the file that it is for, before the first byte; `is_last` before
    the bytes after which there is a video; `video_id`. A session knows what became of it, so it is asked before bytes
    are sent again. One that has ended and had got all bytes may have left a video: the channel's uploads are looked
    through for it before another session begins. An unanswered request for a session leaves one without bytes, which
    nobody ever sees.
    """

    def __init__(self, vendor: Vendor, channel: Channel, parcel: Parcel, desk: Desk, resource: dict[str, Any]) -> None:
        self._vendor, self._channel, self._parcel, self._desk = vendor, channel, parcel, desk
        self._resource = resource

    def run(self, *, notify_subscribers: bool) -> str:
        """
        The video's id: what is on the desk already is not sent again.

        Raises:
            ProviderError: see `Publisher.publish`.
        """
        self._forget_another_film()
        video_id = str(self._desk.saved.get("video_id") or "")
        standing = Standing(video_id=video_id) if video_id else self._found()
        for _ in range(SESSIONS):
            if standing.is_gone:
                self._begin(notify_subscribers=notify_subscribers)
                standing = Standing()
            standing = self._sent(standing)
            if standing.video_id:
                if not video_id:
                    self._desk.save(video_id=standing.video_id)
                    self._desk.report("uploading", sent=self._parcel.media.size)
                return standing.video_id
        raise self._vendor.unavailable("its upload sessions end before the film is there")

    def left(self) -> str:
        """The id of the video that earlier tries left, "" where there is none, and none will come of them."""
        if video_id := str(self._desk.saved.get("video_id") or ""):
            return video_id
        standing = self._found()
        if standing.video_id or standing.is_gone:
            return standing.video_id
        session = self._session
        self._channel.drop(str(session["uri"]))
        # The last bytes may have been on their way when it was asked.
        return self._found().video_id if self._desk.saved.get("is_last") else ""

    @property
    def _session(self) -> Row:
        return row_of(self._desk.saved.get("session"))

    def _forget_another_film(self) -> None:
        session = self._session
        if not session or session.get("sha256") == self._parcel.media.sha256:
            return
        if video_id := self.left():
            persist(lambda: self._channel.delete(video_id))
        self._desk.save(session=None, is_last=False, video_id=None)

    def _begin(self, *, notify_subscribers: bool) -> None:
        reserve_upload(self._desk)
        media, begun = self._parcel.media, datetime.now(UTC)
        media_type = mimetypes.guess_type(self._parcel.video.name)[0] or ""
        uri = persist(
            lambda: self._channel.begin(
                self._resource,
                self._parcel.video,
                media_type=media_type if media_type.startswith("video/") else "application/octet-stream",
                notify_subscribers=notify_subscribers,
            )
        )
        session: dict[str, JsonValue] = {
            "uri": uri,
            "sha256": media.sha256,
            "size": media.size,
            "begun": begun.isoformat(),
        }
        self._desk.save(session=session, is_last=False)

    def _found(self) -> Standing:
        """What became of the saved session."""
        session = self._session
        if not session:
            return Standing(is_gone=True)
        standing = persist(lambda: self._channel.standing(str(session["uri"]), size=int(session["size"])))
        return self._if_gone(standing)

    def _if_gone(self, standing: Standing) -> Standing:
        """*standing*, or the video that a session left that had got everything and is not known any more."""
        if not standing.is_gone or not self._desk.saved.get("is_last"):
            return standing
        since = datetime.fromisoformat(str(self._session["begun"])) - SKEW
        snippet = self._resource["snippet"]
        video_id = persist(
            lambda: self._channel.uploaded(
                title=snippet["title"],
                description=snippet["description"],
                since=since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
        )
        return Standing(video_id=video_id, is_gone=not video_id)

    def _sent(self, standing: Standing) -> Standing:
        """Where the session stands after everything was sent: with a video, or gone."""
        waits, furthest = iter(patience.WAITS), standing.sent
        while not (standing.is_gone or standing.video_id):
            self._desk.report("uploading", sent=standing.sent)
            try:
                standing = self._next(standing)
            except OverLimit:
                raise
            except ProviderUnavailable:
                if (wait := next(waits, None)) is None:
                    raise
                patience.pause(wait)
                standing = self._found()
                continue
            if standing.sent > furthest:
                waits, furthest = iter(patience.WAITS), standing.sent
            elif not (standing.is_gone or standing.video_id):
                if (wait := next(waits, None)) is None:
                    raise self._vendor.unavailable("it takes no more bytes")
                patience.pause(wait)
        return standing

    def _next(self, standing: Standing) -> Standing:
        """The next chunk; with all bytes there, the session is asked what it makes of them."""
        size, uri = self._parcel.media.size, str(self._session["uri"])
        if standing.sent >= size:
            return self._if_gone(self._channel.standing(uri, size=size))
        with self._parcel.video.open("rb") as film:
            film.seek(standing.sent)
            chunk = film.read(chunk_bytes(size))
        if standing.sent + len(chunk) >= size and not self._desk.saved.get("is_last"):
            self._desk.save(is_last=True)
        return self._if_gone(self._channel.put(uri, chunk, start=standing.sent, size=size))


def chunk_bytes(size: int) -> int:
    """How much of a film of *size* bytes is sent at once."""
    return min(LARGEST_CHUNK, max(1, size // CHUNKS // GRAIN) * GRAIN)
