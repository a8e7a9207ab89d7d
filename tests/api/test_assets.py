"""Own files: taken in by what they are, kept within the plan, gone when removed."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from api import assets
from api.app import create_app
from api.once import Once
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.users import User
from studio.errors import AddressRefused, BadInput
from studio.models.brief import Brief
from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.web import Fetched
from tests.api.conftest import bearer_of
from tests.media import make_clip


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    path = tmp_path / "picture.png"
    Image.new("RGB", (64, 48), "#336699").save(path)
    return path.read_bytes()


def send(client: TestClient, headers: dict[str, str], content: bytes, name: str = "mine.png") -> Any:
    return client.post("/assets", params={"filename": name}, content=content, headers=headers)


def work_is_empty() -> bool:
    return not list((get_settings().home / "work").iterdir())


def test_a_picture_is_kept_and_its_link_opens(client: TestClient, bearer: dict[str, str], picture: bytes) -> None:
    answer = send(client, bearer, picture)
    data = answer.json()["data"]
    link = client.get(data["url"])

    assert answer.status_code == 201
    assert (data["kind"], data["media_type"], data["width"], data["height"], data["size"]) == (
        "image", "image/png", 64, 48, len(picture),
    )  # fmt: skip
    assert (link.status_code, link.content, link.headers["content-type"]) == (200, picture, "image/png")
    assert work_is_empty()


def test_a_clip_tells_its_length(client: TestClient, bearer: dict[str, str], tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=1.0).read_bytes()
    data = send(client, bearer, clip, "clip.mp4").json()["data"]

    assert (data["kind"], data["width"], data["height"]) == ("video", 320, 180)
    assert data["duration"] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", ["../../etc/passwd -y.mp4", "-i /etc/passwd", "-y.mp4", "concat:a|b", "%03d.png"])
def test_the_name_of_a_file_is_shown_and_never_believed(
    client: TestClient, user: User, bearer: dict[str, str], picture: bytes, name: str
) -> None:
    data = send(client, bearer, picture, name).json()["data"]

    assert (data["filename"], data["media_type"]) == (name, "image/png")
    assert re.fullmatch(r"sha256/[0-9a-f]{2}/[0-9a-f]{64}\.png", key_of(data["id"], user))


def bomb() -> bytes:
    """A small file that claims a picture of 16,000 by 16,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (16_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    packed = zlib.compress(b"\x00" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


HOSTILE = {
    "an svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "an hls playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a concat script": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a web page": b"<html><script>alert(1)</script></html>",
    "a zip": b"PK\x03\x04" + b"\x00" * 100,
    "nothing": b"",
    "a picture bomb": bomb(),
    "half a clip": b"\x00\x00\x00\x20ftypisom" + b"\x00" * 200,
    "a broken png": b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_picture_clip_or_sound_is_refused_and_leaves_nothing(
    client: TestClient, bearer: dict[str, str], kind: str
) -> None:
    answer = send(client, bearer, HOSTILE[kind], "holiday.mp4")

    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UNSUPPORTED_MEDIA")
    assert client.get("/assets", headers=bearer).json()["data"]["items"] == []
    assert work_is_empty()


def test_without_an_account_not_a_byte_is_read(client: TestClient) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send_(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/assets", "raw_path": b"/assets", "query_string": b"filename=a.png",
        "headers": [(b"content-length", b"200000000")], "client": ("127.0.0.1", 1), "server": ("test", 80),
        "scheme": "http", "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    asyncio.run(create_app()(scope, receive, send_))  # type: ignore[arg-type]

    assert sent[0]["status"] == 401
    assert read == 0


def test_a_file_that_says_it_is_too_large_is_refused_unread(
    client: TestClient, user: User, plans: Callable[[str], None], picture: bytes
) -> None:
    plans('{"free": {"largest_asset_mb": 1}}')

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    with pytest.raises(assets.TooLarge):
        asyncio.run(assets.upload(never(), filename="a.png", announced=2 << 20, owner=user, once=Once(None, "")))


def test_a_file_that_becomes_too_large_is_cut_off(
    client: TestClient, bearer: dict[str, str], plans: Callable[[str], None]
) -> None:
    plans('{"free": {"largest_asset_mb": 1}}')
    read = 0

    def endless() -> Any:
        nonlocal read
        while read < 100:
            read += 1
            yield b"\xff\xd8\xff" + b"x" * 65_536

    answer = client.post("/assets", params={"filename": "a.jpg"}, content=endless(), headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")
    assert work_is_empty()


def test_all_files_together_stay_within_the_plan(
    client: TestClient, bearer: dict[str, str], plans: Callable[[str], None], tmp_path: Path
) -> None:
    plans('{"free": {"assets_mb": 1}}')
    noise = Image.effect_noise((1000, 700), 100)
    noise.save(tmp_path / "a.png")
    first = send(client, bearer, (tmp_path / "a.png").read_bytes())
    noise.rotate(180).save(tmp_path / "b.png")
    second = send(client, bearer, (tmp_path / "b.png").read_bytes())

    assert (first.status_code, second.status_code) == (201, 413)


def test_pages_follow_each_other_without_gap_or_repetition(
    client: TestClient, bearer: dict[str, str], tmp_path: Path
) -> None:
    made = []
    for shade in range(5):
        Image.new("L", (8, 8), shade).save(tmp_path / "a.png")
        made.append(send(client, bearer, (tmp_path / "a.png").read_bytes()).json()["data"]["id"])
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get("/assets", params=params, headers=bearer).json()["data"]
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break

    assert seen == made[::-1]


def test_the_same_file_sent_twice_is_one_asset(client: TestClient, bearer: dict[str, str], picture: bytes) -> None:
    first, second = (send(client, bearer, picture).json()["data"]["id"] for _ in range(2))

    assert first == second


def test_an_upload_with_a_key_is_done_once(client: TestClient, bearer: dict[str, str], picture: bytes) -> None:
    keyed = {**bearer, "Idempotency-Key": "holiday"}
    first = send(client, keyed, picture)
    client.delete(f"/assets/{first.json()['data']['id']}", headers=bearer)
    again, other = send(client, keyed, picture), send(client, keyed, picture, "other.png")

    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json()["data"]["id"] == first.json()["data"]["id"]
    assert (other.status_code, other.json()["error"]["code"]) == (400, "IDEMPOTENCY_KEY_REUSED")


def key_of(asset_id: str, owner: User) -> str:
    return assets.keys_of((asset_id,), owner=owner)[0]


def test_an_object_goes_with_the_last_who_has_it(
    client: TestClient, user: User, account: Callable[[str], User], picture: bytes
) -> None:
    other = account("other@example.com")
    mine, theirs = (send(client, bearer_of(owner), picture).json()["data"]["id"] for owner in (user, other))
    key = key_of(mine, user)
    storage = open_storage(get_settings())
    client.delete(f"/assets/{mine}", headers=bearer_of(user))
    after_one = storage.exists(key)
    client.delete(f"/assets/{theirs}", headers=bearer_of(other))

    assert (after_one, storage.exists(key)) == (True, False)


def test_a_file_that_a_film_waits_for_cannot_be_removed(
    client: TestClient, user: User, bearer: dict[str, str], picture: bytes
) -> None:
    asset_id = send(client, bearer, picture).json()["data"]["id"]
    with transaction() as session:
        videos = Videos(session, owner_id=user.id)
        film = videos.add(Brief(title="潮汐", assets=(key_of(asset_id, user),)), owner_id=user.id).id
    waiting = client.delete(f"/assets/{asset_id}", headers=bearer)
    with transaction() as session:
        Videos.of_everyone(session).change(film, completed_at=utc_now())

    assert (waiting.status_code, waiting.json()["error"]["code"]) == (409, "CONFLICT")
    assert client.delete(f"/assets/{asset_id}", headers=bearer).status_code == 204


def test_the_assets_of_a_brief_are_the_owners(
    client: TestClient, user: User, account: Callable[[str], User], bearer: dict[str, str], picture: bytes
) -> None:
    asset_id = send(client, bearer, picture).json()["data"]["id"]
    with pytest.raises(BadInput, match=r"assets\.1: there is no such asset"):
        assets.keys_of((asset_id, "asset_0"), owner=user)
    with pytest.raises(BadInput, match=r"assets\.0"):
        assets.keys_of((asset_id,), owner=account("other@example.com"))


def test_a_file_is_taken_from_a_public_address(
    client: TestClient, bearer: dict[str, str], picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(url: str, into: Path, **_: Any) -> Fetched:
        into.write_bytes(picture)
        return Fetched(url=url, media_type="text/html", size=len(picture))

    monkeypatch.setattr(assets.web, "download", download)
    body = {"url": "https://pictures.example/tide.png?size=large"}
    data = client.post("/assets/import", json=body, headers=bearer).json()["data"]

    assert (data["filename"], data["kind"], data["source_url"]) == ("tide.png", "image", body["url"])


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "http://169.254.169.254/", "file:///etc/passwd", "x"])
def test_an_address_that_is_not_public_is_refused(client: TestClient, bearer: dict[str, str], url: str) -> None:
    answer = client.post("/assets/import", json={"url": url}, headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, AddressRefused.code)
    assert work_is_empty()
