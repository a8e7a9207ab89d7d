"""What can be watched of a film in the making: shown, and taken away however the render ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from studio.errors import ProviderUnavailable
from studio.models.brief import Brief
from studio.providers.storage import Storage, open_storage
from studio.settings import get_settings
from tasks.lease import this_process
from tasks.previews import Previews
from tests.support.migrated import take_migrated


@pytest.fixture
def film(fresh_home: Path) -> str:
    """A film that this process works on."""
    take_migrated(fresh_home)
    return a_film()


def a_film() -> str:
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="潮汐"), owner_id=Users(session).operator().id)
        videos.change(video.id, **this_process().columns())
        return video.id


@pytest.fixture
def storage(film: str) -> Storage:
    return open_storage(get_settings())


def shown(video_id: str) -> list[str] | None:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video.previews


def a_file(folder: Path, content: str) -> Path:
    path = folder / "preview.mp4"
    path.write_text(content)
    return path


def test_a_longer_preview_comes_after_a_shorter_one_which_stays(film: str, storage: Storage, tmp_path: Path) -> None:
    previews = Previews(film, storage=storage)

    previews.show(a_file(tmp_path, "short"))
    previews.show(a_file(tmp_path, "longer"))

    keys = shown(film)
    assert keys is not None
    assert [storage.fetch(key).read_text() for key in keys] == ["short", "longer"]


def test_all_are_gone_when_they_are_taken_away(film: str, storage: Storage, tmp_path: Path) -> None:
    previews = Previews(film, storage=storage)
    previews.show(a_file(tmp_path, "short"))
    previews.show(a_file(tmp_path, "longer"))
    keys = shown(film) or []

    previews.take_away()

    assert shown(film) is None
    assert [storage.exists(key) for key in keys] == [False, False]


def test_without_previews_there_is_nothing_to_take_away(film: str, storage: Storage) -> None:
    Previews(film, storage=storage).take_away()

    assert shown(film) is None


def test_a_finished_films_small_copy_is_offered_until_the_film_is(film: str, storage: Storage, tmp_path: Path) -> None:
    previews = Previews(film, storage=storage)
    previews.show(a_file(tmp_path, "short"))
    partial = (shown(film) or [""])[0]
    whole = f"sha256/ab/ab{'0' * 62}.mp4"

    previews.take_away(but=whole)

    assert shown(film) == [whole]
    assert not storage.exists(partial)


def test_what_another_film_shows_as_well_stays(film: str, storage: Storage, tmp_path: Path) -> None:
    other = a_film()
    previews = [Previews(video_id, storage=storage) for video_id in (film, other)]
    for each in previews:
        each.show(a_file(tmp_path, "the same"))
    key = (shown(other) or [""])[0]

    previews[0].take_away()

    assert storage.exists(key)


def test_a_store_that_is_away_costs_the_preview_and_not_the_film(
    film: str, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise ProviderUnavailable("storage", "files", "it does not answer")

    monkeypatch.setattr(type(storage), "put", away)

    Previews(film, storage=storage).show(a_file(tmp_path, "short"))

    assert shown(film) is None


def test_a_film_that_is_closed_by_others_shows_nothing_any_more(film: str, storage: Storage, tmp_path: Path) -> None:
    Previews(film, storage=storage).show(a_file(tmp_path, "short"))

    with transaction() as session:
        Videos.of_everyone(session).close(film)

    assert shown(film) is None
