"""The service about itself: usage, version, figures, reference and document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

import api
from api.app import create_app
from api.document import readable
from api.exampleanswers import ANSWERS
from api.examples import REQUESTS
from store.repos.videos import Videos
from store.session import transaction
from store.tables.base import utc_now
from store.tables.purchases import Purchase
from store.tables.users import User
from studio.errors import BadInput
from studio.models.brief import Brief
from studio.settings import PROJECT, get_settings
from tests.api.conftest import FakePrefect, the_app
from tests.api.test_contract import RENDITION

SNAPSHOT = PROJECT / "sdk" / "openapi.json"


def film(owner: User, **values: Any) -> None:
    with transaction() as session:
        video = Videos(session, owner_id=owner.id).add(Brief(title="潮汐"), owner_id=owner.id)
        if values:
            Videos.of_everyone(session).change(video.id, **values)


def usage(client: TestClient, bearer: dict[str, str]) -> Any:
    return client.get("/usage", headers=bearer).json()["data"]


def test_a_new_account_has_used_nothing_but_this_request(client: TestClient, bearer: dict[str, str]) -> None:
    data = usage(client, bearer)

    assert data == {
        "plan": "free",
        "requests": {"used": 1, "limit": 100, "resets_in_s": data["requests"]["resets_in_s"]},
        "films": {
            "running": 0,
            "running_limit": 1,
            "waiting": 0,
            "waiting_limit": 20,
            "today": 0,
            "daily_limit": 50,
        },
        "cost_this_month": {"amount": 0.0, "currency": "USD"},
        "seconds_rendered_this_month": 0.0,
        "storage_bytes": 0,
    }
    assert 3500 < data["requests"]["resets_in_s"] <= 3600


def test_usage_says_what_the_account_was_charged_this_month_and_null_where_a_price_is_not_known(
    client: TestClient, bearer: dict[str, str], user: User, account: Callable[[str], User]
) -> None:
    bought(user, 20_000)
    bought(user, 1_500)
    bought(user, 9_000_000, created_at=utc_now() - timedelta(days=40))
    bought(user, 7_000, state="failed")
    bought(account("stranger@example.com"), 5_000_000)
    before = usage(client, bearer)["cost_this_month"]
    bought(user, None)

    assert before == {"amount": 0.0215, "currency": "USD"}
    assert usage(client, bearer)["cost_this_month"] == {"amount": None, "currency": "USD"}


def bought(owner: User, cost: int | None, **values: Any) -> None:
    call = {"key": "k", "role": "llm", "provider": "openai", "model": "m", "state": "settled", **values}
    with transaction() as session:
        session.add(Purchase(owner_id=owner.id, cost=cost, **call))


def test_usage_counts_the_accounts_own_films_and_no_others(
    client: TestClient, bearer: dict[str, str], user: User, account: Callable[[str], User]
) -> None:
    now = utc_now()
    film(user)
    film(user, run_id="run-1")
    film(user, run_id="run-2", completed_at=now, rendition=RENDITION)
    film(user, run_id="run-3", completed_at=now - timedelta(days=40), created_at=now - timedelta(days=40), rendition=RENDITION)  # fmt: skip
    film(user, run_id="run-4", completed_at=now, error_code="RENDER_FAILED")
    film(account("stranger@example.com"), run_id="run-5", completed_at=now, rendition=RENDITION)
    data = usage(client, bearer)

    assert (data["films"]["running"], data["films"]["waiting"], data["films"]["today"]) == (1, 1, 4)
    assert data["seconds_rendered_this_month"] == 10.0
    # Two films of four files, a byte each.
    assert data["storage_bytes"] == 8


def test_a_film_that_is_removed_counts_in_the_day_and_in_the_month_all_the_same(
    client: TestClient, bearer: dict[str, str], user: User, plans: Callable[[str], None], prefect: FakePrefect
) -> None:
    plans('{"free": {"films_a_day": 2}}')
    now = utc_now()
    film(user, run_id="run-1", completed_at=now, rendition=RENDITION)
    film(user, run_id="run-2", completed_at=now - timedelta(days=2), created_at=now - timedelta(days=2), rendition=RENDITION)  # fmt: skip
    made = client.post("/videos", json={"title": "潮汐"}, headers=bearer).json()["data"]["id"]
    before = usage(client, bearer)
    for each in client.get("/videos", headers=bearer).json()["data"]["items"]:
        assert client.delete(f"/videos/{each['id']}", headers=bearer).status_code == 204
    after = usage(client, bearer)

    assert before["films"]["today"] == after["films"]["today"] == 2
    assert before["seconds_rendered_this_month"] == after["seconds_rendered_this_month"] > 0
    assert after["storage_bytes"] == 0
    assert client.get(f"/videos/{made}", headers=bearer).status_code == 404
    assert client.post("/videos", json={"title": "潮汐"}, headers=bearer).status_code == 429


def test_the_count_of_requests_is_the_one_in_the_headers(client: TestClient, bearer: dict[str, str]) -> None:
    for _ in range(3):
        answer = client.get("/usage", headers=bearer)
    requests = answer.json()["data"]["requests"]

    assert requests["used"] == 3
    assert answer.headers["x-ratelimit-remaining"] == str(requests["limit"] - requests["used"])


def test_the_version_is_that_of_the_package(client: TestClient) -> None:
    version = re.search(r'^version = "(.+)"', (PROJECT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)

    assert version
    assert client.get("/version").json()["data"] == {"name": "video-system", "version": version[1]}
    assert create_app().version == version[1]


@pytest.fixture
def here(home: Path, prefect: FakePrefect) -> TestClient:
    """A client on the API's own machine."""
    return TestClient(the_app(), raise_server_exceptions=False, client=("127.0.0.1", 5))


