import json

import pytest

from studio.language.segment import chinese_words
from studio.picture.icons import icon_names
from studio.picture.iconwords import SYNONYMS, choose_hero, defaults_for, find_icon, find_parts
from studio.picture.palettes import PALETTES
from studio.picture.phrases import emphasis_of, heading_of, short_title
from studio.picture.scenetext import FilmText, SceneText
from studio.picture.topics import choose_topic
from studio.picture.words import known_words, tokens_of


def scene(narration: str, language: str = "zh-TW", **more: object) -> SceneText:
    film = FilmText(title="標題" if language == "zh-TW" else "Title", language=language, icon="cat", defaults=("herb",))
    return SceneText(film=film, narration=narration, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "icon"),
    [
        ("咖啡", "hot-beverage"),
        ("喝咖啡", "hot-beverage"),
        ("金錢", "money-bag"),
        ("歷史", "scroll"),
        ("股票", "chart-increasing"),
        ("黑洞", "milky-way"),
        ("土星", "ringed-planet"),
        ("火車站", "station"),
        ("區塊鏈", "link"),
        ("大腦", "brain"),
        ("珍珠奶茶", "bubble-tea"),
    ],
)
def test_chinese_words_name_icons(word: str, icon: str) -> None:
    assert find_icon(word, chinese=True) == icon


@pytest.mark.parametrize(
    ("word", "icon"),
    [
        ("coffee", "hot-beverage"),
        ("Black holes", "milky-way"),
        ("galaxies", "milky-way"),
        ("whales", "whale"),
        ("money", "money-bag"),
    ],
)
def test_english_words_name_icons(word: str, icon: str) -> None:
    assert find_icon(word, chinese=False) == icon


@pytest.mark.parametrize(
    ("text", "icon"),
    [
        ("She gave him a wild rose", "rose"),
        ("It rose in 1990", ""),
        ("Open a store", "convenience-store"),
        ("3 grocery stores", "convenience-store"),
        ("A camel stores fat", "camel"),
        ("The church bell", "bell"),
        ("In 1876 Bell spoke first", ""),
        ("The Bell That Never Rang", "bell"),
        ("Bell spoke first", "bell"),
        ("A Saturn V rocket", "rocket"),
        ("Saturn", "ringed-planet"),
        ("The eye of a hurricane", "cyclone"),
        ("The heart of a whale", "whale"),
        ("The heart of a giant", "anatomical-heart"),
        ("In the heart of the old town", ""),
        ("to bear a load", ""),
        ("bears", "bear"),
    ],
)
def test_the_words_beside_a_word_tell_what_it_means(text: str, icon: str) -> None:
    assert find_icon(text, chinese=False) == icon


@pytest.mark.parametrize(
    ("text", "icon"),
    [
        ("A flashlight without batteries", "flashlight"),
        ("不用電池的手電筒", "flashlight"),
        ("月球上沒有風", "full-moon"),
    ],
)
def test_what_is_there_is_shown_before_what_is_said_to_be_missing(text: str, icon: str) -> None:
    assert find_icon(text, chinese=not text.isascii()) == icon


def test_what_is_missing_is_shown_where_it_is_all_that_is_named() -> None:
    assert find_icon("沒有風的日子", chinese=True) == find_icon("風", chinese=True) != ""


@pytest.mark.parametrize(
    "text",
    ["the right way to stop", "top of the list", "hands up", "a happy face", "women", "英國國旗", "笑臉", "路上"],
)
def test_words_that_say_little_name_no_icon(text: str) -> None:
    assert find_icon(text, chinese=not text.isascii()) == ""


def test_the_tables_name_only_icons_that_exist() -> None:
    table = json.loads(SYNONYMS.read_text(encoding="utf-8"))
    named = {icon for language in ("zh", "en") for icon in table[language].values() if icon}
    named |= {icon for palette in PALETTES for icon in defaults_for(palette)}

    assert named - icon_names() == set()


