"""Objects in a real S3 server that checks signatures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import ObjectMissing, ProviderNotReady, ProviderUnavailable
from studio.providers.storage import Storage, open_storage, store_file
from studio.settings import get_settings
from tests.support.s3 import Bucket, s3_server

KEY = f"sha256/ab/ab{'0' * 62}.mp4"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with s3_server(tmp_path_factory.mktemp("s3")) as bucket:
        yield bucket


@pytest.fixture
def storage(fresh_home: Path, server: Bucket, monkeypatch: pytest.MonkeyPatch) -> Storage:
    for name, value in server.settings.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return open_storage(get_settings())


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "picture.png").write_bytes(os.urandom(100) + str(tmp_path).encode())
    return tmp_path / "picture.png"


def copies(home: Path) -> list[Path]:
    return [path for path in (home / "cache" / "objects").rglob("*") if path.is_file()]


def test_what_was_put_can_be_fetched_and_is_in_the_bucket(storage: Storage, server: Bucket, picture: Path) -> None:
    storage.check()
    asset = store_file(storage, picture, kind="image")

    assert storage.exists(asset.key)
    assert storage.fetch(asset.key).read_bytes() == picture.read_bytes()
    assert (server.folder / "objects" / asset.key).read_bytes() == picture.read_bytes()


def test_a_large_file_arrives_whole(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(os.urandom(12 << 20))
    asset = store_file(storage, tmp_path / "film.mp4", kind="video")

    assert storage.fetch(asset.key).read_bytes() == (tmp_path / "film.mp4").read_bytes()


def test_a_copy_is_fetched_once(storage: Storage, server: Bucket, picture: Path) -> None:
    asset = store_file(storage, picture, kind="image")
    storage.fetch(asset.key)
    (server.folder / "objects" / asset.key).unlink()

    assert storage.fetch(asset.key).read_bytes() == picture.read_bytes()


def test_an_object_whose_content_is_not_that_of_its_key_is_refused(
    storage: Storage, picture: Path, fresh_home: Path
) -> None:
    storage.put(picture, KEY)
    with pytest.raises(ProviderUnavailable, match="is something else"):
        storage.fetch(KEY)

    assert copies(fresh_home) == []
    storage.delete(KEY)


def test_what_is_not_there_is_missing(storage: Storage) -> None:
    assert not storage.exists(KEY)
    with pytest.raises(ObjectMissing, match="there is no object"):
        storage.fetch(KEY)


def test_a_deleted_object_is_gone_here_and_there_and_may_be_deleted_again(
    storage: Storage, picture: Path, fresh_home: Path
) -> None:
    asset = store_file(storage, picture, kind="image")
    storage.fetch(asset.key)
    storage.delete(asset.key)
    storage.delete(asset.key)

    assert copies(fresh_home) == []
    assert not storage.exists(asset.key)


def test_every_object_is_listed_with_its_time(storage: Storage, picture: Path) -> None:
    asset = store_file(storage, picture, kind="image")
    times = dict(storage.keys())

    assert asset.key in times
    assert times[asset.key].tzinfo is not None


@pytest.mark.parametrize("key", ["", "../films", f"sha256/ab/AB{'0' * 62}.mp4", f"{KEY}\n"])
def test_what_is_no_key_never_reaches_the_bucket(storage: Storage, picture: Path, key: str) -> None:
    for use in (lambda: storage.put(picture, key), lambda: storage.fetch(key), lambda: storage.delete(key)):
        with pytest.raises(ObjectMissing, match="is not an object key"):
            use()


def test_a_wrong_secret_says_what_to_check(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(ProviderNotReady, match="check AWS_ACCESS_KEY_ID") as caught:
        storage.check()

    assert "another" not in str(caught.value)


def test_a_store_that_is_away_says_where_it_was_looked_for(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ProviderNotReady, match="check AWS_ENDPOINT_URL"):
        storage.check()


@pytest.mark.parametrize(("url", "message"), [("s3://", "names no bucket"), ("s3:///folder", "names no bucket")])
def test_an_address_without_a_bucket_is_told(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, url: str, message: str
) -> None:
    monkeypatch.setenv("STORAGE_URL", url)
    get_settings.cache_clear()
    with pytest.raises(ProviderNotReady, match=message):
        open_storage(get_settings()).check()


def test_copies_that_were_not_used_for_longest_make_room(
    storage: Storage, tmp_path: Path, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_CACHE_GB", str(2_500 / (1 << 30)))
    keys = []
    for number in range(4):
        (tmp_path / f"{number}.bin").write_bytes(os.urandom(1_000))
        keys.append(store_file(storage, tmp_path / f"{number}.bin", kind="data").key)
    for age, key in zip((30, 20, 10), keys, strict=False):
        path = storage.fetch(key)
        os.utime(path, (path.stat().st_mtime - age, path.stat().st_mtime - age))
    storage.fetch(keys[3])

    assert {path.name for path in copies(fresh_home)} == {key.rsplit("/", 1)[-1] for key in (keys[2], keys[3])}
