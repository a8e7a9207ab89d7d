"""YouTube and Google's OAuth on one port: requests are checked against the API's own description."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import jsonschema
from googleapiclient.discovery_cache import get_static_doc

from tests.support.platforms.server import LEAK, Asked, Platform, Refused, Said, as_json

CLIENT_ID: Final = "client-1.apps.googleusercontent.com"
CLIENT_SECRET: Final = "CANARY-client-secret"
CODE: Final = "CANARY-code"
UPLOAD: Final = "/upload/youtube/v3/videos"
SCOPES: Final = "https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube.force-ssl"


COSTS: Final = {"captions.insert": 400, "thumbnails.set": 50, "playlistItems.insert": 50, "videos.delete": 50}
"""Units of the day's quota; reading costs 1, and an upload session one of those that are counted by themselves."""


@dataclass
class Session:
    """An upload session and what of the film is there."""

    resource: dict[str, Any]
    size: int
    film: bytes = b""
    video_id: str = ""


@dataclass
class Video:
    """A video of the channel."""

    resource: dict[str, Any]
    film: bytes
    published_at: str
    polls: int = 0
    thumbnail: bytes = b""
    captions: dict[str, bytes] = field(default_factory=dict)


@dataclass
class YouTubePlatform(Platform):
    """One channel. *grain* is the multiple that chunks must have; *polls* is how often a film is still worked on."""

    grain: int = 256 * 1024
    polls: int = 1
    partial: int = 0
    """Bytes of each chunk that are kept, 0 for all."""
    outcome: dict[str, Any] = field(default_factory=lambda: {"uploadStatus": "processed"})
    playlists: dict[str, list[str]] = field(default_factory=lambda: {"PLmine-000001": []})
    access: dict[str, float] = field(default_factory=lambda: {"access-1": time.time() + 3600})
    """Access tokens and when they end."""
    refresh: str = "refresh-1"
    scopes: str = SCOPES
    challenge: str = ""
    has_channel: bool = True
    gives_refresh: bool = True
    sessions: dict[str, Session] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    """Those that are there; deleted ones are not."""
    inserts: int = 0
    received: int = 0
    """Bytes of films that came in, kept or not."""
    daily_uploads: int | None = None
    daily_units: int | None = None
    used: Counter[str] = field(default_factory=Counter)
    """Of the day, by "uploads" and "units"."""
    over_quota: int = 0
    """Calls that did not fit into the day."""

    @property
    def visible(self) -> list[Video]:
        """Videos that somebody could see in the channel's list."""
        return [video for video in self.videos.values() if video.resource["status"].get("uploadStatus") != "rejected"]

    def next_token(self) -> str:
        """A new access token; the old ones end."""
        self.access = {f"CANARY-access-{secrets.token_hex(4)}": time.time() + 3600}
        return next(iter(self.access))

    def forget_sessions(self) -> None:
        self.sessions.clear()

    def act(self, asked: Asked) -> Said:
        if asked.path in ("/token", "/revoke"):
            return self._token(asked) if asked.path == "/token" else self._revoke(asked)
        if asked.path == UPLOAD and asked.method == "PUT":
            self.received += len(asked.body)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.access.get(token, 0) < time.time():
            return as_json(_error("authError"), 401)
        if asked.path == UPLOAD and "upload_id" in asked.query:
            return self._session(asked)
        if asked.path == UPLOAD:
            return self._begin(asked) if self._fits("uploads", 1) else as_json(_error("quotaExceeded"), 403)
        method, description = _method_of(asked)
        _check_query(asked, description)
        if not self._fits("units", COSTS.get(method.removeprefix("youtube."), 1)):
            return as_json(_error("quotaExceeded"), 403)
        return {
            "youtube.videos.list": self._list_videos,
            "youtube.videos.delete": self._delete_video,
            "youtube.thumbnails.set": self._set_thumbnail,
            "youtube.captions.insert": self._insert_captions,
            "youtube.channels.list": self._list_channels,
            "youtube.playlistItems.list": self._list_items,
            "youtube.playlistItems.insert": self._insert_item,
        }[method](asked)

    def begin_day(self) -> None:
        """Midnight in California: the quota is full again."""
        self.used.clear()

    def _fits(self, name: str, cost: int) -> bool:
        most = self.daily_uploads if name == "uploads" else self.daily_units
        if most is not None and self.used[name] + cost > most:
            self.over_quota += 1
            return False
        self.used[name] += cost
        return True

    def take_part(self, asked: Asked) -> None:
        """What arrived of a chunk that was cut counts, in whole grains."""
        session = self.sessions.get(asked.query.get("upload_id", ""))
        if session is None or asked.method != "PUT":
            return
        self.received += len(asked.body)
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", asked.headers.get("content-range", ""))
        if found and int(found[1]) == len(session.film):
            kept = len(asked.body) // self.grain * self.grain
            session.film += asked.body[: min(kept, int(found[3]) - 1 - len(session.film))]

    def _begin(self, asked: Asked) -> Said:
        description = _document()["resources"]["videos"]["methods"]["insert"]
        _check_query(asked, description, {"uploadType": "resumable"})
        resource = _checked(asked.json, "Video")
        size = int(asked.headers.get("x-upload-content-length", "0"))
        if asked.method != "POST" or size <= 0 or not asked.headers.get("x-upload-content-type"):
            raise _no(400, "mediaBodyRequired", "headers of a resumable upload are missing")
        snippet, status = resource["snippet"], resource["status"]
        if not 0 < len(snippet["title"]) <= 100 or set("<>") & set(snippet["title"]):
            raise _no(400, "invalidTitle", "title")
        if len(snippet["description"].encode()) > 5000 or set("<>") & set(snippet["description"]):
            raise _no(400, "invalidDescription", "description")
        if "privacyStatus" not in status or ("publishAt" in status and status["privacyStatus"] != "private"):
            raise _no(400, "invalidVideoMetadata", "privacyStatus")
        self.inserts += 1
        name = f"CANARY-session-{secrets.token_hex(8)}"
        self.sessions[name] = Session(resource, size)
        return Said(200, b"", {"Location": f"{self.root}{UPLOAD}?uploadType=resumable&upload_id={name}"})

    def _session(self, asked: Asked) -> Said:
        session = self.sessions.get(asked.query["upload_id"])
        if asked.method == "DELETE":
            self.sessions.pop(asked.query["upload_id"], None)
            return Said(499)
        if asked.method != "PUT":
            raise _no(405, "httpMethodNotAllowed", "only PUT goes to a session")
        if session is None:
            return as_json({"error": {"message": LEAK}}, 404)
        span = asked.headers.get("content-range", "")
        if not asked.body and span == f"bytes */{session.size}":
            return self._standing(session)
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", span)
        if not found or int(found[3]) != session.size or int(found[2]) - int(found[1]) + 1 != len(asked.body):
            raise _no(400, "badRequest", f"Content-Range {span!r} with {len(asked.body)} bytes")
        if session.video_id or int(found[1]) != len(session.film):
            raise _no(400, "badRequest", f"byte {found[1]} was not asked for, {len(session.film)} was")
        is_last = int(found[2]) + 1 == session.size
        if not is_last and len(asked.body) % self.grain:
            raise _no(400, "badRequest", f"{len(asked.body)} is no multiple of {self.grain}")
        session.film += asked.body[: self.partial or None]
        if len(session.film) == session.size:
            self._finish(session)
        return self._standing(session)

    def _finish(self, session: Session) -> None:
        session.video_id = f"vid-{secrets.token_hex(4)}"
        resource = {**session.resource, "id": session.video_id}
        resource["status"] = {**resource["status"], "uploadStatus": "uploaded"}
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.videos[session.video_id] = Video(resource, session.film, moment)

    def _standing(self, session: Session) -> Said:
        if session.video_id:
            return as_json({"kind": "youtube#video", "id": session.video_id}, 201)
        return Said(308, b"", {"Range": f"bytes=0-{len(session.film) - 1}"} if session.film else {})

    def _list_videos(self, asked: Asked) -> Said:
        video = self.videos.get(asked.query["id"])
        if video is None:
            return as_json({"items": []})
        video.polls += 1
        if video.polls > self.polls:
            video.resource["status"] |= {k: v for k, v in self.outcome.items() if k != "processingStatus"}
        is_done = video.polls > self.polls
        processing = self.outcome.get("processingStatus", "succeeded") if is_done else "processing"
        status = video.resource["status"]
        return as_json({"items": [{"status": status, "processingDetails": {"processingStatus": processing}}]})

    def _delete_video(self, asked: Asked) -> Said:
        if self.videos.pop(asked.query["id"], None) is None:
            return as_json(_error("videoNotFound"), 404)
        return Said(204)

    def _set_thumbnail(self, asked: Asked) -> Said:
        if not asked.headers["content-type"].startswith("image/"):
            raise _no(400, "mediaTypeUnsupported", asked.headers["content-type"])
        self._video(asked.query["videoId"]).thumbnail = asked.body
        return as_json({"kind": "youtube#thumbnailSetResponse", "items": []})

    def _insert_captions(self, asked: Asked) -> Said:
        parts = _related(asked)
        snippet = _checked(json.loads(parts[0]), "Caption")["snippet"]
        if not {"videoId", "language", "name"} <= set(snippet):
            raise _no(400, "invalidMetadata", "a caption needs videoId, language and name")
        video = self._video(snippet["videoId"])
        if snippet["language"] in video.captions:
            return as_json(_error("captionExists"), 409)
        video.captions[snippet["language"]] = parts[1]
        return as_json({"kind": "youtube#caption", "id": "caption-1", "snippet": snippet})

    def _list_channels(self, asked: Asked) -> Said:
        if asked.query.get("mine") != "true":
            raise _no(400, "missingRequiredParameter", "whose channel?")
        lists = {"relatedPlaylists": {"uploads": "UUuploads"}}
        channel = {"id": "UCchannel-1", "snippet": {"title": "Ann's channel"}, "contentDetails": lists}
        return as_json({"items": [channel]} if self.has_channel else {"pageInfo": {"totalResults": 0}})

    def _list_items(self, asked: Asked) -> Said:
        name = asked.query["playlistId"]
        if name == "UUuploads":
            rows = [self._upload_row(key, video) for key, video in reversed(self.videos.items())]
            return as_json({"items": rows})
        if name not in self.playlists:
            return as_json(_error("playlistNotFound"), 404)
        wanted = asked.query.get("videoId")
        return as_json({"items": [{"id": each} for each in self.playlists[name] if wanted in (None, each)]})

    def _insert_item(self, asked: Asked) -> Said:
        snippet = _checked(asked.json, "PlaylistItem")["snippet"]
        if snippet["playlistId"] not in self.playlists:
            return as_json(_error("playlistNotFound"), 404)
        if snippet["resourceId"].get("kind") != "youtube#video":
            raise _no(400, "invalidResourceId", "kind")
        self._video(snippet["resourceId"]["videoId"])
        self.playlists[snippet["playlistId"]].append(snippet["resourceId"]["videoId"])
        return as_json({"kind": "youtube#playlistItem", "id": "item-1"})

    def _upload_row(self, name: str, video: Video) -> dict[str, Any]:
        snippet = video.resource["snippet"]
        row = {"title": snippet["title"], "description": snippet["description"], "publishedAt": video.published_at}
        return {"snippet": {**row, "resourceId": {"kind": "youtube#video", "videoId": name}}}

    def _video(self, name: str) -> Video:
        if name not in self.videos:
            raise _no(404, "videoNotFound", name)
        return self.videos[name]

    def _token(self, asked: Asked) -> Said:
        form = asked.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise _no(401, "invalid_client", "client")
        if form["grant_type"] == "authorization_code":
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            if form["code"] != CODE or challenge.rstrip(b"=").decode() != self.challenge or not form["redirect_uri"]:
                return as_json({"error": "invalid_grant", "error_description": LEAK}, 400)
            more = {"refresh_token": self.refresh} if self.gives_refresh else {}
            return as_json({**self._fresh(), **more})
        if form["grant_type"] != "refresh_token" or form["refresh_token"] != self.refresh:
            return as_json({"error": "invalid_grant", "error_description": LEAK}, 400)
        return as_json(self._fresh())

    def _fresh(self) -> dict[str, Any]:
        return {"access_token": self.next_token(), "expires_in": 3599, "scope": self.scopes, "token_type": "Bearer"}

    def _revoke(self, asked: Asked) -> Said:
        token = asked.form["token"]
        if token != self.refresh and token not in self.access:
            return as_json({"error": "invalid_token"}, 400)
        self.refresh, self.access = "", {}
        return Said(200, b"{}")


