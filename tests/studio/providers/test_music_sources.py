"""Music of the operator's own, and out of Openverse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from studio.errors import ProviderError, ProviderNotReady, ProviderRejected, ProviderUnavailable
from studio.models.asset import Credit
from studio.providers.music import Mood, catalog
from studio.providers.till import OpenTill
from studio.settings import get_settings
from tests.media import make_sound
from tests.studio.providers.test_vendor import MEANINGS
from tests.support.stock import stock_server, stock_variables
from tests.support.till import MemoryTill
from tests.support.vendor import FAULTS, Asked, Fault, Said, VendorServer, as_json
from tests.support.works import StockItem, openverse_row

LINE = {"title": "Rain", "author": "Ann", "licence": "CC0"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sound(tmp_path_factory.mktemp("music") / "rain.mp3", seconds=31)


@pytest.fixture
def pieces(sound: Path) -> list[StockItem]:
    """Two that may be used, and others that may not."""
    return [
        StockItem("calm rain", sound, "audio", duration=31.0, author="Ann", licence="CC BY 3.0"),
        StockItem("calm ambient sea", sound, "audio", duration=31.0, author="Bo", licence="CC0 1.0"),
        StockItem("calm and shared alike", sound, "audio", duration=31.0, author="Cy", licence="CC BY-SA 4.0"),
        StockItem("calm but not for money", sound, "audio", duration=31.0, author="Di", licence="CC BY-NC 4.0"),
        StockItem("calm but short", sound, "audio", duration=29.0, author="Ed"),
        StockItem("calm but endless", sound, "audio", duration=601.0, author="Flo"),
    ]


@pytest.fixture
def server(pieces: list[StockItem], fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    with stock_server(pieces) as found:
        for name, value in stock_variables(found).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("studio.providers.openverse.SEARCH_S", 0.5)
        yield found


def pick(mood: Mood = "calm", seed: str = "x") -> tuple[str, str]:
    credit = catalog.open("openverse").pick(mood, seed=seed).credit
    return credit.author, credit.licence


def test_only_music_that_leaves_the_film_free_is_picked(server: VendorServer) -> None:
    assert {pick(seed=str(seed)) for seed in range(12)} == {("Ann", "CC BY 3.0"), ("Bo", "CC0 1.0")}


def test_the_same_seed_gets_the_same_track_which_is_fetched_once(server: VendorServer) -> None:
    till = MemoryTill()
    tracks = [catalog.open("openverse").pick("calm", seed="tides", till=till) for _ in range(3)]

    assert len({track.path for track in tracks}) == 1
    assert tracks[0].path.suffix == ".mp3"
    assert tracks[0].path.parent == get_settings().home / "cache" / "music"
    assert [asked.path.split("/")[1] for asked in server.asked] == ["v1", "files"]
    assert (till.quotes[0].role, till.quotes[0].units, till.quotes[0].fresh_s) == ("music", {"requests": 1}, 86_400)


def test_a_piece_brings_title_author_licence_and_page(server: VendorServer) -> None:
    credits = {catalog.open("openverse").pick("calm", seed=str(seed)).credit for seed in range(12)}

    assert (
        Credit(
            title="calm rain",
            author="Ann",
            licence="CC BY 3.0",
            url="https://flickr.example/photos/0",
            licence_url="https://creativecommons.org/licenses/by/3.0/",
        )
        in credits
    )


@pytest.mark.parametrize("mood", get_args(Mood))
def test_a_mood_without_music_says_so(server: VendorServer, mood: Mood) -> None:
    server.answer = lambda _: as_json({"results": []})
    with pytest.raises(ProviderRejected, match=f"no free music for '{mood} "):
        pick(mood)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_error(server: VendorServer, fault: Fault) -> None:
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        pick()

    assert type(caught.value) is MEANINGS[fault]
    assert (caught.value.role, caught.value.provider) == ("music", "openverse")


@pytest.mark.parametrize("answer", [None, [], {}, {"results": {}}])
def test_an_answer_of_another_shape_is_unavailable(server: VendorServer, answer: Any) -> None:
    server.answer = lambda _: as_json(answer)
    with pytest.raises(ProviderUnavailable, match="another shape"):
        pick()


def test_rows_that_are_broken_are_passed_over(server: VendorServer, pieces: list[StockItem]) -> None:
    good = openverse_row(pieces[0], 0, server.root)
    broken = [{**good, name: value} for name in good for value in (None, [], "\x00", -1, True)]
    rows = [None, "x", *broken, {**good, "url": "file:///etc/passwd"}, {**good, "mature": True}]
    served = server.answer

    def answer(asked: Asked) -> Said:
        return as_json({"results": rows}) if asked.path == "/v1/audio/" else served(asked)

    server.answer = answer

    assert pick()[1].startswith("CC BY")


@pytest.mark.parametrize("content", [b"", b"<html>", b"ID3" + b"\x00" * 500])
def test_what_is_no_music_is_not_kept(
    server: VendorServer, pieces: list[StockItem], content: bytes, tmp_path: Path
) -> None:
    served = server.answer
    server.answer = lambda asked: Said(content) if asked.path.startswith("/files/") else served(asked)
    with pytest.raises(ProviderUnavailable, match="none of the pieces"):
        pick()

    assert list((get_settings().home / "cache" / "music").iterdir()) == []


def test_a_piece_whose_file_is_gone_is_followed_by_the_next(server: VendorServer) -> None:
    served = server.answer
    server.answer = lambda asked: as_json({}, 404) if asked.path.startswith("/files/0/") else served(asked)

    assert {pick(seed=str(seed))[0] for seed in range(8)} == {"Bo"}


def test_files_that_were_not_used_for_longest_go_first(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.providers.music.openverse.MOST_KEPT", 1)
    for seed in range(12):
        pick(seed=str(seed))

    assert len(list((get_settings().home / "cache" / "music").iterdir())) == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSIC_FOLDER", str(tmp_path))
    for name in ("rain.mp3", "sun.flac"):
        (tmp_path / name).write_bytes(b"sound")
    (tmp_path / "notes.txt").write_text("no music")
    return tmp_path


def write_list(folder: Path, lines: Any) -> None:
    (folder / "credits.json").write_text(lines if isinstance(lines, str) else json.dumps(lines), "utf-8")


def test_own_tracks_are_picked_by_mood_and_seed(folder: Path) -> None:
    write_list(
        folder, {"rain.mp3": {**LINE, "moods": ["calm"]}, "sun.flac": {**LINE, "title": "Sun", "moods": ["happy"]}}
    )
    music = catalog.open("folder")

    assert {music.pick("calm", seed=str(seed)).path.name for seed in range(8)} == {"rain.mp3"}
    assert {music.pick("tender", seed=str(seed)).path.name for seed in range(8)} == {"rain.mp3", "sun.flac"}
    assert music.pick("happy", seed="x", till=OpenTill()).credit == Credit(
        title="Sun",
        author="Ann",
        licence="CC0",
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    )


def test_a_track_without_a_licence_is_named_with_what_to_write(folder: Path) -> None:
    write_list(folder, {"rain.mp3": LINE})
    with pytest.raises(
        ProviderNotReady, match=r'sun\.flac has no licence; write "sun\.flac": \{"title".*credits\.json'
    ):
        catalog.open("folder").check()


def test_a_folder_without_a_list_uses_nothing(folder: Path) -> None:
    with pytest.raises(ProviderNotReady, match=r"rain\.mp3 has no licence"):
        catalog.open("folder").pick("calm", seed="x")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"rain.mp3": {**LINE, "licence": "  "}}, "rain.mp3 → licence"),
        ({"rain.mp3": {"title": "Rain"}}, "rain.mp3 → author"),
        ({"rain.mp3": {**LINE, "moods": ["sad"]}}, "rain.mp3 → moods → 0"),
        ([], "valid dictionary"),
        ("{", "is no JSON"),
    ],
)
def test_a_list_that_makes_no_sense_says_where(folder: Path, lines: Any, message: str) -> None:
    write_list(folder, lines)
    with pytest.raises(ProviderNotReady, match=message):
        catalog.open("folder").check()


def test_a_folder_that_is_empty_or_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSIC_FOLDER", str(tmp_path))
    with pytest.raises(ProviderNotReady, match=r"no track in .*MUSIC_FOLDER"):
        catalog.open("folder").check()

    monkeypatch.setenv("MUSIC_FOLDER", str(tmp_path / "none"))
    with pytest.raises(ProviderNotReady, match=r"MUSIC_FOLDER names .* which is no folder"):
        catalog.open("folder").check()


def test_without_a_folder_the_packaged_music_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUSIC_FOLDER", raising=False)
    with pytest.raises(ProviderNotReady, match=r"MUSIC_FOLDER is not set.*'packaged'"):
        catalog.open("folder").check()
