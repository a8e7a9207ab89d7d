"""Objects in a bucket of S3, or of anything that speaks its protocol, with copies of them on this machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from pydantic import Field, SecretStr

from studio.errors import BadInput, ObjectMissing, ProviderNotReady, ProviderUnavailable
from studio.providers.storage import KEY
from studio.settings import EnvSettings, get_settings

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

CONNECT = timedelta(seconds=5)
REQUEST = timedelta(seconds=120)
RETRIES: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
"""The store's own, unlike other vendors': a film that is rendered must not be lost to one connection that was reset."""

CHUNK_BYTES = 1 << 20

RENEWED_AFTER = timedelta(hours=12)
"""Half of what a sweep of unused objects spares."""
NEVER = f"sha256/00/{'0' * 64}.none"
"""A key that no content has; asking for it shows whether the bucket may be read."""


class S3Settings(EnvSettings):
    """The usual variables of S3 clients."""

    aws_access_key_id: str = ""
    aws_secret_access_key: SecretStr = SecretStr("")
    aws_session_token: SecretStr = SecretStr("")
    aws_region: str = "us-east-1"
    aws_endpoint_url: str = ""
    """Of a store that is not Amazon's; http:// is taken for one inside your own network."""
    storage_cache_gb: float = Field(10, gt=0)
    """Copies of objects that are kept on this machine; those not used for longest go first."""


class S3Storage:
    """A bucket and a prefix in it. Objects never change, so a copy that was checked once stays right."""

    name = "s3"

    def __init__(self) -> None:
        self._url = get_settings().storage_url
        self._copies = get_settings().home / "cache" / "objects"

    def check(self) -> None:
        """Raise ProviderNotReady unless the bucket answers to the keys."""
        settings = S3Settings()
        if not urlparse(self._url).netloc:
            raise ProviderNotReady(
                "storage", self.name, "STORAGE_URL names no bucket; write s3://bucket/prefix, or use 'files'"
            )
        if settings.aws_access_key_id and not settings.aws_secret_access_key.get_secret_value():
            raise ProviderNotReady("storage", self.name, "AWS_SECRET_ACCESS_KEY is not set")
        try:
            self.exists(NEVER)
        except ProviderUnavailable as error:
            raise ProviderNotReady("storage", self.name, "the store does not answer; check AWS_ENDPOINT_URL") from error

    def put(self, path: Path, key: str) -> None:
        """Upload *path*, in parts when it is large; an object that is there already is left alone."""
        if not self.touch(key):
            self._upload(path, key)

    def fetch(self, key: str) -> Path:
        """A copy on this machine, whose content was checked against its key."""
        self._checked(key)
        copy = self._copies / key
        if copy.is_file():
            os.utime(copy)
            return copy
        copy.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=copy.parent, prefix=".part-")
        os.close(handle)
        try:
            self._download(key, Path(part))
            os.replace(part, copy)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _make_room(self._copies, keep=copy)
        return copy

    def exists(self, key: str) -> bool:
        """Whether the bucket has the object."""
        import obstore

        self._checked(key)
        try:
            with self._told_apart(key):
                obstore.head(self._bucket(), key)
        except ObjectMissing:
            return False
        return True

    def touch(self, key: str) -> bool:
        """Upload it again once it is older than half of what a sweep spares: a bucket has no other way."""
        import obstore

        self._checked(key)
        try:
            with self._told_apart(key):
                found = obstore.head(self._bucket(), key)
                if datetime.now(UTC) - found["last_modified"] > RENEWED_AFTER:
                    self._upload(self.fetch(key), key)
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object, and the copy that is here."""
        import obstore

        (self._copies / self._checked(key)).unlink(missing_ok=True)
        try:
            with self._told_apart(key):
                obstore.delete(self._bucket(), key)
        except ObjectMissing:
            return

    def keys(self) -> Iterator[tuple[str, datetime]]:
        """Every object with the time of its last change."""
        import obstore

        with self._told_apart("objects"):
            for page in obstore.list(self._bucket(), prefix="sha256"):
                for found in page:
                    if KEY.match(found["path"]):
                        yield found["path"], found["last_modified"]

    def _upload(self, path: Path, key: str) -> None:
        import obstore

        media_type = guess_type(key)[0] or "application/octet-stream"
        with self._told_apart(key):
            obstore.put(self._bucket(), key, path, attributes={"Content-Type": media_type})
            if int(obstore.head(self._bucket(), key)["size"]) != path.stat().st_size:
                raise ProviderUnavailable("storage", self.name, f"{key} did not arrive whole")

    def _download(self, key: str, into: Path) -> None:
        import obstore

        digest = hashlib.sha256()
        with self._told_apart(key), into.open("wb") as file:
            for chunk in obstore.get(self._bucket(), key).stream(min_chunk_size=CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
        if key.startswith("sha256/") and digest.hexdigest() not in key:
            raise ProviderUnavailable("storage", self.name, f"what came for {key} is something else")
        into.chmod(0o644)

    def _bucket(self) -> S3Store:
        settings = S3Settings()
        return _bucket(self._url, settings)

    @contextmanager
    def _told_apart(self, key: str) -> Iterator[None]:
        from obstore import exceptions

        try:
            yield
        except (exceptions.NotFoundError, FileNotFoundError) as error:
            raise ObjectMissing(f"storage 's3': there is no object {key}") from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            reason = "access was refused; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy"
            raise ProviderNotReady("storage", self.name, reason) from error
        except exceptions.BaseError as error:
            # Not from the cause: its text has the address with the key's id in it.
            raise ProviderUnavailable("storage", self.name, f"no answer ({type(error).__name__})") from None

    def _checked(self, key: str) -> str:
        if not KEY.match(key):
            raise ObjectMissing(f"storage 's3': {key!r} is not an object key")
        return key


@cache
def _bucket(url: str, settings: S3Settings) -> S3Store:
    from obstore.store import S3Store

    parts = urlparse(url)
    config: S3Config = {"region": settings.aws_region}
    if settings.aws_endpoint_url:
        config["endpoint"] = settings.aws_endpoint_url
    if settings.aws_access_key_id:
        config["access_key_id"] = settings.aws_access_key_id
        config["secret_access_key"] = settings.aws_secret_access_key.get_secret_value()
    if token := settings.aws_session_token.get_secret_value():
        config["session_token"] = token
    if not parts.netloc:
        raise BadInput("names no bucket; write s3://bucket/prefix", field="STORAGE_URL")
    is_plain = settings.aws_endpoint_url.startswith("http://")
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={"connect_timeout": CONNECT, "timeout": REQUEST, "allow_http": is_plain},
        retry_config=RETRIES,
    )


def _make_room(folder: Path, *, keep: Path) -> None:
    """Remove the copies that were not used for longest; whoever has one open keeps reading it."""
    most = int(S3Settings().storage_cache_gb * (1 << 30))
    copies = sorted(
        ((path.stat().st_mtime, path.stat().st_size, path) for path in folder.rglob("*.*") if path.is_file()),
        reverse=True,
    )
    size = 0
    for _, bytes_, path in copies:
        size += bytes_
        if size > most and path != keep:
            path.unlink(missing_ok=True)
