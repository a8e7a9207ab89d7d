"""What the Python SDK takes: nothing that it is given is dropped or taken apart."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import video_system

from tests.sdk.conftest import Asked, Service

Ask = Callable[[Any], Any]

EMPTY = {"items": [], "next_cursor": None, "has_more": False}
ACCEPTED = {"task_id": "task_1", "status": "pending", "estimated_time": 60}
ASSET = {"id": "asset_1", "filename": "a.png", "kind": "image", "media_type": "image/png", "size": 4}


def sent(service: Service, data: Any, ask: Ask) -> list[Asked]:
    """What both clients send for *ask*, the plain one first."""

    async def asynchronously() -> None:
        async with video_system.AsyncVideoSystemClient("key", base_url=service.url) as client:
            await ask(client)

    service.answers = [data]
    with video_system.VideoSystemClient("key", base_url=service.url) as client:
        ask(client)
    asyncio.run(asynchronously())
    return service.asked


@pytest.mark.parametrize(
    "given",
    [{"settings": {"duration": 20, "resolution": "540p"}}, {"duration": 20, "resolution": "540p"},
     {"settings": {"duration": 20}, "resolution": "540p"},
     {"settings": {"duration": 20, "resolution": "540p"}, "duration": 20}],
    ids=["settings", "flat", "both", "twice the same"],
)  # fmt: skip
def test_settings_are_sent_from_wherever_they_are(service: Service, given: dict[str, Any]) -> None:
    for asked in sent(service, ACCEPTED, lambda it: it.generate_video(title="a", **given)):
        assert asked.json == {"title": "a", "settings": {"duration": 20, "resolution": "540p"}}


def test_a_setting_that_is_unknown_here_is_the_services_to_judge(service: Service) -> None:
    asked, _ = sent(service, ACCEPTED, lambda it: it.generate_video(title="a", settings={"format": "gif"}))

    assert asked.json["settings"] == {"format": "gif"}


def test_two_durations_are_an_error(service: Service) -> None:
    with (
        video_system.VideoSystemClient("key", base_url=service.url) as client,
        pytest.raises(ValueError, match="duration is 20 in settings and 30 beside them"),
    ):
        client.generate_video(title="a", settings={"duration": 20}, duration=30)

    assert service.asked == []


@pytest.mark.parametrize(
    ("ask", "statuses"),
    [(lambda it: it.list_videos(status="completed"), ["completed"]),
     (lambda it: it.list_videos(status=("failed", "cancelled")), ["failed", "cancelled"]),
     (lambda it: it.list_publications(status="published"), ["published"]),
     (lambda it: it.list_publications(status=[]), [])],
    ids=["a film's", "two", "a publication's", "none"],
)  # fmt: skip
def test_one_status_is_asked_for_as_one(service: Service, ask: Ask, statuses: list[str]) -> None:
    for asked in sent(service, EMPTY, ask):
        assert parse_qs(urlsplit(asked.url).query).get("status", []) == statuses


@pytest.mark.parametrize(
    ("ask", "name"),
    [(lambda it: it.create_video(title="a", tags="news"), "tags"),
     (lambda it: it.create_video(title="a", assets="asset_1"), "assets"),
     (lambda it: it.estimate_video(title="a", sources="https://a.example/"), "sources"),
     (lambda it: it.change_video("task_1", tags="news"), "tags"),
     (lambda it: it.create_webhook("https://a.example/", events="video.failed"), "events"),
     (lambda it: it.change_webhook("hook_1", events="video.failed"), "events"),
     (lambda it: it.publish_video(platform="folder", title="a", tags="news"), "tags")],
    ids=["create", "assets", "estimate", "change", "webhook", "change webhook", "publish"],
)  # fmt: skip
def test_a_string_in_the_place_of_a_list_is_an_error_that_says_so(service: Service, ask: Ask, name: str) -> None:
    with (
        video_system.VideoSystemClient("key", base_url=service.url) as client,
        pytest.raises(TypeError, match=f"{name} takes a list of strings"),
    ):
        ask(client)

    assert service.asked == []


def test_a_list_of_a_brief_may_be_a_tuple_and_have_gaps(service: Service) -> None:
    video = {"id": "task_1", "title": "a", "status": "pending"}
    for asked in sent(service, video, lambda it: it.create_video(title="a", tags=("b",), assets=(None, "asset_1"))):
        assert asked.json == {"title": "a", "tags": ["b"], "assets": [None, "asset_1"]}


def test_a_file_is_sent_from_its_path(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "貓.png"
    path.write_bytes(b"\x89PNG")
    for asked in sent(service, ASSET, lambda it: it.upload_asset(path)) + sent(
        service, ASSET, lambda it: it.upload_asset(str(path))
    ):
        assert (asked.body, asked.headers["content-length"]) == (b"\x89PNG", "4")
        assert asked.url == "/assets?filename=%E8%B2%93.png"


@pytest.mark.parametrize(
    "content", [b"\x89PNG", bytearray(b"\x89PNG"), memoryview(b"\x89PNG")], ids=lambda it: type(it).__name__
)
def test_bytes_are_sent_under_the_name_given(service: Service, content: bytes) -> None:
    for asked in sent(service, ASSET, lambda it: it.upload_asset(content, filename="a.png")):
        assert (asked.url, asked.body, asked.headers["content-length"]) == ("/assets?filename=a.png", b"\x89PNG", "4")


def test_an_open_file_is_sent_from_where_it_stands_and_stays_open(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"skip\x89PNG")
    with path.open("rb") as file:
        file.seek(4)
        service.answers = [ASSET]
        with video_system.VideoSystemClient("key", base_url=service.url) as client:
            client.upload_asset(file)

        assert not file.closed
    assert (service.asked[0].url, service.asked[0].body) == ("/assets?filename=a.png", b"\x89PNG")


def test_a_stream_of_unknown_length_is_sent_in_pieces(service: Service) -> None:
    read, write = os.pipe()
    os.write(write, b"\x89PNG")
    os.close(write)
    service.answers = [ASSET]
    with (
        os.fdopen(read, "rb") as pipe,
        video_system.VideoSystemClient("key", base_url=service.url) as client,
    ):
        client.upload_asset(pipe, filename="a.png")

    assert service.asked[0].body == b"\x89PNG"
    assert "content-length" not in service.asked[0].headers


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\x89PNG", "filename is needed here"), (io.BytesIO(b"\x89PNG"), "filename is needed here"),
     (io.StringIO("text"), "opened with 'rb'"), (5, "opened with 'rb'")],
    ids=["bytes", "a file without a name", "text", "a number"],
)  # fmt: skip
def test_what_cannot_be_sent_is_an_error_that_says_what_can(service: Service, content: Any, message: str) -> None:
    with (
        video_system.VideoSystemClient("key", base_url=service.url) as client,
        pytest.raises(TypeError, match=message),
    ):
        client.upload_asset(content)

    assert service.asked == []
