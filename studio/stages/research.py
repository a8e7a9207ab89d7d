"""Find out what a film is about, before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from studio.errors import BadInput, ProviderError
from studio.language.detect import is_chinese
from studio.models.brief import Brief
from studio.models.research import Source
from studio.models.trend import TrendDetail
from studio.providers.research import Researcher
from studio.providers.research.page import read_page
from studio.providers.till import OpenTill, Till

_REPORTS = {"zh": "{who}報導：{what}。", "en": "{who} reports: {what}."}


@dataclass(frozen=True)
class Findings:
    """What was found, and why the rest was not."""

    sources: tuple[Source, ...] = ()
    warnings: tuple[str, ...] = ()


def gather(
    brief: Brief,
    *,
    language: str,
    researchers: Iterable[Researcher],
    till: Till | None = None,
    known: Sequence[Source] = (),
) -> Findings:
    """
    The pages that *brief* names, and with `research` the first article that a researcher has on its title.

    It never fails: a film is not worth less for a page that is gone. A creator's own script asks for nothing.

    Args:
        brief: what was asked for.
        language: BCP 47 tag of the film.
        researchers: in order of preference.
        till: where look-ups are bought; without one they are just made.
        known: what is known already, of a trend for instance.
    """
    if brief.script.strip():
        return Findings()
    sources: list[Source] = list(known)
    warnings: list[str] = []
    for url in dict.fromkeys(brief.sources):
        try:
            sources.append(read_page(url))
        except BadInput as error:
            warnings.append(f"{url} was not read: {error.message}.")
    if brief.research:
        found = _looked_up(brief.title, language, tuple(researchers), till or OpenTill())
        sources += found.sources
        warnings += found.warnings
    return Findings(_distinct(sources), tuple(warnings))


def sources_of(detail: TrendDetail, *, language: str, today: date) -> tuple[Source, ...]:
    """What was written about a trend, each as a source that says whose words it has: a headline is a claim, no fact."""
    said = _REPORTS["zh" if is_chinese(language) else "en"]
    found: list[Source] = []
    if detail.summary and detail.url:
        found.append(Source(title=detail.keyword, url=detail.url, text=detail.summary, retrieved=today))
    for headline in detail.headlines:
        if headline.url:
            text = said.format(who=headline.source, what=headline.title.rstrip("。.")) if headline.source else ""
            found.append(Source(title=headline.title, url=headline.url, text=text or headline.title, retrieved=today))
    return tuple(found)


def _looked_up(topic: str, language: str, researchers: Sequence[Researcher], till: Till) -> Findings:
    reasons: list[str] = []
    for researcher in researchers:
        try:
            return Findings((researcher.find(topic, language=language, till=till),), tuple(reasons))
        except ProviderError as error:
            reasons.append(str(error))
    return Findings(warnings=tuple(reasons) or ("No researcher is ready, so nothing was looked up.",))


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({source.url: source for source in sources}.values())
