"""A film is rendered into the object store, watched meanwhile, and leaves nothing behind when it is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from studio.errors import UnreadableMedia
from studio.models.asset import OWN
from studio.models.brief import Brief
from studio.models.shot import ClipShot, DrawnShot
from studio.models.timeline import Canvas, CaptionStyle, Timeline, TimelineClip
from studio.providers.storage import Storage, open_storage, store_file
from studio.settings import get_settings
from tasks.lease import this_process
from tasks.previews import Previews
from tasks.render import render
from tests.media import make_clip
from tests.support.migrated import take_migrated

STYLE = CaptionStyle(font="Outfit ExtraBold", size_px=24, outline_px=2, centre_y_px=220, max_width_px=160)
SHOT = DrawnShot(layout="title", palette="tech", ground="deep", content={"text": "Tides", "icon": "sunset"})


@pytest.fixture
def film(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A film that this process works on, one segment at a time."""
    monkeypatch.setenv("RENDER_JOBS", "1")
    take_migrated(fresh_home)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="Tides"), owner_id=Users(session).operator().id)
        videos.change(video.id, **this_process().columns())
        return video.id


@pytest.fixture
def storage(film: str) -> Storage:
    return open_storage(get_settings())


@pytest.fixture
def timeline() -> Timeline:
    """Five scenes of a second."""
    clips = tuple(
        TimelineClip(start_frame=n * 30, end_frame=n * 30 + 30, shot=SHOT.model_copy(update={"position": (n + 1, 5)}))
        for n in range(5)
    )
    return Timeline(canvas=Canvas(width=180, height=320), clips=clips, caption_style=STYLE)


def shown(video_id: str) -> list[str]:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video.previews or []


class Cancelled(BaseException):
    """What a flow's cancellation raises in the main thread."""


def test_a_film_is_stored_with_all_that_goes_beside_it(film: str, storage: Storage, timeline: Timeline) -> None:
    rendition = render.fn(timeline, video_id=film)

    assert rendition.frames == 150
    assert rendition.animation
    assert rendition.preview
    assert rendition.thumbnails
    assert [thumbnail.score for thumbnail in rendition.thumbnails] == sorted(
        (thumbnail.score for thumbnail in rendition.thumbnails), reverse=True
    )
    named = {asset.key for asset in (rendition.video, rendition.poster, rendition.srt, rendition.vtt)}
    named |= {rendition.animation.key, rendition.preview.key}
    named |= {thumbnail.image.key for thumbnail in rendition.thumbnails}
    assert {key for key, _ in storage.keys()} == named  # noqa: SIM118
    assert shown(film) == [rendition.preview.key]


def test_a_film_that_is_cancelled_while_it_is_watched_leaves_nothing_in_the_store(
    film: str, storage: Storage, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[str] = []
    show = Previews.show

    def show_and_cancel(self: Previews, file: Path) -> None:
        show(self, file)
        watched.extend(shown(film))
        raise Cancelled

    monkeypatch.setattr(Previews, "show", show_and_cancel)
    monkeypatch.setattr("studio.render.preview.NOT_SOONER_S", 0.0)

    with pytest.raises(Cancelled):
        render.fn(timeline, video_id=film)

    assert len(watched) == 1
    assert shown(film) == []
    assert list(storage.keys()) == []
    assert list((get_settings().home / "work").iterdir()) == []


def damaged(folder: Path) -> Path:
    """A clip with a hole in the middle."""
    noise = "geq=lum='random(1)*200':cb=128:cr=128"
    options = ("-movflags", "+faststart")
    clip = make_clip(folder / "a.mp4", seconds=2, size=(90, 160), fps="30", filters=noise, options=options)
    content = bytearray(clip.read_bytes())
    for place in range(len(content) // 2, len(content) * 3 // 4):
        content[place] ^= 0xA5
    clip.write_bytes(content)
    return clip


@pytest.mark.parametrize(
    ("is_own", "told"),
    [
        (True, "your file is damaged and cannot be read to its end; send it again or convert it"),
        (False, "the clip 'Own material', which was found for the film, is damaged and cannot be read to its end; "),
    ],
)
def test_a_damaged_clip_is_named_as_its_creator_knows_it(
    film: str, storage: Storage, tmp_path: Path, *, is_own: bool, told: str
) -> None:
    source = store_file(storage, damaged(tmp_path), kind="video", credit=OWN)
    brief = Brief(title="Tides", assets=(source.key,) if is_own else ())
    with transaction() as session:
        Videos.of_everyone(session).change(film, brief=brief.model_dump(mode="json"))
    clip = TimelineClip(start_frame=0, end_frame=60, shot=ClipShot(clip=source))
    timeline = Timeline(canvas=Canvas(width=180, height=320), clips=(clip,), caption_style=STYLE)

    with pytest.raises(UnreadableMedia) as raised:
        render.fn(timeline, video_id=film)

    assert str(raised.value).startswith(told)
    assert raised.value.code == "UNREADABLE_MEDIA"
    assert list((get_settings().home / "work").iterdir()) == []
