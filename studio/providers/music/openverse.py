"""Openly licensed music out of Openverse, without a key. Source: api.openverse.org/v1."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationError

from studio.errors import ProviderRejected, ProviderUnavailable, UnreadableMedia
from studio.models.asset import Credit
from studio.models.base import Model
from studio.providers.fields import Row, address_of, amount_of, name_of, rows_at, rows_of
from studio.providers.music import OPEN, Mood, Track, place_of
from studio.providers.openverse import ASKED, credit_of, vendor_of
from studio.providers.sound import decode
from studio.providers.till import Quote, Receipt, Till, call_key
from studio.providers.vendor import Vendor
from studio.settings import get_settings

WORDS: Final[Mapping[Mood, str]] = {
    "happy": "happy upbeat",
    "calm": "calm ambient",
    "tender": "tender piano",
    "nostalgic": "nostalgic acoustic",
    "energetic": "energetic electronic",
}
"""What is searched for."""

SHORTEST_S: Final = 30.0
LONGEST_S: Final = 600.0
MOST_BYTES: Final = 40 << 20
FETCH_S: Final = 60.0
MOST_TRIED: Final = 3
MOST_KEPT: Final = 40
"""Files that stay on this machine: at most 1.6 GB."""
ANSWER_VERSION: Final = 1
CACHED_S: Final = 24 * 3600.0
"""Those without a key may ask 200 times a day."""


class _Piece(Model):
    """A piece of music that is offered; *duration* is in seconds."""

    id: str
    url: str
    duration: Annotated[float, Field(ge=SHORTEST_S, le=LONGEST_S)]
    credit: Credit


class OpenverseMusic:
    """
    Pieces under CC0, public domain or CC BY, half a minute to ten minutes long.

    CC BY-SA is left out: a film with such music under it would have to be under CC BY-SA itself. So are all NC and ND.
    """

    name = "openverse"

    def check(self) -> None:
        """Always ready: it wants no key."""

    def pick(self, mood: Mood, *, seed: str, till: Till = OPEN) -> Track:
        """One of what is found for the mood, by the hash of *seed*; where its file is gone, the next."""
        vendor = vendor_of("music")
        pieces = self._pieces(vendor, mood, till)
        if not pieces:
            raise ProviderRejected("music", self.name, f"there is no free music for {WORDS[mood]!r}")
        first = place_of(seed, len(pieces))
        for piece in (pieces[first:] + pieces[:first])[:MOST_TRIED]:
            try:
                return Track(_kept(vendor, piece), piece.credit)
            except (ProviderRejected, ProviderUnavailable) as error:
                failed = error
        raise ProviderUnavailable("music", self.name, "none of the pieces that were tried could be had") from failed

    def _pieces(self, vendor: Vendor, mood: Mood, till: Till) -> list[_Piece]:
        quote = Quote(
            role="music",
            provider=self.name,
            model="",
            key=call_key("music", ANSWER_VERSION, self.name, vendor.root, mood),
            units={"requests": 1},
            fresh_s=CACHED_S,
            address=vendor.root,
        )
        answer = till.buy(quote, lambda: _receipt(vendor, mood))
        try:
            return [_Piece.model_validate(row) for row in rows_of(answer)]
        except ValidationError as error:
            raise ProviderUnavailable("music", self.name, "its kept answer is of another shape") from error


def _receipt(vendor: Vendor, mood: Mood) -> Receipt:
    asked = {
        "q": WORDS[mood],
        "page_size": ASKED,
        "license_type": "commercial,modification",
        "category": "music",
        "mature": "false",
    }
    rows = rows_at(vendor, vendor.get_json("/v1/audio/", asked), "results")
    pieces = sorted((piece for row in rows for piece in _piece(row)), key=lambda piece: piece.id)
    return Receipt([piece.model_dump(mode="json") for piece in pieces], {"requests": 1})


def _piece(row: Row) -> Iterator[_Piece]:
    identifier, url, credit = name_of(row.get("id")), address_of(row.get("url")), credit_of(row)
    duration = amount_of(row.get("duration")) / 1000
    is_long_enough = SHORTEST_S <= duration <= LONGEST_S
    if not (identifier and url and credit and is_long_enough) or row.get("mature") is True:
        return
    if not credit.licence.startswith("CC BY-SA"):
        yield _Piece(id=identifier, url=url, duration=duration, credit=credit)


def _kept(vendor: Vendor, piece: _Piece) -> Path:
    """The file of *piece* on this machine, fetched once."""
    folder = get_settings().home / "cache" / "music"
    folder.mkdir(parents=True, exist_ok=True)
    name_of_file = hashlib.sha256(piece.url.encode()).hexdigest()
    for path in folder.glob(f"{name_of_file}.*"):
        path.touch()
        return path
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        vendor.download(piece.url, part, max_bytes=MOST_BYTES, timeout_s=FETCH_S)
        path = folder / f"{name_of_file}{_suffix(part)}"
        _listen(part)
        os.replace(part, path)
        _prune(folder)
        return path
    finally:
        part.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Remove the files that were not used for longest; who has one open keeps it."""
    tracks = [path for path in folder.iterdir() if path.suffix != ".part"]
    for path in sorted(tracks, key=lambda path: path.stat().st_mtime, reverse=True)[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _suffix(path: Path) -> str:
    """What a file is by its first bytes: addresses of some collections do not say."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return ".m4a"
    known = {b"OggS": ".ogg", b"fLaC": ".flac", b"RIFF": ".wav"}
    return known.get(head[:4], ".mp3")


def _listen(path: Path) -> None:
    try:
        sound = decode(path, rate_hz=8_000)
    except UnreadableMedia as error:
        raise ProviderUnavailable("music", "openverse", "what came was no music") from error
    if sound.duration < SHORTEST_S / 2:
        raise ProviderUnavailable("music", "openverse", "what came is much shorter than it should be")
