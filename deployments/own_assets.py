"""A creator's own files, from the shell into the object store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.errors import BadInput
from studio.models.asset import OWN
from studio.providers.storage import open_storage, store_file
from studio.render.probe import probe
from studio.settings import get_settings
from studio.stages.assets import take_in


def keep_assets(paths: Sequence[Path]) -> tuple[str, ...]:
    """Object keys of the pictures and clips at *paths*, in order. Raises UnreadableMedia for anything else."""
    storage = open_storage(get_settings())
    return tuple(take_in(path, storage=storage).key for path in paths)


def keep_recording(path: Path) -> str:
    """
    Object key of the sound at *path*.

    Raises:
        UnreadableMedia: it is nothing that can be heard.
        BadInput: it has a picture.
    """
    if probe(path).kind != "audio":
        raise BadInput(f"{path.name} is no sound", field="narration")
    return store_file(open_storage(get_settings()), path, kind="audio", credit=OWN).key
