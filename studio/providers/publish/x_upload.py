"""Send a film to X, where nobody sees it before a post shows it."""

from __future__ import annotations

import mimetypes
import time

from pydantic import JsonValue

from studio.errors import OverLimit, ProviderRejected, ProviderUnavailable
from studio.providers.fields import Row, row_of
from studio.providers.publish import Desk, Parcel, patience
from studio.providers.publish.patience import persist
from studio.providers.publish.x_client import MediaGone, User
from studio.providers.vendor import Vendor

LARGEST_SEGMENT = 4 << 20
SMALLEST_SEGMENT = 256 << 10
SEGMENTS = 16
"""At least so many to a film that is large enough: one that has to be sent again is less than a tenth of it."""

MOST_SEGMENTS = 999

UPLOADS = 2
"""So often the film may be sent from its beginning in one try."""

LIVES_S = 20 * 3600.0
"""X keeps an upload for a day; an older one is not gone on with."""

PROCESSING_S = 30 * 60.0
SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""X says when it wants to be asked again; within these bounds it is believed."""

FAILED = {
    "InvalidMedia": "the film is not as X wants it: H.264 with yuv420p, AAC, 0.5 s to 20 min, 1:3 to 3:1, up to 60 fps",
    "UnsupportedMedia": "the film is in no format that X takes: H.264 and AAC in MP4",
    "FileSizeExceeded": "the film is larger than X lets this account upload",
    "DurationTooLong": "the film is longer than X lets this account upload",
}


class Upload:
    """
    One film on its way.

    On the desk stand `media` with the file that it is for and the length of its segments, then how many `segments` are
    confirmed, and `is_finalizing` before X is asked to put them together. Segments that were sent in vain are sent again:
    the same number replaces what is there.
    """

    def __init__(self, vendor: Vendor, user: User, parcel: Parcel, desk: Desk) -> None:
        self._vendor, self._user, self._parcel, self._desk = vendor, user, parcel, desk

    def run(self) -> str:
        """
        The id of the upload that a post can show: what is on the desk already is not sent again.

        Raises:
            ProviderError: see `Publisher.publish`.
        """
        for _ in range(UPLOADS):
            if not self._can_go_on():
                self._begin()
            try:
                self._send_segments()
                self._await(self._finalized())
            except MediaGone:
                self._desk.save(media=None, segments=0, is_finalizing=False)
                continue
            return self._id
        raise ProviderRejected("publish", self._vendor.name, "it forgets the film before it is whole")

    @property
    def _media(self) -> Row:
        return row_of(self._desk.saved.get("media"))

    @property
    def _id(self) -> str:
        return str(self._media["id"])

    @property
    def _confirmed(self) -> int:
        return int(str(self._desk.saved.get("segments") or 0))

    def _can_go_on(self) -> bool:
        media = self._media
        return bool(media) and time.time() - float(media.get("begun", 0)) < LIVES_S

    def _begin(self) -> None:
        """An unanswered request leaves an upload without bytes, which X throws away."""
        media_type = mimetypes.guess_type(self._parcel.video.name)[0]
        size = self._parcel.media.size
        kind = media_type if media_type in ("video/mp4", "video/quicktime", "video/webm") else "video/mp4"
        begun = time.time()
        media_id = persist(lambda: self._user.begin(size=size, media_type=kind))
        media: dict[str, JsonValue] = {
            "id": media_id,
            "sha256": self._parcel.media.sha256,
            "segment": segment_bytes(size),
            "begun": begun,
        }
        self._desk.save(media=media, segments=0, is_finalizing=False)

    def _send_segments(self) -> None:
        size, length = self._parcel.media.size, int(self._media["segment"])
        self._desk.report("uploading", sent=min(size, self._confirmed * length))
        with self._parcel.video.open("rb") as film:
            for index in range(self._confirmed, -(-size // length)):
                film.seek(index * length)
                segment = film.read(length)
                self._append(index, segment)
                self._desk.save(segments=index + 1)
                self._desk.report("uploading", sent=min(size, (index + 1) * length))

    def _append(self, index: int, segment: bytes) -> None:
        persist(lambda: self._user.append(self._id, index, segment))

    def _finalized(self) -> Row:
        """What X makes of the segments. After an unanswered request it is asked what became of that."""
        waits = iter(patience.WAITS)
        while True:
            if self._desk.saved.get("is_finalizing") and (known := self._known()) is not None:
                return known
            self._desk.save(is_finalizing=True)
            try:
                return self._user.finalize(self._id)
            except OverLimit:
                raise
            except ProviderUnavailable:
                if (wait := next(waits, None)) is None:
                    raise
                patience.pause(wait)

    def _known(self) -> Row | None:
        """How far X is with the film, None where it was not put together yet."""
        try:
            found = persist(lambda: self._user.status(self._id))
        except MediaGone:
            return None
        return found if found.get("state") else None

    def _await(self, processing: Row) -> None:
        """
        Return when X is done with the film.

        Raises:
            ProviderRejected: it cannot show it.
            ProviderUnavailable: it is not done within PROCESSING_S.
        """
        deadline = time.monotonic() + PROCESSING_S
        while True:
            self._desk.report("processing")
            state = processing.get("state", "succeeded")
            if state == "succeeded":
                return
            if state == "failed":
                self._refuse(processing)
            if state not in ("pending", "in_progress"):
                raise self._vendor.unavailable("its answer was of another shape")
            if time.monotonic() > deadline:
                raise self._vendor.unavailable("it still works on the film")
            time.sleep(_wait(processing))
            processing = persist(lambda: self._user.status(self._id))

    def _refuse(self, processing: Row) -> None:
        name = str(row_of(processing.get("error")).get("name"))
        if name == "InternalError":
            self._desk.save(media=None, segments=0, is_finalizing=False)
            raise self._vendor.unavailable("it failed to process the film; it is sent again")
        why = FAILED.get(name, "it gives no reason that is known here")
        raise ProviderRejected("publish", self._vendor.name, f"X failed to process the film: {why}")


def segment_bytes(size: int) -> int:
    """How much of a film of *size* bytes is sent at once."""
    return min(LARGEST_SEGMENT, max(SMALLEST_SEGMENT, -(-size // SEGMENTS)))


def _wait(processing: Row) -> float:
    asked = processing.get("check_after_secs")
    seconds = float(asked) if isinstance(asked, int | float) and not isinstance(asked, bool) else SHORTEST_WAIT_S
    return min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S)
