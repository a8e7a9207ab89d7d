"""How the operator wants names said: a file of words with the way they sound, beside the text as it is shown."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from studio.errors import BadInput
from studio.language.detect import SPOKEN

LONGEST = 60
"""Characters of a word and of its respelling: longer ones are sentences, which belong in the script."""

TONES = {"ˊ": "2", "ˇ": "3", "ˋ": "4", "˙": "5"}
"""Marks of zhuyin; the first tone has none."""

_HANZI = re.compile(r"^[\u3400-\u9fff]+$")
_PINYIN = re.compile(r"^[a-zü]+[1-5]$")
_ZHUYIN = re.compile(r"^[\u3105-\u312f]+$")
_WORDLIKE = r"[A-Za-z0-9]"


@dataclass(frozen=True)
class Respelled:
    """
    A text as it is written and as a voice is given it.

    *swaps* are the places that differ: (start, end) in *written*, then in *said*, in order.
    """

    written: str
    said: str
    swaps: tuple[tuple[int, int, int, int], ...] = ()

    def regroup(self, pieces: Sequence[str]) -> list[tuple[int, int, str]]:
        """
        Which of *pieces*, that join to *said*, belong together, and the written text that each group shows.

        Returns:
            (first, last, text) with half-open indices into *pieces*; the texts join to *written*.
        """
        groups: list[tuple[int, int, str]] = []
        first = begin = offset = 0
        for i, piece in enumerate(pieces):
            offset += len(piece)
            place = self._written_at(offset)
            if place is not None:
                groups.append((first, i + 1, self.written[begin:place]))
                first, begin = i + 1, place
        return groups

    def _written_at(self, offset: int) -> int | None:
        """The place in *written* of one in *said*; None within a respelled word."""
        shift = 0
        for _, written_end, said_start, said_end in self.swaps:
            if said_start < offset < said_end:
                return None
            if offset >= said_end:
                shift = written_end - said_end
        return offset + shift


@dataclass(frozen=True)
class Lexicon:
    """
    Words of one language that are said otherwise than they look.

    *respellings* pairs a word with text that any voice is given instead, *syllables* a Chinese word with its pinyin.
    """

    respellings: tuple[tuple[str, str], ...] = ()
    syllables: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def sounds(self) -> dict[str, tuple[str, ...]]:
        """The syllables by word."""
        return dict(self.syllables)

    def within(self, text: str) -> Lexicon:
        """Only what *text* needs: a change of any other word leaves its recording as it is."""
        found = _found(text, [word for word, _ in (*self.respellings, *self.syllables)])
        return Lexicon(
            tuple(pair for pair in self.respellings if pair[0] in found),
            tuple(pair for pair in self.syllables if pair[0] in found),
        )

    def respelled(self, text: str) -> Respelled:
        """*text* with its respelled words put in, the longest first where several begin."""
        respellings = dict(self.respellings)
        said, swaps, end = "", [], 0
        for match in _pattern(respellings).finditer(text) if respellings else ():
            said += text[end : match.start()]
            spelling = respellings[_as_listed(match.group(), respellings)]
            swaps.append((match.start(), match.end(), len(said), len(said) + len(spelling)))
            said += spelling
            end = match.end()
        return Respelled(text, said + text[end:], tuple(swaps))


PLAIN = Lexicon()


def load_lexicon(path: Path | None, language: str) -> Lexicon:
    """
    The words of *language* in the file at *path*; none without a file.

    JSON is `{"zh-TW": {"行天宮": "xing2 tian1 gong1"}, "en": {"nginx": "engine x"}}`, CSV has the columns language,
    written and said. Chinese is said as pinyin with tone digits, as zhuyin, or as a respelling like any other language.

    Raises:
        BadInput: the file cannot be read, or an entry of any language makes no sense; the message names it.
    """
    if path is None:
        return PLAIN
    respellings: list[tuple[str, str]] = []
    syllables: list[tuple[str, tuple[str, ...]]] = []
    for tag, written, said in _entries(path):
        sounds = _checked(tag, written, said)
        if tag == language and sounds:
            syllables.append((written, sounds))
        elif tag == language:
            respellings.append((written, said))
    return Lexicon(tuple(respellings), tuple(syllables))


def _entries(path: Path) -> list[tuple[str, str, str]]:
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".csv":
            rows = csv.DictReader(io.StringIO(text), restval="")
            return [(row["language"] or "", row["written"] or "", row["said"] or "") for row in rows]
        return [(tag, written, said) for tag, words in json.loads(text).items() for written, said in words.items()]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", field="LEXICON") from error
    except (ValueError, AttributeError, KeyError, csv.Error) as error:
        shape = "rows of language,written,said" if path.suffix.lower() == ".csv" else '{"en": {"nginx": "engine x"}}'
        raise BadInput(f"{path} has to hold {shape}", field="LEXICON") from error


def _checked(tag: str, written: str, said: object) -> tuple[str, ...]:
    """The syllables that *said* is, or none when it is a respelling."""
    where = f"{tag}: {written!r}"
    if tag not in SPOKEN:
        raise BadInput(f"{where}: the language has to be one of {', '.join(SPOKEN)}", field="LEXICON")
    if not isinstance(said, str) or not all(_is_sayable(text) for text in (written, said)):
        raise BadInput(f"{where}: both sides need letters or digits, at most {LONGEST} characters", field="LEXICON")
    if tag != "zh-TW" or not all(_is_syllable(part) for part in said.split()):
        return ()
    sounds = tuple(_to_pinyin(part, where) for part in said.split())
    if _HANZI.match(written) and len(sounds) != len(written):
        raise BadInput(f"{where}: {len(written)} characters need as many syllables, not {len(sounds)}", field="LEXICON")
    return sounds


def _is_sayable(text: str) -> bool:
    return len(text) <= LONGEST and text == text.strip() and any(char.isalnum() for char in text)


def _is_syllable(part: str) -> bool:
    return bool(_PINYIN.match(part.lower()) or _ZHUYIN.match(part.strip("".join(TONES))))


def _to_pinyin(part: str, where: str) -> str:
    """A syllable in pinyin with its tone digit."""
    if _ZHUYIN.match(part.strip("".join(TONES))):
        tone = next((TONES[mark] for mark in part if mark in TONES), "1")
        base = _zhuyin().get(part.strip("".join(TONES)))
    else:
        base, tone = part.lower()[:-1].replace("ü", "v"), part[-1]
    if base not in _zhuyin().values():
        raise BadInput(f"{where}: {part!r} is no syllable of Mandarin", field="LEXICON")
    return f"{base}{tone}"


@cache
def _zhuyin() -> Mapping[str, str]:
    """Pinyin without its tone by the zhuyin of every syllable that a character has."""
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.style import convert

    readings = {reading for each in PINYIN_DICT.values() for reading in each.split(",")}
    plain = {to_normal(reading, v_to_u=False) for reading in readings}
    known = [base for base in plain if base.isascii() and base.isalpha()]
    return {convert(base, Style.BOPOMOFO, strict=False).rstrip("˙"): base for base in known}


def _found(text: str, words: Iterable[str]) -> set[str]:
    listed = set(words)
    return {_as_listed(match.group(), listed) for match in _pattern(listed).finditer(text)} if listed else set()


def _as_listed(found: str, listed: Iterable[str]) -> str:
    return found if found in listed else found[0].lower() + found[1:]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of *words* as a whole word, also with a capital where a sentence begins."""
    forms = {form for word in words for form in (word, word[0].upper() + word[1:])}
    return re.compile("|".join(_whole(form) for form in sorted(forms, key=len, reverse=True)))


def _whole(word: str) -> str:
    before = rf"(?<!{_WORDLIKE})" if re.match(_WORDLIKE, word[0]) else ""
    after = rf"(?!{_WORDLIKE})" if re.match(_WORDLIKE, word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"
