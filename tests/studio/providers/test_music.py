"""Music beds by mood."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from studio.errors import ProviderNotReady
from studio.providers.music import Mood, Music, catalog
from studio.providers.music import packaged as module


@pytest.fixture
def music() -> Music:
    return catalog.open("packaged")


@pytest.mark.parametrize("mood", get_args(Mood))
def test_every_mood_has_tracks(music: Music, mood: Mood) -> None:
    tracks = {music.pick(mood, seed=str(seed)).path for seed in range(40)}

    assert len(tracks) >= 2
    assert {track.parent.name for track in tracks} == {mood}
    assert all(track.stat().st_size > 10_000 for track in tracks)


@pytest.mark.parametrize("seed", ["", "為什麼會有潮汐？", "\ud800", "x" * 10_000])
def test_the_same_seed_gets_the_same_track(music: Music, seed: str) -> None:
    assert music.pick("calm", seed=seed) == catalog.open("packaged").pick("calm", seed=seed)


def test_a_track_brings_the_terms_of_its_use(music: Music) -> None:
    credit = music.pick("happy", seed="x").credit

    assert (credit.author, credit.licence) == ("Immich Memories Contributors, made with the model ACE-Step 1.5", "MIT")
    assert credit.url == "https://pypi.org/project/immich-memories-music/"
    assert credit.title


def test_a_package_that_is_not_there_says_how_to_get_it(music: Music, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "files", missing)

    with pytest.raises(ProviderNotReady, match="immich-memories-music is not installed; run `make setup`"):
        music.check()


def test_a_package_without_tracks_says_so(music: Music, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "files", lambda _: tmp_path)

    with pytest.raises(ProviderNotReady, match="no track for the mood 'calm'"):
        music.check()
