"""Finished files by signed link: the link is the permission, and opens nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient

from studio.models.asset import Asset
from studio.providers.storage import open_storage, store_file
from studio.providers.storage.links import _signature, signed_url
from studio.settings import get_settings

BYTES = bytes(range(256)) * 40


@pytest.fixture
def film(client: TestClient, tmp_path: Path) -> Asset:
    path = tmp_path / "film.mp4"
    path.write_bytes(BYTES)
    return store_file(open_storage(get_settings()), path, kind="video")


def link(asset: Asset, *, lifetime_s: int = 60) -> str:
    return signed_url(asset.key, lifetime_s=lifetime_s, filename="潮汐.mp4")


def signed(key: str, *, expires: int | None = None) -> str:
    """A link to any key at all, signed as we would."""
    expires = expires or int(time.time()) + 60
    return f"/media/{quote(key, safe='')}?exp={expires}&sig={_signature(key, expires)}"


def test_a_link_gives_the_whole_file(client: TestClient, film: Asset) -> None:
    answer = client.get(link(film))

    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''%E6%BD%AE%E6%B1%90.mp4"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox"


def test_head_gives_the_size_and_no_body(client: TestClient, film: Asset) -> None:
    answer = client.head(link(film))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "10240"


@pytest.mark.parametrize(
    ("asked", "content", "content_range"),
    [
        ("bytes=100-199", BYTES[100:200], "bytes 100-199/10240"),
        ("bytes=10000-", BYTES[10000:], "bytes 10000-10239/10240"),
        ("bytes=-10", BYTES[-10:], "bytes 10230-10239/10240"),
    ],
)
def test_a_range_gives_that_part(
    client: TestClient, film: Asset, asked: str, content: bytes, content_range: str
) -> None:
    answer = client.get(link(film), headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, content)
    assert answer.headers["content-range"] == content_range


def test_a_range_behind_the_end_is_refused_with_the_size(client: TestClient, film: Asset) -> None:
    answer = client.get(link(film), headers={"Range": "bytes=20000-"})

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */10240")
    assert answer.json()["error"]["code"] == "BAD_RANGE"


@pytest.mark.parametrize("asked", ["bytes=abc", "lines=1-2", "bytes", "bytes=", "bytes=9-3"])
def test_what_is_no_range_of_bytes_is_as_if_it_were_not_there(client: TestClient, film: Asset, asked: str) -> None:
    answer = client.get(link(film), headers={"Range": asked})

    assert (answer.status_code, answer.content) == (200, BYTES)


def test_a_thousand_ranges_cost_no_more_than_the_file(client: TestClient, film: Asset) -> None:
    ranges = "bytes=" + ",".join(f"{i * 10}-{i * 10 + 1}" for i in range(1000))
    answer = client.get(link(film), headers={"Range": ranges})

    assert (answer.status_code, answer.content) == (200, BYTES)


def test_a_known_file_is_not_sent_again(client: TestClient, film: Asset) -> None:
    etag = client.get(link(film)).headers["etag"]
    answer = client.get(link(film), headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert etag == f'"{Path(film.key).stem}"'


@pytest.mark.parametrize("known", ["*", '"other", {etag}', "W/{etag}"])
def test_a_file_is_known_by_any_of_the_tags(client: TestClient, film: Asset, known: str) -> None:
    asked = known.replace("{etag}", f'"{Path(film.key).stem}"')

    assert client.get(link(film), headers={"If-None-Match": asked}).status_code == 304


def test_a_file_is_known_by_its_time_where_no_tag_is_given(client: TestClient, film: Asset) -> None:
    changed = client.get(link(film)).headers["last-modified"]
    since = {changed: 304, "Tue, 01 Dec 2015 00:00:00 GMT": 200, "yesterday": 200, "": 200}

    for time_, status in since.items():
        assert client.get(link(film), headers={"If-Modified-Since": time_}).status_code == status
    both = {"If-Modified-Since": changed, "If-None-Match": '"another"'}
    assert client.get(link(film), headers=both).status_code == 200


def test_another_file_is_sent_although_one_is_known(client: TestClient, film: Asset) -> None:
    assert client.get(link(film), headers={"If-None-Match": '"something else"'}).status_code == 200


def test_a_link_dies_at_its_time(client: TestClient, film: Asset) -> None:
    answer = client.get(link(film, lifetime_s=-1))

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LINK_EXPIRED")


def test_a_link_opens_no_other_file(client: TestClient, film: Asset, tmp_path: Path) -> None:
    (tmp_path / "other.mp4").write_bytes(b"other")
    other = store_file(open_storage(get_settings()), tmp_path / "other.mp4", kind="video")
    answer = client.get(link(film).replace(film.key, other.key))

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LINK_EXPIRED")


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "\x00"])
def test_a_link_with_another_signature_is_refused(client: TestClient, film: Asset, signature: str) -> None:
    answer = client.get(f"/media/{film.key}", params={"exp": int(time.time()) + 60, "sig": signature})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LINK_EXPIRED")


@pytest.mark.parametrize(
    "query",
    ["", "exp=1", "sig=0", "exp=soon&sig=0", "exp=1&sig=" + "0" * 65, "exp=" + "9" * 5000 + "&sig=0", "exp=inf&sig=0"],
)
def test_a_link_without_its_parts_is_a_bad_request(client: TestClient, film: Asset, query: str) -> None:
    assert client.get(f"/media/{film.key}?{query}").status_code == 400


HOSTILE = [
    "../secret.key",
    "../../etc/passwd",
    "/etc/passwd",
    "sha256/../../secret.key",
    "sha256/ab/../../../secret.key",
    "..\\secret.key",
    "secret.key\x00.mp4",
    "sha256/ab/" + "é" * 64 + ".mp4",
    "\ufffd",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_path_out_of_the_store_is_not_found_even_when_signed(client: TestClient, film: Asset, key: str) -> None:
    (get_settings().home / "secret.key").touch()
    answer = client.get(signed(key))

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("key", HOSTILE)
def test_a_path_out_of_the_store_is_refused_unsigned(client: TestClient, film: Asset, key: str) -> None:
    answer = client.get(f"/media/{quote(key, safe='')}?exp={int(time.time()) + 60}&sig={'0' * 64}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LINK_EXPIRED")


def test_the_file_itself_decides_its_type_and_not_the_name_in_the_link(client: TestClient, film: Asset) -> None:
    parts = urlsplit(link(film))
    answer = client.get(f"{parts.path}?{parts.query}".replace("name=%E6%BD%AE%E6%B1%90.mp4", "name=page.html"))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"


def test_a_name_adds_no_header(client: TestClient, film: Asset) -> None:
    parts = urlsplit(link(film))
    answer = client.get(
        f"{parts.path}?{parts.query}".replace("name=%E6%BD%AE%E6%B1%90.mp4", "name=a%0d%0aSet-Cookie:%20b=c")
    )

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_file_that_was_deleted_is_not_found(client: TestClient, film: Asset) -> None:
    open_storage(get_settings()).delete(film.key)
    answer = client.get(link(film))

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
