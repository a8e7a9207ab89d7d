from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ProviderNotReady, ProviderRejected
from studio.providers.tts import Speech, catalog
from studio.providers.tts.chinese import chinese_units, pinyin_of
from studio.providers.tts.english import english_units
from studio.providers.tts.units import Unit, sentences_of, timed_words
from studio.providers.tts.wav import write_wav
from tests.support.hearing import error_rate, hanzi, hear, latin_words, toneless

ZH = "早上10:30的天空是藍色，到了晚上6點，光走的路變長了大約38倍。火山爆發之後的晚霞特別壯觀。"
EN = "On March 3, 2024, about 1,250 people watched the sea rise. The Sun helps too, with 46% of the Moon's pull."


def speak(provider: str, voice: str, text: str) -> Speech:
    opened = catalog.open(provider)
    return opened.speak(text, voice=next(v for v in opened.voices if v.name == voice))


@pytest.mark.parametrize(
    ("provider", "voice", "text"),
    [
        ("hibari", "heart", EN),
        ("kokoro", "zf_xiaoyi", "夕陽是紅色的，AI也知道。"),
        ("espeak", "en-us", EN),
        ("espeak", "cmn-latn-pinyin", ZH),
    ],
)
def test_the_words_of_a_speech_join_to_its_text_and_lie_within_it(provider: str, voice: str, text: str) -> None:
    speech = speak(provider, voice, text)
    times = [time for word in speech.words for time in (word.start, word.end)]

    assert "".join(word.text for word in speech.words) == text
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= speech.duration + 0.001


def test_equal_text_is_an_equal_recording() -> None:
    first, second = (speak("hibari", "heart", "The tide turns.") for _ in range(2))

    assert np.array_equal(first.samples, second.samples)


def test_a_word_starts_when_its_sound_starts() -> None:
    speech = speak("hibari", "heart", "One. Two. Three.")
    loud = np.abs(speech.samples) > 0.1 * np.abs(speech.samples).max()
    onsets = [
        i / speech.rate_hz
        for i in range(int(0.2 * speech.rate_hz), len(loud))
        if loud[i] and not loud[i - int(0.2 * speech.rate_hz) : i].any()
    ]

    assert len(onsets) == 2
    assert [word.start for word in speech.words[1:]] == pytest.approx(onsets, abs=0.1)


def test_text_without_a_word_is_refused() -> None:
    with pytest.raises(ProviderRejected, match="nothing that can be said"):
        speak("kokoro", "zf_xiaoyi", "……！")


def test_a_model_that_is_not_the_known_one_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.providers.tts.kokoro.SHA256", "0" * 64)

    with pytest.raises(ProviderNotReady, match="SHA-256"):
        catalog.open("kokoro").check()


def test_a_missing_model_file_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KOKORO_MODEL", str(tmp_path / "none.onnx"))

    with pytest.raises(ProviderNotReady, match="KOKORO_MODEL"):
        catalog.open("kokoro").check()


def test_only_the_voice_of_last_resort_is_a_draft() -> None:
    drafts = {name for name in catalog for voice in catalog.open(name).voices if voice.is_draft}

    assert drafts == {"espeak"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("垃圾", ["le4", "se4"]),
        ("企業的危機", ["qi4", "ye4", "de5", "wei2", "ji1"]),
        ("星期日", ["xing1", "qi2", "ri4"]),
        ("睡著了", ["shui4", "zhao2", "le5"]),
        ("名著", ["ming2", "zhu4"]),
        ("看著", ["kan4", "zhe5"]),
        ("潮汐", ["chao2", "xi4"]),
    ],
)
def test_syllables_are_read_as_in_taiwan(text: str, expected: list[str]) -> None:
    assert pinyin_of(text) == expected


@given(st.text(alphabet="夕陽是紅色的，。「」AI phone 20% 10:30\n…", max_size=30))
def test_chinese_units_join_to_the_text(text: str) -> None:
    assert "".join(unit.shown for unit in chinese_units(text)) == text


@given(st.text(alphabet="abcdeFGH' -.,?!%$0123456789:“”\n", max_size=40))
def test_english_units_join_to_the_text(text: str) -> None:
    assert "".join(unit.shown for unit in english_units(text)) == text


def test_a_figure_is_one_word_however_it_is_read() -> None:
    words = [unit.shown for unit in english_units("It was 7:30 pm, $9.99 each.") if unit.is_word]

    assert words == ["It", "was", "7:30", "pm", "$9.99", "each"]


def test_a_long_sentence_is_cut_at_a_pause() -> None:
    units = [Unit("a", "aaaa"), Unit(",", ",", is_word=False), Unit("b", "bbbb"), Unit("c", "cccc")]

    assert [[u.shown for u in group] for group in sentences_of(units, longest=10)] == [["a", ","], ["b", "c"]]


def test_the_mark_that_closes_a_sentence_goes_with_it() -> None:
    assert [unit.shown for unit in chinese_units("他說：「好。」走了。")][3:6] == ["「", "好", "。"]
    groups = sentences_of(chinese_units("他說：「好。」走了。"), longest=480)

    assert ["".join(unit.shown for unit in group) for group in groups] == ["他說：「好。」", "走了。"]
    (first, second) = (timed_words(group, [i + 1.0 for i in range(len(group))], start=0.0) for group in groups)
    assert (first[-1].text, second[0].text) == ("「好。」", "走")


def test_punctuation_does_not_lengthen_a_word() -> None:
    units = [Unit("夕陽", "x"), Unit("，", ",", is_word=False), Unit("紅", "h")]
    words = timed_words(units, [0.5, 0.9, 1.2], start=0.1)

    assert [(w.text, w.start, w.end) for w in words] == [("夕陽，", 0.1, 0.5), ("紅", 0.9, 1.2)]


@pytest.mark.slow
def test_a_recogniser_reads_the_chinese_voice_back(tmp_path: Path, whisper_folder: Path) -> None:
    write_wav(speak("kokoro", "zf_xiaoyi", ZH), tmp_path / "zh.wav")
    heard, _ = hear(tmp_path / "zh.wav", "zh", folder=whisper_folder)

    assert error_rate(hanzi(ZH), hanzi(heard)) <= 0.10
    assert error_rate(toneless(ZH), toneless(heard)) <= 0.03


@pytest.mark.slow
def test_a_recogniser_reads_the_english_voice_back(tmp_path: Path, whisper_folder: Path) -> None:
    write_wav(speak("hibari", "heart", EN), tmp_path / "en.wav")
    heard, _ = hear(tmp_path / "en.wav", "en", folder=whisper_folder)

    assert error_rate(latin_words(EN), latin_words(heard)) <= 0.05


def test_a_voice_knows_its_pace() -> None:
    assert all(2 < voice.pace < 8 for name in catalog for voice in catalog.open(name).voices)
