"""A creator's own files, from the shell into the object store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.providers.storage import open_storage
from studio.settings import get_settings
from studio.stages.assets import take_in


def keep_assets(paths: Sequence[Path]) -> tuple[str, ...]:
    """Object keys of the pictures and clips at *paths*, in order. Raises UnreadableMedia for anything else."""
    storage = open_storage(get_settings())
    return tuple(take_in(path, storage=storage).key for path in paths)
