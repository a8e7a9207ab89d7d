"""Questions that wait at the same time are answered together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from api.together import Together


class Oracle:
    """Answers with the double of what it is asked, when it may."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()

    def answer(self, questions: Sequence[int]) -> list[int]:
        self.asked.append(list(questions))
        self.is_asked.set()
        assert self.may_answer.wait(10)
        if -1 in questions:
            raise ValueError("no")
        return [2 * question for question in questions]


async def asking(oracle: Oracle, together: Together[int, int], questions: Sequence[int]) -> list[asyncio.Task[int]]:
    """The first is being answered, the others wait."""
    first = asyncio.create_task(together.ask(questions[0]))
    await asyncio.to_thread(oracle.is_asked.wait, 10)
    rest = [asyncio.create_task(together.ask(question)) for question in questions[1:]]
    await asyncio.sleep(0)
    return [first, *rest]


def test_what_comes_while_one_is_answered_is_answered_at_once_after_it() -> None:
    oracle = Oracle()

    async def work() -> list[int]:
        tasks = await asking(oracle, Together(oracle.answer), range(50))
        oracle.may_answer.set()
        return list(await asyncio.gather(*tasks))

    assert asyncio.run(work()) == [2 * number for number in range(50)]
    assert oracle.asked == [[0], list(range(1, 50))]


def test_every_answer_is_found_after_its_question() -> None:
    oracle = Oracle()
    oracle.may_answer.set()

    async def work() -> None:
        together = Together(oracle.answer)
        assert [await together.ask(7), await together.ask(7)] == [14, 14]

    asyncio.run(work())

    assert oracle.asked == [[7], [7]]


def test_a_failure_is_told_to_all_who_asked_with_it_and_to_nobody_after() -> None:
    oracle = Oracle()

    async def work() -> None:
        together = Together(oracle.answer)
        tasks = await asking(oracle, together, [1, -1, 2])
        oracle.may_answer.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert found[0] == 2
        assert [type(each) for each in found[1:]] == [ValueError, ValueError]
        assert await together.ask(3) == 6

    asyncio.run(work())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_who_goes_away_leaves_the_others_their_answers(place: int) -> None:
    oracle = Oracle()

    async def work() -> list[object]:
        tasks = await asking(oracle, Together(oracle.answer), [1, 2, 3])
        tasks[place].cancel()
        await asyncio.sleep(0)
        oracle.may_answer.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    found = asyncio.run(work())

    assert isinstance(found.pop(place), asyncio.CancelledError)
    assert found == [2 * number for number in (1, 2, 3) if number != place + 1]
