"""The Python SDK: one source, one key over all attempts, the same operations as the service."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib.util
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import video_system
from video_system import _client, _protocol, _transport

from studio.settings import PROJECT
from tests.api.conftest import the_app

METHOD_OF = {"generate": "generate_video", "task": "get_task", "inference": "infer", "publish": "publish_video"}
"""Operations that the client calls by a name of its own."""

NOT_FOR_KEYS = {
    "register", "login", "refresh", "logout", "change_password", "change_profile", "remove_account",
    "create_api_key", "list_api_keys", "rotate_api_key", "revoke_api_key",
    "get_webhook_secret", "rotate_account_webhook_secret",
}  # fmt: skip
"""Operations that a login does, and no key."""

NOT_A_CLIENTS = {"live", "ready", "media", "get_version", "get_metrics", "finish_connecting", "confirm_connecting"}
"""For monitors and browsers."""

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def client(answer: Answer, **options: Any) -> video_system.VideoSystemClient:
    return video_system.VideoSystemClient("vs_live_secret", transport=httpx2.MockTransport(answer), **options)


def good(data: Any, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, json={"success": True, "data": data, "message": "操作成功"})


def bad(status: int, code: str = "ERROR", **headers: str) -> httpx2.Response:
    error = {"code": code, "message": "那裡", "request_id": "req_1", "details": [{"field": "title", "message": "no"}]}
    return httpx2.Response(status, json={"success": False, "error": error}, headers=headers)


ACCEPTED = {"task_id": "task_1", "status": "pending", "estimated_time": 60}


def test_the_plain_client_is_written_from_the_asynchronous_one() -> None:
    spec = importlib.util.spec_from_file_location("generate", PROJECT / "sdk" / "python" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name, twin in generate.TWINS.items():
        source = (generate.FOLDER / name).read_text("utf-8")

        assert (generate.FOLDER / twin).read_text("utf-8") == generate.plain(source)


def operations() -> dict[str, dict[str, Any]]:
    document = the_app().openapi()
    return {
        operation["operationId"]: {**operation, "path": path, "method": method.upper()}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def asynchronous() -> str:
    """The client's parts, one after the other."""
    parts = ("_async_client.py", "_async_trends.py", "_async_publishing.py")
    return "".join((PROJECT / "sdk/python/video_system" / part).read_text("utf-8") for part in parts)


def methods_of(source: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, source.read_text("utf-8"), re.MULTILINE))


def snake(name: str) -> str:
    """A name of JavaScript as Python has it."""
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


def test_every_operation_for_programs_has_a_method_in_both_languages(home: Path) -> None:
    wanted = {METHOD_OF.get(name, name) for name in set(operations()) - NOT_FOR_KEYS - NOT_A_CLIENTS}
    python = set(re.findall(r"^    async def ([a-z]\w*)\(", asynchronous(), re.MULTILINE))
    script = methods_of(PROJECT / "sdk/javascript/src/index.js", r"^  (?:async\*? )?([a-z]\w*)\(.*\{$")
    types = methods_of(PROJECT / "sdk/javascript/src/index.d.ts", r"^  ([a-z]\w*)\(.*;$") - {"constructor"}

    assert wanted <= python
    assert wanted <= {snake(name) for name in script}
    assert types == script - {"constructor"}


def test_the_methods_ask_what_the_service_has(home: Path) -> None:
    source = asynchronous()
    asked = set(re.findall(r'Call\(\s*"(\w+)",\s*f?"(/[^"]*)"', source))
    asked |= {("POST", path) for path in re.findall(r'creating\("(/[^"]*)"', source)}
    shape = {(method, re.sub(r"\{.*?\}", "{}", path)) for method, path in asked}
    there = {(each["method"], re.sub(r"\{.*?\}", "{}", each["path"])) for each in operations().values()}

    assert len(shape) >= 25
    assert shape <= there


def test_the_brief_of_create_video_has_the_fields_of_the_service(home: Path) -> None:
    schema = the_app().openapi()["components"]["schemas"]["MakeVideo"]["properties"]
    arguments = set(_client.VideoSystemClient.create_video.__kwdefaults__)

    assert arguments - {"idempotency_key"} == set(schema)


def test_the_brief_of_the_types_has_the_fields_of_the_service(home: Path) -> None:
    schema = the_app().openapi()["components"]["schemas"]["MakeVideo"]["properties"]
    types = (PROJECT / "sdk/javascript/src/index.d.ts").read_text("utf-8")
    brief = re.search(r"interface Brief \{(.*?)\}", types, re.DOTALL)
    assert brief is not None
    fields = {snake(name) for name in re.findall(r"\b([a-z]\w*)\??:", brief[1])}

    assert fields == set(schema)


