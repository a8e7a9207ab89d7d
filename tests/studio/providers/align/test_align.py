"""Word times of sounds that came without."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from studio.errors import ProviderRejected, ProviderUnavailable
from studio.models.narration import Word
from studio.providers.align import catalog, warp
from studio.providers.align.rests import rests_of
from studio.providers.sound import Sound, Speech
from studio.stages.wordtimes import aligned, reference_for
from tests.support.speech import spoken

RATE_HZ = 24_000
EN = ("Twice a day, the sea rises.", "The Moon pulls on the water, and the Sun helps a little.")


@cache
def said(text: str, voice: str = "hibari/heart") -> Speech:
    return spoken(text, voice=voice)


def tone(*lengths: float) -> Sound:
    """Tone and silence by turns, in seconds."""
    parts = [np.sin(np.arange(round(length * RATE_HZ)) * 0.1) * 0.5 * (i % 2 == 0) for i, length in enumerate(lengths)]
    return Sound(np.concatenate(parts).astype(np.float32), RATE_HZ)


def joined(*speeches: Speech, gap_s: float = 0.4) -> Sound:
    rate_hz = speeches[0].rate_hz
    gap = np.zeros(round(gap_s * rate_hz), np.float32)
    return Sound(np.concatenate([part for speech in speeches for part in (gap, speech.samples)]), rate_hz)


def noisy(sound: Sound, below_peak_db: float = 40) -> Sound:
    noise = np.random.default_rng(1).normal(
        0, np.abs(sound.samples).max() * 10 ** (-below_peak_db / 20), len(sound.samples)
    )
    return Sound((sound.samples + noise).astype(np.float32), sound.rate_hz)


def starts(passages: Sequence[Sequence[Word]]) -> list[float]:
    return [word.start for words in passages for word in words]


def test_rests_are_where_nothing_is_heard() -> None:
    rests = rests_of(tone(0.5, 0.3, 0.5, 0.2, 0.5))

    assert [(rest.start, rest.end) for rest in rests[1:-1]] == [
        (pytest.approx(0.5, abs=0.02), pytest.approx(0.8, abs=0.02)),
        (pytest.approx(1.3, abs=0.02), pytest.approx(1.5, abs=0.02)),
    ]


@pytest.mark.parametrize("samples", [0, 10, 100_000])
def test_a_sound_in_which_nobody_speaks_is_no_rest(samples: int) -> None:
    sound = Sound(np.zeros(samples, np.float32), RATE_HZ)

    assert [(rest.start, rest.end) for rest in rests_of(sound)] == [(0, 0), (sound.duration, sound.duration)]


def test_rests_are_found_in_noise() -> None:
    clean, loud = (rests_of(sound)[1:-1] for sound in (tone(0.5, 0.3, 0.5), noisy(tone(0.5, 0.3, 0.5))))

    assert len(loud) == len(clean) == 1
    assert loud[0].start == pytest.approx(clean[0].start, abs=0.03)


def test_clauses_end_where_the_voice_rests() -> None:
    words = catalog.open("silence").align(tone(1.0, 0.4, 2.0), ["潮水，月亮太陽。"], language="zh-TW")[0]

    assert [word.text for word in words] == ["潮水，", "月亮", "太陽。"]
    assert starts([words]) == pytest.approx([0, 1.4, 2.4], abs=0.03)
    assert words[0].end == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("name", ["silence", "reference"])
@pytest.mark.parametrize(
    "text",
    [
        "a",
        "🌊🌊 3.14 well-known, “quoted”…",
        "7:30 pm — $9.99 (each)!",
        "One.\nTwo.",
        "，",
        "用 iPhone 拍：NT$1,250元起",
    ],
)
@pytest.mark.parametrize("seconds", [0.0, 0.03, 1.5])
def test_words_join_to_the_text_and_lie_within_any_sound(name: str, text: str, seconds: float) -> None:
    sound = noisy(tone(seconds), 20) if seconds else Sound(np.zeros(0, np.float32), RATE_HZ)
    reference = reference_for("en") if any(map(str.isalnum, text)) else None
    found = aligned(sound, [text, text], language="en", aligners=[catalog.open(name)], reference=reference)
    times = [time for words in found for word in words for time in (word.start, word.end)]

    assert ["".join(word.text for word in words) for words in found] == [text, text]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= sound.duration + 1e-9


@pytest.mark.parametrize("name", ["silence", "reference"])
def test_passages_are_found_one_after_the_other(name: str) -> None:
    speeches = [said(text, "espeak/en-us") for text in EN]
    sound = joined(*speeches)
    found = catalog.open(name).align(sound, EN, language="en", reference=said)
    second = 0.8 + speeches[0].duration + speeches[1].words[0].start

    assert found[1][0].start == pytest.approx(second, abs=0.1)


def test_a_reference_finds_words_of_another_voice_in_noise() -> None:
    speech = said(EN[1], "kokoro/am_michael")
    words = catalog.open("reference").align(noisy(speech), [EN[1]], language="en", reference=said)[0]
    errors = np.abs([word.start - truth.start for word, truth in zip(words, speech.words, strict=True)])

    assert np.median(errors) <= 0.03
    assert errors.max() <= 0.15


def test_a_long_sound_is_compared_coarsely_first_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    speech = said(EN[1], "kokoro/am_michael")
    whole = catalog.open("reference").align(speech, [EN[1]], language="en", reference=said)
    monkeypatch.setattr(warp, "WHOLE", 10)
    banded = catalog.open("reference").align(speech, [EN[1]], language="en", reference=said)

    assert starts(banded) == pytest.approx(starts(whole), abs=0.02)


def test_a_path_never_goes_back() -> None:
    rows = np.random.default_rng(1).normal(size=(120, 4)).astype(np.float32)
    here, there = warp.warp(rows, np.repeat(rows, 2, axis=0))

    assert all(a <= b for a, b in pairwise(here))
    assert all(a <= b for a, b in pairwise(there))
    assert (here[-1], there[-1]) == (pytest.approx(119 * warp.HOP_S), pytest.approx(239 * warp.HOP_S))
    assert np.abs(there - 2 * here).max() <= 2 * warp.HOP_S


def test_without_a_reference_or_with_one_that_cannot_say_it_another_is_asked() -> None:
    def mute(text: str) -> Speech:
        raise ProviderRejected("tts", "sample", "no")

    aligner = catalog.open("reference")
    for reference in (None, mute):
        with pytest.raises(ProviderUnavailable):
            aligner.align(tone(1), ["One."], language="en", reference=reference)
        found = aligned(tone(1), ["One."], language="en", aligners=[aligner], reference=reference)

        assert [word.text for word in found[0]] == ["One."]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_there_is_a_voice_to_compare_with(language: str) -> None:
    assert reference_for(language) is not None


def test_nobody_can_be_compared_with_in_another_language() -> None:
    assert reference_for("fr") is None
