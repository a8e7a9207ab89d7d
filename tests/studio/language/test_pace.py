"""How long a text takes is estimated from what is said, not from what is written."""

from __future__ import annotations

import pytest

from studio.language.figurewords import in_words
from studio.language.pace import spoken_seconds, spoken_units
from studio.providers.tts import TTS
from studio.providers.tts.hibari import Hibari
from studio.providers.tts.kokoro import Kokoro

FIGURES = {
    "en": (
        "In 1969, 650,000,000 people watched Apollo 11.",
        "The program cost $25.4 billion, about 4.5% of the federal budget in 1966.",
        "The Moon is 384,400 km away, and light needs 1.28 seconds for it.",
        "It sold 1,234,567 copies at $9.99 each, 12.5% more than in 2019.",
    ),
    "zh-TW": (
        "1969年7月20日，大約有650,000,000人看阿波羅11號登月。",
        "整個計畫花了254億美元，大約是1966年預算的4.5%。",
        "月球離地球384,400公里，光要走1.28秒。",
        "它賣了1,234,567份，每份NT$299，比2019年多12.5%。",
    ),
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("650,000,000 people", "six hundred fifty million people"),
        ("In 1969", "In nineteen sixty-nine"),
        ("$9.99", "nine dollars ninety-nine cents"),
        ("4.5%", "four point five percent"),
        ("-140°C", "minus one hundred forty degrees Celsius"),
        ("the 21st", "the twenty-first"),
        ("", ""),
    ],
)
def test_figures_are_put_in_the_words_that_the_voice_says(text: str, said: str) -> None:
    assert in_words(text) == said


def test_words_without_a_figure_count_as_they_did() -> None:
    assert spoken_units("The Moon pulls, and never stops.", "en") == pytest.approx(6 + 2 * 0.6)
    assert spoken_units("", "en") == 0


@pytest.mark.parametrize(("language", "provider"), [("en", Hibari()), ("zh-TW", Kokoro())])
def test_a_text_full_of_figures_lasts_as_long_as_estimated(language: str, provider: TTS) -> None:
    voice = next(voice for voice in provider.voices if voice.language == language)
    said = [provider.speak(text, voice=voice).duration for text in FIGURES[language]]
    estimated = [spoken_seconds(text, language, pace=voice.pace) for text in FIGURES[language]]

    assert sum(estimated) == pytest.approx(sum(said), rel=0.1)
    assert estimated == pytest.approx(said, rel=0.15)
