"""Objects by the hash of what is in them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.errors import BadInput, ObjectMissing, ProviderNotReady
from studio.models.asset import Credit
from studio.providers.storage import Storage, open_storage, store_file
from studio.providers.storage.files import FileStorage
from studio.settings import get_settings

KEY = f"sha256/ab/ab{'0' * 62}.mp4"


@pytest.fixture
def storage(fresh_home: Path) -> Storage:
    return open_storage(get_settings())


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.PNG"
    path.write_bytes(b"picture")
    return path


def objects(home: Path) -> list[Path]:
    return [path for path in (home / "objects").rglob("*") if path.is_file()]


def test_a_file_is_kept_under_the_hash_of_its_content(storage: Storage, picture: Path) -> None:
    asset = store_file(storage, picture, kind="image")
    digest = hashlib.sha256(b"picture").hexdigest()

    assert asset.key == f"sha256/{digest[:2]}/{digest}.png"
    assert (asset.kind, asset.media_type, asset.size, asset.credit) == ("image", "image/png", 7, None)
    assert storage.fetch(asset.key).read_bytes() == b"picture"


def test_an_empty_file_is_an_object_too(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    asset = store_file(storage, tmp_path / "empty.txt", kind="text")

    assert asset.size == 0
    assert storage.fetch(asset.key).read_bytes() == b""


def test_equal_files_are_one_object(storage: Storage, picture: Path, fresh_home: Path) -> None:
    shutil.copyfile(picture, fresh_home / "copy.png")
    keys = {store_file(storage, path, kind="image").key for path in (picture, picture, fresh_home / "copy.png")}

    assert len(keys) == 1
    assert len(objects(fresh_home)) == 1


def test_what_is_there_is_left_alone(storage: Storage, picture: Path) -> None:
    storage.put(picture, KEY)
    picture.write_bytes(b"something else")
    storage.put(picture, KEY)

    assert storage.fetch(KEY).read_bytes() == b"picture"


def test_a_media_type_and_credit_that_are_known_are_kept(storage: Storage, picture: Path) -> None:
    credit = Credit(title="Tide", author="Somebody", licence="CC0")
    asset = store_file(storage, picture, kind="image", media_type="image/x-own", credit=credit)

    assert (asset.media_type, asset.credit) == ("image/x-own", credit)


@pytest.mark.parametrize("name", ["noextension", "film.", "film.a-b", "film.toolongext", "film.影片", "film.m p4"])
def test_a_name_without_a_plain_extension_is_refused(storage: Storage, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    with pytest.raises(BadInput, match="asset: a file needs an extension"):
        store_file(storage, tmp_path / name, kind="data")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../secret.key",
        "/etc/passwd",
        "sha256/ab/../../secret.key",
        f"sha256/ab/ab{'0' * 62}.mp4/../../x.mp4",
        f"sha256/ab/AB{'0' * 62}.mp4",
        f"sha256/ab/ab{'0' * 61}.mp4",
        f"sha256/ab/ab{'0' * 62}.mp4\n",
        f"sha256/ab/ab{'0' * 62}.mp4\x00",
        f"\nsha256/ab/ab{'0' * 62}.mp4",
        f"sha256/ab/ab{'０' * 62}.mp4",
    ],
)
def test_what_is_no_key_never_reaches_the_folder(storage: Storage, picture: Path, fresh_home: Path, key: str) -> None:
    for use in (lambda: storage.put(picture, key), lambda: storage.fetch(key), lambda: storage.delete(key)):
        with pytest.raises(ObjectMissing, match="is not an object key"):
            use()

    assert not (fresh_home / "objects").exists()


NAMES = st.text() | st.text(alphabet="./\\~%0af\n") | st.from_regex(r"(sha256/)?(\.\./|[0-9a-f]{2}/)*[0-9a-f]*\.\w+")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, is_below=st.booleans())
def test_whatever_a_key_is_it_leads_below_the_folder_or_nowhere(
    storage: FileStorage, name: str, is_below: bool
) -> None:
    key = f"{KEY[:-4]}{name}" if is_below else name
    try:
        path = storage._path(key)
    except ObjectMissing:
        return

    assert path.resolve().is_relative_to(storage.root.resolve())
    assert path.name == key.rsplit("/", 1)[-1]


def test_an_object_that_is_not_there_is_missing(storage: Storage) -> None:
    with pytest.raises(ObjectMissing, match=f"there is no object {KEY}"):
        storage.fetch(KEY)


def test_a_deleted_object_is_gone_and_may_be_deleted_again(storage: Storage, picture: Path) -> None:
    storage.put(picture, KEY)
    storage.delete(KEY)
    storage.delete(KEY)

    with pytest.raises(ObjectMissing):
        storage.fetch(KEY)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_copy_that_fails_leaves_nothing(
    storage: Storage, picture: Path, fresh_home: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def copy_half(_source: object, target: str) -> None:
        Path(target).write_bytes(b"pic")
        raise error

    monkeypatch.setattr(shutil, "copyfile", copy_half)
    with pytest.raises(type(error)):
        storage.put(picture, KEY)

    assert objects(fresh_home) == []


def test_an_object_can_be_read_by_other_users(storage: Storage, picture: Path) -> None:
    storage.put(picture, KEY)

    assert storage.fetch(KEY).stat().st_mode & 0o777 == 0o644


def test_an_address_may_name_a_folder_with_spaces(
    fresh_home: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_URL", f"file://{fresh_home}/own%20objects")
    get_settings.cache_clear()
    storage = open_storage(get_settings())
    storage.check()
    storage.put(picture, KEY)

    assert (fresh_home / "own objects" / KEY).is_file()


def test_a_store_that_we_do_not_know_is_refused(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_URL", "gs://bucket/prefix")
    get_settings.cache_clear()

    with pytest.raises(BadInput, match="STORAGE_URL: gs:// is not supported; use file:///folder or s3://"):
        open_storage(get_settings())


def test_a_folder_that_cannot_be_made_says_what_to_set(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fresh_home / "file").touch()
    monkeypatch.setenv("STORAGE_URL", f"file://{fresh_home}/file/objects")
    get_settings.cache_clear()

    with pytest.raises(ProviderNotReady, match=r"cannot be made .* set STORAGE_URL"):
        open_storage(get_settings()).check()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so for a moment we are somebody else."""
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)


def test_a_folder_that_cannot_be_written_says_what_to_do(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        monkeypatch.setenv("STORAGE_URL", f"file://{folder}")
        get_settings.cache_clear()
        storage = open_storage(get_settings())

        with as_nobody(), pytest.raises(ProviderNotReady, match="is not writable; change its owner or set STORAGE_URL"):
            storage.check()
