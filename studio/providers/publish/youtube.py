"""
YouTube, by `google-api-python-client`.

Source: developers.google.com, YouTube Data API (videos, thumbnails, captions, playlistItems) and its revision history.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from studio.errors import ProviderError, ProviderNotReady, ProviderRejected
from studio.models.publication import Limits, Media, Post, Problem, Published, Visibility
from studio.providers.fields import row_of
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.choices import options_of, schema_of
from studio.providers.publish.google_account import GoogleAccounts, youtube
from studio.providers.publish.patience import persist
from studio.providers.publish.youtube_client import Channel
from studio.providers.publish.youtube_quota import counted, units_for
from studio.providers.publish.youtube_text import (
    WORDS,
    YouTubeOptions,
    description_of,
    problems_in,
    resource_of,
)
from studio.providers.publish.youtube_upload import Upload

LONGEST_S: Final = 12 * 3600.0
LARGEST_BYTES: Final = 256 << 30

LARGEST_POSTER = 50 << 20
LARGEST_CAPTIONS = 100 << 20
"""Source: the API's description, revision 20261104."""

POLLS_S: tuple[float, ...] = (2.0, 3.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between questions about a film that YouTube works on; the last one again and again."""

PROCESSING_S = 15 * 60.0
"""So long a film is waited for. After that it is there all the same, and YouTube shows it when it is done."""

MISSING_POLLS = 5
"""A new video may be unknown for a moment; after so many questions it is gone."""

FAILED: Final = {
    "conversion": "it could not convert the film",
    "invalidFile": "the film is in no format that it takes",
    "emptyFile": "the film is empty",
    "tooSmall": "the film is too small",
    "codec": "it does not know the film's codec",
    "uploadAborted": "the upload was not finished",
}
REJECTED: Final = {
    "copyright": "it found an infringement of copyright",
    "inappropriate": "it finds the film inappropriate",
    "duplicate": "the channel has the same film already",
    "termsOfUse": "it finds the film against its terms of use",
    "uploaderAccountSuspended": "it has suspended the account",
    "uploaderAccountClosed": "the account was closed",
    "length": "the film is longer than the channel may upload; verify the channel at youtube.com/verify",
    "claim": "an owner of content in it has blocked the film",
    "trademark": "it found an infringement of a trademark",
    "legal": "it gives a legal reason",
}


class YouTube(GoogleAccounts):
    """Uploads films to an owner's channel."""

    name = "youtube"
    needs_account = True
    limits = Limits(longest_s=LONGEST_S, largest_bytes=LARGEST_BYTES, words=WORDS)

    def options_schema(self) -> dict[str, JsonValue]:
        """Of YouTubeOptions."""
        return schema_of(YouTubeOptions)

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """What YouTube would refuse."""
        return problems_in(post)

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """Upload the film, wait until YouTube has worked through it, then add what goes with it."""
        options = options_of(YouTubeOptions, parcel.post.options, platform=self.name)
        resource = resource_of(parcel.post, options)
        units = units_for(parcel, playlist_id=options.playlist_id, done=desk.saved)
        with _channel(desk) as channel, counted(channel, desk, units=units):
            upload = Upload(youtube(), channel, parcel, desk, resource)
            video_id = upload.run(notify_subscribers=options.notify_subscribers)
            visibility, notes = _processed(channel, video_id, desk, asked=resource["status"]["privacyStatus"])
            extras = _extras(channel, video_id, parcel, desk, playlist_id=options.playlist_id)
        return Published(
            remote_id=video_id,
            url=f"https://www.youtube.com/watch?v={video_id}",
            visibility=visibility,
            notes=(*description_of(parcel.post).notes, *notes, *extras),
        )

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """Delete the video, if one came of it; end the upload."""
        if not desk.saved.get("session") and not desk.saved.get("video_id"):
            return
        resource = resource_of(parcel.post, YouTubeOptions())
        with _channel(desk) as channel, counted(channel, desk):
            if video_id := Upload(youtube(), channel, parcel, desk, resource).left():
                persist(lambda: channel.delete(video_id))

    def withdraw(self, published: Published, desk: Desk) -> None:
        """Delete the video."""
        if not published.remote_id:
            return
        with _channel(desk) as channel, counted(channel, desk):
            persist(lambda: channel.delete(published.remote_id))


def _channel(desk: Desk) -> Channel:
    return Channel(youtube(), desk.token(), desk.renew)


def _processed(channel: Channel, video_id: str, desk: Desk, *, asked: Visibility) -> tuple[Visibility, tuple[str, ...]]:
    """
    The visibility that the video has, and notes, when YouTube is done with it or it has lasted PROCESSING_S.

    Raises:
        ProviderRejected: YouTube cannot or does not want to show the film.
    """
    deadline, polls, missing = time.monotonic() + PROCESSING_S, iter(POLLS_S), 0
    while True:
        desk.report("processing")
        video = persist(lambda: channel.video(video_id))
        missing = 0 if video else missing + 1
        if missing >= MISSING_POLLS:
            raise ProviderRejected("publish", "youtube", "the video is not there any more: it was removed at YouTube")
        _refuse_what_failed(channel, video_id, video)
        if _is_done(video):
            return _visibility(video, asked)
        if time.monotonic() > deadline:
            return asked, ("YouTube was still working on it; it shows the film when that is done",)
        time.sleep(next(polls, POLLS_S[-1]))


def _is_done(video: Any) -> bool:
    processing = row_of(video.get("processingDetails")).get("processingStatus")
    return row_of(video.get("status")).get("uploadStatus") == "processed" or processing == "succeeded"


def _refuse_what_failed(channel: Channel, video_id: str, video: Any) -> None:
    status, details = row_of(video.get("status")), row_of(video.get("processingDetails"))
    if status.get("uploadStatus") == "rejected":
        # It stays in the channel's list, where its owner can read why and object.
        why = REJECTED.get(str(status.get("rejectionReason")), "it says nothing more")
        raise ProviderRejected("publish", "youtube", f"YouTube rejected the film: {why}")
    if status.get("uploadStatus") == "deleted":
        raise ProviderRejected("publish", "youtube", "the video is not there any more: it was removed at YouTube")
    if status.get("uploadStatus") == "failed" or details.get("processingStatus") in ("failed", "terminated"):
        persist(lambda: channel.delete(video_id))
        why = FAILED.get(str(status.get("failureReason")), "it says nothing more")
        raise ProviderRejected("publish", "youtube", f"YouTube failed to process the film: {why}")


def _visibility(video: Any, asked: Visibility) -> tuple[Visibility, tuple[str, ...]]:
    has = row_of(video.get("status")).get("privacyStatus")
    for known in ("private", "unlisted", "public"):
        if has == known != asked:
            return known, (f"YouTube shows it as {known}, not as {asked}",)
    return asked, ()


def _extras(channel: Channel, video_id: str, parcel: Parcel, desk: Desk, *, playlist_id: str) -> tuple[str, ...]:
    """
    Notes on what did not work of thumbnail, captions and playlist; each is tried until the desk has what came of it.

    A death before that does it again, which changes nothing: a thumbnail is set, captions in a language are there
    once, and a playlist is looked through first.
    """
    work: dict[str, Callable[[], None]] = {}
    if parcel.poster:
        work["thumbnail"] = lambda: _set_thumbnail(channel, video_id, parcel.poster)
    for language, srt in parcel.captions.items():
        work[f"captions {language}"] = _captioning(channel, video_id, srt, language)
    if playlist_id:
        work["playlist"] = lambda: channel.add_to_playlist(video_id, playlist_id=playlist_id)
    return tuple(filter(None, (_extra(desk, name, action) for name, action in work.items())))


def _extra(desk: Desk, name: str, action: Callable[[], None]) -> str:
    """A note when *action* did not work, "" when it did; done once."""
    desk.report("finishing")
    done = desk.saved.get(f"note {name}")
    if isinstance(done, str):
        return done
    note = ""
    try:
        persist(action)
    except ProviderError as error:
        note = f"{name}: {error}"
    desk.save(**{f"note {name}": note})
    return note


def _set_thumbnail(channel: Channel, video_id: str, poster: Path | None) -> None:
    assert poster is not None
    media_type = mimetypes.guess_type(poster.name)[0]
    if media_type not in ("image/jpeg", "image/png"):
        raise ProviderRejected("publish", "youtube", "it takes JPEG and PNG")
    try:
        channel.set_thumbnail(video_id, _read(poster, LARGEST_POSTER), media_type=media_type)
    except ProviderNotReady as error:
        message = "it lets only channels with a verified phone number set one: youtube.com/verify"
        raise ProviderNotReady("publish", "youtube", message) from error


def _captioning(channel: Channel, video_id: str, srt: Path, language: str) -> Callable[[], None]:
    return lambda: channel.add_captions(video_id, _read(srt, LARGEST_CAPTIONS), language=language)


def _read(path: Path, most: int) -> bytes:
    if path.stat().st_size > most:
        raise ProviderRejected("publish", "youtube", f"the file is larger than {most} bytes")
    return path.read_bytes()
