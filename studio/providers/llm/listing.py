"""What an endpoint says of its models: which there are, and which of them will be gone soon."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from typing import Any

import httpx2

from studio.providers.llm.access import Access
from studio.providers.llm.transport import async_client_of, client_of, within
from studio.web import tls

FRESH_S = 60.0
DEAD_S = 10.0
"""How long a list is believed, and how long that there was none: an endpoint that came back is seen soon."""

LIST_S = 2.0
"""What a script or the doctor waits for a list at most."""

MOST_BYTES = 8 << 20
WARN_DAYS = 60
"""A model that shuts down within so many days is worth a word: replacing one takes trying out."""

PREFIX = "models/"
"""What Gemini's list writes before each name; it is asked without."""


@dataclass(frozen=True)
class Listed:
    """
    Models by name with the day on which each shuts down ("" where none is known), or None without a list.

    Those of an endpoint that does not answer now are the last that it listed.
    """

    is_alive: bool
    models: dict[str, str] | None

    def has(self, name: str) -> bool:
        """Whether *name* is worth asking: a tag or a variant behind a colon may be left out of the list."""
        names = {name, f"{name}:latest", name.partition(":")[0]}
        return self.is_alive and (self.models is None or not names.isdisjoint(self.models))


DEAD = Listed(is_alive=False, models=None)
SILENT = Listed(is_alive=True, models=None)


@dataclass
class ModelList:
    """One endpoint's list, asked for once a minute however many want to know."""

    access: Access
    _known: Listed = DEAD
    _fresh_until: float = 0.0
    _question: asyncio.Task[Listed] | None = field(default=None, repr=False)

    async def get(self, *, timeout_s: float, most_bytes: int) -> Listed:
        """The list within *timeout_s*, or that there is none; it never fails."""
        if time.monotonic() < self._fresh_until:
            return self._known
        loop = asyncio.get_running_loop()
        if self._question is None or self._question.done() or self._question.get_loop() is not loop:
            self._question = loop.create_task(self._ask(timeout_s, most_bytes))
        return await asyncio.shield(self._question)

    def get_now(self) -> Listed:
        """The same, for those who are in no event loop."""
        if time.monotonic() >= self._fresh_until:
            self._keep(_list(self.access))
        return self._known

    async def _ask(self, timeout_s: float, most_bytes: int) -> Listed:
        listed = DEAD
        await asyncio.to_thread(load)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                listed = await _async_list(self.access, timeout_s, most_bytes)
        return self._keep(listed)

    def _keep(self, listed: Listed) -> Listed:
        self._known = listed if listed.is_alive else replace(listed, models=self._known.models)
        self._fresh_until = time.monotonic() + (FRESH_S if listed.is_alive else DEAD_S)
        return self._known


@cache
def list_of(access: Access) -> ModelList:
    """The list of *access*, one for the whole process."""
    return ModelList(access)


def model_warnings(access: Access, *, today: date | None = None) -> tuple[str, ...]:
    """What the operator should know of the configured model: that it shuts down soon, or is listed no more."""
    listed = list_of(access).get_now()
    if not (listed.is_alive and listed.models):
        return ()
    if not listed.has(access.model):
        return (f"llm '{access.name}': the endpoint lists no model {access.model!r}; check {access.model_name}",)
    return end_warnings(access, today=today)


def end_warnings(
    access: Access, *, role: str = "llm", model_name: str = "", today: date | None = None
) -> tuple[str, ...]:
    """That the configured model shuts down soon, where the endpoint's list says so; *model_name* is its variable."""
    end = _day((list_of(access).get_now().models or {}).get(access.model, ""))
    if end is None or (end - (today or datetime.now(UTC).date())).days > WARN_DAYS:
        return ()
    variable = model_name or access.model_name
    return (f"{role} '{access.name}': model {access.model!r} shuts down on {end}; set {variable} to another",)


def load() -> None:
    """The SDK and the certificates take a second the first time, which is nobody's fault."""
    import_module("openai")
    tls()


async def _async_list(access: Access, timeout_s: float, most_bytes: int) -> Listed:
    import openai

    try:
        async with async_client_of(access, timeout_s=timeout_s, most_bytes=most_bytes) as client:
            return _listed(await client.models.list())
    except (openai.NotFoundError, openai.UnprocessableEntityError):
        return SILENT
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, AttributeError):
        # The SDK takes for granted that what answered speaks its protocol.
        return DEAD


def _list(access: Access) -> Listed:
    import openai

    try:
        return _listed(client_of(access, most_bytes=MOST_BYTES).models.list(timeout=within(LIST_S)))
    except (openai.NotFoundError, openai.UnprocessableEntityError):
        return SILENT
    except (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, AttributeError):
        return DEAD


def _listed(page: Any) -> Listed:
    found = {str(model.id).removeprefix(PREFIX): str(model.shutdown_date or "") for model in page.data or ()}
    return Listed(is_alive=True, models=found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
