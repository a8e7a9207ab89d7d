"""Questions that wait at the same time, answered together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from anyio import to_thread

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """
    Puts questions to *answer*, in a thread, all that came while it was busy at once.

    Nothing is remembered: every answer is found after its question was asked. What *answer* raises, all who asked get.
    Belongs to one event loop.
    """

    def __init__(self, answer: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to *question*."""
        given: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, given))
        if self._work is None:
            self._work = asyncio.create_task(self._answer_all())
        return await given

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer_some(asked)
        finally:
            self._work = None

    async def _answer_some(self, asked: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        open_ones = [(question, given) for question, given in asked if not given.done()]
        try:
            answers = await to_thread.run_sync(self._answer, [question for question, _ in open_ones])
        except Exception as error:
            for _, given in open_ones:
                if not given.done():  # whoever asked may have gone away since
                    given.set_exception(error)
        else:
            for (_, given), answer in zip(open_ones, answers, strict=True):
                if not given.done():
                    given.set_result(answer)
