"""Every query about an account's webhooks: its addresses, and the log of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.base import utc_now
from store.tables.users import User
from store.tables.webhooks import WebhookDelivery, WebhookEndpoint


class WebhookEndpoints:
    """Addresses of one owner; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def _owned(self) -> SelectOfScalar[WebhookEndpoint]:
        return select(WebhookEndpoint).where(WebhookEndpoint.owner_id == self._owner_id)

    def lock_owner(self) -> None:
        """Let nobody else count and add this owner's addresses until the transaction ends."""
        self._session.exec(select(User.id).where(User.id == self._owner_id).with_for_update()).first()

    def add(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """A new address."""
        self._session.add(endpoint)
        self._session.flush()
        return endpoint

    def all(self) -> Sequence[WebhookEndpoint]:
        """Every address, newest first."""
        return self._session.exec(self._owned().order_by(col(WebhookEndpoint.id).desc())).all()

    def count(self) -> int:
        """How many addresses there are."""
        return int(self._session.execute(self._owned().with_only_columns(func.count())).scalar_one())

    def get(self, endpoint_id: str) -> WebhookEndpoint | None:
        """The address, or None where this owner has none of that id."""
        if "\x00" in endpoint_id:
            return None
        return self._session.exec(self._owned().where(WebhookEndpoint.id == endpoint_id)).first()

    def rotate(self, endpoint: WebhookEndpoint, *, overlap: timedelta) -> None:
        """From now on another secret; messages carry the old one's signature too for *overlap*."""
        endpoint.secret_version += 1
        endpoint.previous_until = utc_now() + overlap
        self._session.add(endpoint)

    def remove(self, endpoint: WebhookEndpoint) -> None:
        """Forget the address with its log."""
        self._session.execute(delete(WebhookDelivery).where(col(WebhookDelivery.endpoint_id) == endpoint.id))
        self._session.execute(delete(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint.id))


class WebhookDeliveries:
    """Messages to one owner; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def _owned(self) -> SelectOfScalar[WebhookDelivery]:
        return select(WebhookDelivery).where(WebhookDelivery.owner_id == self._owner_id)

    def add(self, delivery: WebhookDelivery) -> WebhookDelivery:
        """A new message, to be sent at its *next_attempt_at*."""
        self._session.add(delivery)
        self._session.flush()
        return delivery

    def get(self, delivery_id: str) -> WebhookDelivery | None:
        """The message, or None where this owner has none of that id."""
        if "\x00" in delivery_id:
            return None
        return self._session.exec(self._owned().where(WebhookDelivery.id == delivery_id)).first()

    def page(
        self, *, before: str | None, most: int, endpoint_id: str | None = None, video_id: str | None = None
    ) -> Sequence[WebhookDelivery]:
        """The newest *most* messages older than the one of the id *before*; those to or about what is named."""
        statement = self._owned()
        if before is not None:
            statement = statement.where(col(WebhookDelivery.id) < before)
        if endpoint_id is not None:
            statement = statement.where(WebhookDelivery.endpoint_id == endpoint_id)
        if video_id is not None:
            statement = statement.where(WebhookDelivery.video_id == video_id)
        return self._session.exec(statement.order_by(col(WebhookDelivery.id).desc()).limit(most)).all()

    def send_again(self, delivery_id: str) -> bool:
        """Let a message that is over be sent once more, with all attempts; False when it is not over."""
        again = update(WebhookDelivery).where(
            col(WebhookDelivery.owner_id) == self._owner_id,
            col(WebhookDelivery.id) == delivery_id,
            col(WebhookDelivery.next_attempt_at).is_(None),
        )
        changed = self._session.exec(again.values(next_attempt_at=utc_now(), delivered_at=None, failures=0))
        return bool(changed.rowcount)
