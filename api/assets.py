"""Take in, list and remove an account's own files: what the routes of `/assets` do."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterable
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from anyio import to_thread

from api.envelope import ErrorDetail
from api.errors import Conflict, NotFound, TooLarge, UnsupportedMedia
from api.once import Once, fingerprint_of
from api.schemas.assets import AssetPage, AssetShown
from store.repos.assets import Assets
from store.repos.objects import is_needed
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.assets import StoredAsset
from store.tables.users import User
from studio import web
from studio.errors import BadInput
from studio.models.plan import plan_of
from studio.providers.storage import open_storage, store_file
from studio.settings import PROJECT, get_settings

INSPECTION_S = 30
INSPECTIONS = threading.BoundedSemaphore(2)
"""Each takes a process: more at once would only be slower."""

IMPORT_S = 120.0


@dataclass(frozen=True)
class Inspected:
    """What a file is, by its content."""

    suffix: str
    kind: str
    width: int
    height: int
    duration: float


async def upload(body: AsyncIterable[bytes], *, filename: str, announced: int, owner: User, once: Once) -> AssetShown:
    """
    Keep what comes in; it is written to disk as it arrives, and refused as soon as it is too much.

    Args:
        body: the file's bytes.
        filename: what the creator calls it; shown, never used as a path.
        announced: Content-Length, 0 where there is none.
        owner: whose it is.
        once: the client's wish that the same file, sent again, be kept once.

    Raises:
        TooLarge: more than the plan allows for one file or for all.
        UnsupportedMedia: no picture, clip or sound that we read.
    """
    room = await to_thread.run_sync(_room, owner)
    if announced > room:
        raise _too_large(room)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=_work()) as folder:
        path = Path(folder) / "upload"
        await _receive(body, path, room=room)
        return await to_thread.run_sync(lambda: _take_in(path, filename=filename, owner=owner, once=once))


def import_url(url: str, *, owner: User, once: Once) -> AssetShown:
    """
    Keep what is at a public address.

    Raises:
        AddressRefused: not a public web address.
        DownloadFailed: nothing usable came from it.
        UnsupportedMedia: no picture, clip or sound that we read.
    """
    with tempfile.TemporaryDirectory(prefix="import-", dir=_work()) as folder:
        path = Path(folder) / "import"
        fetched = web.download(url, path, max_bytes=_room(owner), timeout_s=IMPORT_S)
        name = Path(fetched.url.partition("?")[0]).name or "import"
        return _take_in(path, filename=name[:200], owner=owner, once=once, source_url=url)


def list_assets(owner: User, *, cursor: str | None, limit: int) -> AssetPage:
    """One page, newest first."""
    with reading() as session:
        rows = Assets(session, owner_id=owner.id).page(before=cursor, most=limit + 1)
    items = [AssetShown.of(row) for row in rows[:limit]]
    has_more = len(rows) > limit
    return AssetPage(items=items, next_cursor=items[-1].id if has_more else None, has_more=has_more)


def get_asset(asset_id: str, *, owner: User) -> AssetShown:
    """
    One file.

    Raises:
        NotFound: the account has no such file.
    """
    with reading() as session:
        return AssetShown.of(_found(Assets(session, owner_id=owner.id), asset_id))


def remove_asset(asset_id: str, *, owner: User) -> None:
    """
    Forget the file; its object goes too, unless somebody else has the same or a film is made of it.

    Raises:
        NotFound: the account has no such file.
        Conflict: a film that is being made needs it.
    """
    with transaction() as session:
        assets = Assets(session, owner_id=owner.id)
        row = _found(assets, asset_id)
        if Videos(session, owner_id=owner.id).is_needed(row.key):
            raise Conflict(
                details=[ErrorDetail(field="asset", message="a film that is being made needs it", type="in_use")]
            )
        assets.remove(row)
    _drop(row.key)


def remove_all(owner: User) -> None:
    """Forget every file of the account."""
    with transaction() as session:
        assets = Assets(session, owner_id=owner.id)
        rows = assets.all()
        for row in rows:
            assets.remove(row)
    for row in rows:
        _drop(row.key)


def recording_of(asset_id: str, *, owner: User) -> str:
    """
    Object key of the account's sound with this id.

    Raises:
        BadInput: it is not there, or is no sound.
    """
    with reading() as session:
        row = Assets(session, owner_id=owner.id).get(asset_id)
    if row is None:
        raise BadInput("there is no such asset", field="narration")
    if row.kind != "audio":
        raise BadInput("is no sound; upload the recording as a sound file", field="narration")
    return row.key


def keys_of(ids: tuple[str | None, ...], *, owner: User) -> tuple[str | None, ...]:
    """
    Object keys of the account's pictures and clips with these *ids*, in order; None stays None.

    Raises:
        BadInput: one is not there, or has no picture; names its place.
    """
    with reading() as session:
        assets = Assets(session, owner_id=owner.id)
        return tuple(None if each is None else _pictured(assets.get(each), place) for place, each in enumerate(ids))


def _pictured(row: StoredAsset | None, place: int) -> str:
    if row is None:
        raise BadInput("there is no such asset", field=f"assets.{place}")
    if row.kind == "audio":
        raise BadInput("has sound only; give a picture or a clip", field=f"assets.{place}")
    return row.key


async def _receive(body: AsyncIterable[bytes], path: Path, *, room: int) -> None:
    size = 0
    with path.open("wb") as file:
        async for chunk in body:
            size += len(chunk)
            if size > room:
                raise _too_large(room)
            await to_thread.run_sync(file.write, chunk)


def _take_in(path: Path, *, filename: str, owner: User, once: Once, source_url: str = "") -> AssetShown:
    found = _inspect(path)
    named = path.rename(path.with_suffix(found.suffix))
    media_type = guess_type(named.name)[0] or "application/octet-stream"
    stored = store_file(open_storage(get_settings()), named, kind="data", media_type=media_type)
    once.fingerprint = once.fingerprint or fingerprint_of("POST", f"/assets/{filename}", stored.key.encode())
    with transaction() as session:
        earlier = once.claim(session, owner_id=owner.id)
        if earlier is not None:
            return AssetShown.model_validate(earlier)
        row = Assets(session, owner_id=owner.id).add(
            StoredAsset(
                owner_id=owner.id,
                key=stored.key,
                filename=filename,
                kind=found.kind,
                media_type=media_type,
                size=stored.size,
                width=found.width,
                height=found.height,
                duration=found.duration,
                source_url=source_url,
            )
        )
        shown = AssetShown.of(row)
        once.keep(session, owner_id=owner.id, data=shown.model_dump(mode="json"))
        return shown


def _inspect(path: Path) -> Inspected:
    argv = [sys.executable, "-m", "studio.render.inspection", str(path)]
    with INSPECTIONS:
        try:
            done = subprocess.run(argv, cwd=PROJECT, capture_output=True, timeout=INSPECTION_S, check=False)
        except subprocess.TimeoutExpired:
            raise _unsupported("takes too long to be read") from None
    if done.returncode:
        raise _unsupported("cannot be read")
    found = json.loads(done.stdout)
    if "refused" in found:
        raise _unsupported(found["refused"])
    media = found["media"]
    return Inspected(found["suffix"], media["kind"], media["width"], media["height"], media["duration"])


def _room(owner: User) -> int:
    """How many bytes the owner's next file may have."""
    plan = plan_of(owner.plan)
    with reading() as session:
        stored = Assets(session, owner_id=owner.id).stored_bytes()
    return max(0, min(plan.largest_asset_mb << 20, (plan.assets_mb << 20) - stored))


def _work() -> Path:
    folder = get_settings().home / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _drop(key: str) -> None:
    with reading() as session:
        is_kept = is_needed(session, key)
    if not is_kept:
        open_storage(get_settings()).delete(key)


def _found(assets: Assets, asset_id: str) -> StoredAsset:
    row = assets.get(asset_id)
    if row is None:
        raise NotFound
    return row


def _too_large(room: int) -> TooLarge:
    message = f"there is room for {room} bytes; send a smaller file or remove others"
    return TooLarge(details=[ErrorDetail(field="file", message=message, type="too_large")])


def _unsupported(why: str) -> UnsupportedMedia:
    return UnsupportedMedia(details=[ErrorDetail(field="file", message=why, type="unsupported_media")])