def figure(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_requests_are_counted_by_the_route_not_by_the_path(here: TestClient, bearer: dict[str, str]) -> None:
    name = 'video_system_requests_total{method="GET",route="/video/task/{task_id}",status="404"}'
    before = figure(here.get("/metrics").text, name)
    for task in ("task_1", "task_2"):
        here.get(f"/video/task/{task}", headers=bearer)
    here.get("/no/such/path")
    here.request("SPAM", "/no/such/path")
    answer = here.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert figure(answer.text, name) == before + 2
    assert "task_1" not in answer.text
    assert "no/such" not in answer.text
    assert "SPAM" not in answer.text
    assert 'video_system_request_seconds_count{method="GET",route="/video/task/{task_id}"}' in answer.text


def test_films_are_counted_by_state(here: TestClient, user: User) -> None:
    film(user)
    film(user, run_id="run-1")
    film(user, run_id="run-2", completed_at=utc_now(), rendition=RENDITION)
    film(user, run_id="run-3", completed_at=utc_now(), error_code="CRASHED")
    text = here.get("/metrics").text

    states = ("waiting", "in_the_making", "completed", "ended")
    assert [figure(text, f'video_system_films{{state="{state}"}}') for state in states] == [1, 1, 1, 1]


def test_without_a_database_the_other_figures_are_still_there(
    here: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "video-system.db").write_bytes(b"no database at all" * 100)
    answer = here.get("/metrics")

    assert answer.status_code == 200
    assert "video_system_requests_total" in answer.text
    assert "video_system_films" not in answer.text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("testclient", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "1.2.3.4"}, 403),
        ("127.0.0.1", {"Forwarded": "for=1.2.3.4"}, 403),
    ],
)
def test_without_a_token_the_figures_are_for_this_machine_only(
    home: Path, prefect: FakePrefect, address: str, headers: dict[str, str], status: int
) -> None:
    client = TestClient(the_app(), raise_server_exceptions=False, client=(address, 5))

    assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("Basic let-me-see-the-figures", 401),
        ("Bearer ü", 401),
        ("Bearer let-me-see-the-figures", 200),
    ],
)
def test_with_a_token_the_figures_are_for_whoever_has_it(
    here: TestClient, monkeypatch: pytest.MonkeyPatch, authorization: str | None, status: int
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "let-me-see-the-figures")
    headers = {"Authorization": authorization.encode()} if authorization else {}

    assert here.get("/metrics", headers=headers).status_code == status  # type: ignore[arg-type]


