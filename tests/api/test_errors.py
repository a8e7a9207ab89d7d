"""Whatever goes wrong, the answer has our frame and an id, and tells nothing that it should not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.middleware import MAX_BODY_BYTES
from store.session import DatabaseAway
from tests.api.conftest import FakePrefect

JSON = {"Content-Type": "application/json"}


def test_no_body_takes_a_key_that_it_does_not_know(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    schemas = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for operation in operations
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    names = {
        each["$ref"].rsplit("/", 1)[-1]
        for schema in schemas
        for each in schema.get("anyOf", [schema])
        if "$ref" in each
    }
    open_ones = [
        name for name in names if document["components"]["schemas"][name].get("additionalProperties") is not False
    ]

    assert len(names) > 12
    assert open_ones == []


@pytest.fixture
def broken(home: object, prefect: FakePrefect) -> TestClient:
    """An application of its own, with a route that fails."""

    def boom() -> None:
        raise RuntimeError("secret detail")

    app = create_app()
    app.add_api_route("/boom", boom)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/version", "/nowhere", "/users/me", "/boom", "/docs", "/openapi.json", "/media/x"])
def test_every_answer_is_taken_for_what_it_is_and_tells_nobody_its_address(broken: TestClient, path: str) -> None:
    headers = broken.get(path).headers

    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers.get_list("referrer-policy") == ["no-referrer"]


@pytest.mark.parametrize("path", ["/version", "/nowhere", "/users/me"])
def test_no_answer_is_kept_by_a_cache(broken: TestClient, path: str) -> None:
    assert broken.get(path).headers.get_list("cache-control") == ["no-store"]


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b'{"title": ', JSON, "JSON decode error"),
        (b'{"title": "x"}', {"Content-Type": "text/plain"}, "Input should be an object, sent as application/json"),
        (b"[]", JSON, "Input should be an object, sent as application/json"),
    ],
)
def test_a_body_that_is_no_object_is_named_as_such(
    client: TestClient, bearer: dict[str, str], body: bytes, kind: dict[str, str], message: str
) -> None:
    answer = client.post("/video/generate", content=body, headers={**bearer, **kind})
    (detail,) = answer.json()["error"]["details"]

    assert (answer.status_code, detail["field"], detail["message"]) == (400, "body", message)


def test_an_unknown_route_is_not_found_in_our_frame(client: TestClient) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert answer.json() == {
        "success": False,
        "error": {"code": "NOT_FOUND", "message": "找不到資源", "request_id": answer.headers["x-request-id"]},
    }


def test_a_wrong_method_is_refused_and_told_the_right_one(client: TestClient) -> None:
    answer = client.get("/auth/login")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json() == {
        "success": False,
        "error": {
            "code": "METHOD_NOT_ALLOWED",
            "message": "不支援這個方法",
            "request_id": answer.headers["x-request-id"],
        },
    }


def test_an_unexpected_exception_is_a_500_that_keeps_its_text_to_itself(broken: TestClient) -> None:
    answer = broken.get("/boom")

    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "error": {"code": "INTERNAL_ERROR", "message": "系統發生錯誤", "request_id": answer.headers["x-request-id"]},
    }


def test_a_body_over_a_mebibyte_is_refused(client: TestClient, bearer: dict[str, str]) -> None:
    body = b'{"title": "' + b"x" * MAX_BODY_BYTES + b'"}'
    answer = client.post("/video/generate", content=body, headers={**bearer, **JSON})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")
    assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]


def test_a_body_in_chunks_over_a_mebibyte_is_refused(client: TestClient, bearer: dict[str, str]) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"title": "'
        for _ in range(MAX_BODY_BYTES // 65536):
            yield b"x" * 65536

    answer = client.post("/video/generate", content=chunks(), headers={**bearer, **JSON})

    assert "content-length" not in answer.request.headers
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")


def test_a_body_of_just_a_mebibyte_is_read(client: TestClient, bearer: dict[str, str]) -> None:
    body = b'{"title": "x"}'.ljust(MAX_BODY_BYTES)

    assert client.post("/video/generate", content=body, headers={**bearer, **JSON}).status_code == 202


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/register", {"username": "x" * 9, "password": "password123", "email": "a@b.tw", "plan": "paid"}, "plan"),
        ("/auth/login", {"username": "x", "password": "y", "admin": True}, "admin"),
        ("/video/generate", {"title": "影片標題", "owner_id": "user_1"}, "owner_id"),
        ("/video/generate", {"title": "影片標題", "settings": {"fps": 60}}, "settings.fps"),
        ("/auth/register", {"username": "ab", "password": "password123", "email": "a@b.tw"}, "username"),
        ("/auth/register", {"username": "a b c", "password": "password123", "email": "a@b.tw"}, "username"),
        ("/auth/register", {"username": "a\x00bc", "password": "password123", "email": "a@b.tw"}, "username"),
        ("/auth/register", {"username": "abc", "password": "short", "email": "a@b.tw"}, "password"),
        ("/auth/register", {"username": "abc", "password": "x" * 129, "email": "a@b.tw"}, "password"),
        ("/auth/register", {"username": "abc", "password": "password123", "email": "nobody"}, "email"),
        ("/auth/login", {"username": "abc", "password": "x" * 129}, "password"),
        ("/video/generate", {}, "title"),
        ("/video/generate", {"title": "影片標題", "settings": {"duration": 4}}, "settings.duration"),
        ("/video/generate", {"title": "影片標題", "settings": {"format": "gif"}}, "settings.format"),
    ],
)
def test_what_does_not_fit_is_a_400_that_names_the_field(
    client: TestClient, bearer: dict[str, str], path: str, body: dict[str, object], field: str
) -> None:
    answer = client.post(path, json=body, headers=bearer)
    error = answer.json()["error"]

    assert (answer.status_code, error["code"]) == (400, "BAD_REQUEST")
    assert [detail["field"] for detail in error["details"]] == [field]
    assert error["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"title": NaN}',
        b'{"title": "x", "settings": {"duration": NaN}}',
        b'{"title": "x", "settings": {"duration": Infinity}}',
        b'{"title": "x", "settings": {"duration": ' + b"9" * 5000 + b"}}",
        b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"title": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"title": "\\ud800"}',
        b"\xff\xfe",
    ],
    ids=[
        "nothing", "no json", "a list", "nan", "nan seconds", "endless", "5000 digits", "deep", "deep enough", "half",
        "bytes",
    ],
)  # fmt: skip
def test_odd_json_is_a_400(client: TestClient, bearer: dict[str, str], body: bytes) -> None:
    answer = client.post("/video/generate", content=body, headers={**bearer, **JSON})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BAD_REQUEST")


def test_a_refused_password_is_not_repeated(client: TestClient) -> None:
    answer = client.post("/auth/register", json={"username": "abc", "password": "pa55wrd", "email": "a@b.tw"})

    assert answer.status_code == 400
    assert "pa55wrd" not in answer.text


def test_a_callers_own_request_id_is_kept(client: TestClient) -> None:
    assert client.get("/nowhere", headers={"X-Request-Id": "trace-0001"}).headers["x-request-id"] == "trace-0001"


@pytest.mark.parametrize("given", ["short", "x" * 65, "white space here", "<script>alert"])
def test_a_request_id_of_another_shape_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": given})

    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("language", ["zh;q=1.2.3", "zh;q=.", "\xe9", "x" * 5000, ";;;,,,"])
def test_an_odd_accept_language_never_hides_an_error(client: TestClient, language: str) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": language.encode("latin-1")})

    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "找不到資源")


def test_no_operation_documents_a_422(document: dict[str, Any]) -> None:
    statuses = {
        status
        for path in document["paths"].values()
        for operation in path.values()
        for status in operation["responses"]
    }

    assert "422" not in statuses
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


def test_operations_are_called_after_their_functions(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]

    assert {"register", "login", "refresh", "generate", "task", "media", "live", "ready"} <= set(names)
    assert len(names) == len(set(names))


def test_both_servers_are_documented(document: dict[str, Any]) -> None:
    assert document["servers"] == [
        {"url": "http://localhost:8000"},
        {"url": "https://api.video-system.com"},
    ]


@pytest.mark.parametrize("path", ["/videos", "/video/task/task_1", "/api-keys", "/usage"])
def test_while_the_database_is_away_callers_are_told_to_come_again(
    client: TestClient, bearer: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise DatabaseAway("the database does not answer")

    client.get("/version")
    monkeypatch.setattr("store.session.Session", away)
    answer = client.get(path, headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "BUSY")
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]


def test_a_film_that_is_written_down_is_accepted_though_it_cannot_be_begun_now(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseAway("the database does not answer")

    monkeypatch.setattr("api.films.dispatch", away)
    answer = client.post("/video/generate", json={"title": "潮汐"}, headers=bearer)

    assert answer.status_code == 202
