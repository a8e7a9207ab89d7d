"""The task of writing: what was found out goes to the writer, and what became of it is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from studio.models.brief import Brief
from studio.models.research import Source
from studio.models.script import Script
from studio.stages.research import Findings
from tasks import script as module
from tasks.lease import this_process
from tasks.script import write_script
from tests.support.migrated import take_migrated

BRIEF = Brief(title="潮汐", research=True, sources=("https://gone.example/",))
ARTICLE = Source(
    title="潮汐",
    url="https://zh.wikipedia.org/wiki/潮汐",
    licence="CC BY-SA 4.0",
    text="月亮的引力拉著海水。海水每天漲落兩次。",
    retrieved=date(2026, 1, 2),
)
GONE = "https://gone.example/ was not read: the server answered 404."


@pytest.fixture
def film(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(module, "gather", lambda *_, **__: Findings((ARTICLE,), (GONE,)))
    take_migrated(fresh_home)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(BRIEF, owner_id=Users(session).operator().id)
        videos.change(video.id, **this_process().columns())
        return video.id


def test_what_was_found_out_is_said_named_and_kept(film: str) -> None:
    script = write_script.fn(BRIEF, video_id=film)
    with reading() as session:
        video = Videos.of_everyone(session).get(film)

    assert "".join(scene.narration for scene in script.scenes[1:-1]) == ARTICLE.text
    assert [(source.url, source.text) for source in script.sources] == [(ARTICLE.url, "")]
    assert script.warnings[0] == GONE
    assert video is not None
    assert Script.model_validate(video.script) == script
