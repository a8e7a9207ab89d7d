"""A package in a folder: film, poster, captions and texts, for every platform that we have no way to, and to try things."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from studio.errors import ProviderNotReady, ProviderUnavailable
from studio.models.publication import Limits, Media, Post, Problem, Published
from studio.providers.publish import Desk, Parcel
from studio.providers.publish.wording import Room, fitted
from studio.settings import EnvSettings, get_settings

SHEET: Final = "publication.json"
_UNSAFE: Final = re.compile(r"[^\w\u3400-\u9fff-]+")
LONGEST_NAME: Final = 60

ROOM: Final = Room(most=1 << 20, weigh=len, most_hashtags=30)
"""A file has room for everything; thirty hashtags are what the strictest platform takes."""


class FolderSettings(EnvSettings):
    """Where packages go."""

    publish_folder: Path | None = None
    """Empty means `published` in VIDEO_SYSTEM_HOME."""


class Folder:
    """Copies a film with everything that goes with it into a folder of its own."""

    name = "folder"
    needs_account = False
    limits = Limits(can_schedule=True)

    def check(self) -> None:
        """Raise ProviderNotReady unless the folder can be written."""
        try:
            _root().mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=_root()):
                pass
        except OSError as error:
            message = f"{_root()} cannot be written ({error.strerror}); set PUBLISH_FOLDER"
            raise ProviderNotReady("publish", self.name, message) from error

    def options_schema(self) -> dict[str, JsonValue]:
        """None."""
        return {"type": "object", "properties": {}, "additionalProperties": False}

    def problems(self, post: Post, media: Media | None) -> list[Problem]:
        """A folder takes everything."""
        return [Problem(field=f"options.{name}", message="a folder has no options") for name in post.options]

    def publish(self, parcel: Parcel, desk: Desk) -> Published:
        """The package appears under its name at once and whole, or not at all."""
        target = _root() / _name_of(parcel)
        if not target.exists():
            desk.report("uploading", sent=0)
            self._pack(parcel, target)
        desk.report("uploading", sent=parcel.media.size)
        return Published(remote_id=target.name, url=target.as_uri(), visibility=parcel.post.visibility)

    def abandon(self, parcel: Parcel, desk: Desk) -> None:
        """Remove the package, if it was made."""
        _sweep(parcel)
        self.withdraw(Published(remote_id=_name_of(parcel)), desk)

    def withdraw(self, published: Published, desk: Desk) -> None:
        """Remove the package."""
        target = _root() / Path(published.remote_id).name
        if target.is_dir() and (target / SHEET).is_file():
            shutil.rmtree(target)

    def _pack(self, parcel: Parcel, target: Path) -> None:
        try:
            _root().mkdir(parents=True, exist_ok=True)
            _sweep(parcel)
            part = Path(tempfile.mkdtemp(prefix=_part_of(parcel), dir=_root()))
            try:
                _fill(part, parcel)
                part.chmod(0o755)
                part.rename(target)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
        except OSError as error:
            if target.exists():  # another process was first with the same package
                return
            message = f"{_root()} cannot be written ({error.strerror})"
            raise ProviderUnavailable("publish", self.name, message) from error


def _root() -> Path:
    return FolderSettings().publish_folder or get_settings().home / "published"


def _name_of(parcel: Parcel) -> str:
    title = _UNSAFE.sub("-", parcel.post.title).strip("-")[:LONGEST_NAME]
    return f"{title}-{parcel.name}" if title else parcel.name


def _part_of(parcel: Parcel) -> str:
    return f".part-{parcel.name}-"


def _sweep(parcel: Parcel) -> None:
    """Remove what a process that was killed has left of the package."""
    for part in _root().glob(f"{_part_of(parcel)}*"):
        shutil.rmtree(part, ignore_errors=True)


def _fill(folder: Path, parcel: Parcel) -> None:
    shutil.copyfile(parcel.video, folder / f"video{parcel.video.suffix}")
    if parcel.poster:
        shutil.copyfile(parcel.poster, folder / f"poster{parcel.poster.suffix}")
    for language, captions in parcel.captions.items():
        shutil.copyfile(captions, folder / f"captions.{language}{captions.suffix}")
    post = parcel.post
    own = "\n\n".join(part for part in (post.title, post.description) if part)
    text = fitted(
        own, room=ROOM, credits=post.credits, tags=post.tags, is_synthetic=post.is_synthetic, language=post.language
    ).text
    (folder / "description.txt").write_text(text + "\n", "utf-8")
    sheet = {"post": post.model_dump(mode="json"), "media": parcel.media.model_dump(mode="json")}
    (folder / SHEET).write_text(json.dumps(sheet, ensure_ascii=False, indent=2) + "\n", "utf-8")
