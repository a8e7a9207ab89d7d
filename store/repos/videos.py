"""Every query about films."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, case, cast, delete, func
from sqlalchemy.orm import defer, load_only
from sqlmodel import Session, and_, col, not_, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import utc_now
from store.tables.removed import RemovedFilm
from store.tables.users import User
from store.tables.videos import Video
from studio.models.brief import Brief, template_spellings
from studio.models.rendition import MOST_THUMBNAILS

_OPEN = col(Video.completed_at).is_(None)
_BEGUN = or_(col(Video.run_id).is_not(None), col(Video.pid).is_not(None))
_WAITING = (or_(not_(_BEGUN), col(Video.asks_again)), col(Video.cancel_requested_at).is_(None), _OPEN)
_UNDER_REVIEW = and_(
    col(Video.review_key).is_not(None),
    col(Video.approved_at).is_(None),
    col(Video.pid).is_(None),
    col(Video.cancel_requested_at).is_(None),
    _OPEN,
)

_CANCELLED = col(Video.cancel_requested_at).is_not(None)
_FAILED = col(Video.error_code).is_not(None)
_THERE = col(Video.rendition).is_not(None)
_OVER_AS = {
    "completed": and_(not_(_CANCELLED), not_(_FAILED), _THERE),
    "failed": and_(not_(_CANCELLED), _FAILED),
    "cancelled": or_(_CANCELLED, and_(not_(_FAILED), not_(_THERE))),
}
"""How films that are over ended, as `Video.ended_as` has it for one row."""

_HOW_FAR: Any = (
    Video.id, Video.owner_id, Video.run_id, Video.stage, Video.progress, Video.rendition, Video.error_code,
    Video.cancel_requested_at, Video.asks_again, Video.review_key, Video.approved_at, Video.pid, Video.completed_at,
)  # fmt: skip

_LIGHT = (defer(col(Video.timeline)), defer(col(Video.script)))  # type: ignore[arg-type]

_FILES = (
    *((part, "size") for part in ("video", "poster", "srt", "vtt", "animation", "preview")),
    *(("thumbnails", place, "image", "size") for place in range(MOST_THUMBNAILS)),
)
"""Where a rendition has the sizes of its files; those that it has not count nothing."""

RECENT = 20
"""How many finished films the estimate of the next one's time is taken from."""


