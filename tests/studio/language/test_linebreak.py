from hypothesis import given
from hypothesis import strategies as st

from studio.language.linebreak import balance, joined, keep_together
from studio.language.segment import NEVER_FIRST, NEVER_LAST, break_units


def lines(text: str, width: float, most: int = 3) -> list[str] | None:
    broken = balance(break_units(text), len, max_width=width, max_lines=most)
    return None if broken is None else [joined(line) for line in broken]


def test_nothing_needs_no_lines() -> None:
    assert balance([], len, max_width=10, max_lines=2) == []
    assert balance([" "], len, max_width=10, max_lines=2) == []


def test_a_text_that_fits_stays_on_one_line() -> None:
    assert lines("夕陽為什麼", 10) == ["夕陽為什麼"]


def test_lines_are_as_equal_as_possible() -> None:
    assert lines("夕陽為什麼是紅色的", 6) == ["夕陽為什麼", "是紅色的"]
    assert lines("Your brain runs on light", 16) == ["Your brain", "runs on light"]


def test_fewer_lines_win_over_more_equal_ones() -> None:
    assert len(lines("one two three four five six", 22) or []) == 2


def test_a_word_is_never_broken() -> None:
    assert lines("incomprehensibilities", 10) is None


def test_a_text_that_needs_more_lines_than_allowed_does_not_fit() -> None:
    assert lines("one two three four five six", 9, most=2) is None


def test_a_particle_does_not_begin_a_line() -> None:
    broken = balance(["紅色", "的", "天空"], len, max_width=3, max_lines=2)

    assert broken == [["紅色", "的"], ["天空"]]


def test_emphasis_stays_on_one_line() -> None:
    text = "睡前千萬別做的三件事"
    start = text.index("別做的三件事")
    units = keep_together(break_units(text), start, len(text))

    assert units[-1].endswith("別做的三件事")


def test_units_come_back_unchanged_and_in_order() -> None:
    units = break_units("海洋覆蓋地球表面的71%，其餘是陸地。")
    broken = balance(units, len, max_width=10, max_lines=4)

    assert broken is not None
    assert [unit for line in broken for unit in line] == units


@given(st.text(alphabet="紅色的天空，。「」（）abc12%", min_size=1, max_size=40), st.integers(4, 20))
def test_punctuation_keeps_to_its_side_of_a_break(text: str, width: int) -> None:
    broken = lines(text, width, most=9)

    for line in broken or []:
        assert len(line) <= width
    for line in (broken or [])[1:]:
        assert line[0] not in NEVER_FIRST or break_units(text)[0][0] in NEVER_FIRST
    for line in (broken or [])[:-1]:
        assert line[-1] not in NEVER_LAST


def test_no_gain_makes_a_line_fit_that_does_not() -> None:
    broken = balance(break_units("太陽也在拉，力道大約是月亮的"), len, max_width=7.5, max_lines=2)

    assert broken is None


@given(st.text(alphabet="紅色的天空，。AI 12%", max_size=30), st.integers(3, 20), st.integers(1, 3))
def test_a_text_that_fits_is_there_to_the_last_unit(text: str, width: int, most: int) -> None:
    units = break_units(text)
    broken = balance(units, len, max_width=width, max_lines=most, clause_gain=0.5)

    assert not broken or [unit for line in broken for unit in line] == units