@pytest.mark.parametrize("token", ["short", "changeme-changeme-changeme", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_token_that_somebody_could_guess_ends_the_start(
    home: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", token)

    with pytest.raises(BadInput, match="METRICS_TOKEN: "), TestClient(create_app()):
        pass


def test_the_reference_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert len(loaded) == 4
    assert [client.get(address).status_code for address in loaded] == [200] * 4
    assert all(address.startswith("/docs/assets/") for address in loaded)
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)


def test_there_is_no_second_reference_and_no_way_out_of_the_folder(client: TestClient) -> None:
    assert client.get("/redoc").status_code == 404
    assert client.get("/docs/assets/..%2f..%2fapp.py").status_code == 404
    assert client.get("/docs/assets/").status_code == 404


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in document["paths"].items() for operation in item.values()]


def test_every_operation_has_a_name_of_its_own_a_title_a_described_tag_and_its_errors(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, operation in found]
    described = {tag["name"] for tag in document["tags"]}

    assert len(names) > 20
    assert sorted(set(names)) == sorted(names)
    assert [path for path, operation in found if not set(operation["tags"]) <= described] == []
    assert [path for path, operation in found if not operation["summary"] or "500" not in operation["responses"]] == []
    assert [path for path, operation in found if "422" in operation["responses"]] == []


def test_the_document_names_both_servers_the_licence_and_how_to_log_in(document: dict[str, Any]) -> None:
    assert [server["url"] for server in document["servers"]] == [
        "http://localhost:8000",
        "https://api.video-system.com",
    ]
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["info"]["description"]
    assert document["security"] == [{"HTTPBearer": []}, {"APIKeyHeader": []}]
    assert document["paths"]["/auth/login"]["post"]["security"] == []
    assert document["paths"]["/health/live"]["get"]["security"] == []


def test_schemas_have_names_that_people_can_read(document: dict[str, Any]) -> None:
    names = list(document["components"]["schemas"])

    assert "TaskStatusAnswer" in names
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("TaskStatus", "TaskStatus"),
        ("Envelope_TaskStatus_", "TaskStatusAnswer"),
        ("Envelope_Page_VideoShown__", "VideoShownPageAnswer"),
        ("Envelope_Union_DownloadLink__CreditList__", "DownloadLinkOrCreditListAnswer"),
    ],
)
def test_a_generic_schema_is_named_in_plain_words(name: str, plain: str) -> None:
    assert readable(name) == plain


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    components = document["components"]
    wanted = set(re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(document)))

    assert len(wanted) > 20
    assert [pair for pair in wanted if pair[1] not in components[pair[0]]] == []


def test_the_examples_belong_to_operations_that_there_are(document: dict[str, Any]) -> None:
    names = {operation["operationId"] for _, operation in operations(document)}

    assert {*REQUESTS, *ANSWERS} - names == set()


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operation, "request" or "answer", and the media type's part of the document, of every JSON body."""
    for _, operation in operations(document):
        asked = operation.get("requestBody", {}).get("content", {}).get("application/json")
        given = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        told = given[0].get("content", {}).get("application/json") if given else None
        yield from (
            (operation["operationId"], side, body) for side, body in (("request", asked), ("answer", told)) if body
        )


def test_every_body_has_an_example_that_its_schema_takes(document: dict[str, Any]) -> None:
    wrong = {}
    for operation, side, body in bodies(document):
        if "example" not in body:
            wrong[operation, side] = "none"
            continue
        validator = Draft202012Validator({**body["schema"], "components": document["components"]})
        wrong |= {(operation, side, *error.path): error.message for error in validator.iter_errors(body["example"])}

    assert wrong == {}


def test_an_example_of_an_answer_has_every_key(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    lacking = {}
    for operation, side, body in bodies(document):
        data = (
            schemas[body["schema"]["$ref"].rpartition("/")[2]]["properties"].get("data", {}) if side == "answer" else {}
        )
        if "$ref" in data:
            keys = schemas[data["$ref"].rpartition("/")[2]]["properties"].keys()
            if lacks := keys - body["example"]["data"].keys():
                lacking[operation] = lacks

    assert lacking == {}


TAKEN = ("register", "login", "generate", "infer", "create_api_key", "create_video", "estimate_video", "change_profile", "start_scan", "create_webhook")  # fmt: skip
"""Those that need nothing to be there before."""


def test_the_examples_of_requests_are_taken(
    client: TestClient, bearer: dict[str, str], document: dict[str, Any], prefect: FakePrefect
) -> None:
    addresses = {
        operation["operationId"]: (method, path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    answers = {
        name: client.request(*addresses[name], json=body, headers=bearer).status_code
        for name, body in REQUESTS.items()
        if name in TAKEN
    }

    assert {name: status for name, status in answers.items() if status >= 300} == {}


def test_the_document_in_the_repository_is_the_one_that_is_served(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_PORT", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    get_settings.cache_clear()
    made = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    assert SNAPSHOT.read_text("utf-8") == made, "run `make openapi`"


def test_the_vendored_reference_has_its_licence_beside_it() -> None:
    folder = Path(api.__file__).parent / "static" / "docs"

    assert "Apache License" in (folder / "LICENSE-swagger-ui.txt").read_text("utf-8")
    assert "api/static/docs/LICENSE-swagger-ui.txt" in (PROJECT / "NOTICE").read_text("utf-8")
