"""After real use no secret is found anywhere but where it belongs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.receiver import receiver
from tests.support.stack import PLAIN, Stack, call, running_stack, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PASSWORD = "canary-of-the-password"
NEW_PASSWORD = "canary-of-the-next-password"
WRONG_PASSWORD = "canary-of-a-wrong-password"
VENDOR_KEY = "sk-canary-of-the-vendor"
METRICS_TOKEN = "canary-of-the-metrics"
SECRET_KEY = "9f27canary04d1c8b35e6a7f90canary12ab34"
HOOK_TOKEN = "canary-in-the-address-of-a-hook"
FILM_TOKEN = "canary-in-the-address-of-a-film"
ONCE = "canary-of-an-idempotency-key"
NAME = "canary@example.com"


@contextmanager
def talkative_vendor() -> Iterator[str]:
    """An endpoint that refuses everything and repeats in its refusal the key that it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps({"error": {"message": f"no: {self.headers['authorization']}", "code": "bad"}}).encode()
            self.send_response(400)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Used:
    """What is left of a day's use: secrets by name, and every answer that has no business to show one."""

    stack: Stack
    secrets: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, token: str = "", **request: Any) -> httpx2.Response:
        """An answer, kept to be searched."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **request.pop("headers", {})}
        answer = call(method, self.stack.api + path, headers=headers, **request)
        self.answers[f"{len(self.answers)} {method} {path}"] = f"{answer.headers}\n{answer.text}"
        return answer

    def tell(self, method: str, path: str, *, token: str = "", **request: Any) -> dict[str, Any]:
        """The data of an answer whose business it is to show a secret; not kept."""
        answer = self.ask(method, path, token=token, **request)
        assert answer.is_success, answer.text
        self.answers.popitem()
        data: dict[str, Any] = answer.json()["data"]
        return data

    def found_in(self, texts: dict[str, bytes], *, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """Which secret is in which of *texts*."""
        return [
            (name, where)
            for name, secret in self.secrets.items()
            for where, text in texts.items()
            if name not in but and secret.encode() in text
        ]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    with (
        talkative_vendor() as vendor,
        receiver() as (hook_url, came),
        running_stack(
            tmp_path_factory.mktemp("canaries"),
            LLM="openai",
            OPENAI_API_KEY=VENDOR_KEY,
            OPENAI_BASE_URL=vendor,
            METRICS_TOKEN=METRICS_TOKEN,
            SECRET_KEY=SECRET_KEY,
            **PLAIN,
        ) as stack,
    ):
        secrets = {
            "password": PASSWORD, "next password": NEW_PASSWORD, "wrong password": WRONG_PASSWORD,
            "vendor's key": VENDOR_KEY, "metrics token": METRICS_TOKEN, "signing key": SECRET_KEY,
            "hook's address": HOOK_TOKEN, "film's address": FILM_TOKEN, "idempotency key": ONCE,
        }  # fmt: skip
        day = Used(stack, secrets)
        log_in(day)
        hook(day, f"{hook_url}?token={HOOK_TOKEN}")
        films(day, f"{hook_url}?token={FILM_TOKEN}")
        until(lambda: len(came) >= 5, timeout_s=90)
        misuse(day)
        leave(day)
        yield day


def log_in(day: Used) -> None:
    account = {"username": NAME, "password": PASSWORD}
    day.ask("POST", "/auth/register", json={**account, "email": NAME})
    day.ask("POST", "/auth/login", json={"username": NAME, "password": WRONG_PASSWORD})
    first = day.tell("POST", "/auth/login", json=account)
    second = day.tell("POST", "/auth/refresh", json={"refresh_token": first["refresh_token"]})
    made = day.tell("POST", "/api-keys", token=second["access_token"], json={"name": "laptop"})
    again = day.tell("POST", f"/api-keys/{made['id']}/rotate", token=second["access_token"], json={"overlap_s": 60})
    account_secret = day.tell("GET", "/users/me/webhook-secret", token=second["access_token"])
    day.secrets |= {
        "first access token": first["access_token"], "first refresh token": first["refresh_token"],
        "access token": second["access_token"], "refresh token": second["refresh_token"],
        "first api key": made["key"], "api key": again["key"], "account's hook secret": account_secret["secret"],
    }  # fmt: skip


def hook(day: Used, url: str) -> None:
    key = day.secrets["api key"]
    made = day.tell("POST", "/webhooks", token=key, json={"url": url})
    again = day.tell("POST", f"/webhooks/{made['id']}/rotate", token=key, json={})
    day.tell("POST", f"/webhooks/{made['id']}/test", token=key)
    day.secrets |= {"first hook secret": made["secret"], "hook secret": again["secret"]}


def films(day: Used, url: str) -> None:
    """One that is made and one that fails with the vendor's words; each is told to two addresses."""
    key = day.secrets["api key"]
    order = {"title": "Tides", "resolution": "540p", "webhook_url": url}
    made = [
        day.tell("POST", "/videos", token=key, json=body, headers={"Idempotency-Key": f"{ONCE}-{number}"})["id"]
        for number, body in enumerate(({**order, "script": "The sea rises."}, order))
    ]
    day.stack.token = key
    day.stack.await_status(made[0], "completed", timeout_s=120)
    day.stack.await_status(made[1], "failed", timeout_s=120)
    assert day.stack.row(made[1])["error_code"] != "INTERNAL_ERROR"
    for video_id in made:
        for path in (f"/video/task/{video_id}", f"/videos/{video_id}/credits", f"/videos/{video_id}/events"):
            day.ask("GET", path, token=key)
    # Its owner sees the address that came with a film, and nothing else that is secret.
    listed = day.tell("GET", "/videos", token=key)["items"]
    for shown in [*listed, *(day.tell("GET", f"/videos/{video_id}", token=key) for video_id in made)]:
        assert shown.pop("webhook_url") == url
        day.answers[f"{len(day.answers)} GET /videos"] = str(shown)


