"""The list of who can play a role, readable without importing any of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Generic, Protocol, TypeVar, cast

from studio.errors import UnknownName


class Provider(Protocol):
    """What every provider of every role can say of itself."""

    name: str

    def check(self) -> None:
        """
        Return when ready to work.

        Raises:
            ProviderNotReady: what is missing, and what works without it.
        """
        ...


T = TypeVar("T", bound=Provider)


class Catalog(Generic[T]):
    """Providers of one role by name, each as "module:Class" and imported when opened."""

    def __init__(self, role: str, entries: dict[str, str]) -> None:
        self.role = role
        self.entries = dict(entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def open(self, name: str) -> T:
        """
        The provider called *name*, constructed; it may still have to say that it is not ready.

        Raises:
            UnknownName: no such provider in this role.
        """
        if name not in self.entries:
            raise UnknownName(name, field=self.role, known=self.entries)
        module, _, attribute = self.entries[name].partition(":")
        return cast(T, getattr(import_module(module), attribute)())
