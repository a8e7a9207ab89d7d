"""The films of an account once they are asked for: what the routes of `/videos` do."""

from __future__ import annotations

import json
import re

from api import runs
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.users import User
from store.tables.videos import Video
from studio.providers.storage import open_storage
from studio.settings import get_settings

KEY_IN_TEXT = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,8}")


def remove_all(owner: User) -> None:
    """
    Remove every film of the account.

    Raises:
        PrefectUnavailable: runs cannot be ended now; ask again.
    """
    with reading() as session:
        videos = Videos(session, owner_id=owner.id).all()
    for video in videos:
        remove(video)


def remove(video: Video) -> None:
    """
    End the film's run and remove its row, then its files, unless another film has the same.

    Raises:
        PrefectUnavailable: the run cannot be ended now; nothing was removed.
    """
    if video.run_id and video.completed_at is None:
        runs.cancel(video.run_id)
    with transaction() as session:
        Videos.of_everyone(session).remove(video.id)
    for key in _keys(video):
        with reading() as session:
            is_used = Videos.of_everyone(session).is_used(key)
        if not is_used:
            open_storage(get_settings()).delete(key)


def _keys(video: Video) -> set[str]:
    """Every object that the film was made of or that was made for it."""
    return set(KEY_IN_TEXT.findall(json.dumps([video.rendition, video.timeline])))