def test_the_key_goes_into_the_header_and_not_into_the_repr() -> None:
    seen: list[httpx2.Request] = []
    made = client(lambda request: (seen.append(request), good(ACCEPTED, 202))[1])
    made.generate_video(title="影片標題")

    assert seen[0].headers["Authorization"] == "Bearer vs_live_secret"
    assert json.loads(seen[0].content) == {"title": "影片標題"}
    assert "secret" not in repr(made)


@pytest.mark.parametrize("none", [None, "", "..", 5])
def test_an_id_that_is_none_is_an_error_of_the_caller(none: Any) -> None:
    with video_system.VideoSystemClient(api_key="key") as client:
        for ask in (client.remove_video, client.wait, client.get_task, client.withdraw_publication):
            with pytest.raises(ValueError, match="an id or a name is needed here"):
                ask(none)


def test_a_busy_service_is_asked_again_with_the_same_idempotency_key(no_waiting: list[float]) -> None:
    answers = iter([bad(503), bad(429, **{"Retry-After": "7"}), good(ACCEPTED, 202)])
    keys: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        keys.append(request.headers["Idempotency-Key"])
        return next(answers)

    assert client(answer).generate_video(title="a").task_id == "task_1"
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert no_waiting[1] == 7


def test_a_service_that_is_away_is_tried_three_times(no_waiting: list[float]) -> None:
    tried: list[int] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        tried.append(1)
        raise httpx2.ConnectError("refused", request=request)

    with pytest.raises(video_system.ConnectionFailed):
        client(refuse).get_task("task_1")
    assert len(tried) == 3


@pytest.mark.parametrize(("status", "attempts"), [(502, 1), (504, 1), (503, 3), (429, 3)])
def test_what_cannot_be_done_twice_is_sent_again_only_when_the_service_did_nothing(status: int, attempts: int) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return bad(status)

    with pytest.raises(video_system.VideoSystemError):
        client(answer).retry_video("task_1")

    assert len(asked) == attempts


def test_what_cannot_be_done_twice_is_not_sent_twice_into_silence() -> None:
    tried: list[int] = []

    def silent(request: httpx2.Request) -> httpx2.Response:
        tried.append(1)
        raise httpx2.ReadTimeout("silence", request=request)

    with pytest.raises(video_system.ConnectionFailed):
        client(silent).retry_video("task_1")
    assert len(tried) == 1


def test_a_wait_of_an_hour_is_the_callers_to_decide() -> None:
    tried: list[int] = []
    with pytest.raises(video_system.RateLimited) as caught:
        client(lambda _: (tried.append(1), bad(429, **{"Retry-After": "3600"}))[1]).get_usage()

    assert (len(tried), caught.value.retry_after) == (1, 3600)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "BadRequest"), (401, "NotAuthenticated"), (403, "Forbidden"), (404, "NotFound"), (409, "Conflict"),
     (413, "BadRequest"), (415, "BadRequest"), (500, "ServerError")],
)  # fmt: skip
def test_an_error_is_a_class_with_its_code_and_fields(status: int, error: str) -> None:
    with pytest.raises(getattr(video_system, error)) as caught:
        client(lambda _: bad(status, "SOME_CODE")).get_usage()

    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("SOME_CODE", status, "req_1")
    assert str(caught.value) == "那裡 (title: no)"


def test_an_answer_that_is_no_json_is_still_an_error_of_ours() -> None:
    with pytest.raises(video_system.ServerError, match="answered 500"):
        client(lambda _: httpx2.Response(500, text="<html>")).get_usage()


def test_keys_of_a_later_version_are_kept_and_are_no_error() -> None:
    accepted = client(lambda _: good({**ACCEPTED, "new": 1}, 202)).generate_video(title="a")

    assert accepted.raw["new"] == 1


def states(*found: tuple[str, int]) -> Answer:
    left = iter(found)

    def answer(_: httpx2.Request) -> httpx2.Response:
        status, progress = next(left)
        return good({"task_id": "task_1", "status": status, "progress": progress, "video_url": None})

    return answer


def test_wait_tells_every_change_and_ends_with_the_film(no_waiting: list[float]) -> None:
    told: list[int] = []
    answer = states(("pending", 0), ("processing", 10), ("processing", 10), ("completed", 100))
    task = client(answer).wait("task_1", on_progress=lambda seen: told.append(seen.progress))

    assert task.status == "completed"
    assert told == [0, 10, 100]
    assert no_waiting == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_wait_raises_for_a_film_that_will_never_be(status: str) -> None:
    with pytest.raises(video_system.VideoFailed, match=status):
        client(states((status, 10))).wait("task_1")


def test_a_download_that_breaks_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise httpx2.ReadError("gone")

    with pytest.raises(httpx2.ReadError):
        client(lambda _: httpx2.Response(200, content=broken())).download_video("task_1", tmp_path / "film.mp4")

    assert list(tmp_path.iterdir()) == []


