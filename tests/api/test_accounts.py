"""Register and log in."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import security
from studio.settings import PROJECT

ACCOUNT = {"username": "someone@example.com", "password": "password123", "email": "someone@example.com"}


def without_id(answer: Any) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    del body["error"]["request_id"]
    return body


@pytest.mark.parametrize("username", ["someone@example.com", "SomeOne@Example.COM"])
def test_a_name_is_taken_in_any_letter_case(client: TestClient, username: str) -> None:
    client.post("/auth/register", json=ACCOUNT)
    answer = client.post("/auth/register", json={**ACCOUNT, "username": username})

    assert answer.status_code == 400
    assert without_id(answer) == {
        "success": False,
        "error": {"code": "USERNAME_TAKEN", "message": "這個使用者名稱已有人使用"},
    }


def test_the_operators_name_is_taken_from_the_start(client: TestClient) -> None:
    answer = client.post("/auth/register", json={**ACCOUNT, "username": "Operator"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "USERNAME_TAKEN")


def test_of_eight_who_want_a_name_at_once_one_gets_it(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/auth/register", json=ACCOUNT), range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 7
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 400} == {"USERNAME_TAKEN"}


def test_a_name_logs_in_in_any_letter_case(client: TestClient) -> None:
    client.post("/auth/register", json=ACCOUNT)

    assert client.post("/auth/login", json={"username": "SOMEONE@example.com", "password": "password123"}).is_success


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client: TestClient) -> None:
    client.post("/auth/register", json=ACCOUNT)
    unknown = client.post("/auth/login", json={"username": "nobody@example.com", "password": "password123"})
    wrong = client.post("/auth/login", json={"username": ACCOUNT["username"], "password": "password124"})

    assert (unknown.status_code, wrong.status_code) == (401, 401)
    assert unknown.text.replace(unknown.headers["x-request-id"], "") == wrong.text.replace(
        wrong.headers["x-request-id"], ""
    )
    assert unknown.json()["error"]["code"] == "INVALID_CREDENTIALS"


def test_an_unknown_name_takes_as_long_as_a_wrong_password(client: TestClient) -> None:
    client.post("/auth/register", json=ACCOUNT)
    # The hash that unknown names are compared with is made once.
    client.post("/auth/login", json={"username": "somebody@example.com", "password": "password124"})
    took: dict[str, list[float]] = {"nobody@example.com": [], ACCOUNT["username"]: []}
    statuses = set()
    for _ in range(5):
        for username, times in took.items():
            # Of the processor: what else this machine does is not measured.
            started = time.process_time()
            statuses.add(client.post("/auth/login", json={"username": username, "password": "password124"}).status_code)
            times.append(time.process_time() - started)
    slow, fast = sorted((statistics.median(times) for times in took.values()), reverse=True)

    assert statuses == {401}
    assert slow / fast < 1.35


def test_nobody_logs_in_as_the_operator(client: TestClient, account: Any) -> None:
    account("operator")
    answer = client.post("/auth/login", json={"username": "operator", "password": "!"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_CREDENTIALS")


def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    working: list[int] = []
    most = []

    class Watched:
        def hash(self, _password: str) -> str:
            working.append(1)
            most.append(len(working))
            time.sleep(0.02)
            working.pop()
            return "hashed"

    monkeypatch.setattr(security, "_hasher", Watched)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(security.hash_password, ["password123"] * 10))

    assert max(most) == 2


FORTY_LOGINS = """
import threading
from api import security
# What is measured is memory: on a busy machine the last ones wait for longer than people would.
security.QUEUE_S = 120
hashed = security.hash_password("password123")
matches = []
threads = [
    threading.Thread(target=lambda: matches.append(security.password_matches("password123", hashed)))
    for _ in range(40)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(matches.count(True), int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
def test_forty_logins_at_once_stay_below_400_mb(home: object) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FORTY_LOGINS], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True
    )
    matches, peak_mb = (int(word) for word in child.stdout.split())

    assert matches == 40
    assert peak_mb < 400


def test_who_waits_too_long_for_a_hash_is_told_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "QUEUE_S", 0.01)
    with security.HASHING, security.HASHING:
        answer = client.post("/auth/login", json={"username": "someone", "password": "password123"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["error"]["code"] == "BUSY"
