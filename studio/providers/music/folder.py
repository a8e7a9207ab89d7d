"""Music of the operator's own: a folder of tracks, and a list of the terms on which each may be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from studio.errors import ProviderNotReady, reason_of
from studio.models.asset import Credit
from studio.providers.licences import licence_address
from studio.providers.music import OPEN, Mood, Track, place_of
from studio.providers.till import Till
from studio.settings import EnvSettings

SUFFIXES: Final = (".aac", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav")
LIST: Final = "credits.json"
LINE: Final = '"{name}": {{"title": "…", "author": "…", "licence": "…"}}'

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class FolderSettings(EnvSettings):
    """Where the tracks are."""

    music_folder: Path | None = None
    """Files beside a credits.json, which has a line for each of them."""


class _Line(BaseModel):
    """What is known of a track; without *moods* it suits all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Said
    author: Said
    licence: Said
    url: str = ""
    licence_url: str = ""
    """Where the licence's text is; Creative Commons' is known."""
    moods: tuple[Mood, ...] = ()


_LINES: Final = TypeAdapter(dict[str, _Line])


class FolderMusic:
    """Tracks whose licence the operator has written down; all others are refused."""

    name = "folder"

    def check(self) -> None:
        """Raise ProviderNotReady unless every track of the folder has its terms."""
        self._tracks()

    def pick(self, mood: Mood, *, seed: str, till: Till = OPEN) -> Track:
        """One of those for the mood, by the hash of *seed*; one of all where none is."""
        tracks = self._tracks()
        fitting = [each for each in tracks if not each[1].moods or mood in each[1].moods] or tracks
        path, line = fitting[place_of(seed, len(fitting))]
        return Track(path, _credit(line))

    def _tracks(self) -> list[tuple[Path, _Line]]:
        folder = FolderSettings().music_folder
        if folder is None:
            raise self._not_ready("MUSIC_FOLDER is not set; set it, or use music 'packaged', which needs none")
        if not folder.is_dir():
            raise self._not_ready(f"MUSIC_FOLDER names {folder}, which is no folder")
        files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in SUFFIXES)
        if not files:
            raise self._not_ready(f"there is no track in {folder} (MUSIC_FOLDER); music 'packaged' needs none")
        lines = self._lines(folder / LIST)
        for path in files:
            if path.name not in lines:
                raise self._not_ready(
                    f"{path} has no licence; write {LINE.format(name=path.name)} into {folder / LIST}, or take it away"
                )
        return [(path, lines[path.name]) for path in files]

    def _lines(self, path: Path) -> dict[str, _Line]:
        try:
            return _LINES.validate_python(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except ValidationError as error:
            first = error.errors()[0]
            where = " → ".join(str(part) for part in first["loc"])
            raise self._not_ready(f"{path}: {where}: {reason_of(first)}") from error
        except (OSError, ValueError) as error:
            raise self._not_ready(f"{path} is no JSON; write {{{LINE.format(name='file.mp3')}}}") from error

    def _not_ready(self, message: str) -> ProviderNotReady:
        return ProviderNotReady("music", self.name, message)


def _credit(line: _Line) -> Credit:
    terms = line.licence_url or licence_address(line.licence)
    return Credit(title=line.title, author=line.author, licence=line.licence, url=line.url, licence_url=terms)
