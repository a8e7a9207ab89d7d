"""What each source says, against servers that insist on what their vendors document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from studio.models.trend import Category, Headline, Platform, Sighting
from studio.providers.trends import catalog
from studio.providers.trends.googletrends import traffic_of
from studio.providers.trends.youtube import subject_of
from tests.support.trends import CONTACT, TIKTOK_TOKEN, X_TOKEN, TrendServers

Seen = Callable[..., tuple[Sighting, ...]]


def figures(found: tuple[Sighting, ...]) -> list[tuple[str, int | None, float | None]]:
    return [(each.keyword, each.rank, each.value) for each in found]


def test_googletrends_has_the_searches_of_a_country_with_news_on_them(seen: Seen) -> None:
    found = seen("googletrends")

    assert figures(found) == [
        ("颱風康芮", 1, 200_000),
        ("世界棒球12強", 2, 100_000),
        ("iPhone 18", 3, 2_000),
        ("taylor swift taipei", 4, 1_000),
        ("統一發票", 5, 500),
    ]
    assert found[1].headlines == (
        Headline(title="12強賽台灣奪冠 & 全台歡呼", url="https://news.example/p12", source="自由時報"),
    )
    assert found[2].headlines == ()
    assert all(each.history == () for each in found)


def test_googletrends_reads_figures_as_other_languages_write_them(seen: Seen, servers: TrendServers) -> None:
    servers.faults["googletrends"] = "localised"

    assert [each.value for each in seen("googletrends")] == [50_000, 20_000, 1_000, 1_500, 300_000]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("2000+", 2_000), ("2,000+", 2_000), ("1.000.000+", 1_000_000), ("20\xa0000+", 20_000), ("1천+", 1_000),
        ("2万+", 20_000), ("5萬+", 50_000), ("1K+", 1_000), ("1.5M+", 1_500_000), ("1 lakh+", 100_000),
        ("2,5 тыс.+", 2_500), ("20 mil+", 20_000), ("5 Tsd.+", 5_000), ("٢٠٠٠+", 2_000), ("1,000K+", 1_000_000),
        ("2B+", None), ("many", None), ("", None), ("+", None), ("1 zillion+", None), ("1.2.3K", None),
    ],
)  # fmt: skip
def test_a_figure_is_read_or_is_none(text: str, figure: float | None) -> None:
    assert traffic_of(text) == figure


def test_googletrends_has_no_list_of_a_country_that_it_does_not_know(seen: Seen) -> None:
    assert seen("googletrends", region="AQ") == ()


def test_explore_has_the_days_of_two_months_from_one_question(seen: Seen, servers: TrendServers) -> None:
    typhoon, phone = seen("explore")

    assert (typhoon.keyword, typhoon.value, typhoon.rank) == ("颱風康芮", 60, None)
    assert (phone.keyword, phone.value) == ("iPhone 18", 40)
    assert [point.value for point in typhoon.history] == [30.0] * 60 + [60.0] * 30
    assert (typhoon.history[-1].day, typhoon.is_whole) == (servers.day, True)
    assert [asked.path for asked in servers.of("explore")] == [
        "/trends/explore/",
        "/trends/api/explore",
        "/trends/api/widgetdata/multiline",
    ]


@pytest.mark.parametrize(("platform", "where"), [(Platform.YOUTUBE, "youtube"), (Platform.X, "")])
def test_explore_asks_youtube_for_youtube_and_the_web_for_the_others(
    seen: Seen, servers: TrendServers, platform: Platform, where: str
) -> None:
    seen("explore", platform=platform, region="US", language="en")
    question = servers.of("explore")[1].query

    assert f'"property": "{where}"' in question["req"]
    assert question["hl"] == "en"
    assert '"geo": "US"' in question["req"]


def test_explore_asks_about_five_keywords_at_most_and_each_once(seen: Seen, servers: TrendServers) -> None:
    found = seen("explore", candidates=("a1", "A1", "b2", "c3", "d4", "e5", "f6", "x" * 101))

    assert [each.keyword for each in found] == ["A1", "b2", "d4", "e5"]
    assert "f6" not in servers.of("explore")[1].query["req"]


def test_explore_fetches_one_cookie_for_all_questions(seen: Seen, servers: TrendServers) -> None:
    seen("explore")
    seen("explore", candidates=("something else",))

    assert [asked.path for asked in servers.of("explore")].count("/trends/explore/") == 1


def test_youtube_has_what_videos_are_about_with_views_and_category(seen: Seen, servers: TrendServers) -> None:
    found = seen("youtube")

    assert figures(found) == [
        ("給你一瓶魔法藥水", 1, 3_200_000),
        ("Elden Ring Nightreign", 2, 1_850_000),
        ("捍衛戰士3", 3, 950_000),
        ("台灣小吃挑戰", 4, None),
    ]
    assert [each.category for each in found] == [
        Category.MUSIC,
        Category.GAMES,
        Category.ENTERTAINMENT,
        Category.ENTERTAINMENT,
    ]
    assert found[0].url == "https://www.youtube.com/watch?v=aaaaaaaaaa1"
    assert found[0].related == ("告五人", "MV")
    assert [asked.query["videoCategoryId"] for asked in servers.of("youtube")] == ["0", "10", "1", "20"]


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("周杰倫 Jay Chou【最偉大的作品 Greatest Works of Art】Official MV", "周杰倫 Jay Chou"),
        ("Dune: Part Three | Official Trailer", "Dune: Part Three"),
        ("Spider-Man - Brand New Day (2026) Trailer", "Spider-Man"),
        ("五月天 Mayday [ 溫柔 ] Official Live Video", "五月天 Mayday"),
        ("Some Channel - I Survived 100 Days", "I Survived 100 Days"),
        ("台灣隊冠軍！中華隊 4:0 擊敗日本｜世界12強", "台灣隊冠軍"),
        ("My first video!!! You won't believe it", "My first video"),
        ("#shorts #fyp", "a tag"),
        ("", "a tag"),
    ],
)
def test_a_video_is_about_the_first_phrase_of_its_title(title: str, subject: str) -> None:
    assert subject_of(title, ("a tag",), channel="some channel") == subject


@pytest.mark.parametrize(("setting", "derivable"), [(None, False), ("true", True)])
def test_growth_may_be_worked_out_from_youtube_only_where_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, derivable: bool
) -> None:
    if setting:
        monkeypatch.setenv("YOUTUBE_DERIVED_METRICS", setting)
    abilities = catalog.open("youtube").abilities

    assert (abilities.derivable, abilities.kept_days) == (derivable, 30)


def test_tiktok_has_hashtags_in_its_order_with_the_views_of_thirty_days(seen: Seen, servers: TrendServers) -> None:
    found = seen("tiktok")

    assert figures(found) == [("夜市美食", 1, 1_029), ("ootd", 2, 829), ("taiwan", 3, None)]
    assert len(found[0].history) == 30
    assert (found[0].history[0].value, found[0].history[-1].day) == (1_000, servers.day)
    assert [each.is_whole for each in found] == [True, True, False]
    assert found[1].url == "https://www.tiktok.com/tag/ootd"
    assert servers.of("tiktok")[0].headers["access-token"] == TIKTOK_TOKEN
    assert servers.of("tiktok")[0].query["country_code"] == "TW"


def test_instagram_has_its_hashtags_by_what_their_newest_posts_got(seen: Seen) -> None:
    found = seen("instagram")

    assert figures(found) == [("taipei", 1, 912), ("台北美食", 2, 169), ("夜市", 3, 0)]
    assert found[0].headlines[0] == Headline(
        title="#taipei 第0篇", url="https://www.instagram.com/p/0/", source="Instagram"
    )
    assert found[1].url == "https://www.instagram.com/explore/tags/%E5%8F%B0%E5%8C%97%E7%BE%8E%E9%A3%9F/"


def test_a_hashtag_that_instagram_refuses_is_left_out(
    seen: Seen, servers: TrendServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTAGRAM_HASHTAGS", "offensive,taipei")

    assert [each.keyword for each in seen("instagram")] == ["taipei"]


def test_x_has_the_trends_of_a_country_with_posts_where_they_are_counted(seen: Seen, servers: TrendServers) -> None:
    found = seen("x")

    assert figures(found) == [("#金馬獎", 1, 45_210), ("Kong-rey", 2, 2_956), ("台灣加油", 3, None)]
    assert servers.of("x")[0].path == "/2/trends/by/woeid/23424971"
    assert servers.of("x")[0].query["max_trends"] == "20"
    assert servers.of("x")[0].headers["authorization"] == f"Bearer {X_TOKEN}"


def test_x_is_not_asked_about_a_country_that_it_has_no_number_for(seen: Seen, servers: TrendServers) -> None:
    assert seen("x", region="AQ") == ()
    assert servers.asked == []


def test_wikipedia_has_articles_as_taiwan_writes_them_and_the_days_before(seen: Seen, servers: TrendServers) -> None:
    found = seen("wikipedia")

    assert figures(found) == [
        ("康芮 (2026年)", 1, 64_000),
        ("中華民國總統", 2, 32_000),
        ("周杰倫", 3, 16_000),
        ("AC/DC", 4, 8_000),
    ]
    assert (len(found[0].history), found[0].history[-1].day, found[0].is_whole) == (62, servers.day, True)
    assert [point.value for point in found[0].history[:5]] == [6_400, 6_400, 6_400, 0, 6_400]
    assert sum(point.value for point in found[3].history[-30:]) == 240_000
    assert (found[0].summary, found[3].summary) == ("康芮 (2026年)的摘要。", "")


def test_wikipedia_reads_the_english_one_for_any_other_language(seen: Seen) -> None:
    assert figures(seen("wikipedia", region="US", language="en")) == [
        ("Dune: Part Three", 1, 80_000),
        ("Taylor Swift", 2, 50_000),
    ]


def test_wikipedia_takes_the_newest_day_that_has_figures(seen: Seen, servers: TrendServers) -> None:
    servers.day -= timedelta(days=1)

    assert seen("wikipedia")[0].history[-1].day == servers.day
    assert [asked.path.endswith(f"{servers.day:%Y/%m/%d}") for asked in servers.of("wikipedia")[:2]] == [False, True]
    assert {asked.headers["user-agent"] for asked in servers.of("wikipedia")} == {f"video-system ({CONTACT})"}


def test_gdelt_counts_articles_of_whole_days(seen: Seen, servers: TrendServers) -> None:
    found = seen("gdelt", candidates=("iPhone 18", "Kong-rey", "AI", "zzz"))

    assert [(each.keyword, each.value) for each in found] == [("iPhone 18", 71), ("Kong-rey", 71)]
    assert (len(found[0].history), found[0].history[-1].day, found[0].is_whole) == (62, servers.day, True)
    assert [asked.query["query"] for asked in servers.of("gdelt")] == ['"iPhone 18"', '"Kong rey"', "AI", "zzz"]


def test_gdelt_is_asked_about_four_keywords_at_most(seen: Seen, servers: TrendServers) -> None:
    seen("gdelt", candidates=tuple(f"keyword {n}" for n in range(20)))

    assert len(servers.of("gdelt")) == 4


def test_gdelt_is_left_alone_between_two_requests(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, servers: TrendServers
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("studio.providers.trends.gdelt.time.sleep", slept.append)
    monkeypatch.setattr("studio.providers.trends.gdelt._asked_at", [float("-inf")])
    monkeypatch.setenv("GDELT_PACE_S", "5")
    seen("gdelt", candidates=("iPhone 18", "Kong-rey"))

    assert slept[0] == 0
    assert 4.5 < slept[1] <= 5


def test_feeds_have_what_several_headlines_of_the_last_day_say(seen: Seen) -> None:
    found = {each.keyword: each for each in seen("feeds")}

    assert {word: each.value for word, each in found.items()} == {"康芮": 2, "台積電": 2, "Nvidia": 2, "Taipei": 2}
    assert found["康芮"].headlines == (
        Headline(title="颱風康芮逼近 台北停班停課", url="https://news.example/0", source="127.0.0.1"),
        Headline(title="康芮帶來豪雨 花蓮撤離", url="https://news.example/1", source="127.0.0.1"),
    )
    assert found["Nvidia"].headlines[1].url == "https://atom.example/0"
    assert {each.rank for each in found.values()} == {1, 2, 3, 4}


@pytest.mark.parametrize("name", ["explore", "gdelt"])
def test_a_source_that_measures_asks_nothing_without_candidates(seen: Seen, servers: TrendServers, name: str) -> None:
    assert seen(name, candidates=()) == ()
    assert servers.asked == []
