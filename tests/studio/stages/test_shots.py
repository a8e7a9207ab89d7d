from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.language.segment import break_units
from studio.models.asset import Asset
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.models.shot import ClipShot, DrawnShot, PictureShot, Shots
from studio.models.template import Wording
from studio.models.timeline import Canvas
from studio.picture.scene import open_drawn
from studio.stages.shots import OwnMedia, plan_shots

AUDIO = Asset(key="a", kind="audio", media_type="audio/wav", size=1)
CANVAS = Canvas(width=270, height=480)
CHINESE = Wording(name="一分鐘搞懂", closing="再見", call_to_action="追蹤", tagline="每天一個好問題")
ENGLISH = Wording(name="In a Minute", closing="Bye", call_to_action="Follow", tagline="One good question")
SECONDS_A_CHARACTER = {True: 0.2, False: 0.07}
"""Of a Chinese voice (True) and an English one."""


def recording(text: str, language: str) -> Recording:
    words, t, pace = [], 0.0, SECONDS_A_CHARACTER[language != "en"]
    for unit in break_units(text) or [text]:
        words.append(Word(text=unit, start=t, end=t + pace * len(unit)))
        t = words[-1].end
    return Recording(audio=AUDIO, duration=t, words=tuple(words), voice="v", language=language)


def plan(title: str, *narrations: str, language: str = "zh-TW", own: tuple[OwnMedia, ...] = ()) -> Shots:
    script = Script(
        title=title, language=language, scenes=tuple(Scene(narration=text) for text in narrations), written_by="test"
    )
    narration = Narration(recordings=tuple(recording(text, language) for text in narrations))
    wording = CHINESE if language == "zh-TW" else ENGLISH
    return plan_shots(script, narration, canvas=CANVAS, wording=wording, own=own)


def drawn(shots: Shots) -> list[DrawnShot]:
    return [planned.shot for planned in shots.shots if isinstance(planned.shot, DrawnShot)]


def middle(narration: str, title: str = "夕陽為什麼是紅色的？", language: str = "zh-TW") -> DrawnShot:
    """The shot of a scene between a title and an end card."""
    return drawn(plan(title, "開場。", narration, "再見。", language=language))[1]


def test_a_film_opens_with_its_title_and_closes_with_the_end_card() -> None:
    shots = drawn(plan("夕陽為什麼是紅色的？", "你有沒有想過？", "陽光包含彩虹的顏色。", "我們下次見。"))

    assert [shot.layout for shot in shots] == ["title", "illustration", "end"]
    assert shots[0].content["text"] == "夕陽為什麼是紅色的？"
    assert shots[0].content["emphasis"] == "紅色"
    assert (shots[2].content["name"], shots[2].content["call"]) == ("一分鐘搞懂", "追蹤")


def test_a_film_of_a_title_only_is_a_title_and_an_end_card() -> None:
    assert [shot.layout for shot in drawn(plan("區塊鏈入門", "區塊鏈入門", "再見。"))] == ["title", "end"]
    assert [shot.layout for shot in drawn(plan("區塊鏈入門", "區塊鏈入門"))] == ["title"]


def test_an_english_film_is_worded_in_english() -> None:
    shots = drawn(plan("Why do cats purr?", "Ever wondered?", "Bye.", language="en"))

    assert shots[0].content["emphasis"] == "purr"
    assert shots[1].content["call"] == "Follow"
    assert "AI voice" in str(shots[1].content["credit"])


def test_a_title_too_long_for_a_card_is_cut_at_a_seam() -> None:
    shots = drawn(plan("夕陽為什麼是紅色的？三分鐘看懂大氣散射與瑞利散射的完整原理", "開場", "再見"))

    assert shots[0].content["text"] == "夕陽為什麼是紅色的？"


def test_one_amount_that_carries_the_sentence_becomes_a_number() -> None:
    shot = middle("地球表面有百分之七十一是海洋。")

    assert shot.layout == "number"
    assert shot.ground == "vivid"
    assert shot.content["label"] == "地球表面"
    assert (shot.content["value"], shot.content["unit"], shot.content["ratio"]) == ("71", "%", 0.71)
    assert shot.content["note"] == "是海洋"


def test_only_a_percentage_gets_a_ring() -> None:
    assert middle("一杯珍珠奶茶有62公克的糖。").content["ratio"] is None


def test_two_amounts_are_no_number_scene() -> None:
    assert middle("珍珠奶茶有62公克的糖，可樂有35公克。").layout == "comparison"


def test_a_year_is_no_number_scene() -> None:
    assert middle("第一條鐵路在1825年通車。").layout == "illustration"