def _error(reason: str, status: int = 400) -> dict[str, Any]:
    return {"error": {"code": status, "message": LEAK, "errors": [{"reason": reason, "message": LEAK}]}}


def reason(name: str) -> dict[str, Any]:
    """The body of a refusal with that reason."""
    return _error(name)


def _no(status: int, reason: str, why: str) -> Refused:
    return Refused(as_json(_error(reason, status), status), why)


def _related(asked: Asked) -> list[bytes]:
    """The parts of a multipart/related body, without their headers."""
    found = re.search(r'boundary="?([^";]+)"?', asked.headers["content-type"])
    if not asked.headers["content-type"].startswith("multipart/related") or not found:
        raise _no(400, "badRequest", asked.headers["content-type"])
    parts = asked.body.split(b"--" + found[1].encode())[1:-1]
    return [re.split(rb"\r?\n\r?\n", part, maxsplit=1)[1].removesuffix(b"\n").removesuffix(b"\r") for part in parts]


def _method_of(asked: Asked) -> tuple[str, dict[str, Any]]:
    path, is_upload = asked.path.removeprefix("/"), asked.path.startswith("/upload/")
    for resource in _document()["resources"].values():
        for each in resource["methods"].values():
            known = (
                each.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path") if is_upload else None
            )
            if asked.method == each["httpMethod"] and path == (known or each["path"]).removeprefix("/"):
                return each["id"], each
    raise _no(404, "notFound", f"there is no {asked.method} {asked.path}")


