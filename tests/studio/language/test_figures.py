from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.language.figures import find_figures, find_ordinals, han_value


def amounts(text: str) -> list[tuple[str, str]]:
    return [(figure.value, figure.unit) for figure in find_figures(text) if not figure.is_date]


def test_a_text_without_numbers_has_no_figures() -> None:
    assert find_figures("") == []
    assert find_figures("一般來說，一次就好") == []
    assert find_figures("Nothing here at all.") == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("地球表面有71%是海洋", "71", "%"),
        ("百分之七十一", "71", "%"),
        ("百分之三點五", "3.5", "%"),
        ("seventy-one percent of it", "71", "%"),
        ("About 35 percent of adults", "35", "%"),
        ("全球有三億人口", "3", "億人"),
        ("1,250 人", "1,250", "人"),
        ("三萬五千人", "35,000", "人"),
        ("地球離太陽一億五千萬公里", "1.5", "億公里"),
        ("光速每秒三十萬公里", "30", "萬公里"),
        ("只要$9.99", "$9.99", ""),
        ("NT$1200", "NT$1200", ""),
        ("15 million km away", "15", "million km"),
        ("咖啡因5小時才減半", "5", "小時"),
        ("睡 5 小時", "5", "小時"),
        ("十分鐘", "10", "分鐘"),
        ("快要是可樂的兩倍", "2", "倍"),
        ("兩千五百年前", "2,500", "年前"),
        ("150000 公里", "150,000", "公里"),
        ("-40°C", "−40", "°C"),
        ("Light takes eight minutes", "8", "minutes"),
        ("12,345,678 people", "12,345,678", "people"),
    ],
)
def test_a_figure_is_read_with_its_unit(text: str, value: str, unit: str) -> None:
    assert amounts(text) == [(value, unit)]


def test_only_a_percentage_has_a_ratio() -> None:
    assert find_figures("71%")[0].ratio == 0.71
    assert find_figures("百分之七十一")[0].ratio == 0.71
    assert find_figures("兩倍")[0].ratio is None
    assert find_figures("150%")[0].ratio is None


@pytest.mark.parametrize("text", ["1825年發明", "in 2007, trains", "晚上10:30睡", "80年代", "二〇二四年"])
def test_a_date_is_not_an_amount(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize("text", ["iPhone15", "第一，別滑手機", "億萬富翁", "這一天", "一家店", "萬一"])
def test_numerals_inside_names_and_idioms_are_not_figures(text: str) -> None:
    assert amounts(text) == []


def test_a_figure_knows_its_place_in_the_text() -> None:
    figure = find_figures("一杯有62公克的糖")[0]

    assert "一杯有62公克的糖"[figure.start : figure.end] == "62公克"


@pytest.mark.parametrize(
    ("text", "value"), [("七十一", 71), ("一萬兩千", 12000), ("三點五", 3.5), ("十二", 12), ("", None)]
)
def test_hanzi_spell_numbers(text: str, value: float | None) -> None:
    assert han_value(text) == value


def test_ordinals_begin_the_entries_of_a_list() -> None:
    text = "首先，別滑手機。其次，少喝咖啡。最後，別運動。"

    assert [text[ordinal.start : ordinal.end] for ordinal in find_ordinals(text)] == ["首先，", "其次，", "最後，"]


def test_ordinals_are_found_in_english_and_in_digits() -> None:
    assert len(find_ordinals("First, stop. Second, go. Finally, rest.")) == 3
    assert len(find_ordinals("1. 起床 2. 刷牙 3. 吃飯")) == 3


def test_a_lone_ordinal_is_no_list() -> None:
    assert find_ordinals("第一次世界大戰") == []
    assert find_ordinals("最後，記得追蹤。") == []


@given(st.text())
def test_any_text_is_read_without_an_error_and_figures_never_overlap(text: str) -> None:
    figures = find_figures(text)

    assert all(before.end <= after.start for before, after in pairwise(figures))
    assert all(figure.value for figure in figures)


@pytest.mark.parametrize("text", ["三國演義", "十字路口", "第二次世界大戰", "二次元"])
def test_names_made_with_a_numeral_are_not_figures(text: str) -> None:
    assert amounts(text) == []


def test_a_year_of_an_era_is_a_date() -> None:
    assert amounts("By 117 AD, Rome ruled about 70 million people") == [("70", "million people")]
