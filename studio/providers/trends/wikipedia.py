"""
What Wikipedia's readers read: exact, and there for years back. Source: doc.wikimedia.org, Analytics API, Page views.

Of a language, not of a country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from urllib.parse import quote

from opencc import OpenCC

from studio.errors import ProviderError, ProviderRejected, ProviderUnavailable
from studio.language.detect import is_chinese, is_simplified
from studio.models.trend import Abilities, Platform, Sighting
from studio.providers.fields import Row, address_of, row_of, rows_at, rows_of, text_of
from studio.providers.research.wikipedia import WikipediaSettings
from studio.providers.till import Till
from studio.providers.trends import Look
from studio.providers.trends.asking import (
    MOST_FOUND,
    Found,
    ask,
    count_of,
    history_of,
    keyword_of,
    ranked,
    summary_of,
    unreadable,
    within,
)
from studio.providers.vendor import USER_AGENT, Vendor
from studio.settings import EnvSettings

WITH_HISTORY: Final = 10
"""Of how many articles the days before are asked for, one request each: Wikimedia wants them one after the other."""

WITH_SUMMARY: Final = 5
DAYS: Final = 62
"""A month's growth needs two."""

NEWEST: Final = 3
"""Days back that are tried: one's figures come some hours after its end, in UTC."""

TIMEOUT_S = 10.0
ALL_S = 60.0
"""For all requests beside the first."""

NAMESPACES: Final = frozenset(
    "special wikipedia project portal file image help template category user talk draft module mediawiki book topic "
    "wikiproject timedtext wp "
    "特殊 维基百科 維基百科 主题 主題 文件 檔案 图像 帮助 幫助 使用說明 模板 分类 分類 用户 用戶 使用者 讨论 討論 草稿 模块 模組 "
    "话题 話題 传送门 維基專題 维基专题".split()
)
"""What stands before the colon in pages that are no articles."""

NO_ARTICLES: Final = frozenset(
    [
        "main page",
        "首页",
        "首頁",
        "维基百科",
        "維基百科",
        "wikipedia",
        "-",
        "undefined",
        "404.php",
        "search",
        "搜索",
        "搜尋",
    ]
)
_LISTS = re.compile(r"(?i)deaths in \d{4}|\d{4}年逝世人物列表.*|.*\.(?:php|html?|png|jpe?g|svg|js|css)")


class WikimediaSettings(EnvSettings):
    """Where its figures are."""

    wikimedia_rest_root_url: str = "https://wikimedia.org"


class Wikipedia:
    """The articles that were read most on the newest day, in Chinese as Taiwan writes their titles."""

    name = "wikipedia"
    abilities = Abilities(
        does="finds", unit="views", kind="flow", proxy_for=tuple(Platform), is_regional=False, fresh_s=6 * 3_600
    )

    def check(self) -> None:
        """Always ready: it wants no key."""

    def look(self, look: Look, *, till: Till) -> tuple[Sighting, ...]:
        """The day's list; the first have the days before and a few words on what they are."""
        code = "zh" if is_chinese(look.language) else "en"
        figures, articles = _vendors(code, look.language)
        return ask(
            self.name,
            figures.root,
            articles.root,
            code,
            datetime.now(UTC).date().isoformat(),
            till=till,
            fresh_s=self.abilities.fresh_s,
            find=lambda: _read(figures, articles, code),
            units={"requests": NEWEST + WITH_HISTORY + WITH_SUMMARY},
        )


def _vendors(code: str, language: str) -> tuple[Vendor, Vendor]:
    """Who has the figures, and who the articles."""
    settings = WikipediaSettings()
    agent = f"{USER_AGENT} ({settings.wikimedia_contact})" if settings.wikimedia_contact else USER_AGENT
    headers = {"User-Agent": agent, "Accept-Language": language}
    root = settings.wikipedia_root_url or f"https://{code}.wikipedia.org"
    figures = Vendor(
        "trends", "wikipedia", WikimediaSettings().wikimedia_rest_root_url, headers=headers, timeout_s=TIMEOUT_S
    )
    return figures, Vendor("trends", "wikipedia", root, headers=headers, timeout_s=TIMEOUT_S)


