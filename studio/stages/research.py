"""Find out what a film is about, before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.errors import BadInput, ProviderError
from studio.models.brief import Brief
from studio.models.research import Source
from studio.providers.research import Researcher
from studio.providers.research.page import read_page
from studio.providers.till import OpenTill, Till


@dataclass(frozen=True)
class Findings:
    """What was found, and why the rest was not."""

    sources: tuple[Source, ...] = ()
    warnings: tuple[str, ...] = ()


def gather(brief: Brief, *, language: str, researchers: Iterable[Researcher], till: Till | None = None) -> Findings:
    """
    The pages that *brief* names, and with `research` the first article that a researcher has on its title.

    It never fails: a film is not worth less for a page that is gone. A creator's own script asks for nothing.

    Args:
        brief: what was asked for.
        language: BCP 47 tag of the film.
        researchers: in order of preference.
        till: where look-ups are bought; without one they are just made.
    """
    if brief.script.strip():
        return Findings()
    sources: list[Source] = []
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
