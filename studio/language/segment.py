"""Cut text into words that may stand at the end or the beginning of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final

from opencc import OpenCC

if TYPE_CHECKING:
    from rjieba import Jieba

NEVER_FIRST: Final = "，。、！？：；）」』》〉】〕…—～·%％℃°,.!?;:)]}”’"
"""Characters that never begin a line (kinsoku shori; W3C Requirements for Chinese Text Layout 3.1)."""

NEVER_LAST: Final = "（「『《〈【〔([{“‘$＄"
"""Characters that never end a line."""

NEW_WORDS: Final = tuple(
    "區塊鏈 比特幣 加密貨幣 大數據 物聯網 機器學習 深度學習 人工智慧 演算法 程式語言 自動駕駛 半導體 通膨 複利 全球暖化 溫室效應 "
    "亞特蘭提斯 大爆炸 蟲洞 太空人 太空站 國家公園 時間管理 滑手機 褪黑激素 呼嚕 貓咪 珍珠奶茶 潮汐 大潮 小潮 滿潮 乾潮 新月 滿月 "
    "省電 紅血球 白血球 腎上腺素 多巴胺 咖啡因 快速動眼期 電動車 元宇宙 外送員".split()
)
"""Words that the dictionary lacks or cuts through: captions, titles and voices take them as one."""

FIRST_CJK: Final = "\u2e80"
_RUNS = re.compile(r"[^\u2e80-\uffef\s]+|\s+|[\u2e80-\uffef]+")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _dictionary() -> Jieba:
    # Here, not above: it unpacks 33 MB as it is imported, and a render of clips cuts no text.
    from rjieba import Jieba

    dictionary = Jieba()
    for word in NEW_WORDS:
        dictionary.add_word(to_simplified(word), None, "n")
    return dictionary


def to_simplified(text: str) -> str:
    """*text* in simplified characters, one for one, or *text* itself where the lengths would differ."""
    simplified: str = _simplifier().convert(text)
    return simplified if len(simplified) == len(text) else text


def is_cjk(character: str) -> bool:
    """Whether *character* is set solid, as hanzi and fullwidth punctuation are."""
    return FIRST_CJK <= character <= "\uffef"


def chinese_words(text: str) -> list[str]:
    """
    Words of a run of Chinese, punctuation marks as words of their own; joined they are *text*.

    The dictionary is simplified, so traditional text is looked up converted and cut as it stands.
    """
    return _as_written(text, _dictionary().cut(to_simplified(text)))


def tagged_words(text: str) -> list[tuple[str, str]]:
    """Words of a run of Chinese as `chinese_words` cuts it, each with its part of speech (jieba's tags)."""
    tagged = _dictionary().tag(to_simplified(text))
    return list(zip(_as_written(text, [word for word, _ in tagged]), (tag for _, tag in tagged), strict=True))


def _as_written(text: str, simplified: Iterable[str]) -> list[str]:
    words, start = [], 0
    for word in simplified:
        words.append(text[start : start + len(word)])
        start += len(word)
    return words


def break_units(text: str) -> list[str]:
    """
    The smallest pieces of *text* that a line may be broken between; joined they are *text*.

    A Chinese word, a Latin word or a number stays whole, punctuation stays with its word, and
    white space stays at the end of the word before it.
    """
    pieces: list[str] = []
    for match in _RUNS.finditer(text):
        run = match.group()
        pieces.extend(chinese_words(run) if is_cjk(run[0]) else [run])
    units: list[str] = []
    for piece in pieces:
        joins_before = piece.isspace() or piece[0] in NEVER_FIRST
        if units and (joins_before or units[-1][-1] in NEVER_LAST):
            units[-1] += piece
        else:
            units.append(piece)
    return units
