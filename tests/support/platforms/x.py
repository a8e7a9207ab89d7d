"""X and its OAuth on one port, as X's OpenAPI 2.167 describes them: a key or value that is not there is refused."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final

from studio.providers.publish.x_text import weight
from tests.support.platforms.server import LEAK, Asked, Platform, Refused, Said, as_json

CLIENT_ID: Final = "x-client-1"
CLIENT_SECRET: Final = "CANARY-client-secret"
CODE: Final = "CANARY-code"
SCOPES: Final = "tweet.read tweet.write users.read media.write offline.access"
USER: Final = "2244994945"
UPLOAD: Final = "/2/media/upload"

MOST_SEGMENT_BYTES: Final = 5 << 20


@dataclass
class Upload:
    """A film on its way."""

    size: int
    segments: dict[int, bytes] = field(default_factory=dict)
    film: bytes = b""
    is_final: bool = False
    polls: int = 0


@dataclass
class Shown:
    """A post."""

    body: dict[str, Any]
    created_at: str


@dataclass
class XPlatform(Platform):
    """One user. *polls* is how often a film is still worked on, *lag* how many looks at the posts miss the newest one."""

    polls: int = 1
    lag: int = 0
    outcome: dict[str, Any] = field(default_factory=lambda: {"state": "succeeded"})
    has_processing: bool = True
    lists_keys: bool = True
    knows_duplicates: bool = False
    """Whether X itself refuses the same words twice: nothing of ours may depend on that."""
    access: dict[str, float] = field(default_factory=lambda: {"access-1": time.time() + 3600})
    refresh: str = "refresh-1"
    scopes: str = SCOPES
    challenge: str = ""
    uploads: dict[str, Upload] = field(default_factory=dict)
    posts: dict[str, Shown] = field(default_factory=dict)
    """Those that are there; deleted ones are not."""
    received: int = 0
    """Bytes of films that came in, kept or not."""
    latest: int = 1_880_000_000_000_000_000

    @property
    def films(self) -> list[bytes]:
        """What the posts show."""
        return [self.uploads[name].film for shown in self.posts.values() for name in shown.body["media"]["media_ids"]]

    def next_token(self) -> str:
        self.access = {f"CANARY-access-{secrets.token_hex(4)}": time.time() + 3600}
        return next(iter(self.access))

    def act(self, asked: Asked) -> Said:
        if asked.path == "/2/oauth2/token":
            return self._token(asked)
        if asked.path == "/2/oauth2/revoke":
            return self._revoke(asked)
        found = re.fullmatch(rf"{UPLOAD}/(\d+)/(append|finalize)", asked.path)
        if found and found[2] == "append":
            self.received += len(asked.body)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.access.get(token, 0) < time.time():
            return problem(401, "Unauthorized")
        if found and asked.method == "POST":
            return self._append(asked, found[1]) if found[2] == "append" else self._finalize(found[1])
        return self._route(asked)

    def take_part(self, asked: Asked) -> None:
        """A segment that was cut is none."""
        if asked.path.endswith("/append"):
            self.received += len(asked.body)

    def _route(self, asked: Asked) -> Said:
        if (asked.method, asked.path) == ("POST", f"{UPLOAD}/initialize"):
            return self._initialize(asked.json)
        if (asked.method, asked.path) == ("GET", UPLOAD):
            return self._status(asked.query)
        if (asked.method, asked.path) == ("POST", "/2/tweets"):
            return self._post(asked.json)
        if (asked.method, asked.path) == ("GET", "/2/users/me"):
            return as_json({"data": {"id": USER, "name": "Ann", "username": "ann_films"}})
        if (asked.method, asked.path) == ("GET", f"/2/users/{USER}/tweets"):
            return self._timeline(asked.query)
        found = re.fullmatch(r"/2/tweets/(\d+)", asked.path)
        if found and asked.method == "DELETE":
            return self._delete(found[1])
        raise Refused(problem(404, "Not Found"), "there is no such operation")

    def _initialize(self, body: dict[str, Any]) -> Said:
        known = {"media_type", "total_bytes", "media_category", "additional_owners", "shared"}
        if set(body) - known or not isinstance(body.get("total_bytes"), int) or body["media_category"] != "tweet_video":
            raise Refused(problem(400, "Invalid Request"), f"initialize {body}")
        if (
            body["media_type"] not in ("video/mp4", "video/quicktime", "video/webm")
            or body["total_bytes"] > 17179869184
        ):
            raise Refused(problem(400, "Invalid Request"), f"initialize {body}")
        name = self._number()
        self.uploads[name] = Upload(body["total_bytes"])
        return as_json({"data": {"id": name, "media_key": f"7_{name}", "expires_after_secs": 86400}})

    def _append(self, asked: Asked, name: str) -> Said:
        upload = self.uploads.get(name)
        if upload is None or upload.is_final:
            return problem(400, "Invalid Request")
        found = re.fullmatch(r"multipart/form-data; boundary=(\w+)", asked.headers.get("content-type", ""))
        if not found:
            raise Refused(problem(400, "Invalid Request"), asked.headers.get("content-type", ""))
        fields: dict[str, bytes] = {}
        for part in asked.body.split(b"--" + found[1].encode())[1:-1]:
            head, _, value = part.partition(b"\r\n\r\n")
            named = re.search(rb'name="(\w+)"', head)
            assert named
            fields[named[1].decode()] = value.removesuffix(b"\r\n")
        index = int(fields["segment_index"])
        if set(fields) != {"segment_index", "media"} or not 0 <= index <= 999:
            raise Refused(problem(400, "Invalid Request"), f"append {sorted(fields)}")
        if not 0 < len(fields["media"]) <= MOST_SEGMENT_BYTES:
            raise Refused(problem(413, "Too Large"), f"{len(fields['media'])} bytes")
        upload.segments[index] = fields["media"]
        return as_json({"data": {"expires_at": int(time.time()) + 86400}})

    def _finalize(self, name: str) -> Said:
        upload = self.uploads.get(name)
        if upload is None or upload.is_final:
            return problem(400, "Invalid Request")
        film = b"".join(upload.segments[index] for index in sorted(upload.segments))
        if len(film) != upload.size or sorted(upload.segments) != list(range(len(upload.segments))):
            raise Refused(problem(400, "Invalid Request"), f"{len(film)} bytes of {upload.size}")
        upload.film, upload.is_final = film, True
        return as_json({"data": {"id": name, "media_key": f"7_{name}", **self._processing(upload)}})

    def _status(self, query: dict[str, str]) -> Said:
        if set(query) != {"command", "media_id"} or query["command"] != "STATUS":
            raise Refused(problem(400, "Invalid Request"), f"status {query}")
        upload = self.uploads.get(query["media_id"])
        if upload is None or not upload.is_final:
            return problem(404, "Not Found")
        upload.polls += 1
        return as_json({"data": {"id": query["media_id"], **self._processing(upload)}})

    def _processing(self, upload: Upload) -> dict[str, Any]:
        if not self.has_processing:
            return {}
        is_done = upload.polls > self.polls
        return {"processing_info": self.outcome if is_done else {"state": "in_progress", "check_after_secs": 1}}

    def _post(self, body: dict[str, Any]) -> Said:
        known = {"text", "media", "made_with_ai", "reply_settings"}
        names = body["media"]["media_ids"]
        if set(body) - known or set(body["media"]) != {"media_ids"} or not all(isinstance(n, str) for n in names):
            raise Refused(problem(400, "Invalid Request"), f"post {body}")
        if body.get("reply_settings", "following") not in ("following", "mentionedUsers", "subscribers", "verified"):
            raise Refused(problem(400, "Invalid Request"), f"post {body}")
        if not 0 < weight(body["text"]) <= 280 or not isinstance(body.get("made_with_ai", True), bool):
            raise Refused(problem(400, "Invalid Request"), f"post {body}")
        if not all(n in self.uploads and self.uploads[n].is_final for n in names):
            return problem(400, "Invalid Request", "Your media IDs are invalid.")
        if self.knows_duplicates and any(shown.body["text"] == body["text"] for shown in self.posts.values()):
            return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        name = self._number()
        self.posts[name] = Shown(body, time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
        return as_json({"data": {"id": name, "text": body["text"]}}, 201)

    def _timeline(self, query: dict[str, str]) -> Said:
        known = {"max_results", "start_time", "tweet.fields", "expansions", "pagination_token"}
        if set(query) - known or not 5 <= int(query["max_results"]) <= 100:
            raise Refused(problem(400, "Invalid Request"), f"posts {query}")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", query["start_time"]):
            raise Refused(problem(400, "Invalid Request"), f"posts {query}")
        newest = [] if self.lag > 0 else list(reversed(self.posts.items()))
        self.lag -= 1
        rows = [self._row(name, shown) for name, shown in newest if shown.created_at >= query["start_time"]]
        place = int(query.get("pagination_token", "0"))
        page, more = rows[place : place + 2], place + 2 < len(rows)
        meta = {"result_count": len(page), **({"next_token": str(place + 2)} if more else {})}
        return as_json({**({"data": page} if page else {}), "meta": meta})

    def _row(self, name: str, shown: Shown) -> dict[str, Any]:
        keys = [f"7_{each}" for each in shown.body["media"]["media_ids"]]
        text = f"{html.escape(shown.body['text'], quote=False)} https://t.co/abcdefghij"
        attachments = {"media_keys": keys} if self.lists_keys else {"media_source_tweet_id": [name]}
        return {"id": name, "text": text, "created_at": shown.created_at, "attachments": attachments}

    def _delete(self, name: str) -> Said:
        if self.posts.pop(name, None) is None:
            return problem(404, "Not Found")
        return as_json({"data": {"deleted": True}})

    def _number(self) -> str:
        self.latest += secrets.randbelow(1000) + 1
        return str(self.latest)

    def _token(self, asked: Asked) -> Said:
        form = asked.form
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            raise Refused(problem(401, "Unauthorized"), "client")
        if form["grant_type"] == "authorization_code":
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            if form["code"] != CODE or challenge.rstrip(b"=").decode() != self.challenge or not form["redirect_uri"]:
                return as_json({"error": "invalid_request", "error_description": LEAK}, 400)
            return as_json(self._fresh())
        if form["grant_type"] != "refresh_token" or form["refresh_token"] != self.refresh:
            return as_json({"error": "invalid_request", "error_description": LEAK}, 400)
        return as_json(self._fresh())

    def _fresh(self) -> dict[str, Any]:
        """Both tokens are new: a refresh token works once."""
        self.refresh = f"CANARY-refresh-{secrets.token_hex(4)}" if "offline.access" in self.scopes else ""
        more = {"refresh_token": self.refresh} if self.refresh else {}
        return {
            "access_token": self.next_token(),
            "expires_in": 7200,
            "scope": self.scopes,
            "token_type": "bearer",
            **more,
        }

    def _revoke(self, asked: Asked) -> Said:
        form = asked.form
        if form["token_type_hint"] not in ("access_token", "refresh_token"):
            raise Refused(problem(400, "Invalid Request"), "token_type_hint")
        if form["token"] != self.refresh and form["token"] not in self.access:
            return problem(400, "Invalid Request")
        self.access.pop(form["token"], None)
        if form["token"] == self.refresh:
            self.refresh = ""
        return as_json({"revoked": True})


def problem(status: int, title: str, detail: str = "") -> Said:
    """A refusal in X's shape."""
    return as_json(
        {
            "title": title,
            "detail": f"{detail} {LEAK}",
            "type": "about:blank",
            "status": status,
            "errors": [{"message": LEAK}],
        },
        status,
    )
