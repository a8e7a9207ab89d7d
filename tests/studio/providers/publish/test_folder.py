"""A package in a folder is whole or not there, and has what whoever publishes it by hand needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.models.asset import OWN, Credit
from studio.models.publication import Post
from studio.providers.publish import folder as module
from studio.providers.publish.folder import Folder
from tests.support.desk import MemoryDesk
from tests.support.parcels import is_the_film, parcel

CREDIT = Credit(title="Waves", author="Ann", licence="CC BY 4.0", url="https://example.com/waves")
POST = Post(title="潮汐", description="海水漲落。", tags=("海 洋", "2026"), language="zh-TW", credits=(CREDIT, OWN))


class Killed(BaseException):
    """The process would have ended here."""


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "published"
    monkeypatch.setenv("PUBLISH_FOLDER", str(root))
    return root


def test_a_package_has_film_poster_captions_and_what_is_said_of_them(tmp_path: Path, published: Path) -> None:
    sent = parcel(tmp_path, POST, size=100_000)
    made = Folder().publish(sent, MemoryDesk())
    [package] = published.iterdir()

    assert made.url == package.as_uri()
    assert sorted(each.name for each in package.iterdir()) == [
        "captions.zh-TW.srt", "description.txt", "poster.jpg", "publication.json", "video.mp4",
    ]  # fmt: skip
    assert is_the_film((package / "video.mp4").read_bytes(), sent)
    assert json.loads((package / "publication.json").read_text("utf-8"))["media"]["sha256"] == sent.media.sha256


def test_the_text_has_hashtags_credits_and_that_machines_made_the_film(tmp_path: Path, published: Path) -> None:
    Folder().publish(parcel(tmp_path, POST, size=1_000), MemoryDesk())
    [text] = published.glob("*/description.txt")

    assert text.read_text("utf-8") == (
        "潮汐\n\n海水漲落。\n\n#海洋\n\n素材:\nWaves – Ann (CC BY 4.0) https://example.com/waves\n\n本影片由 AI 協助製作。\n"
    )


def test_a_process_that_is_killed_leaves_no_package_and_the_next_one_clears_up(
    tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = parcel(tmp_path, POST, size=1_000)
    with monkeypatch.context() as patch:
        # As after SIGKILL: nobody removes what was begun.
        patch.setattr(module.shutil, "rmtree", lambda *_, **__: None)
        patch.setattr(Path, "rename", _die)
        with pytest.raises(Killed):
            Folder().publish(sent, MemoryDesk())
        left = [each.name[:6] for each in published.iterdir()]
    Folder().publish(sent, MemoryDesk())

    assert left == [".part-"]
    assert [each.name for each in published.iterdir()] == ["潮汐-pub_1"]


def test_nothing_stays_of_a_package_that_was_called_off(tmp_path: Path, published: Path) -> None:
    sent = parcel(tmp_path, POST, size=1_000)
    Folder().publish(sent, MemoryDesk())
    (published / ".part-pub_1-left").mkdir()
    (published / "something of the owner's").mkdir()
    Folder().abandon(sent, MemoryDesk())

    assert [each.name for each in published.iterdir()] == ["something of the owner's"]


def _die(*_: object) -> None:
    raise Killed
