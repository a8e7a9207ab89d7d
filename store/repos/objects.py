"""Which objects of the store anybody still needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from store.repos.assets import is_somebodys
from store.repos.publications import Publications
from store.repos.videos import Videos
from store.tables.assets import StoredAsset
from store.tables.purchases import Purchase
from store.tables.social import Publication
from store.tables.trends import TrendScan
from store.tables.videos import Video
from studio.providers.storage import KEY_IN_TEXT

ROWS_AT_ONCE = 200


def needed_keys(session: Session) -> set[str]:
    """Keys of everything that a film, an owner's own files, a bought answer, a scan or a publication to come points at."""
    keys = {*session.exec(select(StoredAsset.key)).all(), *session.exec(select(TrendScan.picture)).all()}
    coming = select(Publication.object_key).where(col(Publication.finished_at).is_(None))
    keys |= {key for key in session.exec(coming).all() if key}
    films = select(Video.brief, Video.timeline, Video.footage, Video.rendition)
    previews = select(Video.previews).where(col(Video.previews).is_not(None))
    answers = select(Purchase.answer).where(col(Purchase.current_key).is_not(None), col(Purchase.role) != "llm")
    for statement in (films, previews, answers):
        for row in session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)):
            keys |= _keys_in(row)
    return keys


def is_needed(session: Session, key: str) -> bool:
    """Whether anybody's own files, a film or a publication to come points at the object *key*."""
    return (
        is_somebodys(session, key)
        or Videos.of_everyone(session).is_used(key)
        or Publications.of_everyone(session).is_used(key)
    )


def _keys_in(values: Iterable[Any]) -> set[str]:
    return set(KEY_IN_TEXT.findall(json.dumps(list(values))))
