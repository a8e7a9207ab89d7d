"""Where files live: content-addressed, so that any stage can run on any worker."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from studio.errors import BadInput
from studio.models.asset import Asset, AssetKind, Credit
from studio.providers.catalog import Catalog
from studio.settings import Settings

KEY = re.compile(r"^(?:sha256|recipe)/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,8}\Z")
"""
What a key looks like; anything else never reaches a file system or a bucket. Under sha256/ stands the hash of the
content, under recipe/ that of what the content was made of.
"""

KEY_IN_TEXT = re.compile(r"(?:sha256|recipe)/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,8}")


@runtime_checkable
class Storage(Protocol):
    """Keeps whole, immutable objects by key."""

    name: str

    def check(self) -> None:
        """Return when objects can be written and read. Raises ProviderNotReady."""
        ...

    def put(self, path: Path, key: str) -> None:
        """Copy the file at *path* into the store; an object that is there already is left alone."""
        ...

    def fetch(self, key: str) -> Path:
        """
        A local file with the object's bytes, which the caller must not change.

        Raises:
            ObjectMissing: there is no such object.
        """
        ...

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        ...

    def touch(self, key: str) -> bool:
        """Let the object look new, for somebody is about to use it; False when it is not there."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object if it is there."""
        ...

    def keys(self) -> Iterator[tuple[str, datetime]]:
        """Every object under sha256/ with the time of its last change; what is put meanwhile may be missing."""
        ...


catalog = Catalog[Storage](
    "storage",
    {
        "files": "studio.providers.storage.files:FileStorage",
        "s3": "studio.providers.storage.s3:S3Storage",
    },
)

_BY_SCHEME = {"": "files", "file": "files", "s3": "s3"}


def open_storage(settings: Settings) -> Storage:
    """
    The store that STORAGE_URL names; a folder in VIDEO_SYSTEM_HOME by default.

    Raises:
        BadInput: it names none that we know.
    """
    scheme = settings.storage_url.partition("://")[0]
    if scheme not in _BY_SCHEME:
        raise BadInput(f"{scheme}:// is not supported; use file:///folder or s3://bucket/prefix", field="STORAGE_URL")
    return catalog.open(_BY_SCHEME[scheme])


def store_file(
    storage: Storage, path: Path, *, kind: AssetKind, media_type: str = "", credit: Credit | None = None
) -> Asset:
    """Put the file at *path* into *storage* under the hash of its content."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    key = f"sha256/{digest[:2]}/{digest}{path.suffix.lower()}"
    if not KEY.match(key):
        raise BadInput(f"a file needs an extension of letters and digits, not {path.suffix!r}", field="asset")
    storage.put(path, key)
    media_type = media_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(key=key, kind=kind, media_type=media_type, size=path.stat().st_size, credit=credit)
