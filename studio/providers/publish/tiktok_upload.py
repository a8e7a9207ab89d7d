"""
How a film gets to TikTok: one post, one address, chunk by chunk. Source: developers.tiktok.com, Media Transfer Guide.

However often bytes are sent to the upload address of a post, it is one film. So the address is written down before the
first byte, and another post is begun only when the one before can no longer become visible.
"""

from __future__ import annotations

import re
import time
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from studio.errors import ProviderError, ProviderRejected
from studio.models.base import Model
from studio.models.publication import Media
from studio.providers.fields import text_of
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.tiktok_accounts import PUBLIC_ROOT
from studio.providers.publish.tiktok_api import Api, News, error_of
from studio.providers.publish.tiktok_post import TikTokOptions, post_info
from studio.providers.publish.wire import Answer, Part, ask, own_address
from studio.providers.vendor import Vendor

UPLOAD_HOSTS: Final = ("tiktokapis.com", "tiktok.com")

CHUNK_BYTES = 5 << 20
"""
The smallest that TikTok takes: a chunk that breaks off is sent again whole, which is a tenth of a film of 50 MiB, and
more of a smaller one. 1000 of them hold the largest film.
"""

ADDRESS_LIVES_S = 3600.0 + 300.0
"""TikTok lets an upload address live for an hour; the rest is for clocks that differ."""

_UPLOADED: Final = re.compile(r"bytes 0-(\d{1,18})/")


class Session(Model):
    """A post that was begun, as it is written down."""

    publish_id: str
    upload_url: str
    sha256: str
    size: int
    chunk_bytes: int
    began_at: float
    username: str = ""
    confirmed: int = 0
    """Bytes that TikTok has answered for."""
    is_ending: bool = False
    """Whether the last chunk was sent, maybe without an answer."""

    @property
    def is_alive(self) -> bool:
        """Whether bytes may still be sent."""
        return time.time() - self.began_at < ADDRESS_LIVES_S


class Chunk(NamedTuple):
    """Bytes from *start* up to *end*."""

    start: int
    end: int


