from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studio.models.narration import Word
from studio.stages.captions import PAUSE_S, Form, cut_captions


def words(*texts: str, each: float = 0.3, gap: float = 0.0) -> list[Word]:
    found, clock = [], 0.0
    for text in texts:
        found.append(Word(text=text, start=clock, end=clock + each))
        clock += each + gap
    return found


def measure(text: str) -> float:
    return float(len(text))


def shown(cues: list) -> list[list[str]]:
    return [["".join(word.text for word in line).strip() for line in cue.lines] for cue in cues]


def test_signs_of_units_are_part_of_a_caption() -> None:
    assert shown(
        cut_captions(words("表面", "有", "465°C，", "也是", "465℃。"), measure=measure, form=Form(20, 20))
    ) == [["表面有465°C，也是465℃"]]


def test_no_words_make_no_cues() -> None:
    assert cut_captions([], measure=measure, form=Form(10, 10)) == []


def test_a_sentence_that_fits_is_one_cue_in_two_even_lines() -> None:
    cues = cut_captions(
        words("你", "有沒有", "想過", "夕陽", "為什麼", "是", "紅色", "的？"), measure=measure, form=Form(9, 9)
    )

    assert shown(cues) == [["你有沒有想過夕陽", "為什麼是紅色的？"]]


def test_a_sentence_ends_its_cue() -> None:
    cues = cut_captions(words("海水", "上漲。", "月亮", "在拉。"), measure=measure, form=Form(20, 20))

    assert shown(cues) == [["海水上漲"], ["月亮在拉"]]


def test_a_number_ends_a_sentence_too_unless_it_counts_what_follows() -> None:
    form = Form(30, 30)

    for spoken in (("大約", "四十六。", "海岸", "漲潮。"), ("It was ", "in 1969. ", "Then ", "no more.")):
        assert len(cut_captions(words(*spoken), measure=measure, form=form)) == 2
    assert shown(cut_captions(words("1. ", "Water ", "rises."), measure=measure, form=form)) == [["1. Water rises"]]


def test_an_address_stays_whole() -> None:
    spoken = words("請", "上", "www.", "example.", "com", "看看，", "或", "寫信", "到", "a@", "b.", "com。", "好。")

    assert shown(cut_captions(spoken, measure=measure, form=Form(20, 20))) == [
        ["請上www.example.com看看", "或寫信到a@b.com"],
        ["好"],
    ]
    assert shown(cut_captions(words("It ", "ended. ", "Then."), measure=measure, form=Form(20, 20))) == [
        ["It ended"],
        ["Then"],
    ]


def test_a_long_sentence_is_cut_at_the_end_of_a_clause() -> None:
    cues = cut_captions(words("白天", "陽光", "直射，", "藍光", "散射", "開來。"), measure=measure, form=Form(4, 4))

    assert shown(cues) == [["白天陽光", "直射"], ["藍光散射", "開來"]]


def test_two_clauses_in_a_cue_are_its_two_lines() -> None:
    spoken = words("太陽", "也", "在", "拉，", "力道", "大約", "是", "月亮", "的", "46%。")

    assert shown(cut_captions(spoken, measure=measure, form=Form(12, 12))) == [["太陽也在拉", "力道大約是月亮的46%"]]


def test_a_clause_of_one_word_does_not_get_a_line_of_its_own() -> None:
    spoken = words("但是，", "太陽", "也", "在", "拉著", "海水", "漲上來。")

    assert shown(cut_captions(spoken, measure=measure, form=Form(10, 10)))[0] == ["但是，太陽也在", "拉著海水漲上來"]


def test_a_pause_ends_the_cue_and_clears_the_screen() -> None:
    cues = cut_captions(
        [Word(text="等一下", start=0, end=0.5), Word(text="開始", start=2, end=2.4)],
        measure=measure,
        form=Form(20, 20),
    )

    assert [cue.start for cue in cues] == [0, 2]
    assert cues[0].end < 1.0


def test_a_cue_lasts_to_the_next_when_the_gap_is_short() -> None:
    cues = cut_captions(words("海水", "上漲。", "月亮", "在拉。", gap=PAUSE_S / 2), measure=measure, form=Form(20, 20))

    assert cues[0].end == cues[1].start


def test_a_word_wider_than_a_line_is_cut_and_nothing_is_lost() -> None:
    cues = cut_captions(words("Donaudampfschifffahrt"), measure=measure, form=Form(8, 8))

    assert "".join("".join(line) for cue in shown(cues) for line in cue) == "Donaudampfschifffahrt"


def test_what_has_no_glyph_is_not_shown() -> None:
    cues = cut_captions(words("日落\u200b🌇好美"), measure=measure, form=Form(20, 20))

    assert shown(cues) == [["日落好美"]]


@given(
    st.lists(st.sampled_from(["夕陽", "的，", "是。", "紅色", "AI ", "為什麼？"]), max_size=25),
    st.floats(0.1, 0.9),
    st.floats(0.0, 0.6),
)
def test_cues_never_overlap_and_every_line_fits(texts: list[str], each: float, gap: float) -> None:
    cues = cut_captions(words(*texts, each=each, gap=gap), measure=measure, form=Form(7, 7))

    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(cues))
    assert all(len(cue.lines) <= 2 for cue in cues)
    assert all(measure(line) <= 7 for cue in shown(cues) for line in cue)
