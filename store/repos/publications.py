"""Every query about the ledger of publications."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import utc_now
from store.tables.social import Publication
from studio.models.publication import Target
from studio.sealing import seal, unseal

BEFORE = ("waiting_for_video", "scheduled", "pending")
"""States in which nothing was sent, unless a run is on its way."""

AT_ONCE = 4
"""Publications of one platform at once, over all accounts."""

CLAIMING = 7_305_001
"""The number of PostgreSQL's advisory lock for claiming; any that nobody else uses."""


class Publications:
    """The ledger; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str | None) -> None:
        self._session = session
        self._owner_id = owner_id

    @classmethod
    def of_everyone(cls, session: Session) -> Publications:
        """For workers and the reconciler, who act for the owners."""
        return cls(session, owner_id=None)

    def _owned(self) -> SelectOfScalar[Publication]:
        statement = select(Publication)
        return statement if self._owner_id is None else statement.where(Publication.owner_id == self._owner_id)

    def add(self, publication: Publication) -> Publication:
        """The publication, or the one of the same film at the same account that counts already."""
        known = self.counting(publication.current_key) if publication.current_key else None
        if known is not None:
            return known
        try:
            with self._session.begin_nested():
                self._session.add(publication)
        except IntegrityError:
            # Somebody else was faster, on a database where two write at once.
            known = self.counting(publication.current_key) if publication.current_key else None
            if known is None:
                raise
            return known
        return publication

    def get(self, publication_id: str) -> Publication | None:
        """The publication of that id."""
        if "\x00" in publication_id:
            return None
        return self._session.exec(self._owned().where(Publication.id == publication_id)).first()

    def by_run(self, run_id: str) -> Publication | None:
        """The publication that a flow run makes."""
        return self._session.exec(self._owned().where(Publication.run_id == run_id)).first()

    def page(
        self,
        *,
        after: str | None,
        most: int,
        platform: Target | None = None,
        states: Iterable[str] = (),
        video_id: str | None = None,
    ) -> Sequence[Publication]:
        """The newest *most* that are older than *after*."""
        statement = self._owned()
        if after is not None:
            statement = statement.where(col(Publication.id) < after)
        if platform is not None:
            statement = statement.where(Publication.platform == platform)
        if wanted := list(states):
            statement = statement.where(col(Publication.state).in_(wanted))
        if video_id is not None:
            statement = statement.where(Publication.video_id == video_id)
        return self._session.exec(statement.order_by(col(Publication.id).desc()).limit(most)).all()

    def of_account(self, account_id: str) -> Sequence[Publication]:
        """What is not over of an account."""
        return self._session.exec(
            self._owned().where(Publication.account_id == account_id, col(Publication.finished_at).is_(None))
        ).all()

    def counting(self, key: str) -> Publication | None:
        """The publication that counts for account and film."""
        return self._session.exec(select(Publication).where(Publication.current_key == key)).first()

    def note_run(self, publication_id: str, run_id: str, *, attempt: int) -> None:
        """The run that was created for this attempt, unless it was over before we could say so."""
        self._session.execute(
            update(Publication)
            .where(
                col(Publication.id) == publication_id,
                col(Publication.attempt) == attempt,
                col(Publication.finished_at).is_(None),
            )
            .values(run_id=run_id)
        )

    def change(self, publication_id: str, **values: Any) -> None:
        """Write columns."""
        self._session.execute(update(Publication).where(col(Publication.id) == publication_id).values(**values))

    def change_if(self, publication_id: str, *, states: Iterable[str], **values: Any) -> bool:
        """Write columns unless the publication has left *states* or is being begun."""
        changed = self._session.exec(
            update(Publication)
            .where(
                col(Publication.id) == publication_id,
                col(Publication.state).in_(list(states)),
                col(Publication.run_id).is_(None),
            )
            .values(**values)
        )
        return bool(changed.rowcount)

    def change_if_held(self, publication_id: str, *, holder: dict[str, Any], **values: Any) -> bool:
        """Write columns as long as this process holds the publication."""
        statement = update(Publication).where(col(Publication.id) == publication_id)
        for name, value in holder.items():
            statement = statement.where(getattr(Publication, name) == value)
        return bool(self._session.exec(statement.values(**values)).rowcount)

    def begin_again(self, publication: Publication, key: str) -> None:
        """Another attempt at what failed: it goes on from what its publisher has written down."""
        self.change(
            publication.id,
            state="pending",
            current_key=key,
            run_id=None,
            attempt=publication.attempt + 1,
            restarts=0,
            error_code=None,
            error_message=None,
            finished_at=None,
            cancel_requested_at=None,
        )

    def claim_restart(self, publication: Publication) -> bool:
        """Count one more restart, held by nobody then; False when another reconciler was first."""
        claimed = self._session.exec(
            update(Publication)
            .where(col(Publication.id) == publication.id, col(Publication.restarts) == publication.restarts)
            .values(restarts=publication.restarts + 1, pid=None, pid_started=None)
        )
        return bool(claimed.rowcount)

    def waiting_for_video(self) -> Sequence[Publication]:
        """Those whose film is being made."""
        return self._session.exec(self._owned().where(Publication.state == "waiting_for_video")).all()

    def ripen(self, now: datetime) -> None:
        """Those whose time has come are pending from now on."""
        self._alone()
        due = func.coalesce(col(Publication.retry_at), col(Publication.scheduled_at))
        self._session.execute(
            update(Publication)
            .where(col(Publication.state) == "scheduled", due <= now)
            .values(state="pending", retry_at=None)
        )

    def claim_due(self, *, run_id: str | None = None, platform: str | None = None, **holder: Any) -> list[Publication]:
        """
        Those that may begin now, the longest due first, each with a run of its own from now on.

        One of an account and AT_ONCE of a platform have a run at a time, whoever else claims. With *run_id* at most
        one of *platform* is claimed, for that run and held by *holder*; without it each has an id that no run has yet.
        """
        self._alone()
        due = func.coalesce(col(Publication.scheduled_at), col(Publication.created_at))
        is_rested = or_(col(Publication.retry_at).is_(None), col(Publication.retry_at) <= utc_now())
        waiting = self._owned().where(
            col(Publication.state).in_(("pending", "withdrawing")), col(Publication.run_id).is_(None), is_rested
        )
        if platform is not None:
            waiting = waiting.where(Publication.platform == platform)
        running = self.in_flight()
        accounts = {row.account_id for row in running if row.account_id}
        platforms = Counter(row.platform for row in running)
        claimed: list[Publication] = []
        while run_id is None or not claimed:
            full = [name for name, number in platforms.items() if number >= AT_ONCE]
            is_free = or_(col(Publication.account_id).is_(None), col(Publication.account_id).not_in(accounts))
            row = self._session.exec(
                waiting.where(is_free, col(Publication.platform).not_in(full)).order_by(due, col(Publication.id))
            ).first()
            if row is None:
                break
            row.run_id = run_id or str(uuid4())
            for name, value in {"host": None, "pid": None, "pid_started": None, **holder}.items():
                setattr(row, name, value)
            self._session.flush()
            claimed.append(row)
            accounts |= {row.account_id} if row.account_id else set()
            platforms[row.platform] += 1
        return claimed

    def unclaim(self, publication: Publication) -> None:
        """Nothing came of a run for *publication*, which was just claimed."""
        self._session.execute(
            update(Publication)
            .where(col(Publication.id) == publication.id, col(Publication.run_id) == publication.run_id)
            .values(run_id=None)
        )

    def pass_on(self, run_id: str) -> None:
        """Let go of the publication that a run has finished."""
        self._session.execute(
            update(Publication)
            .where(col(Publication.run_id) == run_id, col(Publication.finished_at).is_not(None))
            .values(run_id=None)
        )

    def _alone(self) -> None:
        """Until the transaction ends nobody else claims; SQLite's transactions are alone anyway."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select(func.pg_advisory_xact_lock(CLAIMING)))

    def in_flight(self) -> Sequence[Publication]:
        """Those that have a run and are not over."""
        statement = self._owned().where(col(Publication.run_id).is_not(None), col(Publication.finished_at).is_(None))
        return self._session.exec(statement).all()

    def cancel_waiting(self, publication_id: str) -> bool:
        """Cancel what nobody works on yet; False where a run has it."""
        return self.change_if(
            publication_id,
            states=BEFORE,
            state="cancelled",
            current_key=None,
            cancel_requested_at=utc_now(),
            finished_at=utc_now(),
        )

    def is_used(self, key: str) -> bool:
        """Whether a publication that is not over needs the object *key*."""
        statement = select(Publication.id).where(Publication.object_key == key, col(Publication.finished_at).is_(None))
        return self._session.exec(statement.limit(1)).first() is not None


def opened(publication: Publication) -> dict[str, JsonValue]:
    """What its publisher has written down. Raises SealBroken."""
    if publication.saved is None:
        return {}
    values: dict[str, JsonValue] = json.loads(unseal(publication.saved, belongs_to=publication.seal_name))
    return values


def sealed(publication: Publication, values: dict[str, JsonValue]) -> bytes:
    """*values* as the row keeps them."""
    return seal(json.dumps(values), belongs_to=publication.seal_name)
