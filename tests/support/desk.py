"""A desk in memory, for publishers that are tried alone; it outlives the try that dies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import JsonValue

from store.tables.base import utc_now
from studio.errors import PublishCancelled
from studio.models.publication import Allowance, Token


class Died(BaseException):
    """The process ended here, as far as the publisher can tell."""


@dataclass
class MemoryDesk:
    """Keeps what is saved as JSON would; dies at the call of the number *dies_at* (saves and reports, from 1)."""

    access: str = "access-1"
    dies_at: int = 0
    is_called_off: bool = False
    is_closing: bool = False
    renewals: int = 0
    calls: int = 0
    steps: list[tuple[str, int | None]] = field(default_factory=list)
    _saved: dict[str, JsonValue] = field(default_factory=dict)
    reserved: list[Allowance] = field(default_factory=list)
    settled: list[Allowance] = field(default_factory=list)
    on_renew: Callable[[], str] | None = None
    """Makes the platform's next access token, and returns it."""

    @property
    def saved(self) -> Mapping[str, JsonValue]:
        return dict(self._saved)

    def save(self, **values: JsonValue) -> None:
        self._saved.update(values)
        self._count()

    def report(self, step: str, *, sent: int | None = None) -> None:
        self.steps.append((step, sent))
        self._count()
        if self.is_called_off and not self.is_closing:
            raise PublishCancelled("called off")

    def token(self) -> Token:
        return Token(access=self.access, refresh="refresh-1", expires_at=utc_now() + timedelta(hours=1))

    def renew(self, token: Token) -> Token:
        self.renewals += 1
        if token.access == self.access and self.on_renew:
            self.access = self.on_renew()
        return self.token()

    def reserve(self, wanted: Allowance) -> None:
        self.reserved.append(wanted)

    def settle(self, used: Allowance) -> None:
        self.settled.append(used)

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.dies_at:
            raise Died
