"""
YouTube's Data API by `google-api-python-client`, in the name of a channel.

The library's own ways to send a film are not used: it hides the session's address until the first chunk is through, and
sends a consumed stream again after a failure. It builds the requests; the chunks are put by `put`.

Source: developers.google.com, YouTube Data API, Resumable Uploads.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httplib2
import httpx2
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import Error, HttpError
from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload

from studio.errors import ProviderError, ProviderNotReady, ProviderUnavailable
from studio.models.publication import Token
from studio.providers.bounded import bounds
from studio.providers.fields import Row, name_of, row_of, rows_of
from studio.providers.publish.youtube_errors import refusal
from studio.providers.publish.youtube_quota import cost_of, is_charged
from studio.providers.vendor import CONNECT_S, Vendor, is_local
from studio.web import tls

GRAIN: Final = 256 * 1024
"""Chunks are multiples of it, the last one aside."""

PIECE_BYTES = 64 * 1024
SENDING_S = 300.0
"""For one request with what it sends: a chunk of 8 MiB needs 230 kbit/s."""

GONE: Final = (404, 410)

# The client writes whole addresses into its log, the transport headers: the session's address is in both.
logging.getLogger("googleapiclient.discovery").setLevel(logging.INFO)
logging.getLogger("httpcore2").setLevel(logging.INFO)


@dataclass(frozen=True)
class Standing:
    """What became of an upload session: bytes that YouTube has, the video that came of it, or that it has ended."""

    sent: int = 0
    video_id: str = ""
    is_gone: bool = False


class Channel:
    """
    A channel that can be acted for, until the block ends.

    *renew* gets a refused token and gives another one.
    """

    def __init__(self, vendor: Vendor, token: Token, renew: Callable[[Token], Token] | None = None) -> None:
        self._vendor = vendor
        self._http = _SignedHttp(vendor, token, renew)

    def __enter__(self) -> Self:
        with errors(self._vendor):
            self._resource("videos")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    @property
    def spent(self) -> Mapping[str, int]:
        """What its calls have cost so far; see `youtube_quota.py`."""
        return self._http.spent

    def identity(self) -> tuple[str, str]:
        """
        Id and title of the channel.

        Raises:
            ProviderNotReady: the account has none.
        """
        for row in self._rows(self._resource("channels").list(part="snippet", mine=True)):
            if channel_id := name_of(row.get("id")):
                return channel_id, str(row_of(row.get("snippet")).get("title") or channel_id)
        raise ProviderNotReady(
            "publish", self._vendor.name, "the account has no YouTube channel; make one and connect it again"
        )

    def begin(self, resource: Row, film: Path, *, media_type: str, notify_subscribers: bool) -> str:
        """The address of a new upload session: nobody sees anything before the last byte of the film is there."""
        media = MediaFileUpload(str(film), mimetype=media_type, chunksize=GRAIN, resumable=True)
        try:
            with errors(self._vendor):
                asked = self._resource("videos").insert(
                    part="snippet,status", body=resource, notifySubscribers=notify_subscribers, media_body=media
                )
                headers = {
                    **asked.headers,
                    "X-Upload-Content-Type": media_type,
                    "X-Upload-Content-Length": str(media.size()),
                }
                response, content = self._http.request(asked.uri, method="POST", body=asked.body, headers=headers)
        finally:
            media.stream().close()
        if response.status != 200:
            raise refusal(self._vendor, response.status, response, content)
        return self._trusted(response.get("location", ""))

    def put(self, session: str, chunk: bytes, *, start: int, size: int) -> Standing:
        """Send *chunk*, which stands at byte *start* of a film of *size* bytes."""
        return self._put(session, chunk, f"bytes {start}-{start + len(chunk) - 1}/{size}", most=start + len(chunk))

    def standing(self, session: str, *, size: int) -> Standing:
        """What YouTube has of a film of *size* bytes."""
        return self._put(session, b"", f"bytes */{size}", most=size)

    def drop(self, session: str) -> None:
        """End *session*. It is a courtesy: without a last byte it never becomes a video."""
        with suppress(ProviderUnavailable), errors(self._vendor):
            self._http.request(session, method="DELETE", headers={"Content-Length": "0"})

    def uploaded(self, *, title: str, description: str, since: str) -> str:
        """The id of the channel's video with these texts that was uploaded after *since*, "" where there is none."""
        for channel in self._rows(self._resource("channels").list(part="contentDetails", mine=True)):
            lists = row_of(row_of(channel.get("contentDetails")).get("relatedPlaylists"))
            playlist = name_of(lists.get("uploads"))
            asked = self._resource("playlistItems").list(part="snippet", playlistId=playlist, maxResults=50)
            for row in self._rows(asked, missing_is_empty=True):
                snippet = row_of(row.get("snippet"))
                if (
                    snippet.get("title") == title
                    and snippet.get("description") == description
                    and str(snippet.get("publishedAt", "")) >= since
                ):
                    return name_of(row_of(snippet.get("resourceId")).get("videoId"))
        return ""

    def video(self, video_id: str) -> Row:
        """The parts `status` and `processingDetails` of a video, nothing where it is gone."""
        asked = self._resource("videos").list(part="status,processingDetails", id=video_id)
        return next(self._rows(asked), {})

    def delete(self, video_id: str) -> None:
        """Remove a video; one that is gone already is fine."""
        self._call(self._resource("videos").delete(id=video_id), fine=GONE)

    def set_thumbnail(self, video_id: str, poster: bytes, *, media_type: str) -> None:
        """Show *poster* before the video plays."""
        media = MediaInMemoryUpload(poster, mimetype=media_type, resumable=False)
        self._call(self._resource("thumbnails").set(videoId=video_id, media_body=media))

    def add_captions(self, video_id: str, srt: bytes, *, language: str) -> None:
        """Add captions; where there are some in *language* already they stay."""
        snippet = {"videoId": video_id, "language": language, "name": "", "isDraft": False}
        media = MediaInMemoryUpload(srt, mimetype="application/octet-stream", resumable=False)
        self._call(
            self._resource("captions").insert(part="snippet", body={"snippet": snippet}, media_body=media), fine=(409,)
        )

    def add_to_playlist(self, video_id: str, *, playlist_id: str) -> None:
        """Put the video into a playlist, once: it is asked first, as the same call again would add it again."""
        items = self._resource("playlistItems")
        if next(self._rows(items.list(part="snippet", playlistId=playlist_id, videoId=video_id)), None):
            return
        resource = {"kind": "youtube#video", "videoId": video_id}
        body = {"snippet": {"playlistId": playlist_id, "resourceId": resource}}
        self._call(items.insert(part="snippet", body=body))

    def _put(self, session: str, chunk: bytes, content_range: str, *, most: int) -> Standing:
        headers = {"Content-Range": content_range, "Content-Length": str(len(chunk))}
        with errors(self._vendor):
            response, content = self._http.request(session, method="PUT", body=chunk, headers=headers)
            if response.status == 308:
                sent = int(response["range"].rpartition("-")[2]) + 1 if "range" in response else 0
                if not 0 <= sent <= most:
                    raise ValueError("it has bytes that were not sent")
                return Standing(sent=sent)
            if response.status in (200, 201):
                video_id = name_of(row_of(json.loads(content)).get("id"))
                if not video_id:
                    raise ValueError("no id")
                return Standing(sent=most, video_id=video_id)
        if response.status in GONE:
            return Standing(is_gone=True)
        raise refusal(self._vendor, response.status, response, content)

    def _resource(self, name: str) -> Any:
        return _resource(self._vendor.root.rstrip("/") + "/", name)

    def _rows(self, asked: Any, *, missing_is_empty: bool = False) -> Iterator[Row]:
        answer = self._call(asked, fine=(404,) if missing_is_empty else ())
        return rows_of(answer.get("items"))

    def _call(self, asked: Any, *, fine: tuple[int, ...] = ()) -> Row:
        """The answer, nothing where its status is among *fine*."""
        with errors(self._vendor):
            try:
                answer = asked.execute(http=self._http, num_retries=0)
            except HttpError as error:
                if error.status_code in fine:
                    return {}
                raise
        if not isinstance(answer, dict | str):
            raise self._vendor.unavailable("its answer was of another shape")
        return row_of(answer)

    def _trusted(self, address: str) -> str:
        """*address* where it is the root's or Google's: the token goes there."""
        ours, theirs = urlsplit(self._vendor.root), urlsplit(address)
        is_ours = (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
        is_googles = theirs.scheme == "https" and (theirs.hostname or "").endswith(".googleapis.com")
        if not (is_ours or is_googles):
            raise self._vendor.unavailable("its answer was of another shape")
        return address


class _SignedHttp:
    """What `googleapiclient` takes for a client: bounded, with the channel's token, which is renewed once a request."""

    def __init__(self, vendor: Vendor, token: Token, renew: Callable[[Token], Token] | None) -> None:
        self._token, self._renew, self._timeout_s = token, renew, vendor.timeout_s
        limits = httpx2.Timeout(vendor.timeout_s, connect=min(CONNECT_S, vendor.timeout_s))
        hooks = bounds(most_bytes=vendor.most_bytes)
        self.spent: Counter[str] = Counter()
        self._client = httpx2.Client(
            timeout=limits, trust_env=not is_local(vendor.root), event_hooks=hooks, verify=tls()
        )

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """An answer of any status. Raises httpx2.HTTPError, ProviderNotReady."""
        cost = cost_of(method, uri)
        # Before it is sent: who gets no answer has paid all the same.
        self.spent.update(cost)
        answer = self._sent(uri, method, body, headers or {})
        if answer.status_code == 401 and self._renew is not None:
            self._token = self._renew(self._token)
            answer = self._sent(uri, method, body, headers or {})
        if not is_charged(answer.status_code):
            self.spent.subtract(cost)
        known = {name.lower(): value for name, value in answer.headers.items()}
        return httplib2.Response({**known, "status": str(answer.status_code)}), answer.content

    def close(self) -> None:
        self._client.close()

    def _sent(self, uri: str, method: str, body: bytes | str | None, headers: Mapping[str, str]) -> httpx2.Response:
        content = body.encode() if isinstance(body, str) else body or b""
        wanted = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        wanted["Authorization"] = f"Bearer {self._token.access}"
        if not content:
            return self._client.request(method, uri, headers=wanted)
        wanted["Content-Length"] = str(len(content))

        def is_sent() -> None:
            # The time for an answer counts from here: a chunk alone may take longer.
            request.extensions["deadline"] = time.monotonic() + self._timeout_s

        request = self._client.build_request(method, uri, content=_pieces(content, is_sent), headers=wanted)
        return self._client.send(request)


def _pieces(content: bytes, is_sent: Callable[[], None]) -> Iterator[bytes]:
    """*content* in pieces, so that one who takes them slowly is left at last."""
    deadline = time.monotonic() + SENDING_S
    for start in range(0, len(content), PIECE_BYTES):
        if time.monotonic() > deadline:
            raise httpx2.WriteTimeout("the request takes too long")
        yield content[start : start + PIECE_BYTES]
    is_sent()


@contextmanager
def errors(vendor: Vendor) -> Iterator[None]:
    """Turn what goes wrong into errors of ours, none from its cause: those have addresses and the vendor's words."""
    try:
        yield
    except ProviderError:
        raise
    except HttpError as error:
        raise refusal(vendor, error.status_code, error.resp, error.content) from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):
        raise ProviderNotReady("publish", vendor.name, "YOUTUBE_ROOT_URL is no web address") from None
    except (httpx2.HTTPError, OSError) as error:
        raise vendor.unavailable(f"no answer ({type(error).__name__})") from None
    except (Error, ValueError, RecursionError):
        raise vendor.unavailable("its answer was of another shape") from None


@lru_cache(maxsize=16)
def _resource(root: str, name: str) -> Any:
    """What makes the requests to *name*, "videos" for one; to read it from the API's description takes tens of milliseconds."""
    return getattr(_service(root), name)()


@lru_cache(maxsize=1)
def _service(root: str) -> Any:
    """The API at *root*. It belongs to no channel: a request is sent by whom `execute` is given."""
    return build_from_document({**_document(), "rootUrl": root}, http=httplib2.Http())


@cache
def _document() -> dict[str, Any]:
    """The API's description, which comes in the package: nothing is looked up."""
    found: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return found