def chunks_of(size: int, chunk_bytes: int) -> list[Chunk]:
    """
    What is sent of *size* bytes, in order: the last chunk takes what is left over.

    Source: Media Transfer Guide, Chunk restrictions.
    """
    count = max(1, size // chunk_bytes)
    starts = [number * chunk_bytes for number in range(count)]
    return [Chunk(start, end) for start, end in zip(starts, [*starts[1:], size], strict=True)]


def chunk_bytes_of(size: int) -> int:
    """
    How long a chunk of *size* bytes is: as short as may be, and all alike.

    A last chunk with everything that is left over would be nearly two, and have to be sent again as two.
    """
    return size // max(1, size // CHUNK_BYTES)


def session_of(desk: Desk) -> Session | None:
    """What is written down; nothing where it was closed, or cannot be read."""
    try:
        return Session.model_validate(desk.saved.get("session"))
    except ValidationError:
        return None


def _kept(desk: Desk, session: Session, **changes: Any) -> Session:
    changed = session.model_copy(update=changes)
    desk.save(session=changed.model_dump(mode="json"))
    return changed


def checked_news(news: News, session: Session, vendor: Vendor, desk: Desk) -> News:
    """*news* of a post that did not fail. Raises ProviderError, and closes the session, of one that did."""
    if news.state == "FAILED":
        # Not "answered": the whole film again is left to the task's pauses.
        desk.save(session=None, init="failed")
        message = "TikTok could not post the film and gives no reason that is known"
        raise error_of(vendor, news.reason) or ProviderRejected(vendor.role, vendor.name, message)
    if news.state == "UNKNOWN" and session.is_ending:
        raise vendor.unavailable("it does not know the film it was sent; look in the TikTok app before trying again")
    return news


def continued(session: Session, news: News, media: Media, vendor: Vendor) -> Session | None:
    """The session as it goes on; None where it never can become a post, so that another one may be begun."""
    if news.state == "UNKNOWN":
        return None
    # TikTok's count may come late; what it has answered for it has.
    reached = max(session.confirmed, news.uploaded or 0)
    if reached >= session.size:
        return session.model_copy(update={"confirmed": session.size})
    if session.sha256 == media.sha256 and session.is_alive:
        # A part of a chunk is worth nothing: it is sent again from its start.
        starts = [chunk.start for chunk in chunks_of(session.size, session.chunk_bytes)]
        return session.model_copy(update={"confirmed": max(start for start in starts if start <= reached)})
    # The last chunk may have arrived without an answer. Only a count of TikTok's that has moved says that it has not, and
    # only a dead address that it never will.
    if session.is_ending and (session.is_alive or not news.counts_less_than(session.size)):
        raise vendor.unavailable("it does not say what became of the film; look in the TikTok app before trying again")
    return None


def begun(api: Api, vendor: Vendor, parcel: Parcel, desk: Desk) -> Session:
    """
    A new post without a byte.

    When its answer is lost, nobody ever learns the address that its bytes would go to, so it stays empty and is never
    shown: it costs one of six a minute, which is why it is repeated after the task's pause and not at once.
    """
    options = TikTokOptions.model_validate(parcel.post.options)
    size = parcel.media.size
    chunk_bytes = chunk_bytes_of(size)
    source: dict[str, Any] = {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk_bytes,
        "total_chunk_count": size // chunk_bytes,
    }
    path, body, username = "/v2/post/publish/inbox/video/init/", {"source_info": source}, ""
    if options.mode == "direct":
        creator = api.creator()
        username = text_of(creator.get("creator_username"))
        path = "/v2/post/publish/video/init/"
        body = {"post_info": post_info(parcel.post, parcel.media, creator, vendor=vendor), "source_info": source}
    desk.report("uploading", sent=0)
    desk.save(init="asked")
    found = api.begin(path, body)
    publish_id, upload_url = found.get("publish_id"), found.get("upload_url")
    if not isinstance(publish_id, str) or not publish_id:
        raise vendor.unavailable("its answer was of another shape")
    session = Session(
        publish_id=publish_id,
        upload_url=own_address(vendor, upload_url, public=PUBLIC_ROOT, hosts=UPLOAD_HOSTS),
        sha256=parcel.media.sha256,
        size=size,
        chunk_bytes=chunk_bytes,
        began_at=time.time(),
        username=username,
    )
    desk.save(init="answered", session=session.model_dump(mode="json"))
    return session


def send(vendor: Vendor, session: Session, parcel: Parcel, desk: Desk) -> None:
    """The chunks that TikTok has not, in order. Raises ProviderUnavailable."""
    chunks = [each for each in chunks_of(session.size, session.chunk_bytes) if each.start >= session.confirmed]
    was_ending = session.is_ending
    for chunk in chunks:
        desk.report("uploading", sent=chunk.start)
        if chunk.end == session.size and not session.is_ending:
            session = _kept(desk, session, confirmed=chunk.start, is_ending=True)
        answer = _put(vendor, session, chunk, parcel)
        told = _told(answer, session)
        if answer.status == 416 or (answer.status == 206 and told is not None and told < chunk.end):
            _kept(desk, session, confirmed=session.confirmed if told is None else told)
            raise vendor.unavailable("it has another part of the film than it was sent")
        if answer.status not in (200, 201, 206):
            raise _not_taken(vendor, answer, desk, was_ending=was_ending)
        session = _kept(desk, session, confirmed=chunk.end)
    desk.report("uploading", sent=session.size)


def _put(vendor: Vendor, session: Session, chunk: Chunk, parcel: Parcel) -> Answer:
    # No token: the address itself is the secret.
    headers = {
        "Content-Type": "video/webm" if parcel.video.suffix == ".webm" else "video/mp4",
        "Content-Range": f"bytes {chunk.start}-{chunk.end - 1}/{session.size}",
    }
    part = Part(parcel.video, chunk.start, chunk.end - chunk.start)
    return ask(vendor, "PUT", session.upload_url, headers=headers, part=part)


def _told(answer: Answer, session: Session) -> int | None:
    """
    Up to where TikTok has the film by an answer to a chunk; None where it does not say.

    "bytes 0-41/100" tells of 41 or of 42 bytes, by how one reads it: the end of a chunk is meant.
    """
    found = _UPLOADED.match(answer.headers.get("content-range", ""))
    if found is None:
        return None
    ends = [chunk.end for chunk in chunks_of(session.size, session.chunk_bytes)]
    return max((end for end in ends if end - 1 <= int(found[1])), default=0)


def _not_taken(vendor: Vendor, answer: Answer, desk: Desk, *, was_ending: bool) -> ProviderError:
    """The error of a chunk that was refused; a session whose address is gone is closed, unless it may have been filled."""
    if answer.status in (403, 404, 410) and not was_ending:
        desk.save(session=None)
        return vendor.unavailable("its address for the film has expired")
    if answer.status == 429:
        return vendor.refusal(429, answer.headers)
    return vendor.unavailable(f"it answered a part of the film with {answer.status}")