@pytest.mark.parametrize("word", ["新月", "滿月", "月亮", "new moon", "full moon", "moon"])
def test_words_for_the_moon_show_a_moon_that_is_lit(word: str) -> None:
    assert find_icon(word, chinese=not word.isascii()) in ("crescent-moon", "full-moon")


def test_a_tag_of_an_icon_is_not_its_name() -> None:
    text = "Another bulge forms on the far side"

    assert choose_hero(scene(text, "en", keywords=("bulge forms", "side"))) == "cat"


def test_what_says_when_gives_way_to_what_is_spoken_of() -> None:
    assert choose_hero(scene("早上的咖啡")) == "hot-beverage"


@pytest.mark.parametrize("word", sorted(known_words() - {"貓咪呼嚕"}))
def test_a_word_that_we_have_an_icon_or_topic_for_is_one_word(word: str) -> None:
    assert len(chinese_words(word)) == 1 or word.isascii()


def test_a_keyword_decides_between_two_things_named() -> None:
    text = "咖啡因會影響大腦"

    assert choose_hero(scene(text, keywords=("大腦",))) == "brain"
    assert choose_hero(scene(text, keywords=("咖啡因",))) == "hot-beverage"


def test_a_scene_that_names_nothing_shows_the_films_icon_then_the_topics() -> None:
    assert choose_hero(scene("這不簡單")) == "cat"
    assert choose_hero(scene("這不簡單", used_icons=frozenset({"cat"}))) == "herb"


def test_parts_are_words_of_the_scene_and_not_of_its_heading() -> None:
    text = "土星的引力把冰粒拉走，太陽看著"
    parts = find_parts(scene(text), heroes=["ringed-planet"], headings="土星的引力")

    assert [(part.label, part.icon) for part in parts] == [("冰粒", "snowflake"), ("太陽", "sun")]


def test_a_heading_is_a_clause_that_says_something() -> None:
    assert heading_of(scene("科學家發現，這個頻率可以幫助骨頭癒合。")) == "這個頻率可以幫助骨頭癒合"
    assert heading_of(scene("第二，早點投資。")) == "早點投資"
    assert heading_of(scene("但是它沒有意識，也沒有情緒。")) == "它沒有意識"
    assert heading_of(scene("At the event horizon, not even light can escape.", "en")) == "Not even light can escape"


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("On 16 July 1969 a Saturn V rocket lifted off from Florida.", "A Saturn V rocket lifted off from Florida"),
        ("In the air it meets molecules of nitrogen and oxygen.", "It meets molecules of nitrogen and oxygen"),
        ("On 24 July all three landed safely in the Pacific.", "All three landed safely in the Pacific"),
        ("In the evening the light crosses more air, so it is red.", "In the evening the light crosses more air"),
        ("The same side of the Moon always faces us.", "The same side of the Moon always faces us"),
        ("Rather than sleep, the swift glides through the night.", "The swift glides through the night"),
        ("In the middle of the night, owls hunt.", "Owls hunt"),
    ],
)
def test_a_heading_is_a_whole_clause_without_what_only_leads_it_in(text: str, heading: str) -> None:
    assert heading_of(scene(text, "en")) == heading


def test_an_ordinal_that_counts_is_no_opener() -> None:
    assert heading_of(scene("第一批彩色影像公開。")) == "第一批彩色影像公開"
    assert heading_of(scene("第一個習慣是早點睡覺。")) == "習慣是早點睡覺"


def test_a_long_sentence_is_cut_after_a_noun() -> None:
    heading = heading_of(scene("我們每天在城市裡面看見的那些高樓其實都是由許多工人辛苦建造起來的"))

    assert 4 <= len(heading) <= 12


def test_a_heading_is_never_cut_inside_a_number() -> None:
    text = "By 117 AD, the network reached about 80,000 kilometers of paved road."

    assert heading_of(scene(text, "en")) == "The network reached about 80,000 kilometers of paved road"


