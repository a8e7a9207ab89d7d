"""A script waits to be read, and what its reader wrote is what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import reading, transaction
from store.tables.base import utc_now
from store.tables.videos import Video
from studio.models.brief import Brief
from studio.models.script import Scene, Script
from tasks import review as module
from tasks.lease import this_process
from tasks.review import review
from tests.support.migrated import take_migrated

BRIEF = Brief(title="潮汐", review=True)
WRITTEN = Script(
    title="潮汐",
    language="zh-TW",
    scenes=(Scene(narration="海水會漲。", visual="海", keywords=("海水",)),),
    written_by="embedded",
)
CHANGED = WRITTEN.model_copy(update={"scenes": (Scene(narration="鯨魚唱歌。"),)})


class Suspended(Exception):
    """What the fake raises in the place of Prefect's own."""


@pytest.fixture
def film(fresh_home: Path) -> str:
    """A film that this process works on, its script written."""
    take_migrated(fresh_home)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(BRIEF, owner_id=Users(session).operator().id)
        videos.change(video.id, script=WRITTEN.model_dump(mode="json"), **this_process().columns())
        return video.id


@pytest.fixture
def form(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers to forms by the key that Prefect keeps them under; and the keys that were waited for."""
    answers: dict[str, Any] = {"waited": []}

    def suspend(*, wait_for_input: Any, key: str) -> None:
        answers["waited"].append((key, wait_for_input().script))
        raise Suspended

    monkeypatch.setattr(module, "suspend_flow_run", suspend)
    monkeypatch.setattr(module, "read_flow_run_input", answers.get)
    return answers


def change(video_id: str, **values: Any) -> None:
    with transaction() as session:
        Videos.of_everyone(session).change(video_id, **values)


def row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def suspended(video_id: str) -> str:
    """Lets the film wait, and gives this process hold of it again; the name of the form's answer."""
    with pytest.raises(Suspended):
        review(BRIEF, WRITTEN, video_id=video_id)
    change(video_id, **this_process().columns())
    return f"suspended-{row(video_id).review_key}-response"


def said(script: Script) -> list[str]:
    return [scene.narration for scene in script.scenes]


def test_without_the_wish_nobody_waits(film: str, form: dict[str, Any]) -> None:
    assert review(Brief(title="潮汐"), WRITTEN, video_id=film) == WRITTEN
    assert form["waited"] == []


def test_a_script_waits_in_a_form_and_nobody_holds_the_film(film: str, form: dict[str, Any]) -> None:
    with pytest.raises(Suspended):
        review(BRIEF, WRITTEN, video_id=film)

    assert form["waited"] == [(row(film).review_key, "海水會漲。")]
    assert (row(film).pid, row(film).host, row(film).stage) == (None, None, "review")


def test_what_was_changed_through_the_api_is_said(film: str, form: dict[str, Any]) -> None:
    suspended(film)
    change(film, script=CHANGED.model_dump(mode="json"), approved_at=utc_now())
    script = review(BRIEF, WRITTEN, video_id=film)

    assert said(script) == ["鯨魚唱歌。"]
    assert "鯨魚" in script.scenes[0].keywords


@pytest.mark.parametrize("answer", [{}, {"script": ""}, {"script": " 海水會漲。\n"}])
def test_a_form_sent_as_it_was_leaves_the_changes_of_the_api(
    film: str, form: dict[str, Any], answer: dict[str, str]
) -> None:
    form[suspended(film)] = answer
    change(film, script=CHANGED.model_dump(mode="json"))
    script = review(BRIEF, WRITTEN, video_id=film)

    assert said(script) == ["鯨魚唱歌。"]
    assert row(film).approved_at is not None


def test_a_form_that_was_changed_has_the_last_word(film: str, form: dict[str, Any]) -> None:
    form[suspended(film)] = {"script": "月亮。\n\n太陽。"}
    change(film, script=CHANGED.model_dump(mode="json"))
    script = review(BRIEF, WRITTEN, video_id=film)

    assert said(script) == ["月亮。", "太陽。"]
    assert row(film).script == script.model_dump(mode="json")


def test_an_approved_script_is_not_asked_about_again(film: str, form: dict[str, Any]) -> None:
    form[suspended(film)] = {"script": "月亮。"}
    first = review(BRIEF, WRITTEN, video_id=film)
    again = review(BRIEF, WRITTEN, video_id=film)

    assert again == first
    assert len(form["waited"]) == 1


def test_a_run_that_was_started_again_while_it_waited_waits_anew(film: str, form: dict[str, Any]) -> None:
    first = suspended(film)
    second = suspended(film)

    assert first != second
    assert len(form["waited"]) == 2
