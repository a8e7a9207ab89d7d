"""How far aligned words are from the exact times of voices that know them. `pytest -s` prints the figures."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from studio.models.narration import Word
from studio.providers.align import catalog
from studio.providers.sound import Sound
from tests.studio.providers.align.test_align import noisy, said

ZH = (
    "夕陽為什麼是紅色的？白天的天空是藍色的，因為空氣會把藍光散射到四面八方。到了傍晚，陽光走的路變長了大約38倍，"
    "藍光幾乎都散掉了，只剩下紅光和橙光。"
)
EN = (
    "Why is the sunset red? By day the sky is blue, because air scatters blue light in all directions. Towards evening, "
    "sunlight takes a path that is about 38 times longer; nearly all of the blue is gone."
)
LIMITS = {"reference": (0.05, 0.13), "silence": (0.10, 0.30)}
"""Most of the median and of the 90th percentile, in seconds, over every case below."""


def errors(
    aligner: str, sound: Sound, words: tuple[Word, ...], text: str, language: str, reference: str
) -> list[float]:
    """Seconds between the starts of words that both cut alike."""
    say = partial(said, voice=reference)
    found = catalog.open(aligner).align(sound, [text], language=language, reference=say)[0]
    here, there = starts(found), starts(words)
    return [abs(here[place] - there[place]) for place in here.keys() & there.keys()]


def starts(words: tuple[Word, ...]) -> dict[int, float]:
    """When words start, by their place in the text."""
    places = np.cumsum([0, *(len(word.text) for word in words)])
    return {int(place): word.start for place, word in zip(places, words, strict=False)}


@pytest.mark.slow
@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize(
    ("language", "reference", "voice"),
    [
        ("zh-TW", "kokoro/zf_xiaoyi", "kokoro/zm_yunjian"),
        ("zh-TW", "kokoro/zf_xiaoyi", "espeak/cmn-latn-pinyin"),
        ("en", "hibari/heart", "kokoro/am_michael"),
        ("en", "hibari/heart", "espeak/en-us"),
    ],
)
def test_words_start_when_they_are_heard(language: str, reference: str, voice: str, noise: bool) -> None:
    text = EN if language == "en" else ZH
    speech = said(text, voice)
    sound = noisy(speech) if noise else speech
    for aligner, (median, ninetieth) in LIMITS.items():
        found = errors(aligner, sound, speech.words, text, language, reference)
        measured = np.median(found), np.percentile(found, 90)
        print(
            f"\n{language} {voice}{' in noise' if noise else ''}: {aligner}, {len(found)} words, "
            f"median {measured[0]:.3f} s, 90 % within {measured[1]:.3f} s, all within {max(found):.3f} s",
            end="",
        )

        assert len(found) > 20
        assert measured[0] <= median
        assert measured[1] <= ninetieth
