"""28 instrumental tracks that ship in a package, MIT licensed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from studio.errors import ProviderNotReady
from studio.models.asset import Credit
from studio.providers.music import OPEN, Mood, Track, place_of
from studio.providers.till import Till


class PackagedMusic:
    """Tracks of immich-memories-music: about half a minute each, in five moods."""

    name = "packaged"

    def check(self) -> None:
        """Raise ProviderNotReady unless the package is installed."""
        self._tracks("calm")

    def pick(self, mood: Mood, *, seed: str, till: Till = OPEN) -> Track:
        """One of the mood's tracks, by the hash of *seed*."""
        tracks = self._tracks(mood)
        path = tracks[place_of(seed, len(tracks))]
        title = path.stem.replace("_", " ")
        return Track(
            path,
            Credit(
                title=title,
                author="Immich Memories Contributors, made with the model ACE-Step 1.5",
                licence="MIT",
                url="https://pypi.org/project/immich-memories-music/",
            ),
        )

    def _tracks(self, mood: Mood) -> list[Path]:
        try:
            folder = Path(str(files("immich_memories_music"))) / "tracks" / mood
        except ModuleNotFoundError as error:
            raise ProviderNotReady(
                "music", self.name, "immich-memories-music is not installed; run `make setup`, or set MUSIC_FOLDER"
            ) from error
        tracks = sorted(folder.glob("*.opus"))
        if not tracks:
            raise ProviderNotReady(
                "music", self.name, f"there is no track for the mood {mood!r}; reinstall immich-memories-music"
            )
        return tracks
