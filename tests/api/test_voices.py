"""Who can say a film, and how that sounds."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from store.tables.users import User
from studio.errors import ProviderRejected
from studio.providers.tts import Speech, Voice, espeak, sample
from studio.settings import get_settings
from tests.api.conftest import bearer_of


@pytest.fixture(autouse=True)
def _looked_at_anew() -> Iterator[None]:
    sample._ready.looked_at = -sample.FRESH_S
    yield
    sample._ready.looked_at = -sample.FRESH_S


def ids(client: TestClient, bearer: dict[str, str], query: str = "") -> list[str]:
    return [voice["id"] for voice in client.get(f"/voices{query}", headers=bearer).json()["data"]["items"]]


def test_the_voices_that_are_ready_are_listed_in_the_operators_order(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS", "espeak,hibari")
    get_settings.cache_clear()

    assert ids(client, bearer) == ["espeak/en-us", "espeak/cmn-latn-pinyin", "hibari/heart"]


def test_a_provider_that_is_not_ready_is_left_out(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOKORO_MODEL", "/no/such/file")

    assert [each for each in ids(client, bearer) if each.startswith("kokoro/")] == []
    assert "hibari/heart" in ids(client, bearer)


@pytest.mark.parametrize("tag", ["zh-TW", "zh", "zh-Hant"])
def test_voices_can_be_asked_for_by_language(client: TestClient, bearer: dict[str, str], tag: str) -> None:
    found = ids(client, bearer, f"?language={tag}")

    assert found[0] == "kokoro/zf_xiaoyi"
    assert "hibari/heart" not in found


def test_a_language_that_nobody_speaks_has_no_voices(client: TestClient, bearer: dict[str, str]) -> None:
    assert ids(client, bearer, "?language=fr") == []


@pytest.mark.parametrize("tag", ["not a tag", "", "1"])
def test_what_is_no_language_is_refused(client: TestClient, bearer: dict[str, str], tag: str) -> None:
    answer = client.get("/voices", params={"language": tag}, headers=bearer)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "language"


@pytest.mark.parametrize("path", ["hibari/heart", "hibari%2Fheart"])
def test_one_is_found_with_its_slash_written_either_way(client: TestClient, bearer: dict[str, str], path: str) -> None:
    data = client.get(f"/voices/{path}", headers=bearer).json()["data"]

    assert data == {
        "id": "hibari/heart",
        "name": "heart",
        "provider": "hibari",
        "language": "en",
        "is_draft": False,
        "credit": {
            "title": "hibari",
            "author": "Maureese Williams, after hexgrad's Kokoro",
            "licence": "Apache-2.0",
            "url": "https://pypi.org/project/hibari-tts/",
            "licence_url": "",
        },
    }


@pytest.mark.parametrize(
    "path", ["nope", "hibari/nope", "hibari/nope/sample", "sample", "hibari/heart/sample/x", "%00"]
)
def test_an_unknown_voice_is_not_found(client: TestClient, bearer: dict[str, str], path: str) -> None:
    answer = client.get(f"/voices/{path}", headers=bearer)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/voices", "/voices/hibari/heart", "/voices/hibari/heart/sample"])
def test_voices_need_a_login(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401


@pytest.mark.parametrize(("voice", "seconds"), [("hibari/heart", 3), ("espeak/cmn-latn-pinyin", 3)])
def test_a_sample_is_a_link_to_a_sentence_that_can_be_heard(
    client: TestClient, bearer: dict[str, str], voice: str, seconds: float
) -> None:
    data = client.get(f"/voices/{voice}/sample", headers=bearer).json()["data"]
    audio = client.get(data["url"])
    with wave.open(io.BytesIO(audio.content)) as file:
        length, loudest = file.getnframes() / file.getframerate(), max(file.readframes(file.getnframes()))

    assert data == {
        "voice_id": voice,
        "text": sample.sample_text("en" if voice == "hibari/heart" else "zh-TW"),
        "url": data["url"],
        "media_type": "audio/wav",
    }
    assert audio.headers["content-type"] in ("audio/wav", "audio/x-wav")
    assert length > seconds
    assert loudest > 100


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What espeak was asked to say, each taking half a second."""
    heard: list[str] = []
    speak = espeak.Espeak.speak

    def slowly(self: espeak.Espeak, text: str, *, voice: Voice) -> Speech:
        heard.append(voice.name)
        time.sleep(0.5)
        return speak(self, text, voice=voice)

    monkeypatch.setattr(espeak.Espeak, "speak", slowly)
    return heard


def test_a_sample_is_made_once_however_many_ask_and_a_crowd_is_sent_away(
    client: TestClient, user: User, spoken: list[str]
) -> None:
    bearer = bearer_of(user)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: client.get("/voices/espeak/en-us/sample", headers=bearer), range(12)))
    again = client.get("/voices/espeak/en-us/sample", headers=bearer)

    assert spoken == ["en-us"]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 503} == {"MODEL_UNAVAILABLE"}
    assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 503} == {"2"}
    assert again.status_code == 200


def test_a_voice_that_fails_has_a_name_and_leaves_room_for_the_next(
    client: TestClient, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def fail(self: espeak.Espeak, text: str, *, voice: Voice) -> Speech:
        raise ProviderRejected("tts", "espeak", "secret detail")

    monkeypatch.setattr(espeak.Espeak, "speak", fail)
    answers = [client.get("/voices/espeak/en-us/sample", headers=bearer) for _ in range(6)]

    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(400, "CONTENT_REFUSED")}
    assert "secret" not in answers[0].text
    assert not sample._SPEAKING.locked()
    assert threading.active_count() < 100
