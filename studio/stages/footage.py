"""Find pictures and clips that show what is said; where there are none, the scene is painted or drawn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from studio.errors import MediaError, ProviderError, ProviderNotReady, ProviderUnavailable
from studio.language.detect import is_chinese
from studio.models.asset import Asset
from studio.models.footage import PAINTED, Candidate, Footage, SceneFootage, Scored
from studio.models.script import Scene, Script
from studio.models.timeline import Canvas
from studio.providers.embed import Embedder
from studio.providers.footage import FootageSource, Wanted
from studio.providers.storage import Storage
from studio.providers.till import Till
from studio.stages.assets import take_in
from studio.stages.relevance import THRESHOLD, relevance

MOST_KEPT: Final = 8
"""Alternatives that a creator can choose from, for each scene."""

REPEAT_PENALTY: Final = 1.5
"""What a picture of an earlier film of the same owner loses: a new one that is nearly as good comes first."""

MOST_TRIED: Final = 3
"""Files of one source that are tried for a scene, when one after the other cannot be opened."""

KEYWORDS_A_QUERY: Final = 3

SPARE_S: Final = 0.5
"""A clip has to last so much longer than the scene: a transition may show it on both sides."""

SUFFIXES: Final = (".mp4", ".webm", ".mov", ".jpg", ".jpeg", ".png", ".webp")

Painter = Callable[[Scene], Asset]
"""Paints a scene; raises ProviderError."""


def _at_once(fetch: Callable[[], Asset]) -> Asset:
    return fetch()


@dataclass
class Search:
    """
    The search for a film's footage: what it may ask, and what it has taken.

    Without an *embedder* nothing passes the gate. *earlier* are names of candidates that the owner's films have
    shown before. *painter* is None where nobody paints. *steadily* fetches a file, over a short outage too.
    """

    canvas: Canvas
    sources: list[FootageSource]
    embedder: Embedder | None
    storage: Storage
    till: Till
    earlier: Collection[str] = ()
    painter: Painter | None = None
    steadily: Callable[[Callable[[], Asset]], Asset] = _at_once
    taken: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def find(self, scene: Scene, *, english: bool, seconds: float) -> SceneFootage:
        """The best for *scene* that passes the gate, with what else was found."""
        queries = queries_of(scene, english=english)
        found: list[Scored] = []
        for source in tuple(self.sources) if queries else ():
            scored = self._scored(source, queries, seconds)
            found += scored
            taken = self._take_first(source, scored)
            if taken is not None:
                name, asset = taken
                return SceneFootage(queries=queries, found=_best(found), taken=name, asset=asset)
        return self._painted(scene, queries, _best(found))

    def settle(self, scene: SceneFootage) -> SceneFootage:
        """*scene* with the file of what its creator chose, where that is not here yet."""
        if scene.asset is not None or "/" not in scene.taken:
            return scene
        candidate = next((each.candidate for each in scene.found if each.candidate.name == scene.taken), None)
        source = next((each for each in self.sources if candidate and each.name == candidate.source), None)
        if candidate is None or source is None:
            return scene.model_copy(update={"taken": "", "reason": f"{scene.taken} is not offered any more"})
        return scene.model_copy(
            update={"asset": self.steadily(partial(self._fetched, source, candidate)), "reason": ""}
        )

    def _scored(self, source: FootageSource, queries: Sequence[str], seconds: float) -> list[Scored]:
        offered: dict[str, Candidate] = {}
        for query in queries:
            wanted = Wanted(query, self.canvas.width, self.canvas.height, seconds + SPARE_S)
            try:
                offered |= {each.name: each for each in source.search(wanted, till=self.till)}
            except ProviderError as error:
                self._give_up(source, error)
                break
        candidates = list(offered.values()) if self.embedder else []
        if self.embedder is None or not candidates:
            return []
        scores = relevance(queries, [each.caption for each in candidates], embedder=self.embedder)
        return [
            Scored(candidate=each, score=round(float(score) - REPEAT_PENALTY * (each.name in self.earlier), 2))
            for each, score in zip(candidates, scores, strict=True)
        ]

    def _take_first(self, source: FootageSource, scored: Sequence[Scored]) -> tuple[str, Asset] | None:
        fitting = [each for each in _ranked(scored) if each.score >= THRESHOLD]
        for each in [each for each in fitting if each.candidate.name not in self.taken][:MOST_TRIED]:
            try:
                asset = self.steadily(partial(self._fetched, source, each.candidate))
            except (ProviderUnavailable, MediaError) as error:
                self._warn(f"{each.candidate.name} could not be used: {error}")
                continue
            except ProviderError as error:
                self._give_up(source, error)
                return None
            self.taken.add(each.candidate.name)
            return each.candidate.name, asset
        return None

    def _fetched(self, source: FootageSource, candidate: Candidate) -> Asset:
        with tempfile.TemporaryDirectory(prefix="footage-") as folder:
            path = Path(folder) / f"file{_suffix(candidate)}"
            source.fetch(candidate, path)
            return take_in(path, storage=self.storage, credit=candidate.credit)

    def _painted(self, scene: Scene, queries: tuple[str, ...], found: tuple[Scored, ...]) -> SceneFootage:
        reason = "nothing that was found shows what is said" if queries else "there are no English words to look for"
        if self.painter is not None and scene.visual.strip():
            try:
                return SceneFootage(queries=queries, found=found, taken=PAINTED, asset=self.painter(scene))
            except ProviderError as error:
                self._warn(str(error))
                if isinstance(error, ProviderNotReady):
                    self.painter = None
        return SceneFootage(queries=queries, found=found, reason=reason)

    def _give_up(self, source: FootageSource, error: ProviderError) -> None:
        """Ask it nothing more for this film."""
        self.sources = [each for each in self.sources if each is not source]
        self._warn(str(error))

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def find_footage(
    script: Script, *, seconds: Sequence[float], search: Search, own: Collection[int], progress: Callable[[float], None]
) -> Footage:
    """
    What is shown in each scene of *script*, as far as it is not drawn.

    The opening and the closing scene are cards, and the scenes *own* show the creator's own material.

    Args:
        script: with what is looked for, `Scene.queries`, in English.
        seconds: how long each scene lasts.
        search: whom to ask.
        own: numbers from 0 of the scenes that have their picture already.
        progress: told the share that is done.
    """
    scenes: list[SceneFootage] = []
    for i, (scene, lasts_s) in enumerate(zip(script.scenes, seconds, strict=True)):
        progress(i / len(script.scenes))
        if i in own:
            scenes.append(SceneFootage(reason="the creator's own material"))
        elif scene.role != "body":
            scenes.append(SceneFootage(reason="opening and closing are cards"))
        else:
            scenes.append(search.find(scene, english=not is_chinese(script.language), seconds=lasts_s))
    return Footage(scenes=tuple(scenes), warnings=tuple(search.warnings))


def queries_of(scene: Scene, *, english: bool) -> tuple[str, ...]:
    """What to look for: the writer's own phrases, else the keywords of an English script, together and the first alone."""
    if scene.queries or not english:
        return scene.queries
    keywords = scene.keywords[:KEYWORDS_A_QUERY]
    return tuple(dict.fromkeys(query for query in (" ".join(keywords), *keywords[:1]) if query))


def _suffix(candidate: Candidate) -> str:
    """What kind of file its address promises."""
    suffix = Path(urlsplit(candidate.url).path).suffix.lower()
    return suffix if suffix in SUFFIXES else {"video": ".mp4", "image": ".jpg"}[candidate.kind]


def _ranked(scored: Sequence[Scored]) -> list[Scored]:
    """The best first; of equal ones a clip before a picture."""
    return sorted(scored, key=lambda each: (-each.score, each.candidate.kind != "video"))


def _best(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    return tuple(_ranked(scored)[:MOST_KEPT])