@dataclass(frozen=True)
class Wanted:
    """Which films to list; what is empty leaves none out. Times are exclusive."""

    statuses: frozenset[str] = frozenset()
    template: str | None = None
    text: str | None = None
    """Part of the title, in small or capital letters."""
    created_after: datetime | None = None
    created_before: datetime | None = None


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

    def _removed(self) -> SelectOfScalar[RemovedFilm]:
        statement = select(RemovedFilm)
        return statement if self._owner_id is None else statement.where(RemovedFilm.owner_id == self._owner_id)

    def add(
        self,
        brief: Brief,
        *,
        owner_id: str,
        video_id: str | None = None,
        tags: Sequence[str] = (),
        webhook_url: str | None = None,
    ) -> Video:
        """A new film, not yet started."""
        video = Video(owner_id=owner_id, title=brief.title, brief=brief.model_dump(mode="json"), tags=list(tags))
        video.webhook_url = webhook_url
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

    def glance(self, video_id: str) -> Video | None:
        """The film without its script and timeline, for those who look often."""
        statement = self._owned().where(Video.id == video_id).options(*_LIGHT)
        return self._session.exec(statement).first()

    def page(self, wanted: Wanted, *, after: str | None, most: int) -> Sequence[Video]:
        """
        At most *most* of the *wanted* films that are older than the film *after*, newest first, without timelines.

        Films that are not over are there whatever statuses are wanted: only Prefect knows theirs.
        """
        statement = self._owned().where(*_conditions(wanted)).options(*_LIGHT)
        if after is not None:
            statement = statement.where(col(Video.id) < after)
        return self._session.exec(statement.order_by(col(Video.id).desc()).limit(most)).all()

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
        """
        When the latest *most* films since *since* were asked for, removed ones among them.

        A retried one counts from its last retry.
        """
        asked = func.coalesce(col(Video.asked_again_at), col(Video.created_at))
        statement = self._owned().where(asked > since).order_by(asked.desc()).limit(most)
        rows = self._session.execute(statement.with_only_columns(col(Video.asked_again_at), col(Video.created_at)))
        gone = self._removed().where(col(RemovedFilm.asked_at) > since).order_by(col(RemovedFilm.asked_at).desc())
        times = [again or created for again, created in rows]
        times += [film.asked_at for film in self._session.exec(gone.limit(most))]
        return sorted(times, reverse=True)[:most]

    def owners_in_flight(self) -> list[str]:
        """The owner of every film that is begun and not over, unless it waits for its creator or to go on."""
        statement = self._owned().where(_BEGUN, _OPEN, not_(_UNDER_REVIEW), not_(col(Video.asks_again)))
        return list(self._session.execute(statement.with_only_columns(col(Video.owner_id))).scalars())

    def waiting_with_plans(self, *, most_each: int = 20) -> list[tuple[Video, str]]:
        """Films that wait to begin or to go on, oldest first, at most *most_each* of one owner, with their owners' plans."""
        place = func.row_number().over(partition_by=col(Video.owner_id), order_by=col(Video.id)).label("place")
        ranked = self._owned().where(*_WAITING).with_only_columns(col(Video.id), place).subquery()
        statement = (
            select(Video, User.plan)
            .join(User, col(User.id) == col(Video.owner_id))
            .join(ranked, ranked.c.id == col(Video.id))
            .where(ranked.c.place <= most_each)
            .order_by(col(Video.created_at), col(Video.id))
        )
        return [(video, plan) for video, plan in self._session.exec(statement).all()]

    def finished_with_plans(self) -> list[tuple[str, str | None, datetime, str]]:
        """Id, flow run, time of completion and owner's plan of every film that is over."""
        statement = (
            select(Video.id, Video.run_id, Video.completed_at, User.plan)
            .join(User, col(User.id) == col(Video.owner_id))
            .where(col(Video.completed_at).is_not(None))
        )
        rows = self._session.execute(statement).all()
        return [(video_id, run_id, completed_at, plan) for video_id, run_id, completed_at, plan in rows]

    def unfinished(self, *, most: int = 500) -> Sequence[Video]:
        """Films with a flow run that are neither over nor wait to go on under it, without script and timeline."""
        statement = self._owned().where(col(Video.run_id).is_not(None), _OPEN, not_(col(Video.asks_again)))
        statement = statement.options(*_LIGHT)
        return self._session.exec(statement.order_by(col(Video.created_at)).limit(most)).all()

    def all(self) -> Sequence[Video]:
        """Every film, newest first."""
        return self._session.exec(self._owned().order_by(col(Video.id).desc())).all()

    def remove(self, video_id: str) -> None:
        """Forget the film, but not that it was there: `creation_times` and `finished_totals` count it on."""
        film = self.get(video_id)
        if film is None or not self._session.exec(delete(Video).where(col(Video.id) == film.id)).rowcount:
            return  # or somebody else was faster
        self._session.add(
            RemovedFilm(
                id=film.id,
                owner_id=film.owner_id,
                asked_at=film.asked_again_at or film.created_at,
                completed_at=film.completed_at,
                seconds=film.rendition["duration"] if film.rendition else 0.0,
            )
        )

    def forget_removed(self, *, before: datetime) -> None:
        """Forget films that are gone and were asked for before then."""
        self._session.execute(delete(RemovedFilm).where(col(RemovedFilm.asked_at) < before))

    def is_needed(self, key: str) -> bool:
        """Whether a film that is not over has the object *key* in its brief."""
        is_named = cast(col(Video.brief), String).contains(key, autoescape=True)
        found = self._owned().where(is_named, col(Video.completed_at).is_(None)).limit(1)
        return self._session.exec(found).first() is not None

    def is_used(self, key: str) -> bool:
        """Whether a film has the object *key* in its timeline, as its result or as a preview of it."""
        texts = (cast(col(column), String) for column in (Video.rendition, Video.timeline, Video.previews))
        found = self._owned().where(or_(*(text.contains(key, autoescape=True) for text in texts))).limit(1)
        return self._session.exec(found).first() is not None

    def change(self, video_id: str, **values: Any) -> None:
        """Set columns of one film in a single statement; nothing happens where there is none."""
        statement = update(Video).where(col(Video.id) == video_id)
        if self._owner_id is not None:
            statement = statement.where(col(Video.owner_id) == self._owner_id)
        self._session.exec(statement.values(**values))

    def request_cancel(self, video_id: str) -> bool:
        """
        Note that the film is not wanted any more; one that was not begun is over then. False when it was over.
        """
        now = utc_now()
        open_film = self._change_where(_OPEN, col(Video.id) == video_id)
        noted = self._session.exec(open_film.values(cancel_requested_at=now, asks_again=False)).rowcount
        self._session.exec(self._change_where(not_(_BEGUN), _OPEN, col(Video.id) == video_id).values(completed_at=now))
        return bool(noted)

    def close(self, video_id: str) -> None:
        """The film is over, unless it was before."""
        over = {"completed_at": utc_now(), "previews": None}
        self._session.exec(self._change_where(_OPEN, col(Video.id) == video_id).values(**over))

    def ask_again(self, video_id: str) -> bool:
        """Let a film that failed or was cancelled wait to go on; False when it is not over, or finished."""
        ended_badly = or_(
            col(Video.error_code).is_not(None),
            col(Video.cancel_requested_at).is_not(None),
            col(Video.rendition).is_(None),
        )
        return self._begin_anew(video_id, ended_badly)

    def make_again(self, video_id: str, *, footage: dict[str, Any]) -> bool:
        """Let a film that is over be made with other pictures; False when it is not over, or was never begun."""
        return self._begin_anew(video_id, col(Video.run_id).is_not(None), footage=footage)

    def _begin_anew(self, video_id: str, *conditions: Any, **values: Any) -> bool:
        fresh = dict.fromkeys(
            ("completed_at", "started_at", "error_code", "error_message", "cancel_requested_at", "pid", "pid_started")
        )
        statement = self._change_where(not_(_OPEN), *conditions, col(Video.id) == video_id)
        changed = statement.values(
            **fresh, **values, announced="", asks_again=True, asked_again_at=utc_now(), restarts=0, stage="", progress=0
        )
        return bool(self._session.exec(changed).rowcount)

    def change_script(self, video_id: str, script: dict[str, Any]) -> bool:
        """Put another script in the place of the one that is being read; False when it is not, or not any more."""
        statement = self._change_where(_UNDER_REVIEW, col(Video.id) == video_id)
        return bool(self._session.exec(statement.values(script=script)).rowcount)

    def approve(self, video_id: str) -> bool:
        """Let a film whose script was read wait to go on; False when it was not under review."""
        statement = self._change_where(_UNDER_REVIEW, col(Video.id) == video_id)
        return bool(self._session.exec(statement.values(approved_at=utc_now(), asks_again=True)).rowcount)

    def _change_where(self, *conditions: Any) -> Any:
        statement = update(Video).where(*conditions)
        return statement if self._owner_id is None else statement.where(col(Video.owner_id) == self._owner_id)

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

    def finished_totals(self, *, since: datetime) -> tuple[float, int]:
        """
        Seconds of film that were finished since *since*, removed ones among them, and bytes of all that are there.

        What goes with a film counts with it.
        """
        finished = self._owned().where(col(Video.rendition).is_not(None))
        rendition: Any = col(Video.rendition)
        # As floats, which are exact this far: PostgreSQL's integers end at two gigabytes.
        sizes = sum(func.coalesce(rendition[path].as_float(), 0.0) for path in _FILES)
        seconds = finished.where(col(Video.completed_at) >= since).with_only_columns(
            func.sum(rendition["duration"].as_float())
        )
        gone = self._removed().where(col(RemovedFilm.completed_at) >= since)
        size = finished.with_only_columns(func.sum(sizes))
        lasting, gone_lasting, stored = (
            self._session.execute(each).scalar_one() or 0
            for each in (seconds, gone.with_only_columns(func.sum(RemovedFilm.seconds)), size)
        )
        return float(lasting + gone_lasting), int(stored)

    def counts(self) -> dict[str, int]:
        """Films that wait, are in the making, finished, and ended without a film, as far as the rows tell."""
        is_over = col(Video.completed_at).is_not(None)
        is_begun = or_(col(Video.run_id).is_not(None), col(Video.pid).is_not(None))
        state = case(
            (is_over & col(Video.rendition).is_not(None), "completed"),
            (is_over, "ended"),
            (is_begun, "in_the_making"),
            else_="waiting",
        )
        found = self._session.execute(self._owned().with_only_columns(state, func.count()).group_by(state)).all()
        return dict.fromkeys(("waiting", "in_the_making", "completed", "ended"), 0) | {row[0]: row[1] for row in found}

    def recent_seconds(self) -> list[tuple[float, float]]:
        """Of the latest films that were made in one go: seconds that they took, seconds that they last."""
        needed = (col(Video.started_at), col(Video.completed_at), col(Video.rendition))
        unneeded = (col(Video.review_key), col(Video.asked_again_at))
        statement = self._owned().where(
            *(column.is_not(None) for column in needed), *(column.is_(None) for column in unneeded)
        )
        latest = self._session.exec(statement.order_by(col(Video.completed_at).desc()).limit(RECENT)).all()
        return [
            ((video.completed_at - video.started_at).total_seconds(), float(video.rendition["duration"]))
            for video in latest
            if video.completed_at and video.started_at and video.rendition
        ]


