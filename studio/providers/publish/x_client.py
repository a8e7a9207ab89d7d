"""
X's API by `tweepy`, in the name of a user.

The library has no upload of version 2, no timeout and another host; its `Client` carries the requests all the same.

Source: docs.x.com, X API v2, Media upload, Manage Posts, User Posts timeline; X's OpenAPI 2.167.
"""

from __future__ import annotations

import io
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import requests
import tweepy

from studio.errors import (
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.models.publication import Token
from studio.providers.fields import Row, name_of, row_of, rows_of
from studio.providers.publish.oauth import ended
from studio.providers.trends.transport import RootAdapter
from studio.providers.vendor import LONGEST_RETRY_AFTER_S, Vendor, is_local, retry_after

PUBLIC_HOST: Final = "https://api.twitter.com"
"""Where the library sends everything."""

SENDING_S = 120.0
"""For one segment: 4 MiB need 280 kbit/s."""

PAGES: Final = 32
"""Of 100 posts each: as far back as X shows a user's posts."""

# The library writes the token into its log.
logging.getLogger("tweepy.client").setLevel(logging.INFO)


class MediaGone(Exception):
    """X does not know the upload any more, or not as something that can go on."""


class DuplicatePost(ProviderRejected):
    """The user has a post with this text."""


class User:
    """A user who can be acted for; *renew* gets a refused token and gives another one."""

    def __init__(self, vendor: Vendor, token: Token, renew: Callable[[Token], Token] | None = None) -> None:
        self._vendor, self._token, self._renew = vendor, token, renew
        self._client = tweepy.Client(bearer_token=token.access)
        self._client.session.mount(PUBLIC_HOST, RootAdapter(vendor))
        self._client.session.max_redirects = 0
        self._client.session.trust_env = not is_local(vendor.root)

    def __enter__(self) -> User:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.session.close()

    def identity(self) -> tuple[str, str, str]:
        """Id, name and handle."""
        me = self._data(self._asked("GET", "/2/users/me"))
        user_id, handle = name_of(me.get("id")), name_of(me.get("username"))
        if not (user_id and handle):
            raise self._unreadable()
        return user_id, str(me.get("name") or handle), handle

    def begin(self, *, size: int, media_type: str) -> str:
        """The id of a new upload, which nobody sees; one that never ends is thrown away after a day."""
        body = {"media_category": "tweet_video", "media_type": media_type, "total_bytes": size}
        media_id = name_of(self._data(self._asked("POST", "/2/media/upload/initialize", body=body)).get("id"))
        if not media_id.isdigit():
            raise self._unreadable()
        return media_id

    def append(self, media_id: str, index: int, segment: bytes) -> None:
        """Segment number *index*; the same index again replaces it. Raises MediaGone."""
        boundary = secrets.token_hex(16)
        part = f"--{boundary}\r\nContent-Disposition: form-data; name="
        head = (
            f'{part}"segment_index"\r\n\r\n{index}\r\n'
            f'{part}"media"; filename="segment"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        body = b"".join((head.encode(), segment, f"\r\n--{boundary}--\r\n".encode()))
        path, media_type = f"/2/media/upload/{media_id}/append", f"multipart/form-data; boundary={boundary}"
        with self._gone_if(_Refused), errors(self._vendor):
            self._signed(lambda: self._posted(path, body, media_type))

    def finalize(self, media_id: str) -> Row:
        """What X makes of all segments, as its `processing_info`; empty means that nothing is left to do. Raises MediaGone."""
        with self._gone_if(_Refused):
            return _processing(self._data(self._asked("POST", f"/2/media/upload/{media_id}/finalize")))

    def status(self, media_id: str) -> Row:
        """The same, asked later. Raises MediaGone."""
        with self._gone_if(_Refused):
            asked = {"command": "STATUS", "media_id": media_id}
            return _processing(self._data(self._asked("GET", "/2/media/upload", params=asked)))

    def post(self, body: Row) -> str:
        """
        The id of a new post.

        Raises:
            MediaGone: its upload has ended. There is no post.
            DuplicatePost: the user has one with this text. There is no new one.
            ProviderUnavailable: nobody knows whether there is one, unless it is OverLimit.
        """
        with self._gone_if(_UnknownMedia):
            post_id = name_of(self._data(self._asked("POST", "/2/tweets", body=dict(body))).get("id"))
        if not post_id:
            raise self._unreadable()
        return post_id

    def posts(self, user_id: str, *, since: str) -> Iterator[Row]:
        """The user's posts after *since* (RFC 3339), newest first."""
        asked = {
            "max_results": 100,
            "start_time": since,
            "tweet.fields": "attachments,created_at",
            "expansions": "attachments.media_keys",
        }
        for _ in range(PAGES):
            answer = self._asked("GET", f"/2/users/{user_id}/tweets", params=asked)
            # Nothing found is an answer without a list.
            if "data" not in answer and "meta" not in answer:
                raise self._unreadable()
            yield from rows_of(answer.get("data"))
            following = name_of(row_of(answer.get("meta")).get("next_token"))
            if not following:
                return
            asked["pagination_token"] = following

    def delete(self, post_id: str) -> None:
        """Remove a post; one that is gone already is fine."""
        with errors(self._vendor):
            try:
                answer = self._signed(lambda: self._client.request("DELETE", f"/2/tweets/{post_id}"))
            except tweepy.NotFound:
                return
            if self._data(row_of(json.loads(answer.content))).get("deleted") is not True:
                raise self._unreadable()

    def _asked(self, method: str, path: str, *, params: Any = None, body: Any = None) -> Row:
        with errors(self._vendor):
            answer = self._signed(lambda: self._client.request(method, path, params=params, json=body))
            return row_of(json.loads(answer.content))

    def _signed(self, send: Callable[[], requests.Response]) -> requests.Response:
        """The answer; a token that is refused is renewed once a request."""
        try:
            return send()
        except tweepy.Unauthorized:
            if self._renew is None:
                raise
        self._token = self._renew(self._token)
        self._client.bearer_token = self._token.access
        return send()

    def _posted(self, path: str, body: bytes, media_type: str) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self._token.access}",
            "Content-Type": media_type,
            "User-Agent": self._client.user_agent,
        }
        # `Client.request` sends JSON alone, and base64 would be a third more.
        answer: requests.Response = self._client.session.post(PUBLIC_HOST + path, data=_Paced(body), headers=headers)
        if not answer.ok:
            kinds = {400: tweepy.BadRequest, 401: tweepy.Unauthorized, 403: tweepy.Forbidden, 404: tweepy.NotFound}
            raise kinds.get(answer.status_code, tweepy.HTTPException)(answer)
        return answer

    @staticmethod
    @contextmanager
    def _gone_if(refused: type[_Refused]) -> Iterator[None]:
        """A refusal of what was right before means that the upload is not there any more."""
        try:
            yield
        except refused as error:
            raise MediaGone from error

    def _data(self, answer: Row) -> Row:
        data = answer.get("data")
        if not isinstance(data, dict):
            raise self._unreadable()
        return data

    def _unreadable(self) -> ProviderUnavailable:
        return self._vendor.unavailable("its answer was of another shape")