def test_a_heading_states_the_figure_with_what_it_is_of() -> None:
    assert heading_of(scene("The Sun helps too, with 46% of the Moon's pull.", "en")) == (
        "The Sun helps too, with 46% of the Moon's pull"
    )
    assert heading_of(scene("太陽也在拉，力道大約是月亮的46%。")) == "太陽也在拉，力道大約是月亮的46%"


def test_a_clause_that_fits_two_lines_is_not_cut() -> None:
    assert heading_of(scene("愛因斯坦據說把複利叫做世界第八大奇蹟。")) == "愛因斯坦據說把複利叫做世界第八大奇蹟"


def test_an_english_sentence_too_long_is_cut_before_a_preposition() -> None:
    text = "Your brain runs on a 24-hour clock that follows the light"

    assert heading_of(scene(text, "en", keywords=("clock",))) == "Your brain runs on a 24-hour clock"


@pytest.mark.parametrize(
    ("text", "emphasis"),
    [
        ("夕陽為什麼是紅色的？", "紅色"),
        ("貓為什麼會呼嚕？", "呼嚕"),
        ("區塊鏈入門", "區塊鏈"),
        ("地球有71%是海洋", "71%"),
        ("夢是什麼？", "夢"),
        ("紅色", ""),
        ("", ""),
    ],
)
def test_the_emphasis_is_the_figure_or_the_noun(text: str, emphasis: str) -> None:
    assert emphasis_of(text, chinese=True) == emphasis


def test_the_emphasis_is_never_a_word_that_says_when_or_where() -> None:
    assert emphasis_of("路上的水氣在早上變成霧", chinese=True, keywords=("路上", "早上", "水氣")) == "水氣"
    assert emphasis_of("水氣會停在路上", chinese=True) == "水氣"
    assert emphasis_of("The fog lifts in the morning", chinese=False, keywords=("morning", "fog")) == "fog"


def test_the_emphasis_follows_the_keywords() -> None:
    assert emphasis_of("月亮的引力拉著海水", chinese=True, keywords=("引力", "海水")) == "引力"
    assert emphasis_of("Another bulge forms on the far side", chinese=False, keywords=("bulge forms",)) == "bulge"


def test_the_emphasis_of_a_list_is_what_it_promises() -> None:
    assert emphasis_of("睡前別做的三件事", chinese=True) == "三件事"
    assert emphasis_of("Five habits that drain you", chinese=False) == "Five habits"


def test_english_emphasis_keeps_a_pair_together() -> None:
    assert emphasis_of("What is inside a black hole?", chinese=False) == "black hole"
    assert emphasis_of("5 ways to save $1,000,000", chinese=False) == "$1,000,000"


def test_a_comma_inside_a_number_is_no_seam() -> None:
    title = "How I saved $1,000,000 before I turned thirty and why you can too"

    assert short_title(title, chinese=False) == title


def test_a_film_about_nothing_listed_has_no_topic() -> None:
    topic = choose_topic("嗯", keywords=(), narration="", chinese=True)

    assert (topic.palette, topic.label) == ("sky", "")


def test_one_word_in_passing_names_no_topic_and_two_do() -> None:
    passing = choose_topic("嗯", keywords=("傳統",), narration="照傳統的做法。", chinese=True)
    about = choose_topic("嗯", keywords=("王朝",), narration="王朝的傳統。", chinese=True)

    assert (passing.label, about.label) == ("", "歷史")


def test_a_film_about_saving_power_is_no_history() -> None:
    narration = "換成LED燈泡，用電只有傳統燈泡的五分之一。"

    assert choose_topic("三種省電的方法", keywords=("傳統燈泡",), narration=narration, chinese=True).label == "科技"


def test_tokens_stand_where_they_say() -> None:
    text = "AI 真的會思考嗎？每月存3,000元。"

    assert all(text[token.start : token.end] == token.text for token in tokens_of(text, chinese=True))
