"""Traditional Chinese text, English words in it included, to phonemes of Kokoro's Chinese voices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from misaki.transcription import pinyin_to_ipa
from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

from studio.language.readings import read_aloud
from studio.language.segment import chinese_words, to_simplified
from studio.providers.tts import NO_SOUNDS, Sounds
from studio.providers.tts.english import english_units
from studio.providers.tts.units import Unit

PAUSES = {
    "，": ", ", "。": ". ", "？": "? ", "！": "! ", "、": ", ", "：": ": ", "；": "; ", "…": "… ", "—": "— ",
    ",": ", ", ".": ". ", "?": "? ", "!": "! ", ":": ": ", ";": "; ", "「": " “", "」": "” ", "『": " “", "』": "” ",
    "（": " (", "）": ") ", "(": " (", ")": ") ", "《": " “", "》": "” ", "〈": " “", "〉": "” ", "\n": ". ", "·": " ", "～": " ",
}  # fmt: skip
TAIWAN_SYLLABLES = {
    "期": "qí", "危": "wéi", "微": "wéi", "夕": "xì", "汐": "xì", "究": "jiù", "击": "jí", "质": "zhí", "识": "shì",
    "迹": "jī", "绩": "jī", "息": "xí", "惜": "xí", "昔": "xí", "突": "tú", "播": "bò", "菌": "jùn", "储": "chú",
    "企": "qì", "帆": "fán", "叔": "shú", "拥": "yǒng", "筑": "zhú",
}  # fmt: skip
"""Simplified key, reading of Taiwan. Source: the Ministry of Education's list of 1999 of words read variously."""

TAIWAN_PHRASES = {
    "垃圾": [["lè"], ["sè"]],
    "法国": [["fà"], ["guó"]],
    "血液": [["xiě"], ["yè"]],
    "暴露": [["pù"], ["lù"]],
    "攻击": [["gōng"], ["jí"]],
    "头发": [["tóu"], ["fǎ"]],
    "档案": [["dǎng"], ["àn"]],
    "睡着": [["shuì"], ["zháo"]],
}
ZHU_WORDS = re.compile("著(?=[名作稱称述書书])|(?<=[名原顯显編编土論论譯译巨專专])著")
"""Where 著 is zhù and stays; elsewhere it is the particle 着."""

_LATIN = re.compile(r"[A-Za-z][A-Za-z'’\-]*(?:\s+[A-Za-z][A-Za-z'’\-]*)*")
_HANZI = re.compile(r"[\u3400-\u9fff]")


def chinese_units(text: str, sounds: Sounds = NO_SOUNDS) -> list[Unit]:
    """Units of *text* in order, one a word, figure or mark, each of *sounds* whole; the joined spellings are *text*."""
    _load_readings()
    if not sounds:
        return _read_units(text)
    known = re.compile("|".join(sorted(map(re.escape, sounds), key=len, reverse=True)))
    units: list[Unit] = []
    start = 0
    for match in known.finditer(text):
        units += _read_units(text[start : match.start()])
        units.append(Unit(match.group(), _say_syllables(sounds[match.group()]) + " "))
        start = match.end()
    return units + _read_units(text[start:])


def _read_units(text: str) -> list[Unit]:
    units: list[Unit] = []
    for reading in read_aloud(text):
        if reading.said != reading.shown:
            units.append(Unit(reading.shown, _say_figure(reading.said)))
        else:
            units += _plain_units(reading.shown)
    return units


def pinyin_of(text: str) -> list[str]:
    """Syllables of Chinese *text* with tone digits, as said in Taiwan: `["xi4", "yang2"]`."""
    _load_readings()
    return [
        syllable
        for word in chinese_words(_particle_zhe(text))
        if _HANZI.match(word)
        for syllable in lazy_pinyin(to_simplified(word), style=Style.TONE3, neutral_tone_with_five=True)
    ]


@cache
def _load_readings() -> None:
    load_single_dict({ord(hanzi): reading for hanzi, reading in TAIWAN_SYLLABLES.items()})
    load_phrases_dict(TAIWAN_PHRASES)
    load_phrases_dict(_with_taiwan_syllables())


def _with_taiwan_syllables() -> dict[str, list[list[str]]]:
    """pypinyin's own phrases that hold a syllable read otherwise in Taiwan: phrases win over single characters."""
    from pypinyin.constants import PHRASES_DICT

    changed = {}
    for phrase, readings in PHRASES_DICT.items():
        if phrase not in TAIWAN_PHRASES and any(hanzi in TAIWAN_SYLLABLES for hanzi in phrase):
            pairs = zip(phrase, readings, strict=False)
            changed[phrase] = [[TAIWAN_SYLLABLES.get(hanzi, reading[0])] for hanzi, reading in pairs]
    return changed


def _particle_zhe(text: str) -> str:
    kept = {match.start() for match in ZHU_WORDS.finditer(text)}
    return "".join("着" if char == "著" and i not in kept else char for i, char in enumerate(text))


def _plain_units(text: str) -> list[Unit]:
    units: list[Unit] = []
    start = 0
    for match in _LATIN.finditer(text):
        units += _hanzi_units(text[start : match.start()])
        units += [Unit(u.shown, f"{u.phonemes.strip()} ", is_word=u.is_word) for u in english_units(match.group())]
        start = match.end()
    return units + _hanzi_units(text[start:])


def _hanzi_units(text: str) -> list[Unit]:
    spoken = _particle_zhe(text)
    units, start = [], 0
    for word in chinese_words(spoken):
        shown = text[start : start + len(word)]
        start += len(word)
        if _HANZI.match(word):
            units.append(Unit(shown, _say_word(word)))
        else:
            units += [Unit(mark, PAUSES.get(mark, " "), is_word=False) for mark in shown]
    return units


def _say_word(word: str) -> str:
    syllables = lazy_pinyin(to_simplified(word), style=Style.TONE3, neutral_tone_with_five=True)
    return _say_syllables(syllables) + " "


def _say_syllables(syllables: Iterable[str]) -> str:
    return "".join(_to_kokoro("".join(pinyin_to_ipa(syllable)[0])) for syllable in syllables if syllable.isascii())


def _say_figure(said: str) -> str:
    return "".join(unit.phonemes for unit in _plain_units(said))


def _to_kokoro(ipa: str) -> str:
    """IPA with Chao tone letters in the model's own alphabet, whose tones are arrows."""
    for tone, arrow in (("˧˩˧", "↓"), ("˧˥", "↗"), ("˥˩", "↘"), ("˥", "→")):
        ipa = ipa.replace(tone, arrow)
    return ipa.replace("ɻ̩", "ɨ").replace("ɹ̩", "ɨ").replace("̯", "")