def test_thumbnails_come_the_best_first() -> None:
    asked: list[httpx2.URL] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url)
        return good({"thumbnails": [{"url": "http://a/1.jpg", "expires_at": "", "at": 2.5, "score": 0.75}]})

    thumbnails = client(answer).list_thumbnails("task_1")

    assert [(each.url, each.at, each.score) for each in thumbnails] == [("http://a/1.jpg", 2.5, 0.75)]
    assert str(asked[0]).endswith("/videos/task_1/download?variant=thumbnails")


def test_events_come_one_by_one() -> None:
    text = 'id: 1\nevent: progress\ndata: {"progress": 10}\n\n: heartbeat\n\nid: 2\nevent: completed\ndata: {}\n\n'
    events = list(client(lambda _: httpx2.Response(200, text=text)).follow_video("task_1"))

    assert [(event.id, event.name, event.data) for event in events] == [
        ("1", "progress", {"progress": 10}), ("2", "completed", {}),
    ]  # fmt: skip


def test_the_asynchronous_client_answers_alike() -> None:
    async def ask() -> Any:
        transport = httpx2.MockTransport(lambda _: good(ACCEPTED, 202))
        async with video_system.AsyncVideoSystemClient("key", transport=transport) as asked:
            return await asked.generate_video(title="a")

    assert asyncio.run(ask()) == client(lambda _: good(ACCEPTED, 202)).generate_video(title="a")


def test_the_environment_stands_in_for_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_SYSTEM_API_KEY", "from-env")
    monkeypatch.setenv("VIDEO_SYSTEM_BASE_URL", "http://elsewhere:9/")
    seen: list[httpx2.Request] = []
    transport = httpx2.MockTransport(lambda request: (seen.append(request), good({"items": []}))[1])
    video_system.VideoSystemClient(transport=transport).list_webhooks()

    assert str(seen[0].url) == "http://elsewhere:9/webhooks"
    assert seen[0].headers["Authorization"] == "Bearer from-env"


HOOK = {
    "id": "hook_1", "url": "https://hook.example/", "description": "", "events": ["video.failed"], "enabled": True,
    "disabled_reason": "", "failing_since": None, "created_at": "2027-01-01T00:00:00Z",
}  # fmt: skip
MADE = {**HOOK, "secret": "whsec_c2VjcmV0"}
DELIVERY = {
    "id": "msg_1", "webhook_id": "hook_1", "url": "https://hook.example/", "event": "video.failed", "video_id": "task_1",
    "status": "failed", "attempts": [{"at": "2027-01-01T00:00:00Z", "status": None, "error": "no answer", "took_ms": 9}],
    "created_at": "2027-01-01T00:00:00Z", "next_attempt_at": None, "delivered_at": None,
}  # fmt: skip


def heard(data: Any, ask: Callable[[video_system.VideoSystemClient], Any]) -> tuple[httpx2.Request, Any]:
    """The one request that *ask* makes, and what it gives where the service answers with *data*."""
    seen: list[httpx2.Request] = []
    result = ask(client(lambda request: (seen.append(request), good(data))[1]))
    (request,) = seen
    return request, result


def test_the_webhook_of_one_film_goes_with_its_brief() -> None:
    made = {"id": "task_1", "title": "a", "status": "pending", "webhook_url": "https://hook.example/"}
    request, video = heard(made, lambda it: it.create_video(title="a", webhook_url="https://hook.example/"))

    assert json.loads(request.content) == {"title": "a", "webhook_url": "https://hook.example/"}
    assert video.webhook_url == "https://hook.example/"


def test_an_endpoint_is_made_once_and_its_secret_is_not_in_the_repr(no_waiting: list[float]) -> None:
    answers = iter([bad(503), good(MADE, 201)])
    asked: list[httpx2.Request] = []
    answer = lambda request: (asked.append(request), next(answers))[1]  # noqa: E731
    made = client(answer).create_webhook("https://hook.example/", events=("video.failed",))

    assert json.loads(asked[1].content) == {"url": "https://hook.example/", "events": ["video.failed"]}
    assert len({request.headers["Idempotency-Key"] for request in asked}) == 1
    assert made.secret == "whsec_c2VjcmV0"
    assert "whsec_" not in repr(made)


def test_the_endpoints_come_as_a_list() -> None:
    request, hooks = heard({"items": [HOOK]}, lambda it: it.list_webhooks())

    assert (request.method, request.url.path) == ("GET", "/webhooks")
    assert [(hook.id, hook.events, hook.enabled) for hook in hooks] == [("hook_1", ["video.failed"], True)]


def test_a_change_of_an_endpoint_names_only_what_changes() -> None:
    request, hook = heard({**HOOK, "enabled": False}, lambda it: it.change_webhook("hook_1", enabled=False))

    assert (request.method, request.url.path, json.loads(request.content)) == (
        "PATCH", "/webhooks/hook_1", {"enabled": False},
    )  # fmt: skip
    assert not hook.enabled


