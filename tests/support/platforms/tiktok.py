"""TikTok's Content Posting API and Login Kit, as its documents say they behave."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.support.platforms.refusals import Tolerated
from tests.support.platforms.server import LEAK, Asked, Platform, Refused, Said, as_json

KEY, SECRET = "client-key", "client-secret-CANARY"
SCOPES = "user.info.basic,video.publish,video.upload"
POST_FIELDS = {
    "title": str,
    "privacy_level": str,
    "is_aigc": bool,
    "disable_comment": bool,
    "disable_duet": bool,
    "disable_stitch": bool,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
    "video_cover_timestamp_ms": int,
}


@dataclass
class Upload:
    """A post that was begun: what it is to be, and what came of it."""

    publish_id: str
    secret: str
    size: int
    chunk_size: int
    count: int
    info: dict[str, Any] | None
    received: bytearray = field(default_factory=bytearray)
    chunks: int = 0
    state: str = "PROCESSING_UPLOAD"
    reason: str = ""
    questions: int = 0
    is_expired: bool = False

    @property
    def is_whole(self) -> bool:
        return len(self.received) == self.size


@dataclass
class TikTokPlatform(Platform):
    """
    One account.

    *smallest*, *largest* and *longest_last* scale the rules for chunks. A post is made after *works_for* questions.
    """

    access: str = "access-1"
    refresh: str = "refresh-1"
    scopes: str = SCOPES
    privacy: tuple[str, ...] = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
    longest_s: int = 300
    comment_disabled: bool = False
    smallest: int = 5 << 20
    largest: int = 64 << 20
    longest_last: int = 128 << 20
    works_for: int = 2
    fails_with: str = ""
    is_cancellable: bool = True
    tells_uploaded: bool = True
    counts: bool = True
    """Whether the count of bytes moves."""
    tells_post: bool = True
    takes_nothing: int = 0
    """So many chunks are answered well and dropped, as the range in the answer says."""
    upload_root: str = ""
    uploads: dict[str, Upload] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """Codes of logins, with their challenges."""
    inits: int = 0
    bytes_in: int = 0
    revoked: list[str] = field(default_factory=list)

    @property
    def visible(self) -> list[Upload]:
        return [each for each in self.uploads.values() if each.state == "PUBLISH_COMPLETE"]

    @property
    def drafts(self) -> list[Upload]:
        return [each for each in self.uploads.values() if each.state == "SEND_TO_USER_INBOX"]

    def rotate(self) -> str:
        """Another access token; the one before is worthless."""
        self.access = f"access-{secrets.token_hex(4)}"
        return self.access

    def take_part(self, asked: Asked) -> None:
        if asked.method == "PUT":
            self.bytes_in += len(asked.body)

    def act(self, asked: Asked) -> Said:
        if asked.method == "PUT":
            return self._put(asked)
        if asked.path.startswith("/v2/oauth/"):
            return self._oauth(asked)
        self._check_token(asked)
        if (asked.method, asked.path) == ("GET", "/v2/user/info/"):
            require(asked.query == {"fields": "open_id,display_name"}, 400, "invalid_params", "fields")
            return good({"user": {"open_id": "open-1", "display_name": "小明"}})
        require(asked.method == "POST", 405, "invalid_params", "method")
        require(asked.headers.get("content-type", "").startswith("application/json"), 400, "invalid_params", "no JSON")
        match asked.path:
            case "/v2/post/publish/creator_info/query/":
                return good(self._creator())
            case "/v2/post/publish/video/init/":
                return self._init(asked.json, is_direct=True)
            case "/v2/post/publish/inbox/video/init/":
                return self._init(asked.json, is_direct=False)
            case "/v2/post/publish/status/fetch/":
                return good(self._status(asked.json))
            case "/v2/post/publish/cancel/":
                return self._cancel(asked.json)
        raise refusal(404, "not_found", f"there is no {asked.path}")

    def _check_token(self, asked: Asked) -> None:
        if asked.headers.get("authorization") != f"Bearer {self.access}":
            # A token that has ended is no mistake of the protocol.
            raise Tolerated(error("access_token_invalid", 401))

    def _creator(self) -> dict[str, Any]:
        return {
            "creator_username": "ming",
            "creator_nickname": "小明",
            "creator_avatar_url": "https://example.com/a.jpg",
            "privacy_level_options": list(self.privacy),
            "comment_disabled": self.comment_disabled,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": self.longest_s,
        }

    def _init(self, body: dict[str, Any], *, is_direct: bool) -> Said:
        self.inits += 1
        require(
            set(body) == ({"post_info", "source_info"} if is_direct else {"source_info"}), 400, "invalid_param", "keys"
        )
        info = body.get("post_info")
        if info is not None:
            self._check_info(info)
        source = body["source_info"]
        wanted = {"source", "video_size", "chunk_size", "total_chunk_count"}
        require(set(source) == wanted and source["source"] == "FILE_UPLOAD", 400, "invalid_param", "source_info")
        self._check_chunks(source["video_size"], source["chunk_size"], source["total_chunk_count"])
        upload = Upload(
            publish_id=f"v_pub_file~v2-1.{len(self.uploads) + 1}",
            secret=f"UPLOADCANARY{secrets.token_hex(8)}",
            size=source["video_size"],
            chunk_size=source["chunk_size"],
            count=source["total_chunk_count"],
            info=info,
        )
        self.uploads[upload.publish_id] = upload
        root = self.upload_root or self.root
        address = f"{root}/video/?upload_id={len(self.uploads)}&upload_token={upload.secret}"
        return good({"publish_id": upload.publish_id, "upload_url": address})

    def _check_info(self, info: dict[str, Any]) -> None:
        for name, value in info.items():
            require(name in POST_FIELDS and type(value) is POST_FIELDS[name], 400, "invalid_param", name)
        require(len(info["title"].encode("utf-16-le")) <= 4400, 400, "invalid_param", "title")
        require(info["privacy_level"] in self.privacy, 403, "privacy_level_option_mismatch", "privacy_level")

    def _check_chunks(self, size: int, chunk: int, count: int) -> None:
        require(count == size // chunk and 1 <= count <= 1000, 400, "invalid_param", "total_chunk_count")
        if size < self.smallest:
            require(chunk == size, 400, "invalid_param", "a small film is sent whole")
        else:
            require(self.smallest <= chunk <= self.largest, 400, "invalid_param", "chunk_size")
        require(size - (count - 1) * chunk <= self.longest_last, 400, "invalid_param", "the last chunk")

    def _put(self, asked: Asked) -> Said:
        self.bytes_in += len(asked.body)
        require("authorization" not in asked.headers, 400, "invalid_param", "the token goes to the upload host")
        found = [each for each in self.uploads.values() if each.secret == asked.query.get("upload_token")]
        if not found or found[0].is_expired or asked.path != "/video/":
            raise Tolerated(Said(403 if found else 404, LEAK.encode()))
        upload = found[0]
        spans = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", asked.headers.get("content-range", ""))
        require(spans is not None, 400, "invalid_param", "Content-Range")
        assert spans is not None
        first, last, total = map(int, spans.groups())
        is_last = last + 1 == upload.size
        length = upload.size - (upload.count - 1) * upload.chunk_size if is_last else upload.chunk_size
        require(total == upload.size and last - first + 1 == len(asked.body) == length, 400, "invalid_param", "a chunk")
        require(asked.headers.get("content-type") == "video/mp4", 400, "invalid_param", "Content-Type")
        if first != len(upload.received) or upload.state != "PROCESSING_UPLOAD":
            raise Tolerated(Said(416, LEAK.encode(), self._range(upload)))
        if self.takes_nothing > 0:
            self.takes_nothing -= 1
            return Said(206, b"", self._range(upload))
        upload.received += asked.body
        return Said(201 if upload.is_whole else 206, b"", self._range(upload))

    def _range(self, upload: Upload) -> dict[str, str]:
        return {"Content-Range": f"bytes 0-{max(0, len(upload.received) - 1)}/{upload.size}"}

    def _status(self, body: dict[str, Any]) -> dict[str, Any]:
        upload = self._upload(body)
        if upload.is_whole and upload.state == "PROCESSING_UPLOAD":
            upload.questions += 1
            if upload.questions >= self.works_for:
                done = "PUBLISH_COMPLETE" if upload.info is not None else "SEND_TO_USER_INBOX"
                upload.state, upload.reason = ("FAILED", self.fails_with) if self.fails_with else (done, "")
        said: dict[str, Any] = {"status": upload.state}
        if self.tells_uploaded:
            said["uploaded_bytes"] = len(upload.received) if self.counts else 0
        if upload.reason:
            said["fail_reason"] = upload.reason
        is_public = upload.info is not None and upload.info["privacy_level"] == "PUBLIC_TO_EVERYONE"
        if upload.state == "PUBLISH_COMPLETE" and is_public and self.tells_post:
            said["publicaly_available_post_id"] = [7_300_000_000_000_000_001]
        return said

    def _cancel(self, body: dict[str, Any]) -> Said:
        upload = self._upload(body)
        if upload.state != "PROCESSING_UPLOAD" or not self.is_cancellable:
            raise Tolerated(error("publish_not_cancellable", 400))
        upload.state, upload.reason = "FAILED", "publish_cancelled"
        return good({})

    def _upload(self, body: dict[str, Any]) -> Upload:
        require(set(body) == {"publish_id"}, 400, "invalid_params", "publish_id")
        if body["publish_id"] not in self.uploads:
            raise Tolerated(error("invalid_publish_id", 400))
        return self.uploads[body["publish_id"]]

    def _oauth(self, asked: Asked) -> Said:
        form = asked.form
        is_app = form.get("client_key") == KEY and form.get("client_secret") == SECRET
        require(asked.method == "POST" and is_app, 401, "invalid_client", "the app")
        if asked.path == "/v2/oauth/revoke/":
            if form["token"] != self.access or form["token"] in self.revoked:
                raise Tolerated(as_json({"error": "invalid_request", "error_description": LEAK}, 400))
            self.revoked.append(form["token"])
            return as_json({})
        require(asked.path == "/v2/oauth/token/", 404, "not_found", asked.path)
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") != self.refresh:
                raise Tolerated(as_json({"error": "invalid_grant", "error_description": LEAK}, 400))
        else:
            challenge = self.codes.pop(form.get("code", ""), "")
            seen = hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest()
            if not challenge or seen != challenge or form.get("redirect_uri") != REDIRECT:
                raise Tolerated(as_json({"error": "invalid_grant", "error_description": LEAK}))
        self.rotate()
        self.refresh = f"refresh-{secrets.token_hex(4)}"
        said = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": 86_400, "open_id": "open-1"}
        return as_json({**said, "scope": self.scopes, "refresh_expires_in": 31_536_000, "token_type": "Bearer"})


REDIRECT = "http://localhost:8000/social/callback/tiktok"


def good(data: dict[str, Any]) -> Said:
    return as_json({"data": data, "error": {"code": "ok", "message": "", "log_id": "log"}})


def error(code: str, status: int) -> Said:
    return as_json({"data": {}, "error": {"code": code, "message": f"{code} {LEAK}", "log_id": "log"}}, status)


def refusal(status: int, code: str, why: str) -> Refused:
    return Refused(error(code, status), why)


def require(is_so: bool, status: int, code: str, why: str) -> None:
    if not is_so:
        raise refusal(status, code, why)