def test_things_counted_up_become_a_list_that_follows_the_voice() -> None:
    shot = middle("睡前別做三件事。第一，別滑手機，藍光會壓低褪黑激素。第二，別喝咖啡。第三，別劇烈運動。")

    assert shot.layout == "list"
    assert shot.content["text"] == "睡前別做三件事"
    entries = shot.content["entries"]
    assert isinstance(entries, list)
    assert [entry["head"] for entry in entries] == ["別滑手機", "別喝咖啡", "別劇烈運動"]
    assert entries[0]["note"] == "藍光會壓低褪黑激素"
    assert [entry["icon"] for entry in entries] == ["mobile-phone", "hot-beverage", "running-shoe"]
    assert [entry["start"] for entry in entries] == pytest.approx([1.5, 5.1, 6.9], abs=0.45)


def test_an_english_enumeration_becomes_a_list() -> None:
    shot = middle("A black hole has three parts: the singularity, the horizon, and the disk.", "Space", "en")

    assert shot.layout == "list"
    assert [entry["head"] for entry in shot.content["entries"]] == ["The singularity", "The horizon", "The disk"]  # type: ignore[index,union-attr]


def test_entries_have_icons_all_together_or_not_at_all() -> None:
    shot = middle("三件事：第一，喝咖啡。第二，深思熟慮。第三，早點回覆。")

    assert [entry["icon"] for entry in shot.content["entries"]] == ["", "", ""]  # type: ignore[index,union-attr]


def test_an_illustration_shows_what_the_scene_names() -> None:
    shot = middle("土星的引力正把冰粒一點一點拉走。", "土星的環正在消失")

    assert shot.layout == "illustration"
    assert shot.content["hero"] == "ringed-planet"
    assert {part["label"] for part in shot.content["parts"]} <= {"引力", "冰粒"}  # type: ignore[index,union-attr]


def test_a_scene_of_two_sentences_moves_on_with_the_voice() -> None:
    shot = middle("海水每天都會漲上來兩次。真正的推手是天上的月亮。", "為什麼會有潮汐？")
    (beat,) = shot.content["beats"]  # type: ignore[misc]

    assert shot.content["text"] == "海水每天都會漲上來兩次"
    assert (beat["text"], beat["hero"]) == ("真正的推手是天上的月亮", "full-moon")  # type: ignore[index,call-overload]
    assert beat["start"] == pytest.approx(2.3)  # type: ignore[index,call-overload]


def test_a_list_that_begins_late_would_be_an_empty_card() -> None:
    text = "很久以前羅馬的商人走遍了整個帝國的每一條大路和小路，他們賣葡萄酒、橄欖油、穀物。"

    assert middle(text).layout == "illustration"


def test_a_scene_that_names_nothing_gets_an_icon_of_the_topic_and_no_parts() -> None:
    shot = middle("這其實沒有那麼簡單。", "複利的力量")

    assert shot.content["hero"] == "chart-increasing"
    assert shot.content["parts"] == []


@pytest.mark.parametrize(
    ("title", "language", "palette"),
    [
        ("貓為什麼會呼嚕？", "zh-TW", "nature"),
        ("黑洞是什麼？", "zh-TW", "space"),
        ("區塊鏈入門", "zh-TW", "tech"),
        ("珍珠奶茶有多甜？", "zh-TW", "food"),
        ("羅馬帝國為何滅亡", "zh-TW", "history"),
        ("睡前別做的三件事", "zh-TW", "health"),
        ("複利的力量", "zh-TW", "finance"),
        ("夢境的祕密", "zh-TW", "mystery"),
        ("深海裡有什麼", "zh-TW", "ocean"),
        ("夕陽為什麼是紅色的？", "zh-TW", "sky"),
        ("How compound interest works", "en", "finance"),
        ("Why whales sing", "en", "ocean"),
        ("The fall of the Roman empire", "en", "history"),
        ("How to sleep better", "en", "health"),
        ("Something else entirely", "en", "sky"),
    ],
)
def test_the_palette_follows_the_topic(title: str, language: str, palette: str) -> None:
    shots = drawn(plan(title, title, "再見" if language == "zh-TW" else "bye", language=language))

    assert {shot.palette for shot in shots} == {palette}


def test_no_ground_stays_for_more_than_two_scenes_and_no_layout_repeats_but_the_illustration() -> None:
    numbers = ["大約有95毫克的咖啡因在裡面。", "身體要5小時才能代謝。", "一天不要超過400毫克才好。"]
    shots = drawn(plan("咖啡", "開場", *["咖啡很香。"] * 5, *numbers, *["咖啡很苦。"] * 4, "再見"))
    grounds = [shot.ground for shot in shots]

    assert all(len(set(grounds[at : at + 3])) > 1 for at in range(len(grounds) - 2))
    assert all(a.layout != b.layout or a.layout == "illustration" for a, b in pairwise(shots))


