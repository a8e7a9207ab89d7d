"""
Script, voice and footage from other people's servers, whose processes are killed in turn, with files in S3.

Each server stands behind a door of its own, a process that writes down what it was asked and what it answered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.media import make_clip
from tests.support.aimock import AIMock, unpack
from tests.support.door import Door
from tests.support.doors import (
    Doors,
    assert_nothing_was_paid_twice,
    await_answer,
    kill_in_the_middle,
    ledger,
    settled,
)
from tests.support.film import container
from tests.support.s3 import Bucket, s3_server
from tests.support.speech import spoken, wav_bytes
from tests.support.stack import Stack, call, free_port, running_stack, until
from tests.support.stock import stock_server, stock_variables
from tests.support.vendor import VendorServer
from tests.support.works import StockItem

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SCENES = {
    "The tide comes in over the sand.": ("ocean tide on beach", "waves rolling over sand"),
    "The full Moon pulls on the sea.": ("full moon over the sea", "moon in night sky"),
}
HOOK, CLOSING = "Why does the sea breathe twice a day?", "Follow along for the next one."
CAPTIONS = (
    "time lapse of the ocean tide coming in on a sandy beach",
    "waves rolling over the sand of a beach at sunset",
    "full moon rising above the ocean at night",
    "bright full moon in the night sky over the sea",
    "a moon lamp on a desk",
)
NOTES = "Waves roll over the sand of the beach."
"""What a film is about that is written here: its scene finds a clip as well."""


def draft(narration: str, queries: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"narration": narration, "visual": narration, "keywords": ["tide"], "queries": list(queries)}


SCRIPT = {
    "hook": draft(HOOK),
    "scenes": [draft(text, queries) for text, queries in SCENES.items()],
    "closing": draft(CLOSING),
}


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AIMock]:
    folder = tmp_path_factory.mktemp("aimock")
    # The last one is said for any other text.
    speech = {text: wav_bytes(spoken(text)) for text in (HOOK, *SCENES, CLOSING)} | {"": wav_bytes(spoken("Hello."))}
    mock = AIMock(unpack(folder), folder, SCRIPT, speech)
    mock.start()
    yield mock
    mock.kill()


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendorServer]:
    folder = tmp_path_factory.mktemp("stock")
    items = []
    for number, caption in enumerate(CAPTIONS):
        path = make_clip(folder / f"{number}.mp4", size=(540, 960), seconds=8, filters=f"hue=h={number * 60}")
        work = {"kind": "video", "width": 540, "height": 960, "duration": 8.0}
        items.append(StockItem(caption=caption, file=path, author=f"Ann {number}", **work))
    with stock_server(items) as server:
        yield server


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, vendor: AIMock, stock: VendorServer) -> Iterator[Doors]:
    folder, ai = tmp_path_factory.mktemp("doors"), f"127.0.0.1:{vendor.port}"
    targets = {"llm": ai, "tts": ai, "footage": stock.root.removeprefix("http://")}
    made = Doors(**{name: Door(target, folder / f"{name}.log", free_port()) for name, target in targets.items()})
    yield made
    for door in made.all:
        door.kill()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with s3_server(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, doors: Doors, stock: VendorServer, bucket: Bucket
) -> Iterator[Stack]:
    settings = {
        "OPENAI_API_KEY": "sk-CANARY-of-the-operator",
        "OPENAI_BASE_URL": f"{doors.llm.root}/v1",
        "OPENAI_SPEECH_BASE_URL": f"{doors.tts.root}/v1",
        "LLM": "openai,embedded",
        "TTS": "openai,hibari,kokoro",
        "FOOTAGE": "pexels,pixabay",
        "PROVIDER_LIMITS": '{"tts/openai": 1, "footage/pexels": 1}',
        "RENDER_TIER": "draft",
        **stock_variables(stock),
        "PEXELS_ROOT_URL": doors.footage.root,
        "PIXABAY_ROOT_URL": doors.footage.root,
        **bucket.settings,
    }
    with running_stack(tmp_path_factory.mktemp("stack"), **settings) as stack:
        yield stack


@pytest.fixture(autouse=True)
def all_there(product: Stack, doors: Doors) -> None:
    doors.open()
    with closing(sqlite3.connect(product.home / "video-system.db", timeout=10)) as connection:
        connection.execute("DELETE FROM breakers")
        connection.commit()


def ask(stack: Stack, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {stack.token}"}
    answer = call(method, stack.api + path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()["data"] if answer.content else None


def make(stack: Stack, title: str, **brief: Any) -> str:
    body = {"title": title, "language": "en", "resolution": "540p", "duration": 9, **brief}
    return str(ask(stack, "POST", "/videos", body)["id"])


def segments(stack: Stack) -> set[str]:
    folder = stack.home / "cache" / "segments"
    return {path.name for path in folder.glob("*.mp4") if not path.name.startswith(".")}


@pytest.fixture(scope="module")
def film(product: Stack, doors: Doors) -> str:
    """A film whose writer, voice and footage were killed in turn in the middle of an answer, and came back at once."""
    doors.open(stalling=True)
    video_id = make(product, "Why are there tides?")
    for door in doors.all:
        what = kill_in_the_middle(door)
        door.open()
        await_answer(door, what)
    product.await_status(video_id, "completed", timeout_s=180)
    return video_id


def test_a_film_whose_servers_are_killed_in_turn_goes_on_with_them_when_they_are_back(
    product: Stack, doors: Doors, film: str, tmp_path: Path
) -> None:
    scenes = ask(product, "GET", f"/videos/{film}/scenes")["scenes"]
    credits = ask(product, "GET", f"/videos/{film}/download?variant=credits")["credits"]
    cost = ask(product, "GET", f"/videos/{film}")["cost"]
    (tmp_path / "film.mp4").write_bytes(product.get(product.task(film)["video_url"]).content)
    row = product.row(film)

    assert json.loads(row["script"])["written_by"] == "openai"
    assert speaker(product, film) == "openai"
    assert [each["shows"] for each in scenes] == ["drawn", "found", "found", "drawn"]
    assert "moon" in scenes[2]["candidates"][0]["caption"]
    assert {each["licence_url"] for each in credits if each["author"].startswith("Ann")} == {
        "https://www.pexels.com/license/"
    }
    assert container(tmp_path / "film.mp4").is_constant
    assert [sum(each.is_stalled for each in door.passed()) for door in doors.all] == [1, 1, 1]
    assert settled(product, "tts", film) == len(SCENES) + 2
    assert (cost["amount"], {each["role"] for each in cost["purchases"]}) == (0, {"llm", "tts", "footage"})
    assert_nothing_was_paid_twice(product, doors)


def test_a_film_in_s3_is_downloaded_by_signed_link_also_in_part(product: Stack, bucket: Bucket, film: str) -> None:
    video = json.loads(product.row(film)["rendition"])["video"]
    answer = call("GET", f"{product.api}/videos/{film}/download", headers={"Authorization": f"Bearer {product.token}"})
    link = answer.headers["location"]
    part = call("GET", link, headers={"Range": "bytes=100-199"})
    head = call("HEAD", link)
    whole = (bucket.folder / "objects" / video["key"]).read_bytes()

    assert (answer.status_code, len(whole)) == (302, video["size"])
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{video['size']}"
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(video["size"]), b"")


def test_another_shot_is_rendered_anew_with_its_edges_and_buys_nothing(product: Stack, doors: Doors, film: str) -> None:
    scenes = ask(product, "GET", f"/videos/{film}/scenes")["scenes"]
    scene, others = scenes[2], [each["taken"] for each in scenes if each["number"] != 3]
    other = next(each["name"] for each in scene["candidates"] if each["name"] != scene["taken"])
    before, bought, asked = segments(product), len(ledger(product)), len(doors.llm.passed("/chat/"))
    first = product.row(film)["rendition"]
    ask(product, "PUT", f"/videos/{film}/scenes/3/shot", {"candidate": other})
    product.await_status(film, "completed", "pending", "processing")
    product.await_status(film, "completed", timeout_s=120)
    after = ask(product, "GET", f"/videos/{film}/scenes")["scenes"]

    assert after[2]["taken"] == other
    assert [each["taken"] for each in after if each["number"] != 3] == others
    assert product.row(film)["rendition"] != first
    # The shot and the dissolves on both sides of it, each with its small copy.
    assert len(segments(product) - before) == 6
    assert (len(ledger(product)), len(doors.llm.passed("/chat/"))) == (bought, asked)
    assert_nothing_was_paid_twice(product, doors)


def test_a_film_whose_servers_are_killed_in_turn_and_stay_away_is_written_said_and_drawn_here(
    product: Stack, doors: Doors
) -> None:
    doors.open(stalling=True)
    video_id = make(product, "The Moon and the ocean", description=NOTES, duration=6)
    for door in doors.all:
        kill_in_the_middle(door)
    product.await_status(video_id, "completed", timeout_s=180)
    scenes = ask(product, "GET", f"/videos/{video_id}/scenes")["scenes"]
    told = " ".join(ask(product, "GET", f"/videos/{video_id}")["warnings"])

    assert json.loads(product.row(video_id)["script"])["written_by"] == "embedded"
    assert speaker(product, video_id) == "hibari"
    assert {each["shows"] for each in scenes} == {"drawn"}
    assert "llm 'openai'" in told
    assert "said by hibari/heart instead, because tts 'openai'" in told
    assert "footage 'pexels'" in told
    assert (settled(product, "llm", video_id), settled(product, "tts", video_id)) == (0, 0)
    assert_nothing_was_paid_twice(product, doors)


def test_a_film_that_is_tried_again_pays_for_nothing_twice(product: Stack, doors: Doors) -> None:
    # Of another template, so that its pictures are rendered and not found in the cache.
    video_id = make(product, "Paid once", review=True, template="listicle")
    product.await_status(video_id, "awaiting_review", timeout_s=90)
    ask(product, "POST", f"/videos/{video_id}/approve")
    product.await_stage(video_id, "render", timeout_s=120)
    ask(product, "POST", f"/videos/{video_id}/cancel")
    product.await_status(video_id, "cancelled", timeout_s=60)
    before = [row["id"] for row in ledger(product, video_id)]
    until(lambda: product.row(video_id)["completed_at"], timeout_s=60)
    ask(product, "POST", f"/videos/{video_id}/retry")
    product.await_status(video_id, "completed", "pending", "processing")
    product.await_status(video_id, "completed", timeout_s=120)

    assert [row["id"] for row in ledger(product, video_id)] == before
    assert_nothing_was_paid_twice(product, doors)


def test_a_removed_film_leaves_nothing_in_the_bucket(product: Stack, bucket: Bucket, film: str) -> None:
    rendition = json.loads(product.row(film)["rendition"])
    keys = [rendition[name]["key"] for name in ("video", "poster", "srt", "vtt")]
    link = product.task(film)["video_url"]
    there = [(bucket.folder / "objects" / key).is_file() for key in keys]
    ask(product, "DELETE", f"/videos/{film}")

    assert all(there)
    assert not [key for key in keys if (bucket.folder / "objects" / key).exists()]
    assert product.get(link).status_code == 404


def test_calls_at_once_are_limited_over_all_workers(product: Stack) -> None:
    answer = call("POST", f"{product.prefect}/v2/concurrency_limits/filter", json={}).json()
    ours = [each for each in answer if each["name"].startswith("provider-")]
    limits = {each["name"]: (each["limit"], each["active_slots"]) for each in ours}

    assert limits == {
        "provider-tts-openai": (1, 0),
        "provider-footage-pexels": (1, 0),
        "provider-footage-commons": (1, 0),
        "provider-research-wikipedia": (1, 0),
        "provider-trends-wikipedia": (1, 0),
        "provider-trends-gdelt": (1, 0),
        "provider-trends-explore": (1, 0),
    }


def test_the_operators_key_is_nowhere_in_what_prefect_keeps(product: Stack) -> None:
    files = [path for path in (product.home / "prefect").rglob("*") if path.is_file()]
    files += list((product.home / "logs").glob("*.log"))

    assert files
    assert not [path for path in files if b"CANARY" in path.read_bytes()]


def speaker(stack: Stack, video_id: str) -> str:
    """Who said the film, by its credits."""
    (voice,) = {
        name
        for credit in json.loads(stack.row(video_id)["timeline"])["credits"]
        for name, mark in (("hibari", "hibari"), ("openai", "gpt-4o-mini-tts"))
        if mark in credit["title"].lower() or mark in credit["url"].lower()
    }
    return voice
