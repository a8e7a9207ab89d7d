"""The desk of a publication: its line of the ledger, written by the one process that makes it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.context import FlowRunContext
from pydantic import JsonValue

from store.repos.publications import Publications, sealed
from store.repos.quotas import Quotas
from store.session import reading, transaction
from store.tables.base import new_id, utc_now
from store.tables.social import Publication
from studio.errors import PublishCancelled
from studio.models.publication import Allowance, Token
from tasks import policy
from tasks.lease import leave_to_successor, this_process
from tasks.tokens import RENEW_BEFORE, account_of, renewed

logger = logging.getLogger("tasks.desk")

EVERY_S = 1.0
"""At most one write of progress a second."""


@dataclass
class LedgerDesk:
    """The line of one publication in the ledger, written by the process that holds it."""

    publication: Publication
    is_closing: bool = False
    """What is left to do must be done, whoever does not want it any more."""
    _saved: dict[str, JsonValue] = field(default_factory=dict)
    _reserved: dict[str, list[str]] = field(default_factory=dict)
    _written: float = 0.0
    _artifact: Any = None

    @property
    def saved(self) -> Mapping[str, JsonValue]:
        """Everything that was saved."""
        return self._saved

    def save(self, **values: JsonValue) -> None:
        """Write *values* down before anything else happens."""
        self._saved.update(values)
        keep(self.publication.id, saved=sealed(self.publication, self._saved))

    def report(self, step: str, *, sent: int | None = None) -> None:
        """How far it is. Raises PublishCancelled."""
        if self.is_closing:
            return
        if _is_called_off(self.publication.id):
            raise PublishCancelled(f"publication {self.publication.id} was called off")
        state = "processing" if step == "finishing" else step
        if state == self.publication.state and not self._is_news(sent):
            return
        self._written = time.monotonic()
        values: dict[str, Any] = {"state": state}
        if sent is not None:
            values["sent_bytes"] = self.publication.sent_bytes = sent
        self.publication.state = state
        keep(self.publication.id, **values)
        self._show(step, sent)

    def token(self) -> Token:
        """A token that works for a while. Raises ProviderNotReady."""
        account, token = account_of(self.publication.platform, self.publication.account_id)
        if token.expires_at is None or token.expires_at > utc_now() + RENEW_BEFORE:
            return token
        return renewed(account, token)

    def renew(self, token: Token) -> Token:
        """Another token after *token* was refused. Raises ProviderNotReady."""
        account, newest = account_of(self.publication.platform, self.publication.account_id)
        return newest if newest.access != token.access else renewed(account, token)

    def reserve(self, wanted: Allowance) -> None:
        """Set aside what is about to be used of a quota. Raises OverQuota, ProviderNotReady."""
        use_id = new_id("use")
        _reserve(wanted, use_id, self.publication.id)
        self._reserved.setdefault(wanted.name, []).append(use_id)

    def settle(self, used: Allowance) -> None:
        """What was used of it in the end."""
        _settle(used, self._reserved.pop(used.name, []), new_id("use"), self.publication.id)

    def _is_news(self, sent: int | None) -> bool:
        if sent is None:
            return False
        # A bar that ends before the end looks like a film that is lost.
        is_last = sent >= self.publication.total_bytes > 0 and sent > self.publication.sent_bytes
        return is_last or time.monotonic() - self._written >= EVERY_S

    def _show(self, step: str, sent: int | None) -> None:
        """In the Prefect UI; nothing is lost because a bar could not be drawn."""
        if FlowRunContext.get() is None or not self.publication.total_bytes:
            return
        percent = 100.0 * (sent or 0) / self.publication.total_bytes
        try:
            if self._artifact is None:
                key = f"progress-{self.publication.id.replace('_', '-')}"
                self._artifact = create_progress_artifact(progress=percent, key=key, description=step)
            elif sent is not None:
                update_progress_artifact(self._artifact, progress=percent, description=f"{step}: {sent} bytes")
        except Exception:
            logger.warning("the progress of %s could not be shown", self.publication.id)


@policy.patient
def keep(publication_id: str, **values: Any) -> None:
    """Write columns of the publication that this process makes; ends the process when another has taken it over."""
    with transaction() as session:
        is_ours = Publications.of_everyone(session).change_if_held(
            publication_id, holder=this_process().columns(), **values
        )
    if not is_ours:
        leave_to_successor(publication_id)


@policy.patient
def _is_called_off(publication_id: str) -> bool:
    with reading() as session:
        publication = Publications.of_everyone(session).get(publication_id)
    return publication is None or publication.cancel_requested_at is not None


@policy.patient
def _reserve(wanted: Allowance, use_id: str, publication_id: str) -> None:
    with transaction() as session:
        Quotas(session).reserve(wanted, use_id=use_id, publication_id=publication_id)


@policy.patient
def _settle(used: Allowance, use_ids: Sequence[str], use_id: str, publication_id: str) -> None:
    with transaction() as session:
        Quotas(session).settle(used, use_ids=use_ids, use_id=use_id, publication_id=publication_id)
