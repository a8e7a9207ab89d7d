from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.language.lexicon import PLAIN, Lexicon, Respelled, load_lexicon


def written(folder: Path, content: Any, name: str = "lexicon.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_without_a_file_everything_is_said_as_it_is_written() -> None:
    assert load_lexicon(None, "en") == PLAIN
    assert PLAIN.respelled("nginx") == Respelled("nginx", "nginx")


@pytest.mark.parametrize(
    ("said", "syllables"),
    [
        ("xing2 tian1 gong1", ("xing2", "tian1", "gong1")),
        ("ㄒㄧㄥˊ ㄊㄧㄢ ㄍㄨㄥ", ("xing2", "tian1", "gong1")),
        ("Lü4 lv4 ㄌㄩˋ", ("lv4", "lv4", "lv4")),
        ("de5 ˙ㄉㄜ ㄉㄜ˙", ("de5", "de5", "de5")),
    ],
)
def test_chinese_is_said_by_pinyin_or_zhuyin(said: str, syllables: tuple[str, ...], tmp_path: Path) -> None:
    lexicon = load_lexicon(written(tmp_path, {"zh-TW": {"行天宮": said}}), "zh-TW")

    assert lexicon.sounds == {"行天宮": syllables}


def test_a_word_is_respelled_in_its_own_language_alone(tmp_path: Path) -> None:
    path = written(tmp_path, {"en": {"nginx": "engine x"}, "zh-TW": {"OpenAI": "Open A I"}})

    assert load_lexicon(path, "en").respelled("OpenAI runs nginx.").said == "OpenAI runs engine x."
    assert load_lexicon(path, "zh-TW").respelled("OpenAI 用 nginx").said == "Open A I 用 nginx"


def test_a_table_is_read_too(tmp_path: Path) -> None:
    rows = "\ufefflanguage,written,said\nen,nginx,engine x\nzh-TW,行天宮,xing2 tian1 gong1\n"

    assert load_lexicon(written(tmp_path, rows, "lexicon.csv"), "en").respellings == (("nginx", "engine x"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nginx and nginx's kin", "engine x and engine x's kin"),
        ("nginxes nginx2 mynginx", "nginxes nginx2 mynginx"),
        ("us, US.", "us, U S."),
        ("C++ code", "C plus plus code"),
    ],
)
def test_only_whole_words_are_respelled_with_a_capital_or_without(text: str, said: str) -> None:
    lexicon = Lexicon((("nginx", "engine x"), ("US", "U S"), ("C++", "C plus plus")))

    assert lexicon.respelled(text).said == said


def test_what_was_said_is_shown_as_it_was_written() -> None:
    spelling = Lexicon((("nginx", "engine x"),)).respelled("Use Nginx's core.")

    assert spelling.regroup(["Use ", "engine ", "x's ", "core."]) == [
        (0, 1, "Use "),
        (1, 3, "Nginx's "),
        (3, 4, "core."),
    ]


@given(st.lists(st.sampled_from(["nginx", "Nginx", " ", "US", "🌊", "，", "海", "x"]), max_size=12), st.data())
def test_groups_join_to_the_written_text_however_it_is_cut(parts: list[str], data: st.DataObject) -> None:
    spelling = Lexicon((("nginx", "engine x"), ("US", "U S"))).respelled("".join(parts))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(spelling.said)), max_size=6)))
    edges = [0, *cuts, len(spelling.said)]
    pieces = [spelling.said[a:b] for a, b in pairwise(edges)]
    groups = spelling.regroup(pieces)

    assert "".join(text for _, _, text in groups) == spelling.written
    assert [index for first, last, _ in groups for index in range(first, last)] == list(range(len(pieces)))


def test_only_what_a_text_needs_is_kept() -> None:
    lexicon = Lexicon((("nginx", "engine x"), ("US", "U S")), (("行天宮", ("xing2", "tian1", "gong1")),))

    assert lexicon.within("Nginx rocks") == Lexicon((("nginx", "engine x"),))
    assert lexicon.within("去行天宮") == Lexicon((), (("行天宮", ("xing2", "tian1", "gong1")),))
    assert lexicon.within("nothing") == PLAIN


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"zh-TW": {"行天宮": "xing2 tian1"}}, "'行天宮'.*3 characters need as many syllables, not 2"),
        ({"zh-TW": {"行": "xong2"}}, "'行'.*'xong2' is no syllable"),
        ({"zh-TW": {"行": "ㄅㄩˋ"}}, "'行'.*no syllable"),
        ({"fr": {"nginx": "engine x"}}, "fr: 'nginx'.*the language has to be one of"),
        ({"en": {"nginx": ""}}, "'nginx'.*both sides need letters"),
        ({"en": {"…": "dots"}}, "both sides need letters"),
        ({"en": {"nginx": 7}}, "both sides need letters"),
        ({"en": {"nginx": "x" * 61}}, "at most 60"),
        ({"en": ["nginx"]}, "has to hold"),
        ("{", "has to hold"),
    ],
)
def test_an_entry_that_makes_no_sense_is_named(content: Any, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"LEXICON: .*{complaint}"):
        load_lexicon(written(tmp_path, content), "en")


def test_a_table_without_its_columns_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="rows of language,written,said"):
        load_lexicon(written(tmp_path, "a,b\n1,2\n", "lexicon.csv"), "en")
    with pytest.raises(BadInput, match="cannot be read"):
        load_lexicon(tmp_path / "none.json", "en")
