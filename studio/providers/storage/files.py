"""Objects as files in a folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlparse

from studio.errors import ObjectMissing, ProviderNotReady
from studio.providers.storage import KEY
from studio.settings import get_settings


class FileStorage:
    """A folder of objects; several processes may use it at once."""

    name = "files"

    def __init__(self) -> None:
        settings = get_settings()
        url = settings.storage_url
        self.root = Path(unquote(urlparse(url).path)) if url else settings.home / "objects"

    def check(self) -> None:
        """Raise ProviderNotReady unless the folder can be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProviderNotReady(
                "storage", self.name, f"{self.root} cannot be made ({error.strerror}); set STORAGE_URL"
            ) from error
        if not os.access(self.root, os.W_OK):
            raise ProviderNotReady(
                "storage", self.name, f"{self.root} is not writable; change its owner or set STORAGE_URL"
            )

    def put(self, path: Path, key: str) -> None:
        """Copy *path* in: under a private name first, so that a reader never sees half a file."""
        target = self._path(key)
        if self.touch(key):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        os.close(handle)
        try:
            shutil.copyfile(path, part)
            Path(part).chmod(0o644)
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def fetch(self, key: str) -> Path:
        """The object's own file."""
        path = self._path(key)
        if not path.is_file():
            raise ObjectMissing(f"storage 'files': there is no object {key}")
        return path

    def exists(self, key: str) -> bool:
        """Whether the object's file is there."""
        return self._path(key).is_file()

    def touch(self, key: str) -> bool:
        """Set the file's time to now."""
        try:
            os.utime(self._path(key))
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object's file."""
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[tuple[str, datetime]]:
        """Every object's file with the time it was written."""
        for path in self.root.glob("sha256/*/*"):
            key = path.relative_to(self.root).as_posix()
            with suppress(FileNotFoundError):
                if KEY.match(key):
                    yield key, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, key: str) -> Path:
        if not KEY.match(key):
            raise ObjectMissing(f"storage 'files': {key!r} is not an object key")
        return self.root / key
