"""Take in files from outside: look at them before anything else does."""

from __future__ import annotations

import mimetypes
import tempfile
from pathlib import Path

from studio.errors import BadInput
from studio.models.asset import OWN, Asset, Credit
from studio.picture.branding import draw_logo
from studio.providers.storage import Storage, store_file
from studio.render.probe import probe
from studio.render.process import give_memory_back
from studio.render.reach import reach_of
from studio.stages.shots import OwnMedia


def take_in(path: Path, *, storage: Storage, credit: Credit = OWN) -> Asset:
    """
    Keep the picture or clip at *path*, which is *credit*'s.

    Raises:
        UnreadableMedia: it is no picture or clip that we open.
        BadInput: it has sound only.
    """
    media = probe(path)
    if media.kind == "audio":
        raise BadInput(f"{path.name} has no picture; give a picture or a clip", field="asset")
    return store_file(storage, path, kind=media.kind, credit=credit)


def keep_logo(path: str, storage: Storage) -> Asset:
    """
    Keep a brand's sign, the file at *path*, as a small PNG.

    Raises:
        BadInput: it is no picture.
    """
    with tempfile.TemporaryDirectory(prefix="logo-") as folder:
        small = Path(folder) / "logo.png"
        draw_logo(Path(path), small)
        return store_file(storage, small, kind="image", credit=OWN)


def cut_after(key: str, storage: Storage, *, within: float) -> float | None:
    """Seconds after which the clip *key* was cut off, where that is *within* so many; None for all that is whole."""
    path = storage.fetch(key)
    if probe(path, decodes=False).kind != "video":
        return None
    reach = reach_of(path, within=within)
    give_memory_back()
    return reach.seconds if reach.is_cut else None


def own_media(key: str, storage: Storage, credit: Credit = OWN) -> OwnMedia:
    """What the object *key*, which is *credit*'s, is for planning shots with it."""
    path = storage.fetch(key)
    media = probe(path)
    if media.kind == "audio":
        raise BadInput(f"{key} has no picture", field="assets")
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    asset = Asset(key=key, kind=media.kind, media_type=media_type, size=path.stat().st_size, credit=credit)
    return OwnMedia(asset, media.width, media.height)
