"""Instagram's side of Meta's Graph API, rupload and Facebook Login, as its documents say they behave."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.support.platforms.refusals import Tolerated
from tests.support.platforms.server import LEAK, Asked, Platform, Refused, Said, as_json

APP, SECRET = "1234567890", "app-secret-CANARY"
ACCOUNT = "17841400000000001"
VERSION = "/v26.0"
PERMISSIONS = (
    "instagram_basic",
    "instagram_content_publish",
    "pages_show_list",
    "pages_read_engagement",
    "instagram_manage_contents",
)
SAID = {
    "media_type", "upload_type", "caption", "share_to_feed", "thumb_offset", "cover_url", "is_ai_generated",
}  # fmt: skip
REDIRECT = "http://localhost:8000/social/callback/instagram"


@dataclass
class Reel:
    """A container: what it is to be, and what came of it."""

    id: str
    said: dict[str, str]
    received: bytearray = field(default_factory=bytearray)
    size: int | None = None
    state: str = "IN_PROGRESS"
    questions: int = 0

    @property
    def is_whole(self) -> bool:
        return self.size is not None and len(self.received) == self.size


@dataclass
class InstagramPost:
    """What everybody sees."""

    id: str
    caption: str
    container: Reel | None
    is_listed: bool = True


@dataclass
class InstagramPlatform(Platform):
    """One professional account. A container is made after *works_for* questions."""

    access: str = "access-1"
    permissions: tuple[str, ...] = PERMISSIONS
    accounts: tuple[tuple[str, str], ...] = ((ACCOUNT, "ming"),)
    quota_used: int = 0
    quota_total: int = 50
    works_for: int = 2
    fails_with: int = 0
    upload_root: str = ""
    takes_most: int = 0
    """An upload that succeeds keeps so many bytes alone, once."""
    refuses_bytes: int = 0
    lists_posts: bool = True
    containers: dict[str, Reel] = field(default_factory=dict)
    posts: list[InstagramPost] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    short: str = ""
    begun: int = 0
    bytes_in: int = 0
    is_revoked: bool = False

    @property
    def visible(self) -> list[InstagramPost]:
        return [each for each in self.posts if each.container is not None]

    def rotate(self) -> str:
        """Another access token; the one before is worthless."""
        self.access = f"access-{secrets.token_hex(4)}"
        return self.access

    def take_part(self, asked: Asked) -> None:
        """rupload keeps what has come of a body that broke off."""
        if asked.path.startswith("/ig-api-upload/"):
            self.bytes_in += len(asked.body)
            reel = self.containers[asked.path.rsplit("/", 1)[1]]
            if int(asked.headers["offset"]) == len(reel.received):
                reel.received += asked.body

    def act(self, asked: Asked) -> Said:
        if asked.path.startswith("/ig-api-upload/"):
            return self._upload(asked)
        require(asked.path.startswith(f"{VERSION}/"), 404, 2500, "version")
        path = asked.path.removeprefix(VERSION)
        if path == "/oauth/access_token":
            return self._oauth(asked.form)
        values = asked.form if asked.method == "POST" else dict(asked.query)
        if values.pop("access_token", "") != self.access:
            raise Tolerated(graph_error(190, 463, status=401))
        match asked.method, path.split("/")[1:]:
            case "GET", ["me", "permissions"]:
                granted = [{"permission": each, "status": "granted"} for each in self.permissions]
                return as_json({"data": [*granted, {"permission": "email", "status": "declined"}]})
            case "DELETE", ["me", "permissions"]:
                self.is_revoked, self.access = True, secrets.token_hex(4)
                return as_json({"success": True})
            case "GET", ["me", "accounts"]:
                require(values.get("fields") == "name,instagram_business_account{id,username}", 400, 100, "fields")
                return as_json({"data": [self._page(*each) for each in self.accounts] + [{"name": "Empty", "id": "9"}]})
            case "GET", [account, "content_publishing_limit"]:
                require(account == ACCOUNT, 400, 100, "account")
                config = {"quota_total": self.quota_total, "quota_duration": 86_400}
                return as_json({"data": [{"quota_usage": self.quota_used, "config": config}]})
            case "GET", [account, "media"]:
                require(account == ACCOUNT, 400, 100, "account")
                return as_json({"data": [self._row(each) for each in reversed(self.posts) if self._lists(each)]})
            case "POST", [account, "media"]:
                require(account == ACCOUNT, 400, 100, "account")
                return self._create(values)
            case "POST", [account, "media_publish"]:
                require(account == ACCOUNT and set(values) == {"creation_id"}, 400, 100, "media_publish")
                return self._publish(values["creation_id"])
            case "GET", [name] if name in self.containers:
                return self._state(self.containers[name], values)
            case method, [name]:
                return self._post(method, name, values)
        raise refusal(400, 100, f"there is no {asked.line}")

    def _page(self, identifier: str, username: str) -> dict[str, Any]:
        return {"name": "Page", "id": "8", "instagram_business_account": {"id": identifier, "username": username}}

    def _lists(self, post: InstagramPost) -> bool:
        return self.lists_posts and post.is_listed

    def _row(self, post: InstagramPost) -> dict[str, Any]:
        shown = {"id": post.id, "caption": post.caption, "timestamp": "2026-11-30T10:00:00+0000"}
        return {**shown, "permalink": f"https://www.instagram.com/reel/{post.id}/"}

    def _create(self, said: dict[str, str]) -> Said:
        self.begun += 1
        require(set(said) <= SAID, 400, 100, f"parameters {set(said) - SAID}")
        require(said["media_type"] == "REELS" and said["upload_type"] == "resumable", 400, 100, "media_type")
        require(len(said["caption"]) <= 2200, 400, 36004, "caption")
        require(said["share_to_feed"] in ("true", "false"), 400, 100, "share_to_feed")
        reel = Reel(f"1790000000000000{len(self.containers) + 1}", said)
        self.containers[reel.id] = reel
        root = self.upload_root or self.root
        return as_json({"id": reel.id, "uri": f"{root}/ig-api-upload{VERSION}/{reel.id}"})

    def _upload(self, asked: Asked) -> Said:
        self.bytes_in += len(asked.body)
        require(asked.method == "POST" and not asked.query, 400, 100, "an upload")
        if asked.headers.get("authorization") != f"OAuth {self.access}":
            raise Tolerated(rupload_error("NotAuthorizedError", 401))
        reel = self.containers.get(asked.path.rsplit("/", 1)[1])
        if self.refuses_bytes > 0 or reel is None or reel.state != "IN_PROGRESS":
            self.refuses_bytes -= 1
            raise Tolerated(rupload_error("ProcessingFailedError", 400))
        offset, size = int(asked.headers["offset"]), int(asked.headers["file_size"])
        require(reel.size in (None, size) and offset + len(asked.body) == size, 400, 100, "file_size")
        reel.size = size
        if offset != len(reel.received):
            raise Tolerated(rupload_error("OffsetInvalidError", 412))
        most, self.takes_most = self.takes_most, 0
        reel.received += asked.body[:most] if most else asked.body
        return as_json({"success": True, "message": "Upload successful."})

    def _state(self, reel: Reel, values: dict[str, str]) -> Said:
        require(values == {"fields": "status_code,status,video_status"}, 400, 100, "fields")
        if reel.is_whole and reel.state == "IN_PROGRESS":
            reel.questions += 1
            if reel.questions >= self.works_for:
                reel.state = "ERROR" if self.fails_with else "FINISHED"
        said: dict[str, Any] = {"id": reel.id, "status_code": reel.state, "status": f"Status: {LEAK}"}
        if reel.state == "ERROR":
            said["status"] = f"Error: {LEAK} failed with error code {self.fails_with}"
        status = "complete" if reel.is_whole else "in_progress" if reel.received else "not_started"
        phase: dict[str, Any] = {"status": status, "bytes_transferred": len(reel.received)}
        return as_json({**said, "video_status": {"uploading_phase": phase}})

    def _publish(self, name: str) -> Said:
        reel = self.containers.get(name)
        if reel is None or reel.state == "PUBLISHED":
            raise Tolerated(graph_error(100, 2207099))
        if reel.state != "FINISHED":
            raise Refused(graph_error(9007, 2207027), "it is not finished")
        reel.state = "PUBLISHED"
        self.quota_used += 1
        post = InstagramPost(f"1800000000000000{len(self.posts) + 1}", reel.said["caption"], reel)
        self.posts.append(post)
        return as_json({"id": post.id})

    def _post(self, method: str, name: str, values: dict[str, str]) -> Said:
        found = next((each for each in self.posts if each.id == name), None)
        if found is None or (method == "DELETE" and "instagram_manage_contents" not in self.permissions):
            raise Tolerated(graph_error(100, 33))
        if method == "DELETE":
            self.posts.remove(found)
            return as_json({"success": True})
        require(method == "GET" and values.get("fields") in ("permalink", "id"), 400, 100, "fields")
        row = self._row(found)
        return as_json({name: row[name] for name in ("id", values["fields"])})

    def _oauth(self, form: dict[str, str]) -> Said:
        require(form.get("client_id") == APP and form.get("client_secret") == SECRET, 400, 101, "the app")
        if form.get("grant_type") == "fb_exchange_token":
            if form.get("fb_exchange_token") not in (self.access, self.short):
                raise Tolerated(graph_error(190, 463))
            return as_json({"access_token": self.rotate(), "token_type": "bearer", "expires_in": 60 * 86_400})
        challenge = self.codes.pop(form.get("code", ""), "")
        seen = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_same = base64.urlsafe_b64encode(seen).rstrip(b"=").decode() == challenge
        if not is_same or form.get("redirect_uri") != REDIRECT:
            raise Tolerated(graph_error(100, 36009))
        self.short = f"short-{secrets.token_hex(4)}"
        return as_json({"access_token": self.short, "token_type": "bearer", "expires_in": 3600})


def graph_error(code: int, subcode: int = 0, *, status: int = 400) -> Said:
    error = {"message": LEAK, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "t"}
    return as_json({"error": error}, status)


def rupload_error(kind: str, status: int) -> Said:
    return as_json({"debug_info": {"retriable": False, "type": kind, "message": LEAK}}, status)


def refusal(status: int, code: int, why: str) -> Refused:
    return Refused(graph_error(code, status=status), why)


def require(is_so: bool, status: int, code: int, why: str) -> None:
    if not is_so:
        raise refusal(status, code, why)
