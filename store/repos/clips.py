"""Every query about what an owner's films have shown."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store.tables.clips import ClipUse

RECENT = 500
"""So many uses back a repetition is noticed."""


class ClipUses:
    """Found pictures and clips in the films of one owner."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def of_others(self, video_id: str) -> set[str]:
        """Names that the owner's other films have shown lately."""
        statement = (
            select(ClipUse.clip)
            .where(ClipUse.owner_id == self._owner_id, ClipUse.video_id != video_id)
            .order_by(col(ClipUse.used_at).desc())
            .limit(RECENT)
        )
        return set(self._session.exec(statement).all())

    def note(self, video_id: str, clips: Iterable[str]) -> None:
        """The film shows these now, and no others."""
        self._session.execute(delete(ClipUse).where(col(ClipUse.video_id) == video_id))
        self._session.add_all(ClipUse(video_id=video_id, clip=clip, owner_id=self._owner_id) for clip in set(clips))
