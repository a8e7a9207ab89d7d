"""A script that misses the asked seconds is asked for again, twice at most."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from studio.models.script import Script
from studio.providers.llm import catalog
from tests.support.writer import MemoryTill, Scripted, an_order, draft_of, refusal, scripted


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    with scripted() as found:
        monkeypatch.setenv("OPENAI_BASE_URL", found.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        yield found


PLANS = {"en": r"about (\d+) words.*?about (\d+) scenes", "zh-TW": r"約 (\d+) 個字.*?大約 (\d+) 個場景"}


def english(seconds: float) -> dict[str, Any]:
    """A draft of about so many seconds at 2.5 words a second: five scenes of the same length."""
    words = round((seconds - 5 * 0.35) * 2.5 / 5 - 0.6)
    return draft_of(_words(words), [_words(words)] * 3, _words(words))


def _words(count: int) -> str:
    return " ".join(["tide"] * count) + "."


def write(till: MemoryTill | None = None, **more: Any) -> Script:
    order = an_order(**{"seconds": 30, **more})
    return catalog.open("openai").write_script(order, till=till or MemoryTill())


def seconds(script: Script) -> float:
    order = an_order(seconds=30)
    return sum(order.seconds_of(scene.narration) for scene in script.scenes)


def test_a_script_that_fits_is_asked_for_once(server: Scripted) -> None:
    server.answers = [english(30)]
    script = write()

    assert len(server.asked) == 1
    assert script.warnings == ()


@pytest.mark.parametrize("first", [12, 60])
def test_a_script_that_misses_is_told_how_many_words_it_has_and_needs(server: Scripted, first: int) -> None:
    server.answers = [english(first), english(30)]
    script = write()
    _, repair = server.asked
    now, wanted = map(
        int, re.findall(r"now has (\d+) words; it must be about (\d+)", repair["messages"][-1]["content"])[0]
    )

    assert now == 5 * len(json.loads(repair["messages"][2]["content"])["hook"]["narration"].split())
    # A model told so much and obeying says it in thirty seconds.
    assert wanted / now == pytest.approx((30 - 5 * 0.35) / (first - 5 * 0.35), rel=0.1)
    assert seconds(script) == pytest.approx(30, rel=0.1)
    assert script.warnings == ()


def test_a_chinese_script_is_counted_in_characters(server: Scripted) -> None:
    sentence = "月亮的引力拉著海水走。"
    short, right = draft_of(sentence, [sentence], sentence), draft_of(sentence, [sentence] * 8, sentence)
    server.answers = [short, right]
    script = write(title="潮汐", language="zh-TW", pace=4.5)

    assert "總共 30 個字" in server.asked[1]["messages"][-1]["content"]
    assert len(script.scenes) == 10


def test_the_nearest_draft_is_kept_and_what_it_misses_is_said(server: Scripted) -> None:
    server.answers = [english(60), english(40), english(15)]
    script = write()

    assert len(server.asked) == 3
    assert seconds(script) == pytest.approx(40, rel=0.05)
    assert re.fullmatch(
        r"llm 'openai': the script lasts about \d\d of the 30 seconds asked for, 3\d% longer\.", script.warnings[0]
    )


def test_a_model_that_repeats_itself_is_not_asked_a_third_time(server: Scripted) -> None:
    server.answers = [english(12)]
    script = write()

    assert len(server.asked) == 2
    assert "shorter" in script.warnings[0]


@pytest.mark.parametrize("second", ["no longer JSON", refusal("no", status=500), refusal("no", status=429)])
def test_a_repair_that_fails_leaves_the_draft(server: Scripted, second: Any) -> None:
    server.answers = [english(60), second]
    script = write()

    assert len(server.asked) == 2
    assert "longer" in script.warnings[0]


def test_every_repair_is_bought(server: Scripted) -> None:
    server.answers = [english(60), english(50), english(30)]
    till = MemoryTill()
    write(till)
    write(till)

    assert len(till.receipts) == len(server.asked) == 3
    assert len(till.quotes) == 6


@pytest.mark.parametrize(("language", "pace"), [("en", 2.5), ("zh-TW", 4.5)])
@pytest.mark.parametrize("asked", [5, 30, 600])
def test_the_plan_reaches_the_asked_seconds(server: Scripted, language: str, pace: float, asked: int) -> None:
    server.answers = [refusal("enough", status=400)]
    with pytest.raises(Exception, match="refused"):
        write(language=language, pace=pace, seconds=asked)
    told = server.asked[0]["messages"][0]["content"]
    found = re.search(PLANS[language], told)
    assert found
    length, scenes = map(int, found.groups())

    assert 0 < scenes <= 60
    assert length / pace * 1.12 + scenes * 0.35 == pytest.approx(asked, rel=0.1, abs=1.5)
