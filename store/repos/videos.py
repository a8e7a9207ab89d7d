"""Every query about films."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func
from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief

_UNSTARTED = (
    col(Video.run_id).is_(None),
    col(Video.pid).is_(None),
    col(Video.cancel_requested_at).is_(None),
    col(Video.completed_at).is_(None),
)

RECENT = 20
"""How many finished films the estimate of the next one's time is taken from."""


class Videos:
    """
    Films of one owner; every statement starts from `_owned`.

    Workers and the reconciler act for everyone: `Videos.of_everyone`.
    """

    def __init__(self, session: Session, *, owner_id: str | None) -> None:
        self._session = session
        self._owner_id = owner_id

    @classmethod
    def of_everyone(cls, session: Session) -> Videos:
        """All films, for code that serves no request of a user."""
        return cls(session, owner_id=None)

    def _owned(self) -> SelectOfScalar[Video]:
        statement = select(Video)
        return statement if self._owner_id is None else statement.where(Video.owner_id == self._owner_id)

    def add(self, brief: Brief, *, owner_id: str, video_id: str | None = None) -> Video:
        """A new film, not yet started."""
        video = Video(owner_id=owner_id, title=brief.title, brief=brief.model_dump(mode="json"))
        if video_id:
            video.id = video_id
        self._session.add(video)
        self._session.flush()
        return video

    def get(self, video_id: str) -> Video | None:
        """The film, or None where this owner has none of that id."""
        if "\x00" in video_id:  # no text of PostgreSQL's: asking for it would be an error
            return None
        return self._session.exec(self._owned().where(Video.id == video_id)).first()

    def by_run(self, run_id: str) -> Video | None:
        """The film that a flow run makes."""
        return self._session.exec(self._owned().where(Video.run_id == run_id)).first()

    def lock_owner(self) -> None:
        """Let nobody else count and add this owner's films until the transaction ends."""
        # SQLite's transaction has the lock from its beginning, and ignores FOR UPDATE.
        self._session.exec(select(User.id).where(User.id == self._owner_id).with_for_update()).first()

    def unfinished_count(self) -> int:
        """How many films wait or are being made."""
        statement = self._owned().where(col(Video.completed_at).is_(None)).with_only_columns(func.count())
        return int(self._session.execute(statement).scalar_one())

    def creation_times(self, *, since: datetime, most: int) -> list[datetime]:
        """When the latest *most* films since *since* were asked for."""
        statement = self._owned().where(col(Video.created_at) > since).order_by(col(Video.created_at).desc())
        return list(self._session.execute(statement.limit(most).with_only_columns(col(Video.created_at))).scalars())

    def owners_in_flight(self) -> list[str]:
        """The owner of every film that has a flow run or process and is not over."""
        statement = self._owned().where(
            or_(col(Video.run_id).is_not(None), col(Video.pid).is_not(None)), col(Video.completed_at).is_(None)
        )
        return list(self._session.execute(statement.with_only_columns(col(Video.owner_id))).scalars())

    def waiting_with_plans(self, *, most_each: int = 20) -> list[tuple[Video, str]]:
        """Films that nobody makes yet, oldest first, at most *most_each* of one owner, with their owners' plans."""
        place = func.row_number().over(partition_by=col(Video.owner_id), order_by=col(Video.id)).label("place")
        ranked = self._owned().where(*_UNSTARTED).with_only_columns(col(Video.id), place).subquery()
        statement = (
            select(Video, User.plan)
            .join(User, col(User.id) == col(Video.owner_id))
            .join(ranked, ranked.c.id == col(Video.id))
            .where(ranked.c.place <= most_each)
            .order_by(col(Video.created_at), col(Video.id))
        )
        return [(video, plan) for video, plan in self._session.exec(statement).all()]

    def unfinished(self, *, most: int = 500) -> Sequence[Video]:
        """Films with a flow run that have neither been finished nor given up."""
        statement = self._owned().where(col(Video.run_id).is_not(None), col(Video.completed_at).is_(None))
        return self._session.exec(statement.order_by(col(Video.created_at)).limit(most)).all()

    def all(self) -> Sequence[Video]:
        """Every film, newest first."""
        return self._session.exec(self._owned().order_by(col(Video.id).desc())).all()

    def remove(self, video_id: str) -> None:
        """Forget the film."""
        statement = delete(Video).where(col(Video.id) == video_id)
        if self._owner_id is not None:
            statement = statement.where(col(Video.owner_id) == self._owner_id)
        self._session.execute(statement)

    def is_used(self, key: str) -> bool:
        """Whether a film has the object *key* in its timeline or as its result."""
        texts = (cast(col(column), String) for column in (Video.rendition, Video.timeline))
        found = self._owned().where(or_(*(text.contains(key, autoescape=True) for text in texts))).limit(1)
        return self._session.exec(found).first() is not None

    def change(self, video_id: str, **values: Any) -> None:
        """Set columns of one film in a single statement; nothing happens where there is none."""
        statement = update(Video).where(col(Video.id) == video_id)
        if self._owner_id is not None:
            statement = statement.where(col(Video.owner_id) == self._owner_id)
        self._session.exec(statement.values(**values))

    def change_if_held(self, video_id: str, *, holder: dict[str, Any], **values: Any) -> bool:
        """Set columns of a film that the process *holder* works on; False when another one does now."""
        statement = update(Video).where(
            col(Video.id) == video_id,
            col(Video.host) == holder["host"],
            col(Video.pid) == holder["pid"],
            col(Video.pid_started) == holder["pid_started"],
        )
        return bool(self._session.exec(statement.values(**values)).rowcount)

    def claim_restart(self, video: Video) -> bool:
        """Count one more restart of *video*, which no process holds then; False when another reconciler was first."""
        claimed = self._session.exec(
            update(Video)
            .where(col(Video.id) == video.id, col(Video.restarts) == video.restarts)
            .values(restarts=video.restarts + 1, pid=None, pid_started=None)
        )
        return bool(claimed.rowcount)

    def recent_seconds(self) -> list[tuple[float, float]]:
        """Of the latest finished films: seconds that they took, seconds that they last."""
        needed = (col(Video.started_at), col(Video.completed_at), col(Video.rendition))
        statement = self._owned().where(*(column.is_not(None) for column in needed))
        latest = self._session.exec(statement.order_by(col(Video.completed_at).desc()).limit(RECENT)).all()
        return [
            ((video.completed_at - video.started_at).total_seconds(), float(video.rendition["duration"]))
            for video in latest
            if video.completed_at and video.started_at and video.rendition
        ]