def test_no_layout_but_the_illustration_comes_twice_running() -> None:
    compared = ["獵豹比獅子跑得更快。", "北方人愛吃麵，而南方人愛吃米飯。", "光比聲音快得多。"]
    shots = drawn(plan("百科", "開場", *compared, "再見"))

    assert [shot.layout for shot in shots] == ["title", "comparison", "illustration", "comparison", "end"]
    assert [shot.ground for shot in shots] == ["deep", "deep", "paper", "deep", "vivid"]


def test_a_film_of_many_kinds_of_sentence_has_as_many_layouts() -> None:
    shots = drawn(
        plan(
            "咖啡的一生",
            "開場",
            "一杯咖啡有95毫克咖啡因，一杯紅茶有47毫克，一罐可樂有34毫克。",
            "貝多芬說：「一杯好咖啡要剛好六十顆豆子。」",
            "咖啡豆先烘焙，再磨碎，最後沖泡。",
            "阿拉比卡的味道比較酸，而羅布斯塔的味道比較苦。",
            "再見",
        )
    )

    assert [shot.layout for shot in shots] == ["title", "chart", "quote", "timeline", "comparison", "end"]


def test_after_two_dark_scenes_bars_and_paths_are_drawn_on_paper() -> None:
    steps, amounts = "茶葉先採收，再發酵，最後烘乾。", "亞洲佔59%，非洲佔18%，歐洲佔9%。"
    shots = drawn(plan("百科", "開場", steps, amounts, "再見"))

    assert [(shot.layout, shot.ground) for shot in shots[1:3]] == [("timeline", "deep"), ("chart", "paper")]


def test_the_caption_of_a_quote_gives_way_to_its_picture() -> None:
    shots = plan("論語", "開場", "「學而不思則罔，思而不學則殆。」", "孔子說：「三人行，必有我師焉。」", "再見").shots

    assert [planned.hides_captions for planned in shots] == [False, True, False, False]


def test_captions_give_way_only_where_the_picture_shows_the_same_words() -> None:
    same = plan("夕陽為什麼是紅色的？", "夕陽為什麼是紅色的", "再見")
    other = plan("夕陽為什麼是紅色的？", "你想過夕陽嗎", "再見")

    assert [planned.hides_captions for planned in same.shots] == [True, False]
    assert [planned.hides_captions for planned in other.shots] == [False, False]


def test_the_creators_own_media_come_first_in_their_order() -> None:
    image = Asset(key="i", kind="image", media_type="image/png", size=1)
    clip = Asset(key="c", kind="video", media_type="video/mp4", size=1)
    own = (OwnMedia(image, 800, 600), OwnMedia(clip, 1920, 1080), OwnMedia(image, 600, 800))
    shots = plan("咖啡", "開場", "一", "二", "三", "再見", own=own).shots

    assert [type(planned.shot) for planned in shots] == [PictureShot, ClipShot, PictureShot, DrawnShot, DrawnShot]
    first, third = shots[0].shot, shots[2].shot
    assert isinstance(first, PictureShot)
    assert isinstance(third, PictureShot)
    assert first.opening.width > first.closing.width
    assert third.opening.width < third.closing.width


def test_more_media_than_scenes_are_left_over() -> None:
    image = Asset(key="i", kind="image", media_type="image/png", size=1)

    assert len(plan("咖啡", "開場", "再見", own=(OwnMedia(image, 10, 10),) * 5).shots) == 2


@pytest.mark.parametrize(
    "text",
    [
        "😀😀",
        "שלום עולם",
        "{\\an8}<b>*x*</b>",
        "a",
        "\u200b",
        "字" * 300,
        "W" * 300,
        "第一，第二，第三。",
        "1. 2. 3.",
        "100%",
        "。，！",
    ],
)
def test_hostile_text_is_planned_and_drawn(text: str) -> None:
    for language in ("zh-TW", "en"):
        for shot in drawn(plan(text, text, text, text, language=language)):
            assert len(open_drawn(shot, Canvas(width=90, height=160), frames=30).draw(29)) == 90 * 160 * 3 // 2


@settings(max_examples=40, deadline=None)
@given(
    st.text(min_size=1, max_size=120),
    st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=4),
    st.booleans(),
)
def test_any_text_is_planned(title: str, narrations: list[str], is_chinese: bool) -> None:
    shots = plan(title, *narrations, language="zh-TW" if is_chinese else "en")

    assert len(shots.shots) == len(narrations)
    assert Shots.model_validate_json(shots.model_dump_json()) == shots