def glances(session: Session, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], Video]:
    """
    Of films that their owners *asked* for, as (owner's id, film's id), those that are there and theirs.

    Only what tells how far a film is.
    """
    # A text that is no id would fail the others' question along with its own.
    ids = {video_id for _, video_id in asked if video_id.isascii() and video_id.isprintable()}
    statement = select(Video).where(col(Video.id).in_(ids)).options(load_only(*_HOW_FAR, raiseload=True))
    theirs = {(video.owner_id, video.id): video for video in session.exec(statement)}
    return {each: theirs[each] for each in asked if each in theirs}


def untold(*, most: int) -> SelectOfScalar[Video]:
    """Films that ended, or came to wait for their creator, since something was last told of them; oldest first."""
    is_over = col(Video.completed_at).is_not(None)
    waits_anew = and_(_UNDER_REVIEW, col(Video.announced) == "")
    # The list of words first: the index knows them, and there are few films that nothing final was told of.
    statement = select(Video).where(col(Video.announced).in_(("", "awaiting_review")), or_(is_over, waits_anew))
    return statement.options(*_LIGHT).order_by(col(Video.created_at)).limit(most)


def _conditions(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    if wanted.statuses:
        conditions.append(or_(_OPEN, *(_OVER_AS[status] for status in wanted.statuses if status in _OVER_AS)))
    if wanted.template is not None:
        conditions.append(col(Video.brief)["template"].as_string().in_(template_spellings(wanted.template)))
    if wanted.text is not None:
        conditions.append(col(Video.title).icontains(wanted.text, autoescape=True))
    if wanted.created_after is not None:
        conditions.append(col(Video.created_at) > wanted.created_after)
    if wanted.created_before is not None:
        conditions.append(col(Video.created_at) < wanted.created_before)
    return conditions
