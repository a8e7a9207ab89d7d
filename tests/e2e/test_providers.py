"""Script, voice and footage from other people's servers, one after the other away, and nothing paid twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.media import make_clip
from tests.support.aimock import AIMock, unpack
from tests.support.film import container
from tests.support.speech import spoken, wav_bytes
from tests.support.stack import Stack, running_stack, until
from tests.support.stock import stock_server, stock_variables
from tests.support.vendor import VendorServer
from tests.support.works import StockItem

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SCENES = {
    "The tide comes in over the sand.": ("ocean tide on beach", "waves rolling over sand"),
    "The full Moon pulls on the sea.": ("full moon over the sea", "moon in night sky"),
    "Fishing boats wait for high water.": ("fishing boats in harbour", "boats at low tide"),
}
HOOK, CLOSING = "Why does the sea breathe twice a day?", "Follow along for the next one."
CAPTIONS = (
    "time lapse of the ocean tide coming in on a sandy beach",
    "waves rolling over the sand of a beach at sunset",
    "full moon rising above the ocean at night",
    "bright full moon in the night sky over the sea",
    "a moon lamp on a desk",
    "fishing boats lying in a harbour at low tide",
)


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
    speech = {text: wav_bytes(spoken(text)) for text in (HOOK, *SCENES, CLOSING)}
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
def product(tmp_path_factory: pytest.TempPathFactory, vendor: AIMock, stock: VendorServer) -> Iterator[Stack]:
    settings = {
        "OPENAI_API_KEY": "sk-CANARY-of-the-operator",
        "OPENAI_BASE_URL": vendor.base_url,
        "LLM": "openai,embedded",
        "TTS": "openai,hibari,kokoro",
        "FOOTAGE": "pexels,pixabay",
        "PROVIDER_LIMITS": '{"tts/openai": 1, "footage/pexels": 1}',
        "RENDER_TIER": "draft",
        **stock_variables(stock),
    }
    with running_stack(tmp_path_factory.mktemp("stack"), **settings) as stack:
        yield stack


@pytest.fixture(autouse=True)
def all_there(vendor: AIMock, stock: VendorServer) -> None:
    stock.fault = None
    if vendor.process is None:
        vendor.start()


def ask(stack: Stack, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {stack.token}"}
    answer = httpx2.request(method, stack.api + path, json=body, headers=headers, timeout=45, trust_env=False)
    assert answer.is_success, answer.text
    return answer.json()["data"]


def make(stack: Stack, title: str, **brief: Any) -> str:
    body = {"title": title, "language": "en", "resolution": "540p", "duration": 16, **brief}
    return str(ask(stack, "POST", "/videos", body)["id"])


def ledger(stack: Stack, video_id: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM purchases WHERE video_id = ? ORDER BY id", (video_id,)).fetchall()
    return [dict(row) for row in rows]


def settled(stack: Stack, video_id: str, role: str) -> list[dict[str, Any]]:
    return [row for row in ledger(stack, video_id) if row["role"] == role and row["state"] == "settled"]


def vendor_calls(stack: Stack, video_id: str, role: str) -> int:
    """Calls that may have been paid."""
    return sum(row["role"] == role and row["state"] in ("settled", "lost") for row in ledger(stack, video_id))


def segments(stack: Stack) -> set[str]:
    folder = stack.home / "cache" / "segments"
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def warnings_of(stack: Stack, video_id: str) -> str:
    return " ".join(json.loads(stack.row(video_id)["warnings"]))


def test_a_film_of_their_script_voice_and_footage(product: Stack, vendor: AIMock, tmp_path: Path) -> None:
    chats, said = vendor.served("/chat/completions"), vendor.served("/audio/speech")
    video_id = make(product, "Why are there tides?")
    done = product.await_status(video_id, "completed", timeout_s=180)
    (tmp_path / "film.mp4").write_bytes(product.get(done["video_url"]).content)
    scenes = ask(product, "GET", f"/videos/{video_id}/scenes")["scenes"]
    credits = ask(product, "GET", f"/videos/{video_id}/download?variant=credits")["credits"]
    row = product.row(video_id)

    assert json.loads(row["script"])["written_by"] == "openai"
    assert speaker(product, video_id) == "openai"
    assert [each["shows"] for each in scenes] == ["drawn", "found", "found", "found", "drawn"]
    assert len({each["taken"] for each in scenes[1:4]}) == 3
    assert "moon" in scenes[2]["candidates"][0]["caption"]
    assert {each["author"] for each in credits} & {"Ann 2", "Ann 3"}
    assert container(tmp_path / "film.mp4").is_constant

    assert vendor.served("/chat/completions") - chats == len(settled(product, video_id, "llm"))
    assert vendor.served("/audio/speech") - said == len(settled(product, video_id, "tts")) == 5
    assert all(each["cost"] == 0 for each in ledger(product, video_id))


def test_another_shot_is_one_segment_anew_and_buys_nothing(product: Stack, vendor: AIMock) -> None:
    video_id = make(product, "The Moon and the sea")
    product.await_status(video_id, "completed", timeout_s=180)
    scenes = ask(product, "GET", f"/videos/{video_id}/scenes")["scenes"]
    scene, others = scenes[2], [each["taken"] for each in scenes if each["number"] != 3]
    other = next(each["name"] for each in scene["candidates"] if each["name"] != scene["taken"])
    before, bought, served = segments(product), len(ledger(product, video_id)), len(vendor.journal() or ())
    first = product.row(video_id)["rendition"]
    ask(product, "PUT", f"/videos/{video_id}/scenes/3/shot", {"candidate": other})
    product.await_status(video_id, "completed", "pending", "processing")
    product.await_status(video_id, "completed", timeout_s=120)
    after = ask(product, "GET", f"/videos/{video_id}/scenes")["scenes"]

    assert after[2]["taken"] == other
    assert [each["taken"] for each in after if each["number"] != 3] == others
    assert product.row(video_id)["rendition"] != first
    assert len(segments(product) - before) == 2  # the segment and its small copy
    assert len(ledger(product, video_id)) == bought
    assert len(vendor.journal() or ()) == served


def test_with_everybody_away_the_film_is_written_said_and_drawn_here(
    product: Stack, vendor: AIMock, stock: VendorServer
) -> None:
    vendor.kill()
    stock.fault = "500"
    video_id = make(product, "The quiet coast", description="The sea rises. The sea falls. Nobody calls.")
    product.await_status(video_id, "completed", timeout_s=180)
    scenes = ask(product, "GET", f"/videos/{video_id}/scenes")["scenes"]

    assert json.loads(product.row(video_id)["script"])["written_by"] == "embedded"
    assert {each["shows"] for each in scenes} == {"drawn"}
    assert "openai" in warnings_of(product, video_id)
    assert "pexels" in warnings_of(product, video_id)
    assert settled(product, video_id, "llm") == []


def test_the_voice_that_dies_in_the_middle_is_replaced_for_the_whole_film(product: Stack, vendor: AIMock) -> None:
    forget_breakers(product)
    script, speech = vendor.script, vendor.speech
    texts = [f"Nobody has said sentence {word} before." for word in ("one", "two", "three", "four", "five")]
    vendor.kill()
    vendor.script = {"hook": draft(texts[0]), "scenes": [*map(draft, texts[1:4])], "closing": draft(texts[4])}
    vendor.speech = {text: wav_bytes(spoken(text)) for text in texts}
    vendor.start(latency_ms=800)
    video_id = make(product, "Tides, interrupted")
    until(lambda: settled(product, video_id, "tts"), timeout_s=60, every_s=0.02)
    vendor.kill()
    vendor.script, vendor.speech = script, speech
    product.await_status(video_id, "completed", timeout_s=180)

    assert speaker(product, video_id) == "hibari"
    assert "hibari" in warnings_of(product, video_id)
    assert 1 <= len(settled(product, video_id, "tts")) < len(texts)
    assert len(settled(product, video_id, "llm")) == vendor_calls(product, video_id, "llm")


def test_a_film_that_is_tried_again_pays_for_nothing_twice(product: Stack, vendor: AIMock) -> None:
    forget_breakers(product)
    video_id = make(product, "Paid once", review=True)
    product.await_status(video_id, "awaiting_review", timeout_s=90)
    ask(product, "POST", f"/videos/{video_id}/approve")
    product.await_stage(video_id, "render", timeout_s=120)
    ask(product, "POST", f"/videos/{video_id}/cancel")
    product.await_status(video_id, "cancelled", timeout_s=60)
    before = [row["id"] for row in ledger(product, video_id)]
    served = len(vendor.journal() or ())
    until(lambda: product.row(video_id)["completed_at"], timeout_s=60)
    ask(product, "POST", f"/videos/{video_id}/retry")
    product.await_status(video_id, "completed", "pending", "processing")
    product.await_status(video_id, "completed", timeout_s=120)

    assert [row["id"] for row in ledger(product, video_id)] == before
    assert len(vendor.journal() or ()) == served


def test_calls_at_once_are_limited_over_all_workers(product: Stack) -> None:
    answer = httpx2.post(f"{product.prefect}/v2/concurrency_limits/filter", json={}, trust_env=False).json()
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


def forget_breakers(stack: Stack) -> None:
    with closing(sqlite3.connect(stack.home / "video-system.db", timeout=10)) as connection:
        connection.execute("DELETE FROM breakers")
        connection.commit()