def misuse(day: Used) -> None:
    """Answers to what is wrong, and to what is right and no secret's place."""
    key, access, refresh = (day.secrets[name] for name in ("api key", "access token", "refresh token"))
    inference = {"model_id": "model_1", "input": {"text": "Tides", "parameters": {}}}
    body = {"username": NAME, "password": PASSWORD, "email": NAME, "plan": PASSWORD}
    day.ask("POST", "/ai/inference", token=key, json=inference)
    day.ask("POST", "/ai/inference", token=key, json={**inference, "stream": True})
    day.ask("POST", "/auth/register", json=body)
    day.ask("POST", "/auth/register", content=json.dumps(body)[:-1].encode())
    day.ask("POST", "/auth/refresh", json={"refresh_token": day.secrets["first refresh token"], "x": refresh})
    day.ask("POST", "/videos", token=key, json={"title": "Tides", "webhook_url": f"ftp://x/?{FILM_TOKEN}"})
    day.ask("POST", "/videos", token=key, json={"title": "Sea"}, headers={"Idempotency-Key": f"{ONCE}-0"})
    day.ask("GET", "/users/me", token=key[:-1])
    day.ask("GET", "/users/me", token=f"{access}x")
    day.ask("GET", "/metrics", token=METRICS_TOKEN[:-1])
    day.ask("GET", "/metrics", token=METRICS_TOKEN)
    for path in ("/openapi.json", "/docs", "/version", "/health/ready"):
        day.ask("GET", path)
    for path in ("/users/me", "/api-keys", "/usage", "/assets", "/templates", "/voices", "/ai/models"):
        day.ask("GET", path, token=access)


def leave(day: Used) -> None:
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    day.ask("POST", "/auth/password", token=day.secrets["access token"], json={**change, "new_password": "short"})
    changed = day.ask("POST", "/auth/password", token=day.secrets["access token"], json=change)
    assert changed.status_code == 204


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_prefect_has_none(used: Used) -> None:
    files = files_below(used.stack.home / "prefect")

    assert any(b"The sea rises." in content for name, content in files.items() if ".db" in name)
    assert used.found_in(files) == []


def test_no_log_has_any(used: Used) -> None:
    files = files_below(used.stack.home / "logs")

    assert {"api.log", "worker.log", "prefect.log"} <= set(files)
    assert all(files[name] for name in ("api.log", "worker.log"))
    assert used.found_in(files) == []


def test_no_answer_shows_one_where_it_has_no_business(used: Used) -> None:
    assert len(used.answers) > 30
    assert used.found_in({where: text.encode() for where, text in used.answers.items()}) == []


def test_our_own_database_and_folder_have_hashes_and_the_addresses_to_write_to(used: Used) -> None:
    files = {name: content for name, content in files_below(used.stack.home).items() if not name.startswith("objects/")}
    kept = ("hook's address", "film's address", "idempotency key")

    assert used.found_in(files, but=kept) == []
    assert {name for name, _ in used.found_in(files)} == set(kept)
    assert {where.partition("-")[0] for _, where in used.found_in(files)} == {"video"}
