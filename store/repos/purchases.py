"""Every query about calls to providers: the ledger, and who is left alone for a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select, text, update

from store.repos.videos import RECENT
from store.tables.base import utc_now
from store.tables.purchases import Breaker, Purchase, PurchaseState
from store.tables.videos import Video
from studio.providers.till import Quote

_LOCK = 0x7669_6465_6F02
"""PostgreSQL's advisory locks have numbers; this one is the till's."""


@dataclass(frozen=True)
class Paid:
    """What one call used and cost, in millionths of a dollar; None where no price is known."""

    role: str
    provider: str
    model: str
    units: dict[str, float]
    cost: int | None


_PAID = (Purchase.video_id, Purchase.role, Purchase.provider, Purchase.model, Purchase.units, Purchase.cost)


def _charged(*columns: Any) -> Any:
    """Columns of calls that were paid, or may have been."""
    return sqlalchemy_select(*columns).where(col(Purchase.state).in_(("settled", "lost")))


class Purchases:
    """The ledger. It serves workers, who act for everyone; what an owner may see starts from *owner_id*."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self) -> None:
        """Let nobody else look and reserve until the transaction ends; SQLite's has that from its beginning."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))

    def current(self, key: str) -> Purchase | None:
        """The call of *key* that is being made or whose answer is kept."""
        return self._session.exec(select(Purchase).where(Purchase.current_key == key)).first()

    def reserve(
        self,
        quote: Quote,
        *,
        cost: int | None,
        owner_id: str | None,
        video_id: str | None,
        holder: dict[str, Any],
        lease: timedelta,
    ) -> Purchase:
        """A new row for a call that is about to be made."""
        purchase = Purchase(
            key=quote.key,
            current_key=quote.key,
            role=quote.role,
            provider=quote.provider,
            model=quote.model,
            owner_id=owner_id,
            video_id=video_id,
            units=dict(quote.units),
            cost=cost,
            lease_until=utc_now() + lease,
            **holder,
        )
        self._session.add(purchase)
        self._session.flush()
        return purchase

    def settle(
        self, purchase_id: str, *, answer: Any, units: dict[str, float], cost: int | None, fresh_s: float | None
    ) -> None:
        """The call was answered: what it used, and what it cost in the end."""
        now = utc_now()
        fresh_until = None if fresh_s is None else now + timedelta(seconds=fresh_s)
        self._close(
            purchase_id, "settled", answer=answer, units=units, cost=cost, fresh_until=fresh_until, settled_at=now
        )

    def fail(self, purchase_id: str, *, error_code: str) -> None:
        """The call brought nothing and cost nothing; the next one may try."""
        self._close(purchase_id, "failed", current_key=None, error_code=error_code, cost=0, settled_at=utc_now())

    def lose(self, purchase_id: str) -> None:
        """Who made the call is dead: it may have been paid, so its cost still counts; somebody else may try."""
        self._close(purchase_id, "lost", current_key=None, settled_at=utc_now())

    def retire(self, purchase_id: str) -> None:
        """The answer is out of date, or what it points at is gone: the next who asks calls again."""
        self._session.execute(update(Purchase).where(col(Purchase.id) == purchase_id).values(current_key=None))

    def forget_answers(self, role: str, provider: str, *, before: datetime) -> int:
        """Forget what *provider* answered before then; what it cost stays in the ledger. How many answers."""
        old = update(Purchase).where(
            col(Purchase.role) == role,
            col(Purchase.provider) == provider,
            col(Purchase.settled_at) < before,
            col(Purchase.answer).is_not(None),
        )
        return int(self._session.exec(old.values(answer=None, current_key=None)).rowcount)

    def spent(self, *, video_id: str | None = None, owner_id: str | None = None, since: datetime | None = None) -> int:
        """Millionths of a dollar that calls have cost, or will at most: of a film, of an owner, since a time."""
        statement = select(func.coalesce(func.sum(col(Purchase.cost)), 0))
        if video_id is not None:
            statement = statement.where(Purchase.video_id == video_id)
        if owner_id is not None:
            statement = statement.where(Purchase.owner_id == owner_id)
        if since is not None:
            statement = statement.where(col(Purchase.created_at) >= since)
        return int(self._session.exec(statement).one() or 0)

    def of_video(self, video_id: str) -> Sequence[Purchase]:
        """The calls of a film, in order."""
        return self._session.exec(
            select(Purchase).where(Purchase.video_id == video_id).order_by(col(Purchase.id))
        ).all()

    def paid(self, video_ids: Collection[str]) -> dict[str, list[Paid]]:
        """What calls for each of the films used and cost, in order; those that brought nothing are left out."""
        found: dict[str, list[Paid]] = {video_id: [] for video_id in video_ids}
        statement = _charged(*_PAID).where(col(Purchase.video_id).in_(video_ids)).order_by(col(Purchase.id))
        for video_id, *columns in self._session.execute(statement):
            found[video_id].append(Paid(*columns))
        return found

    def charged(self, *, owner_id: str, since: datetime) -> int | None:
        """Millionths of a dollar that an owner's calls have cost; None where the price of one is not known."""
        mine = _charged(func.count(), func.count(col(Purchase.cost)), func.coalesce(func.sum(col(Purchase.cost)), 0))
        mine = mine.where(col(Purchase.owner_id) == owner_id, col(Purchase.created_at) >= since)
        calls, priced, cost = self._session.execute(mine).one()
        return int(cost) if calls == priced else None

    def rates(self) -> list[float]:
        """Of the latest films that were charged for and whose every price is known: US dollars a second of film."""
        charged = select(Purchase.video_id).where(
            col(Purchase.state) == "settled", or_(col(Purchase.cost).is_(None), col(Purchase.cost) > 0)
        )
        films = select(Video.id, Video.rendition).where(
            col(Video.id).in_(charged), col(Video.completed_at).is_not(None), col(Video.rendition).is_not(None)
        )
        rates = []
        for video_id, rendition in self._session.exec(
            films.order_by(col(Video.completed_at).desc()).limit(RECENT)
        ).all():
            costs = [row.cost for row in self.of_video(video_id) if row.state in ("settled", "lost")]
            if None not in costs and rendition and rendition["duration"] > 0:
                rates.append(sum(cost for cost in costs if cost) / 1e6 / float(rendition["duration"]))
        return rates

    def _close(self, purchase_id: str, state: PurchaseState, **values: Any) -> None:
        closed = update(Purchase).where(col(Purchase.id) == purchase_id, col(Purchase.state) == "reserved")
        self._session.execute(closed.values(state=state, lease_until=None, **values))


class Breakers:
    """Providers that failed too often are left alone, so that every film need not wait for them in vain."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def closed_for(self, provider: str) -> float:
        """Seconds for which *provider* is still left alone; 0 when it may be asked."""
        found = self._session.get(Breaker, provider)
        if found is None or found.open_until is None:
            return 0.0
        return max(0.0, (found.open_until - utc_now()).total_seconds())

    def claim_trial(self, provider: str, *, pause: timedelta) -> None:
        """After a pause one call is the trial; until it is over the others go on leaving the provider alone."""
        found = self._session.get(Breaker, provider)
        if found is not None and found.open_until is not None:
            found.open_until = utc_now() + pause
            self._session.add(found)

    def note_success(self, provider: str) -> None:
        """It works."""
        found = self._session.get(Breaker, provider)
        if found is not None and (found.failures or found.open_until):
            found.failures, found.open_until = 0, None
            self._session.add(found)

    def note_failure(self, provider: str, *, most: int, pause: timedelta) -> None:
        """It failed; after *most* times in a row it is left alone for *pause*."""
        found = self._session.get(Breaker, provider) or Breaker(provider=provider)
        found.failures += 1
        if found.failures >= most:
            found.open_until = utc_now() + pause
        self._session.add(found)
        self._session.flush()
