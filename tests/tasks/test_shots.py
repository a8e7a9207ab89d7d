"""The task of planning shots says what of a creator's own files will not be seen, or not whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.repos.assets import Assets
from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.assets import StoredAsset
from studio.models.asset import Asset
from studio.models.brief import Aspect, Brief, Resolution
from studio.models.narration import Narration, Recording, Word
from studio.models.script import Scene, Script
from studio.providers.storage import open_storage, store_file
from studio.settings import get_settings
from studio.stages.assets import take_in
from tasks.lease import this_process
from tasks.shots import file_called, plan_shots
from tests.media import make_clip, make_picture
from tests.support.migrated import take_migrated

AUDIO = Asset(key="sha256/aa/" + "a" * 64 + ".wav", kind="audio", media_type="audio/wav", size=1)
SAID = Recording(audio=AUDIO, duration=2.0, words=(Word(text="One", start=0, end=1),), voice="a", language="en")


@pytest.fixture
def home(fresh_home: Path) -> Path:
    take_migrated(fresh_home)
    return fresh_home


def kept(path: Path, *, filename: str = "") -> str:
    """Object key of the operator's file, which an account has by its *filename*."""
    asset = take_in(path, storage=open_storage(get_settings()))
    if filename:
        with transaction() as session:
            owner = Users(session).operator().id
            row = StoredAsset(
                owner_id=owner,
                key=asset.key,
                filename=filename,
                kind=asset.kind,
                media_type=asset.media_type,
                size=asset.size,
            )
            Assets(session, owner_id=owner).add(row)
    return asset.key


def cut_off(folder: Path) -> Path:
    options = ("-movflags", "+faststart")
    noise = "geq=lum='random(1)*200':cb=128:cr=128"
    whole = make_clip(folder / "whole.mp4", seconds=2, size=(90, 160), fps="30", filters=noise, options=options)
    (folder / "cut.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 5])
    return folder / "cut.mp4"


def warned(*assets: str | None, scenes: int) -> list[str]:
    """What is said of a film with these files, which had a warning before."""
    brief = Brief(title="Tides", assets=assets, aspect=Aspect.VERTICAL, resolution=Resolution.P540)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(brief, owner_id=Users(session).operator().id).id
        videos.change(video, warnings=["short notes"], **this_process().columns())
    script = Script(
        title="Tides", language="en", scenes=(Scene(narration="The sea rises."),) * scenes, written_by="creator"
    )
    for _ in range(2):
        plan_shots.fn(brief, script, Narration(recordings=(SAID,) * scenes), video_id=video)
    with reading() as session:
        row = Videos.of_everyone(session).get(video)
    assert row
    return list(row.warnings)


def test_files_that_are_all_shown_are_no_matter(home: Path) -> None:
    picture = kept(make_picture(home / "a.png"))

    assert warned(picture, None, picture, None, None, scenes=3) == ["short notes"]


def test_files_that_are_left_over_are_counted(home: Path) -> None:
    picture, clip = kept(make_picture(home / "a.png")), kept(make_clip(home / "a.mp4"))

    assert warned(picture, None, clip, clip, picture, scenes=3) == [
        "short notes",
        "2 of your 4 files are not shown: the film has 3 scenes.",
    ]
    assert warned(picture, clip, scenes=1)[1:] == ["1 of your 2 files is not shown: the film has 1 scene."]
    assert warned(None, clip, scenes=1)[1:] == ["Your file is not shown: the film has 1 scene."]


def test_a_file_that_was_cut_off_is_named(home: Path) -> None:
    picture, cut = kept(make_picture(home / "a.png")), kept(cut_off(home), filename="cat.mp4")

    (_, warning) = warned(picture, cut, scenes=2)

    assert warning.startswith("File 2 of your 2 (cat.mp4) is cut off after 1.")
    assert warning.endswith("Send the file again to have all of it.")


def test_a_file_that_was_cut_off_where_nobody_looks_is_no_matter(home: Path) -> None:
    noise = "geq=lum='random(1)*200':cb=128:cr=128"
    options = ("-movflags", "+faststart", "-g", "30")
    whole = make_clip(home / "a.mp4", seconds=9, size=(34, 60), fps="30", filters=noise, options=options)
    (home / "b.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size * 9 // 10])

    assert warned(kept(home / "b.mp4"), scenes=1) == ["short notes"]


def test_a_file_that_is_not_the_creators_has_no_name_of_theirs(home: Path) -> None:
    key = kept(make_picture(home / "a.png"))
    found = store_file(open_storage(get_settings()), make_picture(home / "b.png", pattern="smptebars"), kind="image")
    with transaction() as session:
        video = Videos.of_everyone(session).add(
            Brief(title="Tides", assets=(None, key)), owner_id=Users(session).operator().id
        )

    assert [file_called(each, video_id=video.id) for each in (key, found.key)] == ["your file", ""]
