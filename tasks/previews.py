"""What of a film can be watched while it is rendered."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from store.repos.objects import is_needed
from store.repos.videos import Videos
from store.session import DatabaseAway, reading, transaction
from studio.errors import VideoSystemError
from studio.providers.storage import Storage, store_file
from tasks.lease import this_process
from tasks.progress import keep

logger = logging.getLogger("tasks.previews")


class Previews:
    """The previews of one film, which the process that renders it shows and takes away."""

    def __init__(self, video_id: str, *, storage: Storage) -> None:
        self._video_id, self._storage = video_id, storage
        self._keys: list[str] = []

    def show(self, file: Path) -> None:
        """Offer *file* from now on; earlier ones stay until the end, for somebody may be watching them."""
        try:
            asset = store_file(self._storage, file, kind="video", media_type="video/mp4")
        except VideoSystemError as error:
            # A film is never lost because its preview could not be shown.
            logger.warning("the preview of film %s was not stored: %s", self._video_id, error)
            return
        self._keys.append(asset.key)
        keep(self._video_id, previews=self._keys)

    def take_away(self, *, but: str | None = None) -> None:
        """Remove all that were shown, and offer the object *but* alone until the film is."""
        gone, self._keys = [key for key in self._keys if key != but], []
        # What cannot be removed now, the sweep removes: nothing points at it any more once the film is over.
        with suppress(DatabaseAway):
            with transaction() as session:
                held = this_process().columns()
                left = [but] if but else None
                Videos.of_everyone(session).change_if_held(self._video_id, holder=held, previews=left)
            for key in gone:
                with reading() as session:
                    is_kept = is_needed(session, key)
                if not is_kept:
                    self._storage.delete(key)