def _read(figures: Vendor, articles: Vendor, code: str) -> Found:
    day, rows = _top(figures, code)
    titles = {title: views for row in rows for title, views in _article(row)}
    hot = dict(list(titles.items())[:MOST_FOUND])
    first = list(hot)[:WITH_HISTORY]
    histories = dict(_histories(figures, code, first, day))
    summaries = dict(_summaries(articles, first[:WITH_SUMMARY]))
    found = (
        _sighting(title, views, histories.get(title, {}), summaries.get(title, {}), code)
        for title, views in hot.items()
    )
    return ranked(found), {"requests": float(1 + len(histories) + len(summaries))}


def _top(vendor: Vendor, code: str) -> tuple[date, list[Row]]:
    """The newest day that has a list, and the list."""
    today = datetime.now(UTC).date()
    for back in range(1, NEWEST + 1):
        day = today - timedelta(days=back)
        try:
            answer = vendor.get_json(f"/api/rest_v1/metrics/pageviews/top/{code}.wikipedia/all-access/{day:%Y/%m/%d}")
        except ProviderRejected:
            continue
        lists = list(rows_at(vendor, answer, "items"))
        if not lists or not isinstance(lists[0].get("articles"), list):
            raise unreadable(vendor.name)
        return day, list(rows_of(lists[0]["articles"]))
    raise ProviderUnavailable("trends", vendor.name, f"none of the last {NEWEST} days has figures yet")


def _article(row: Row) -> Iterator[tuple[str, float]]:
    """Its title as the address has it, and its views, unless it is no article."""
    title, views = text_of(row.get("article")), count_of(row.get("views"))
    if views is not None and _is_article(title.replace("_", " ").strip()):
        yield title, views


def _is_article(title: str) -> bool:
    space, colon, _ = title.casefold().partition(":")
    if not title or title.casefold() in NO_ARTICLES or _LISTS.fullmatch(title):
        return False
    return not (colon and space.removesuffix(" talk").strip() in NAMESPACES)


def _histories(vendor: Vendor, code: str, titles: list[str], newest: date) -> Iterator[tuple[str, dict[date, float]]]:
    """Views of the DAYS until *newest*. Where one does not answer, the others are not asked."""
    oldest = newest - timedelta(days=DAYS - 1)
    span = f"daily/{oldest:%Y%m%d}/{newest:%Y%m%d}"
    for title in within(titles, ALL_S / 2):
        path = f"/api/rest_v1/metrics/pageviews/per-article/{code}.wikipedia/all-access/user/{quote(title, safe='')}/{span}"
        try:
            rows = list(rows_at(vendor, vendor.get_json(path), "items"))
        except ProviderRejected:
            continue
        except ProviderError:
            return
        read = {day: views for row in rows for day, views in _day(row)}
        # A day on which nobody looked is left out of the answer.
        asked = (oldest + timedelta(days=number) for number in range(DAYS))
        if read:
            yield title, {day: read.get(day, 0.0) for day in asked}


def _day(row: Row) -> Iterator[tuple[date, float]]:
    views = count_of(row.get("views"))
    try:
        day = datetime.strptime(text_of(row.get("timestamp"))[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return
    if views is not None:
        yield day, views


def _summaries(vendor: Vendor, titles: list[str]) -> Iterator[tuple[str, Row]]:
    """What each is about. Only a help: where one does not answer, the others are not asked."""
    for title in within(titles, ALL_S / 2):
        try:
            yield title, row_of(vendor.get_json(f"/api/rest_v1/page/summary/{quote(title, safe='')}"))
        except ProviderRejected:
            continue
        except ProviderError:
            return


def _sighting(title: str, views: float, days: dict[date, float], summary: Row, code: str) -> Sighting:
    points, is_whole = history_of(days)
    page = row_of(row_of(summary.get("content_urls")).get("desktop")).get("page")
    return Sighting(
        keyword=keyword_of(_as_in_taiwan(title.replace("_", " "), code)),
        value=views,
        history=points,
        is_whole=is_whole,
        summary=summary_of(_as_in_taiwan(text_of(summary.get("extract"), longest=2_000), code)),
        url=address_of(page) or address_of(f"https://{code}.wikipedia.org/wiki/{quote(title)}"),
    )


def _as_in_taiwan(text: str, code: str) -> str:
    return str(_converter().convert(text)) if code == "zh" and is_simplified(text) else text


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")
