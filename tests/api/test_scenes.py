"""What a scene shows can be looked at, and another picture taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from store.repos.assets import Assets
from store.repos.videos import Videos
from store.session import transaction
from store.tables.assets import StoredAsset
from store.tables.base import utc_now
from store.tables.users import User
from store.tables.videos import Video
from studio.models.asset import Asset, Credit
from studio.models.brief import Brief
from studio.models.footage import Candidate, Footage, SceneFootage, Scored
from studio.models.script import Scene, Script
from tests.api.conftest import FakePrefect, a_run, run_of
from tests.api.test_contract import RENDITION

SCRIPT = Script(
    title="潮汐",
    language="zh-TW",
    scenes=tuple(Scene(narration=text) for text in ("海水會漲。", "月亮拉著海。", "再見。")),
    written_by="openai",
).model_dump(mode="json")


def offered(number: int, score: float) -> Scored:
    candidate = Candidate(
        source="pexels",
        id=str(number),
        kind="video",
        url=f"https://videos.pexels.com/{number}.mp4",
        width=1080,
        height=1920,
        duration=9.0,
        caption="full moon over the sea",
        credit=Credit(title="Moon", author="Ann", licence="Pexels License"),
    )
    return Scored(candidate=candidate, score=score)


FOOTAGE = Footage(
    scenes=(
        SceneFootage(reason="opening and closing are cards"),
        SceneFootage(
            queries=("full moon",),
            found=(offered(1, 6.1), offered(2, 4.4)),
            taken="pexels/1",
            asset=Asset(key=f"sha256/aa/aa{'0' * 62}.mp4", kind="video", media_type="video/mp4", size=9),
        ),
        SceneFootage(reason="opening and closing are cards"),
    )
).model_dump(mode="json")


@pytest.fixture
def film(user: User, prefect: FakePrefect) -> Callable[..., str]:
    """A finished one, unless told otherwise."""

    def add(**values: Any) -> str:
        with transaction() as session:
            videos = Videos(session, owner_id=user.id)
            video_id = videos.add(Brief(title="潮汐"), owner_id=user.id).id
            run_id = run_of(video_id)
            done = {"completed_at": utc_now(), "rendition": RENDITION, "stage": "done", "run_id": run_id}
            videos.change(video_id, **{**done, "script": SCRIPT, "footage": FOOTAGE, **values})
        prefect.runs[run_id] = a_run(run_id, "Completed", "completed")
        return video_id

    return add


@pytest.fixture
def ask(client: TestClient, bearer: dict[str, str]) -> Callable[..., Any]:
    return lambda method, path, body=None: client.request(method, f"/videos/{path}", json=body, headers=bearer)


def row(video_id: str) -> Video:
    with transaction() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


def shot(video_id: str, number: int) -> dict[str, Any]:
    footage = row(video_id).footage
    assert footage is not None
    found: dict[str, Any] = footage["scenes"][number - 1]
    return found


def an_asset(user: User, kind: str) -> StoredAsset:
    with transaction() as session:
        stored = StoredAsset(
            owner_id=user.id, key=f"sha256/bb/bb{'0' * 62}.png", filename="a.png", kind=kind,
            media_type="image/png", size=1,
        )  # fmt: skip
        return Assets(session, owner_id=user.id).add(stored)


def test_scenes_are_shown_with_their_alternatives_and_scores(film: Callable[..., str], ask: Callable[..., Any]) -> None:
    scenes = ask("GET", f"{film()}/scenes").json()["data"]["scenes"]

    assert [(each["number"], each["shows"]) for each in scenes] == [(1, "drawn"), (2, "found"), (3, "drawn")]
    assert scenes[1]["taken"] == "pexels/1"
    assert [(each["name"], each["score"]) for each in scenes[1]["candidates"]] == [("pexels/1", 6.1), ("pexels/2", 4.4)]
    assert scenes[1]["candidates"][0]["credit"]["author"] == "Ann"
    assert scenes[0]["reason"] == "opening and closing are cards"
    assert "url" not in scenes[1]["candidates"][0]


def test_scenes_with_a_picture_of_their_own_say_so(film: Callable[..., str], ask: Callable[..., Any]) -> None:
    own = Brief(title="潮汐", assets=(None, None, "sha256/bb/b.png")).model_dump(mode="json")
    scenes = ask("GET", f"{film(brief=own)}/scenes").json()["data"]["scenes"]

    assert [each["shows"] for each in scenes] == ["drawn", "found", "own"]


def test_a_film_for_which_nothing_was_looked_for_has_scenes_too(
    film: Callable[..., str], ask: Callable[..., Any]
) -> None:
    scenes = ask("GET", f"{film(footage=None)}/scenes").json()["data"]["scenes"]

    assert [each["reason"] for each in scenes] == ["nothing was looked for"] * 3


def test_another_candidate_is_taken_and_the_film_made_again(
    film: Callable[..., str], ask: Callable[..., Any], prefect: FakePrefect
) -> None:
    video_id = film()
    prefect.runs[run_of(video_id)] = a_run(run_of(video_id), "Failed", "failed")
    answer = ask("PUT", f"{video_id}/scenes/2/shot", {"candidate": "pexels/2"})

    assert (answer.status_code, answer.json()["data"]["status"]) == (202, "pending")
    assert (shot(video_id, 2)["taken"], shot(video_id, 2)["asset"]) == ("pexels/2", None)
    assert shot(video_id, 1)["taken"] == ""
    assert (row(video_id).completed_at, row(video_id).progress) == (None, 0)
    assert prefect.went_on == [video_id]


def test_an_own_picture_is_taken(film: Callable[..., str], ask: Callable[..., Any], user: User) -> None:
    video_id, asset = film(), an_asset(user, "image")
    answer = ask("PUT", f"{video_id}/scenes/1/shot", {"asset": asset.id})

    assert answer.status_code == 202
    assert shot(video_id, 1)["taken"] == f"own/{asset.id}"
    assert shot(video_id, 1)["asset"]["key"] == asset.key
    assert shot(video_id, 1)["asset"]["credit"]["author"] == "the creator"


def test_a_scene_is_drawn_by_choice(film: Callable[..., str], ask: Callable[..., Any]) -> None:
    video_id = film()
    ask("PUT", f"{video_id}/scenes/2/shot", {"drawn": True})

    assert (shot(video_id, 2)["taken"], shot(video_id, 2)["asset"]) == ("drawn", None)


@pytest.mark.parametrize(
    ("number", "body", "status", "field"),
    [
        ("0", {"drawn": True}, 404, ""),
        ("4", {"drawn": True}, 404, ""),
        ("9" * 30, {"drawn": True}, 404, ""),
        ("x", {"drawn": True}, 400, "number"),
        ("2", {}, 400, "body"),
        ("2", {"drawn": True, "candidate": "pexels/2"}, 400, "body"),
        ("2", {"drawn": False}, 400, "drawn"),
        ("2", {"candidate": "pexels/9"}, 400, "candidate"),
        ("1", {"candidate": "pexels/1"}, 400, "candidate"),
        ("2", {"asset": "asset_nope"}, 400, "asset"),
        ("2", {"clip": 1}, 400, "clip"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_changes(
    film: Callable[..., str], ask: Callable[..., Any], number: str, body: dict[str, Any], status: int, field: str
) -> None:
    video_id = film()
    answer = ask("PUT", f"{video_id}/scenes/{number}/shot", body)
    fields = {detail["field"] for detail in answer.json()["error"].get("details", ())}

    assert answer.status_code == status
    assert field in (fields or {""})
    assert row(video_id).footage == FOOTAGE
    assert row(video_id).completed_at is not None


def test_a_sound_cannot_be_shown(film: Callable[..., str], ask: Callable[..., Any], user: User) -> None:
    answer = ask("PUT", f"{film()}/scenes/2/shot", {"asset": an_asset(user, "audio").id})

    assert (answer.status_code, answer.json()["error"]["details"][0]["message"]) == (
        400,
        "has no picture; give a picture or a clip",
    )


def test_a_film_in_the_making_is_left_alone(film: Callable[..., str], ask: Callable[..., Any]) -> None:
    answer = ask("PUT", f"{film(completed_at=None)}/scenes/2/shot", {"drawn": True})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


def test_a_film_without_a_script_has_no_scenes_yet(film: Callable[..., str], ask: Callable[..., Any]) -> None:
    assert ask("GET", f"{film(script=None)}/scenes").status_code == 409
