"""Which scenes the layouts of comparisons, quotations, steps and amounts take, and what they show of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bench.layouts import choose, invented_figures, measure
from studio.language.quantities import find_quantities
from studio.language.segment import break_units
from studio.models.base import Model
from studio.models.narration import Word
from studio.picture.layouts import CATALOG, open_layout
from studio.picture.phrases import capitalised, with_marks_closed
from studio.picture.scenetext import FilmText, SceneText


def scene(text: str, *, language: str = "", title: str = "百科", seconds: float = 0.0) -> SceneText:
    """A scene between two others that says *text*; word times where it lasts *seconds*."""
    language = language or ("zh-TW" if re.search(r"[\u4e00-\u9fff]", text) else "en")
    units = break_units(text)
    step = seconds / max(1, len(text))
    words, t = [], 0.0
    for unit in units if seconds else []:
        words.append(Word(text=unit, start=t, end=t + step * len(unit)))
        t = words[-1].end
    return SceneText(film=FilmText(title=title, language=language), narration=text, words=tuple(words))


def match(layout: str, text: str, **how: Any) -> Model | None:
    return open_layout(layout).match(scene(text, **how))


def shown(layout: str, text: str, **how: Any) -> dict[str, Any]:
    content = match(layout, text, **how)
    assert content is not None, text
    return content.model_dump()


def bars(text: str) -> list[tuple[str, str]]:
    return [(bar["label"], bar["shown"]) for bar in shown("chart", text)["bars"]]


def sides(text: str) -> list[tuple[str, str]]:
    return [(side["name"], side["shown"] or side["note"]) for side in shown("comparison", text)["sides"]]


def passed(text: str) -> list[tuple[str, str]]:
    return [(step["when"], step["text"]) for step in shown("timeline", text)["steps"]]


def quoted(text: str) -> tuple[str, str]:
    content = shown("quote", text)
    return content["text"], content["speaker"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("空氣中有78%是氮氣，21%是氧氣，1%是其他氣體。", [("氮氣", "78%"), ("氧氣", "21%"), ("其他氣體", "1%")]),
        ("亞洲佔59%，非洲佔18%，歐洲佔9%。", [("亞洲", "59%"), ("非洲", "18%"), ("歐洲", "9%")]),
        ("亞洲、非洲和歐洲分別佔59%、18%和9%。", [("亞洲", "59%"), ("非洲", "18%"), ("歐洲", "9%")]),
        (
            "The Nile runs 6,650 kilometers, the Amazon 6,400, and the Yangtze 6,300.",
            [("Nile", "6,650"), ("Amazon", "6,400"), ("Yangtze", "6,300")],
        ),
        (
            "台北101高508公尺，哈里發塔高828公尺，艾菲爾鐵塔高330公尺。",
            [("台北101", "508"), ("哈里發塔", "828"), ("艾菲爾鐵塔", "330")],
        ),
        (
            "Gold reached $1,900 in 2020, $2,060 in 2023, and $2,600 in 2024.",
            [("2020", "$1,900"), ("2023", "$2,060"), ("2024", "$2,600")],
        ),
        (
            "水星最冷零下180度，地球零下89度，火星零下140度。",
            [("水星最冷", "−180度"), ("地球", "−89度"), ("火星", "−140度")],
        ),
    ],
)
def test_three_amounts_of_one_unit_become_bars(text: str, expected: list[tuple[str, str]]) -> None:
    assert bars(text) == expected


@pytest.mark.parametrize("layout", ["chart", "comparison"])
@pytest.mark.parametrize(
    "text",
    [
        "In 1969, 650,000,000 people watched Apollo 11.",
        "我用iPhone 15 Pro拍了1,024張照片。買了3台MacBook Air給爸媽。他說「好貴」就走了。",
        "In 2023, 5 million people visited Paris, while Rome had 3 million.",
        "第5次登月帶回77公斤岩石，阿波羅11號也去過。",
        "He scored 12 goals and 9 assists.",
        "He bought 3 MacBook Airs, 2 iPads and 1 iPhone 15.",
        "On July 20, 500 people walked to Route 66.",
        "Gate 5 opens at 10 and Gate 6 opens at 12.",
    ],
)
def test_a_year_a_number_of_a_name_and_another_kind_are_no_bars(layout: str, text: str) -> None:
    assert match(layout, text) is None


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Apollo 11 and iPhone 15 Pro, Route 66, MacBook 3, Python 3.12, GPT-4, COVID-19, 5G", []),
        ("阿波羅11號、第5章、第3部、66號公路、iPhone 15、5G", []),
        ("Windows 11 users", []),
        ("About 66 people came.", [66]),
        ("The Nile has 6,650 kilometers and the Amazon 6,400.", [6650, 6400]),
        ("Everest is 8849 meters, K2 8611 meters.", [8849, 8611]),
        ("台北101高508公尺，NASA 30年來花了US$5億。", [101, 508, 30, 5e8]),
    ],
)
def test_a_number_that_belongs_to_a_name_is_no_amount(text: str, amounts: list[float]) -> None:
    assert [quantity.amount for quantity in find_quantities(text)] == amounts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("阿波羅11號帶回21.5公斤的月岩，阿波羅17號帶回110.5公斤。", [("阿波羅11號", "21.5公斤"), ("阿波羅17號", "110.5公斤")]),
        ("小明考了98分，小華考了75分。", [("小明", "98"), ("小華", "75")]),
        ("Team A won 3 games and Team B won 5 games.", [("Team A", "3"), ("Team B", "5")]),
        ("Windows 11 has 400 million users and Windows 10 has 1 billion users.",
         [("Windows 11", "400 million users"), ("Windows 10", "1 billion users")]),
    ],
)  # fmt: skip
def test_names_with_numbers_are_still_compared_by_their_amounts(text: str, expected: list[tuple[str, str]]) -> None:
    assert sides(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "孔子說：「學而不思則罔，思而不學則殆。」老師說：「你們要多讀書，少滑手機，早點睡覺。」",
        "孔子說：「學而不思則罔，思而不學則殆。」",
        "老師說「狗比貓聽話」。",
        "老師說：「綠茶不發酵。紅茶則完全發酵。白茶卻不同。」",
        'He said, "Cats sleep, while dogs play."',
    ],
)
def test_the_words_of_another_are_not_compared_with_what_stands_around_them(text: str) -> None:
    assert match("comparison", text) is None


def test_terms_in_quotation_marks_are_compared_like_any() -> None:
    assert sides("「綠茶」沒有經過發酵，「紅茶」則是完全發酵。") == [("綠茶", "沒有經過發酵"), ("紅茶", "完全發酵")]


@pytest.mark.parametrize(
    ("layout", "point"),
    [
        ("quote", "孔子說：「學而不思則罔，思而不學則殆。」"),
        ("chart", "亞洲佔59%，非洲佔18%，歐洲佔9%。"),
        ("comparison", "珍珠奶茶有62公克的糖，可樂有35公克。"),
    ],
)
def test_a_card_does_not_stay_while_something_else_is_said(layout: str, point: str) -> None:
    other = "隔天大家都去了海邊，看了一整個下午的浪。"

    assert match(layout, point, seconds=5.0) is not None
    assert match(layout, point + other, seconds=9.0) is None


def test_who_said_it_may_come_after_the_words() -> None:
    words = shown("quote", "「天下興亡，匹夫有責，讀書人更是如此。」顧炎武這樣寫道。", seconds=6.0)

    assert words["speaker"] == "顧炎武"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("老師說「狗比貓聽話", "老師說「狗比貓聽話」"),
        ('The cat said "I want a bone', 'The cat said "I want a bone"'),
        ('I want a bone," he said', 'I want a bone," he said'),
        ("“Fish” and “bone”", "“Fish” and “bone”"),
        ("", ""),
    ],
)
def test_a_heading_closes_the_quotation_marks_that_it_opens(text: str, expected: str) -> None:
    assert with_marks_closed(text) == expected


def test_a_name_with_a_capital_further_on_is_not_capitalised() -> None:
    assert capitalised("iPhone sales", chinese=False) == "iPhone sales"
    assert capitalised("phone sales", chinese=False) == "Phone sales"


def test_bars_are_as_long_as_what_the_figures_stand_for() -> None:
    content = shown("chart", "The world had 800 million people in 1750, 2.5 billion in 1950, and 8 billion in 2022.")

    assert [bar["amount"] for bar in content["bars"]] == [8e8, 2.5e9, 8e9]
    assert [bar["shown"] for bar in content["bars"]] == ["800 million people", "2.5 billion people", "8 billion people"]


def test_a_unit_that_all_share_is_said_once() -> None:
    content = shown("chart", "尼羅河長6650公里，亞馬遜河長6400公里，長江長6300公里。")

    assert (content["unit"], content["bars"][0]["shown"]) == ("單位：公里", "6650")


def test_bars_grow_when_their_figures_are_spoken() -> None:
    content = shown("chart", "亞洲佔59%，非洲佔18%，歐洲佔9%。", seconds=6.0)
    starts = [bar["start"] for bar in content["bars"]]

    assert starts == pytest.approx([0.7, 2.8, 4.9], abs=0.2)


@pytest.mark.parametrize(
    "text",
    [
        "珍珠奶茶有62公克的糖，可樂有35公克。",
        "藍鯨重150公噸，每天吃4公噸的磷蝦，能活90年。",
        "You need 2 cups of flour, 1 cup of sugar, and 3 eggs.",
        "人類在1903年、1969年和2012年有了重大突破。",
        "It grows by 10, 20 or 30 meters.",
    ],
)
def test_amounts_that_are_few_or_not_alike_or_nameless_are_no_chart(text: str) -> None:
    assert match("chart", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("珍珠奶茶有62公克的糖，可樂有35公克。", [("珍珠奶茶", "62公克"), ("可樂", "35公克")]),
        ("蝴蝶在白天活動，而蛾多半在夜裡活動。", [("蝴蝶", "在白天活動"), ("蛾", "在夜裡活動")]),
        ("北方人愛吃麵，而南方人愛吃米飯。", [("北方人", "愛吃麵"), ("南方人", "愛吃米飯")]),
        ("獵豹比獅子跑得更快。", [("獵豹", "跑得更快"), ("獅子", "")]),
        ("波長短的藍光比波長長的紅光更容易散射，大約強了5倍。", [("波長短的藍光", "更容易散射"), ("波長長的紅光", "")]),
        ("密度大的海水比密度小的淡水更能托起船隻。", [("密度大的海水", "更能托起船隻"), ("密度小的淡水", "")]),
        ("獵豹跑得比羚羊快，但是撐不久。", [("獵豹", "跑得快"), ("羚羊", "")]),
        ("藍鯨的心臟比人的心臟大得多。", [("藍鯨的心臟", "大得多"), ("人的心臟", "")]),
        ("與石油相比，太陽能幾乎不排放二氧化碳。", [("太陽能", "幾乎不排放二氧化碳"), ("石油", "")]),
        ("綠茶沒有經過發酵，紅茶則是完全發酵。", [("綠茶", "沒有經過發酵"), ("紅茶", "完全發酵")]),
        ("Dolphins are mammals, while sharks are fish.", [("Dolphins", "Are mammals"), ("Sharks", "Are fish")]),
        ("Light travels much faster than sound.", [("Light", "Travels much faster"), ("Sound", "")]),
        ("Unlike moths, butterflies fly during the day.", [("Butterflies", "Fly during the day"), ("Moths", "")]),
        ("Tokyo has 14 million people, while Paris has 2 million people.", [("Tokyo", "14"), ("Paris", "2")]),
    ],
)
def test_two_named_sides_are_compared(text: str, expected: list[tuple[str, str]]) -> None:
    assert sides(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "比如說，海豚會用聲音找魚。",
        "水和油的比例大約是三比一。",
        "這比你想像的還要快。",
        "木星比土星大的原因是它形成得比較早。",
        "金星比木星亮的時候，多半出現在清晨。",
        "北極熊的毛是比頭髮粗的空心管。",
        "Sound moves faster in water than in air.",
        "人類不是從猴子變來的，而是和猴子有共同的祖先。",
        "唐朝從618年延續到907年，是中國歷史上的黃金時代。",
        "It was bigger than anyone had expected.",
        "More than half of the forest has been lost.",
        "While you sleep, your brain sorts the memories of the day.",
        "The heart beats faster than usual when we are afraid.",
    ],
)
def test_what_has_no_two_names_is_not_compared(text: str) -> None:
    assert match("comparison", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("孔子說：「學而不思則罔，思而不學則殆。」", ("學而不思則罔，思而不學則殆。", "孔子")),
        ("阿姆斯壯踏上月球時說：「這是我的一小步，卻是人類的一大步。」", ("這是我的一小步，卻是人類的一大步。", "阿姆斯壯")),
        ("《論語》裡寫道：「三人行，必有我師焉。」", ("三人行，必有我師焉。", "《論語》")),
        ("“I have a dream that one day this nation will rise up,” said Martin Luther King.",
         ("I have a dream that one day this nation will rise up", "Martin Luther King")),
        ("As Carl Sagan put it, “We are made of star stuff, all of us.”", ("We are made of star stuff, all of us.", "Carl Sagan")),
        ("One line is remembered: “The unexamined life is not worth living.”", ("The unexamined life is not worth living.", "")),
    ],
)  # fmt: skip
def test_a_quotation_is_shown_with_who_said_it(text: str, expected: tuple[str, str]) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "這種現象叫做「溫室效應」，是熱量被大氣留住了。",
        'Some scientists call this the "greenhouse effect" because heat is trapped.',
        "他說自己「從來沒有想過會變成這樣」，然後轉身離開了那個他住了三十年的小村子，再也沒有回來過。",
        "「」",
        "有人問「水為什麼會結冰呢」，也有人問「冰為什麼會浮起來」。",
    ],
)
def test_a_term_or_an_aside_in_quotation_marks_is_no_quote(text: str) -> None:
    assert match("quote", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1825年，英國開通第一條鐵路。1964年，日本新幹線通車。", [("1825年", "英國開通第一條鐵路"), ("1964年", "日本新幹線通車")]),
        ("萊特兄弟在1903年試飛成功，1969年人類登上月球。", [("1903年", "萊特兄弟試飛成功"), ("1969年", "人類登上月球")]),
        ("西元前221年秦始皇統一中國，西元前206年漢朝建立。", [("西元前221年", "秦始皇統一中國"), ("西元前206年", "漢朝建立")]),
        ("茶葉先採收，再發酵，最後烘乾。", [("先", "茶葉採收"), ("再", "發酵"), ("最後", "烘乾")]),
        ("The Wright brothers flew in 1903, and Apollo 11 landed on the Moon in 1969.",
         [("1903", "Wright brothers flew"), ("1969", "Apollo 11 landed on the Moon")]),
        ("The leaves are first picked, then dried, and finally rolled.",
         [("First", "Picked"), ("Then", "Dried"), ("Finally", "Rolled")]),
    ],
)  # fmt: skip
def test_dated_or_ordered_steps_become_a_timeline(text: str, expected: list[tuple[str, str]]) -> None:
    assert passed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "第一條鐵路在1825年通車。",
        "從1939年到1945年，整個歐洲陷入戰爭。",
        "他先打開門，再走進去。",
        "首先，把茶葉放進壺裡。其次，倒入熱水。最後，等三分鐘。",
        "The war lasted from 1939 to 1945 and changed all of Europe.",
        "The Eiffel Tower was finished in 1889, and it was the tallest building until 1930.",
        "In 1969 people landed on the Moon, and in 1903 the Wright brothers flew.",
        "First, boil the water. Second, warm the pot. Third, add the leaves.",
    ],
)
def test_one_date_a_span_or_a_numbered_list_is_no_timeline(text: str) -> None:
    assert match("timeline", text) is None


def test_a_scene_that_comes_to_its_point_late_or_goes_on_for_long_is_not_taken() -> None:
    point = "亞洲佔59%，非洲佔18%，歐洲佔9%。"
    talk = "很久以前有一位商人走遍了整個大陸的每一條大路和小路，想知道人們都住在哪裡。"

    assert match("chart", talk + point, seconds=14.0) is None
    assert match("chart", point + talk, seconds=14.0) is None


def test_a_heading_is_another_clause_of_the_scene_else_the_title() -> None:
    point = "亞洲佔59%，非洲佔18%，歐洲佔9%。"

    assert shown("chart", "世界人口分布在哪裡？" + point)["text"] == "世界人口分布在哪裡"
    assert shown("chart", point, title="世界人口")["text"] == "世界人口"
    assert shown("chart", point, title="5分鐘看懂人口")["text"] == ""


def test_below_zero_is_a_sign() -> None:
    found = find_quantities("零下40度，minus 40 degrees，-40°C，負40公尺")

    assert [quantity.amount for quantity in found] == [-40, -40, -40, -40]
    assert [quantity.unit for quantity in found] == ["°", "°", "°", "公尺"]


def test_units_are_compared_however_they_are_written() -> None:
    found = find_quantities("3 km, 5 kilometers, 2 kilometres")

    assert [(quantity.amount, quantity.unit) for quantity in found] == [
        (3, "kilometer"),
        (5, "kilometer"),
        (2, "kilometer"),
    ]


@pytest.mark.parametrize("layout", CATALOG)
@pytest.mark.parametrize(
    "text", ["字", "a", "「」", "，。", "1, 2, 3", "先再最後", "A比B", "“ ”", "1900年1901年", "X versus Y", "%%%"]
)
def test_scraps_of_text_break_no_rule(layout: str, text: str) -> None:
    for language in ("zh-TW", "en"):
        match(layout, text, language=language)


def test_nine_of_ten_labelled_sentences_get_their_layout_and_no_figure_is_invented() -> None:
    figures = measure()

    assert figures.sentences >= 120
    assert figures.right / figures.sentences >= 0.95
    assert all(right / total >= 0.9 for right, total in figures.by_layout.values())
    assert figures.invented == []


def test_a_figure_that_nobody_says_is_noticed() -> None:
    content = choose("亞洲佔59%，非洲佔18%，歐洲佔9%。", language="zh-TW").content

    assert invented_figures(content, "亞洲佔59%，非洲佔18%。") == ["9"]
