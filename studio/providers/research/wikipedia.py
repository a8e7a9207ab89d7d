"""Wikipedia's articles as plain text, Chinese ones as Taiwan writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from opencc import OpenCC
from pydantic import ValidationError

from studio.errors import ProviderRejected, ProviderUnavailable
from studio.language.detect import is_chinese, is_simplified
from studio.language.keywords import keywords
from studio.models.research import Source
from studio.providers.till import Quote, Receipt, Till, call_key
from studio.providers.vendor import USER_AGENT, Vendor
from studio.settings import EnvSettings

LICENCE = "CC BY-SA 4.0"
"""Source: foundation.wikimedia.org, terms of use, 7."""

MOST_CHARS = 20_000
MOST_FOUND = 3
"""Results that are looked at: what is not among the first is about something else."""

FEWEST_CHARS = 80
"""A shorter article says nothing."""

BEGINNING_CHARS = 1_000
"""Where an article says what it is about."""

FRESH_S = 7 * 24 * 3600.0
TIMEOUT_S = 15.0

_HEADING = re.compile(r"^=+\s*(.+?)\s*=+$", re.MULTILINE)
_APPENDIX = re.compile(
    r"^==\s*(?:References|See also|External links|Notes|Further reading|Bibliography|Sources|Citations"
    r"|參考.*|參見|參閱|另見|相關條目|外部連結|註釋|注釋|注解|腳註|延伸閱讀|關聯項目)\s*==\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"[（(][\s,;，；、]*[）)]")


class WikipediaSettings(EnvSettings):
    """Where it is, and who asks."""

    wikipedia_root_url: str = ""
    """Scheme, host and port of another copy, for all languages; empty means the one of each language."""
    wikimedia_contact: str = ""
    """An e-mail or web address that Wikimedia can complain to. Source: foundation.wikimedia.org, User-Agent policy."""


class Wikipedia:
    """Searches for the topic's keywords and reads the first article that has to do with them."""

    name = "wikipedia"

    def check(self) -> None:
        """Always ready: it wants no key."""

    def find(self, topic: str, *, language: str, till: Till) -> Source:
        """The article on *topic*; one that was read within a week is not read again."""
        vendor = _vendor(language)
        quote = Quote(
            role="research",
            provider=self.name,
            model="",
            key=call_key("wikipedia", vendor.root, language, topic),
            units={"requests": 2.0 * (1 + MOST_FOUND)},
            fresh_s=FRESH_S,
        )
        return Source.model_validate(till.buy(quote, lambda: self._look_up(vendor, topic, language)))

    def _look_up(self, vendor: Vendor, topic: str, language: str) -> Receipt:
        requests = 0
        try:
            for query in _queries(topic, language):
                requests += 1
                for title in _search(vendor, query):
                    requests += 1
                    found = _article(vendor, title, language)
                    if found and _is_about(found, topic, language):
                        return Receipt(found.model_dump(mode="json"), {"requests": requests})
        except (AttributeError, KeyError, IndexError, TypeError, ValidationError) as error:
            raise ProviderUnavailable("research", self.name, "its answer was of another shape") from error
        raise ProviderRejected("research", self.name, f"there is no article on {topic!r}")


def _vendor(language: str) -> Vendor:
    settings = WikipediaSettings()
    code = "zh" if is_chinese(language) else "en"
    agent = f"{USER_AGENT} ({settings.wikimedia_contact})" if settings.wikimedia_contact else USER_AGENT
    return Vendor(
        "research",
        "wikipedia",
        settings.wikipedia_root_url or f"https://{code}.wikipedia.org",
        headers={"User-Agent": agent, "Accept-Language": language},
        timeout_s=TIMEOUT_S,
    )


def _queries(topic: str, language: str) -> Iterator[str]:
    """The keywords together, then the most telling one alone."""
    words = keywords(topic, language, most=3) or (topic,)
    yield " ".join(words)
    if len(words) > 1:
        yield words[0]


def _search(vendor: Vendor, query: str) -> list[str]:
    """Titles of articles. Source: mediawiki.org, API:REST API/Reference, search pages."""
    found = vendor.get_json("/w/rest.php/v1/search/page", {"q": query, "limit": MOST_FOUND})
    return [str(page["title"]) for page in found["pages"]]


def _article(vendor: Vendor, title: str, language: str) -> Source | None:
    """The article called *title*, unless it is a list of meanings or hardly there. Source: mediawiki.org, TextExtracts."""
    query: dict[str, Any] = {
        "action": "query",
        "format": "json",
        "formatversion": 2,
        "prop": "extracts|info|pageprops",
        "inprop": "url",
        "ppprop": "disambiguation",
        "explaintext": 1,
        "exsectionformat": "wiki",
        "redirects": 1,
        "titles": title,
    }
    if is_chinese(language):
        query |= {"variant": "zh-tw", "converttitles": 1}
    page: Mapping[str, Any] = vendor.get_json("/w/api.php", query)["query"]["pages"][0]
    text = _plain(str(page.get("extract") or ""))
    if "disambiguation" in page.get("pageprops", {}) or len(text) < FEWEST_CHARS:
        return None
    return Source(
        title=_as_in_taiwan(str(page["title"]), language),
        url=str(page["fullurl"]),
        licence=LICENCE,
        text=_as_in_taiwan(text[:MOST_CHARS], language),
        retrieved=datetime.now(UTC).date(),
    )


def _plain(extract: str) -> str:
    """What the article says, without headings and what follows the last section."""
    end = _APPENDIX.search(extract)
    said = _HEADING.sub("", extract[: end.start()] if end else extract)
    lines = (" ".join(_EMPTY_BRACKETS.sub("", line).split()) for line in said.splitlines())
    return "\n".join(line for line in lines if line)


def _as_in_taiwan(text: str, language: str) -> str:
    """*text* in Taiwan's characters and words, where a server that knows no variants sent simplified ones."""
    return str(_converter().convert(text)) if is_chinese(language) and is_simplified(text) else text


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")


def _is_about(source: Source, topic: str, language: str) -> bool:
    """Whether half of the topic's words are in the article's title or beginning: a search always finds something."""
    beginning = f"{source.title}\n{source.text[:BEGINNING_CHARS]}".casefold()
    said = " ".join(keywords(topic, language, most=4) or (topic,)).casefold().split()
    # An article on tides may say "tide" only.
    found = [word for word in said if word.removesuffix("s") in beginning]
    return len(found) * 2 >= len(said)