def _check_query(asked: Asked, method: dict[str, Any], more: dict[str, str] | None = None) -> None:
    known = {**_document()["parameters"], **method["parameters"]}
    unknown = set(asked.query) - set(known) - {"uploadType"}
    lacking = {name for name, each in method["parameters"].items() if each.get("required")} - set(asked.query)
    wrong = [name for name, value in (more or {}).items() if asked.query.get(name) != value]
    for name, value in asked.query.items():
        if known.get(name, {}).get("type") == "boolean" and value not in ("true", "false"):
            wrong.append(name)
    if unknown or lacking or wrong:
        raise _no(400, "badRequest", f"unknown {unknown}, lacking {lacking}, wrong {wrong}")


def _checked(value: Any, schema: str) -> dict[str, Any]:
    try:
        _validator(schema).validate(value)
    except jsonschema.ValidationError as error:
        raise _no(400, "badRequest", f"{schema}: {error.message}") from error
    assert isinstance(value, dict)
    return value


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return found


@cache
def _validator(name: str) -> Any:
    """The description's schema as JSON Schema, where a key that is not known is wrong."""
    schemas = {key: _translated(value) for key, value in _document()["schemas"].items()}
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": schemas})


def _translated(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/definitions/{schema['$ref']}"}
    found: dict[str, Any] = {"type": schema["type"]} if schema.get("type") not in (None, "any") else {}
    if "enum" in schema:
        found["enum"] = schema["enum"]
    if "properties" in schema:
        found["properties"] = {name: _translated(each) for name, each in schema["properties"].items()}
        found["additionalProperties"] = False
    if "items" in schema:
        found["items"] = _translated(schema["items"])
    return found
