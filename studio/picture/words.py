"""Which words of a text carry its meaning."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from studio.language.segment import NEW_WORDS, is_cjk, tagged_words

_MEANINGFUL_TAGS: Final = ("n", "v", "a", "i", "l", "j", "z", "eng", "x", "b")
"""Parts of speech of the jieba dictionary that name things, deeds and qualities."""

_SETTING_TAGS: Final = ("t", "s", "f")
"""Parts of speech that say when and where: times, places, directions."""

_SETTING_EN: Final = frozenset(
    "morning evening night noon midnight century centuries decade decades hour hours second seconds week weeks month months "
    "yesterday tomorrow tonight today early late later earlier ago monday tuesday wednesday thursday friday saturday sunday".split()
)

_EMPTY_ZH: Final = frozenset(
    "為什麼 为什么 什麼 什么 怎麼 怎么 如何 是否 可以 可能 能夠 能够 沒有 没有 就是 不是 還有 还有 有沒有 有没有 想過 想过 知道 覺得 觉得 "
    "認為 认为 應該 应该 需要 使用 進行 进行 成為 成为 變成 变成 開始 开始 出現 出现 發生 发生 產生 产生 讓 使 會 会 要 是 有 在 來 来 去 到 "
    "說 说 看 做 用 叫 等 人 大 小 多 少 好 其實 其实 因為 因为 所以 但是 而且 如果 然後 然后 首先 其次 最後 最后 大家 我們 我们 你們 你们 "
    "他們 他们 自己 時候 时候 東西 东西 問題 问题 地方 方面 部分 情況 情况 一個 一个 這個 这个 那個 那个 這些 这些 那些 一些 許多 许多 很多 "
    "非常 真的 原來 原来 今天 現在 现在 分鐘 分钟 影片 視頻 视频 故事 秘密 原因 方法 介紹 介绍 入門 入门 原理 指南 教學 教学 知識 知识 基礎 "
    "基础 不會 不会 不能 只要 只有 一樣 一样 通常 經常 经常 包括 例如 比如 以及 或者 還是 还是 上面 下面 裡面 里面 之間 之间 以上 以下 "
    "真相 搞懂 了解 認識 认识 喜歡 喜欢 記得 记得 追蹤 追踪 下次 下集 事 事情 件 最好".split()
)
_EMPTY_EN: Final = frozenset(
    "a an the and or but nor so yet of to in on at by for from with without into onto over under about as than then that this these "
    "those there here it its it's he she they we you i me us them his her their our your my is are was were be been being am do does "
    "did done have has had having can could will would shall should may might must not no yes if when while where why how what who "
    "whom which whose because since until although though however also just only even still very much more most many some any each "
    "every all both few other another such own same too once again ever never always often usually really actually simply get gets "
    "got make makes made take takes let lets go goes going come comes one two first second third new good big small way ways thing "
    "things something anything everything people time times day days year years lot lots kind part parts reason story guide facts "
    "between through during before after above below up down out off back around near far your next follow along minute minutes "
    "explained really truth behind know knows think today now like look looks find use uses used need needs work works want".split()
)
SYNONYMS: Final = Path(__file__).with_name("iconwords.json")
"""Words that the icons' labels lack or give to a stranger: language → word → icon, empty for none."""

TOPICS: Final = Path(__file__).with_name("topics.json")
"""Palette → its topic's name and words, in Chinese and English."""

_TOKEN_EN = re.compile(r"[A-Za-zÀ-ɏ0-9][A-Za-zÀ-ɏ0-9'’\-+#]*")


@dataclass(frozen=True)
class Token:
    """
    A word of a text and where it stands.

    *weight* is 0 for words that mean nothing by themselves; *is_setting* is true of those that say when or where.
    """

    text: str
    start: int
    end: int
    weight: int
    is_setting: bool = False


def tokens_of(text: str, *, chinese: bool) -> tuple[Token, ...]:
    """Words of *text* in order, punctuation left out."""
    return _chinese_tokens(text) if chinese else _english_tokens(text)


@lru_cache(maxsize=512)
def _chinese_tokens(text: str) -> tuple[Token, ...]:
    found, start = [], 0
    for word, tag in tagged_words(text):
        found.append(Token(word, start, start + len(word), _weight_zh(word, tag), is_setting=_is_setting(word, tag)))
        start += len(word)
    return tuple(token for token in found if any(character.isalnum() for character in token.text))


@cache
def known_phrases() -> frozenset[str]:
    """English phrases of two words and more that are one thing."""
    icons = json.loads(SYNONYMS.read_text(encoding="utf-8"))["en"]
    topics = json.loads(TOPICS.read_text(encoding="utf-8"))
    words = {*icons, *(word for topic in topics.values() for word in topic["en"])}
    return frozenset(word for word in words if " " in word)


@cache
def known_words() -> frozenset[str]:
    """Chinese words that we have an icon or a topic for."""
    icons = json.loads(SYNONYMS.read_text(encoding="utf-8"))["zh"]
    topics = json.loads(TOPICS.read_text(encoding="utf-8"))
    return frozenset(icons) | {word for topic in topics.values() for word in topic["zh"]}


def _is_setting(word: str, tag: str) -> bool:
    return tag[:1] in _SETTING_TAGS and word not in NEW_WORDS


def _weight_zh(word: str, tag: str) -> int:
    if word in _EMPTY_ZH:
        return 0
    if word in known_words():
        return 2
    if not tag.startswith(_MEANINGFUL_TAGS) or (len(word) == 1 and is_cjk(word) and tag[0] != "n"):
        return 0
    return 2 if tag[0] in "nij" or tag == "eng" else 1


@lru_cache(maxsize=512)
def _english_tokens(text: str) -> tuple[Token, ...]:
    return tuple(
        Token(
            match.group(),
            match.start(),
            match.end(),
            0 if match.group().lower().replace("’", "'") in _EMPTY_EN or len(match.group()) < 3 else 1,
            is_setting=match.group().lower() in _SETTING_EN,
        )
        for match in _TOKEN_EN.finditer(text)
    )


def length_of(text: str, *, chinese: bool) -> float:
    """Length for a reader: hanzi, a Latin word counting as two of them; or words."""
    if not chinese:
        return len(text.split())
    han = sum(1 for character in text if is_cjk(character) and character.isalnum())
    return han + 2 * len(_TOKEN_EN.findall(text))
