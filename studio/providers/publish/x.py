"""
X, by `tweepy`.

Source: docs.x.com, X API v2, Manage Posts, Media upload and its best practices.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue

from studio.errors import OverLimit, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.publication import Limits, Media, Post, Problem, Published
from studio.providers.fields import Row, row_of
from studio.providers.publish import Desk, Parcel, patience
from studio.providers.publish.choices import options_of, schema_of
from studio.providers.publish.patience import persist
from studio.providers.publish.x_account import XAccounts, x
from studio.providers.publish.x_client import DuplicatePost, MediaGone, User
from studio.providers.publish.x_text import WORDS, XOptions, problems_in, same_words, text_of
from studio.providers.publish.x_upload import LARGEST_SEGMENT, MOST_SEGMENTS, Upload

LOOKS_S: tuple[float, ...] = (0.0, 5.0, 15.0)
"""Seconds before each look for a post of ours: a new one may stand in no list for a moment."""

SKEW: Final = timedelta(minutes=10)
"""How far our clock may be from X's."""


class X(XAccounts):
    """Posts films in an owner's name."""

    name = "x"
    needs_account = True
    # Of an account without Premium; whether one has it cannot be asked.
    limits = Limits(
        shortest_s=0.5,
        longest_s=20 * 60.0,
        largest_bytes=MOST_SEGMENTS * LARGEST_SEGMENT,
        lowest_ratio=1 / 3,
        highest_ratio=3.0,
        highest_fps=60.0,
        visibilities=("public",),
        can_schedule=False,
        words=WORDS,
    )

    def options_schema(self) -> dict[str, JsonValue]:
        """Of XOptions."""
        return schema_of(XOptions)

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """What X would refuse."""
        return problems_in(post)

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """Upload the film, wait until X has worked through it, then post it."""
        options = options_of(XOptions, parcel.post.options, platform=self.name)
        with _user(desk) as user:
            posting = _Posting(user, parcel, desk)
            post_id = posting.run(options)
        notes = text_of(parcel.post).notes
        return Published(remote_id=post_id, url=f"https://x.com/i/status/{post_id}", visibility="public", notes=notes)

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """Delete the post, if there is one; an upload that no post shows is thrown away by X."""
        if not desk.saved.get("post_id") and not desk.saved.get("posting"):
            return
        with _user(desk) as user:
            if post_id := _Posting(user, parcel, desk).found():
                persist(lambda: user.delete(post_id))

    def withdraw(self, published: Published, desk: Desk) -> None:
        """Delete the post."""
        if not published.remote_id:
            return
        with _user(desk) as user:
            persist(lambda: user.delete(published.remote_id))


class _Posting:
    """
    One post.

    On the desk stand what `Upload` writes there, then `posting` with what is about to be posted, then `post_id`. A
    `posting` without an answer is looked for among the user's posts, by its film, before it is posted again.
    """

    def __init__(self, user: User, parcel: Parcel, desk: Desk) -> None:
        self._user, self._parcel, self._desk = user, parcel, desk

    def run(self, options: XOptions) -> str:
        """The post's id. Raises ProviderError."""
        self._forget_another_film()
        if post_id := self.found():
            self._keep(post_id)
            return post_id
        media_id = Upload(x(), self._user, self._parcel, self._desk).run()
        self._desk.report("finishing")
        text = text_of(self._parcel.post).text
        body: dict[str, Any] = {"text": text, "media": {"media_ids": [media_id]}}
        made_with_ai = self._parcel.post.is_synthetic if options.made_with_ai is None else options.made_with_ai
        if made_with_ai:
            body["made_with_ai"] = True
        if options.reply_settings:
            body["reply_settings"] = options.reply_settings
        post_id = self._posted(body, media_id)
        self._keep(post_id)
        return post_id

    def found(self) -> str:
        """The id of the post that earlier tries left, "" where there is none."""
        if post_id := str(self._desk.saved.get("post_id") or ""):
            return post_id
        posting = row_of(self._desk.saved.get("posting"))
        if not posting:
            return ""
        for wait in LOOKS_S:
            time.sleep(wait)
            if post_id := persist(lambda: self._look(posting)):
                return post_id
        return ""

    def _look(self, posting: Row) -> str:
        user_id = self._parcel.remote_account or self._user.identity()[0]
        for post in self._user.posts(user_id, since=str(posting["since"])):
            if _is_ours(post, posting):
                return str(post.get("id", ""))
        return ""

    def _posted(self, body: Row, media_id: str) -> str:
        since = (datetime.now(UTC) - SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
        waits = iter(patience.WAITS)
        while True:
            self._desk.save(posting={"media_id": media_id, "text": body["text"], "since": since})
            try:
                return self._user.post(body)
            except MediaGone as error:
                self._desk.save(posting=None, media=None, segments=0, is_finalizing=False)
                raise ProviderUnavailable("publish", "x", "the upload has ended; it is sent again") from error
            except (OverLimit, ProviderNotReady):
                self._desk.save(posting=None)
                raise
            except DuplicatePost:
                if post_id := self.found():
                    return post_id
                self._desk.save(posting=None)
                raise
            except ProviderRejected:
                self._desk.save(posting=None)
                raise
            except ProviderUnavailable:
                if (wait := next(waits, None)) is None:
                    raise
                patience.pause(wait)
                if post_id := self.found():
                    return post_id

    def _forget_another_film(self) -> None:
        media = row_of(self._desk.saved.get("media"))
        if not media or media.get("sha256") == self._parcel.media.sha256:
            return
        if post_id := self.found():
            persist(lambda: self._user.delete(post_id))
        self._desk.save(media=None, segments=0, is_finalizing=False, posting=None, post_id=None)

    def _keep(self, post_id: str) -> None:
        if self._desk.saved.get("post_id") != post_id:
            self._desk.save(post_id=post_id)


def _user(desk: Desk) -> User:
    return User(x(), desk.token(), desk.renew)


def _is_ours(post: Row, posting: Row) -> bool:
    """
    Whether a post shows our film.

    A film's key is the kind of media and the id of its upload. Without keys the words have to do, of a post that has
    media and is not older than ours.
    """
    attached = row_of(post.get("attachments"))
    keys = attached.get("media_keys")
    if isinstance(keys, list) and keys:
        return any(str(key).rpartition("_")[2] == posting.get("media_id") for key in keys)
    return bool(attached) and same_words(str(post.get("text", "")), str(posting.get("text", "")))