class _Refused(ProviderRejected):
    """X refused the request with 400, 404 or 410."""


class _UnknownMedia(_Refused):
    """X refused a post because of its film."""


class _Paced(io.BytesIO):
    """A body that one who takes it slowly gets no more of. A whole one would have to be gone within the connect timeout."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self._deadline = time.monotonic() + SENDING_S

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes. Raises requests.Timeout."""
        if time.monotonic() > self._deadline:
            raise requests.exceptions.Timeout("the request takes too long")
        return super().read(size)


@contextmanager
def errors(vendor: Vendor) -> Iterator[None]:
    """Turn what goes wrong into errors of ours, none from its cause: those have the token and the vendor's words."""
    try:
        yield
    except ProviderError:
        raise
    except tweepy.HTTPException as error:
        raise refusal(vendor, error.response.status_code, error.response.headers, error.response.content) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        raise ProviderNotReady("publish", vendor.name, "X_ROOT_URL is no web address") from None
    except (requests.RequestException, OSError) as error:
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None
    except (ValueError, RecursionError):
        raise vendor.unavailable("its answer was of another shape") from None


def refusal(vendor: Vendor, status: int, headers: Mapping[str, str], content: bytes) -> ProviderError:
    """What an answer with *status*, which is no good one, means. X tells some cases apart in its words alone."""
    said = content[:20_000].decode("utf-8", "replace").lower()
    if status == 429:
        return OverLimit("publish", vendor.name, "over its rate limit", retry_after=_wait(headers))
    if status == 403 and "usage-capped" in said:
        return OverLimit("publish", vendor.name, "the project's monthly limit is reached", retry_after=_wait(headers))
    if status == 401:
        return ended(vendor)
    if status == 403 and "duplicate content" in said:
        return DuplicatePost("publish", vendor.name, "the account has a post with this text already; change the text")
    if status == 403 and "video longer" in said:
        message = "it does not let this account post a film of this length: 20 minutes without Premium"
        return ProviderRejected("publish", vendor.name, message)
    if status in (400, 403) and "media id" in said:
        return _UnknownMedia("publish", vendor.name, "it does not know the uploaded film any more")
    if status == 403 and "client-forbidden" in said:
        message = "the app of X_CLIENT_ID may not do that; allow it to read and write in X's developer console"
        return ProviderNotReady("publish", vendor.name, message)
    if status == 403:
        message = "it does not allow that to the account; look whether it is locked, and connect it again"
        return ProviderNotReady("publish", vendor.name, message)
    if status in (400, 404, 410):
        return _Refused("publish", vendor.name, f"it refused the request with {status}")
    return vendor.refusal(status, {name.lower(): value for name, value in headers.items()})


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the limit that is used up is renewed: that of a quarter of an hour, or of a day."""
    known = {name.lower(): value for name, value in headers.items()}
    if (asked := retry_after(known)) is not None:
        return asked
    limits = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
    resets = [
        float(known[f"{limit}-reset"])
        for limit in limits
        if known.get(f"{limit}-remaining", "0") == "0" and known.get(f"{limit}-reset", "").isdecimal()
    ]
    return min(max(max(resets) - time.time(), 1.0), LONGEST_RETRY_AFTER_S) if resets else None


def _processing(data: Row) -> Row:
    return row_of(data.get("processing_info"))
