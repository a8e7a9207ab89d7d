"""The creator's own pictures and clips, found by what their files are called."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from studio.errors import ObjectMissing, ProviderUnavailable
from studio.models.footage import Candidate
from studio.providers.footage import Wanted
from studio.providers.storage import Storage
from studio.providers.till import Till

NAME = "library"

_WORD = re.compile(r"[A-Za-z]{2,}")


class OwnLibrary:
    """Stands in no catalog: whose library it is, only a film knows. Its candidates' addresses are object keys."""

    name = NAME

    def __init__(self, files: Sequence[Candidate], storage: Storage) -> None:
        self._files = files
        self._storage = storage

    def check(self) -> None:
        """It is always there."""

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        """All that fit; how well they fit what is said is decided elsewhere."""
        return [each for each in self._files if _fits(each, wanted)]

    def fetch(self, candidate: Candidate, into: Path) -> None:
        """Copy the file out of the store."""
        try:
            shutil.copyfile(self._storage.fetch(candidate.url), into)
        except ObjectMissing as error:
            raise ProviderUnavailable("footage", self.name, f"{candidate.id} is gone") from error


def words_of(filename: str) -> str:
    """What a file's name says it shows: "ocean-waves_02.mp4" shows "ocean waves"; a camera's numbering shows nothing."""
    return " ".join(_WORD.findall(Path(filename).stem)).lower()


def _fits(candidate: Candidate, wanted: Wanted) -> bool:
    is_long_enough = candidate.kind == "image" or candidate.duration >= wanted.seconds
    return is_long_enough and wanted.has_room(candidate.width, candidate.height)