def test_the_old_secret_may_end_at_once() -> None:
    request, rotated = heard(MADE, lambda it: it.rotate_webhook_secret("hook_1", overlap_s=0))
    untold, _ = heard(MADE, lambda it: it.rotate_webhook_secret("hook_1"))

    assert (request.url.path, json.loads(request.content)) == ("/webhooks/hook_1/rotate", {"overlap_s": 0})
    assert json.loads(untold.content) == {}
    assert rotated.secret == MADE["secret"]


def test_the_log_is_read_for_one_film_or_one_endpoint() -> None:
    page = {"items": [DELIVERY], "next_cursor": "msg_1", "has_more": True}
    request, log = heard(page, lambda it: it.list_webhook_deliveries(webhook_id="hook_1", video_id="task_1", limit=1))

    assert dict(request.url.params) == {"webhook_id": "hook_1", "video_id": "task_1", "limit": "1"}
    assert (log.items[0].status, log.items[0].attempts[0]["error"], log.next_cursor) == ("failed", "no answer", "msg_1")


@pytest.mark.parametrize(
    ("ask", "path"),
    [(lambda it: it.test_webhook("hook_1"), "/webhooks/hook_1/test"),
     (lambda it: it.redeliver_webhook("msg_1"), "/webhook-deliveries/msg_1/redeliver")],
    ids=["test", "redeliver"],
)  # fmt: skip
def test_a_message_is_asked_for_and_told_of(ask: Callable[[Any], Any], path: str) -> None:
    request, delivery = heard(DELIVERY, ask)

    assert (request.method, request.url.path, delivery.id) == ("POST", path, "msg_1")


@pytest.mark.parametrize(
    "ask",
    [lambda it: it.rotate_webhook_secret("hook_1"), lambda it: it.test_webhook("hook_1"),
     lambda it: it.redeliver_webhook("msg_1")],
    ids=["rotate", "test", "redeliver"],
)  # fmt: skip
def test_silence_is_no_reason_to_rotate_or_send_twice(ask: Callable[[Any], Any]) -> None:
    tried: list[int] = []

    def silent(request: httpx2.Request) -> httpx2.Response:
        tried.append(1)
        raise httpx2.ReadTimeout("silence", request=request)

    with pytest.raises(video_system.ConnectionFailed):
        ask(client(silent))
    assert len(tried) == 1


def test_an_endpoint_is_removed_without_an_answer() -> None:
    seen: list[httpx2.Request] = []
    client(lambda request: (seen.append(request), httpx2.Response(204))[1]).remove_webhook("hook_1")

    assert [(request.method, request.url.path) for request in seen] == [("DELETE", "/webhooks/hook_1")]


SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


def signed(body: bytes, *, at: float | None = None, secret: bytes = b"s" * 32) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret, f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": stamp, "Webhook-Signature": f"v1,AAAA {signature}"}


def test_a_webhook_of_the_service_is_read() -> None:
    body = b'{"type": "video.completed"}'

    assert video_system.verify_webhook(body, signed(body), SECRET) == {"type": "video.completed"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(b"{}", secret=b"x" * 32),
        signed(b"{ }"),
        signed(b"{}", at=0),
        signed(b"{}", at=time.time() + 86_400),
        {**signed(b"{}"), "Webhook-Signature": "v1,é"},
        {**signed(b"{}"), "Webhook-Timestamp": "²"},
        {**signed(b"{}"), "Webhook-Timestamp": "9" * 5000},
    ],
    ids=["nothing", "another secret", "another body", "old", "from the future", "no base64", "no number", "no time"],
)
def test_a_webhook_from_elsewhere_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(video_system.WebhookInvalid):
        video_system.verify_webhook(b"{}", headers, SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é"])
def test_without_a_secret_nothing_is_believed(secret: str) -> None:
    with pytest.raises(video_system.WebhookInvalid, match="secret"):
        video_system.verify_webhook(b"{}", signed(b"{}", secret=b""), secret)


def test_after_a_rotation_either_secret_opens_a_message() -> None:
    at = time.time()
    old, new = (signed(b"{}", at=at, secret=key)["Webhook-Signature"].split(" ")[1] for key in (b"s" * 32, b"n" * 32))
    headers = {**signed(b"{}", at=at), "Webhook-Signature": f"{new} {old}"}

    assert video_system.verify_webhook(b"{}", headers, SECRET) == {}
    assert video_system.verify_webhook(b"{}", headers, "whsec_" + base64.b64encode(b"n" * 32).decode()) == {}


def test_retries_are_decided_in_one_place() -> None:
    assert _transport.RETRIED is _protocol.RETRIED
