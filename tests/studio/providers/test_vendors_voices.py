"""Voices of vendors against servers on this machine that speak their protocols."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from studio.errors import (
    OutOfBalance,
    OverLimit,
    ProviderError,
    ProviderNotReady,
    ProviderRejected,
    ProviderUnavailable,
)
from studio.providers.tts import TTS, Speech, Voice, catalog, edge, elevenlabs, openai
from studio.providers.tts.characters import words_at, words_of_characters
from tests.support.speech import edge_server, spoken, wav_bytes, with_timestamps
from tests.support.vendor import FAULTS, LEAK, RETRY_AFTER_S, Asked, Fault, Said, VendorServer, as_json, vendor_server

EN = "Twice a day, the sea rises. The Moon pulls on it."
ZH = "海水每天漲兩次，AI也知道🌊。"

MEANINGS: dict[Fault, type[ProviderError]] = {
    "silent": ProviderUnavailable,
    "slow": ProviderUnavailable,
    "cut": ProviderUnavailable,
    "huge": ProviderUnavailable,
    "malformed": ProviderUnavailable,
    "empty": ProviderUnavailable,
    "401": ProviderNotReady,
    "402": OutOfBalance,
    "403": ProviderNotReady,
    "404": ProviderRejected,
    "429": OverLimit,
    "500": ProviderUnavailable,
}


@pytest.fixture(scope="module")
def speech() -> Speech:
    return spoken(EN)


@pytest.fixture
def server(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    """Both vendors; a request that is not what they document is answered with 500."""

    def answer(asked: Asked) -> Said:
        if asked.path == "/v1/audio/speech":
            assert set(asked.json) == {"model", "voice", "input", "response_format", "speed"}
            return Said(wav_bytes(speech), "audio/wav")
        assert asked.path.startswith("/v1/text-to-speech/")
        return as_json(with_timestamps(speech))

    with vendor_server(answer) as found:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_SPEECH_BASE_URL", f"{found.root}/v1")
        monkeypatch.setenv("ELEVENLABS_API_KEY", "el-test")
        monkeypatch.setenv("ELEVENLABS_ROOT_URL", found.root)
        monkeypatch.setenv("ELEVENLABS_VOICES", "abc/1:rachel, def2")
        monkeypatch.setattr(openai, "TIMEOUT_S", 0.5)
        monkeypatch.setattr(openai, "MOST_BYTES", 4 << 20)
        monkeypatch.setattr(elevenlabs, "TIMEOUT_S", 0.5)
        yield found


def voice_of(provider: TTS, language: str = "en") -> Voice:
    return next(voice for voice in provider.voices if voice.language == language)


def say(name: str, text: str = EN, *, speed: float = 1.0) -> Speech:
    provider = catalog.open(name)
    return provider.speak(text, voice=voice_of(provider), speed=speed)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["openai", "elevenlabs"])
def test_every_way_to_fail_has_its_error(server: VendorServer, name: str, fault: Fault) -> None:
    server.fault = fault
    with pytest.raises(ProviderError) as caught:
        say(name)

    # An endpoint without speech answers 404: the next voice may say it.
    expected = ProviderNotReady if (name, fault) == ("openai", "404") else MEANINGS[fault]
    assert type(caught.value) is expected
    assert LEAK not in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", ["openai", "elevenlabs"])
def test_a_rate_limit_says_how_long(server: VendorServer, name: str) -> None:
    server.fault = "429"
    with pytest.raises(OverLimit) as caught:
        say(name)

    assert caught.value.retry_after == RETRY_AFTER_S


@pytest.mark.parametrize("name", ["openai", "elevenlabs"])
def test_nobody_at_home_is_unavailable(name: str, monkeypatch: pytest.MonkeyPatch, server: VendorServer) -> None:
    monkeypatch.setenv("OPENAI_SPEECH_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ELEVENLABS_ROOT_URL", "http://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable, match=r"no (usable )?answer"):
        say(name)


@pytest.mark.parametrize("name", ["openai", "elevenlabs", "edge"])
def test_text_without_a_word_is_refused_and_sent_to_nobody(name: str, server: VendorServer) -> None:
    with pytest.raises(ProviderRejected, match="nothing that can be said"):
        say(name, "……！🌊")

    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "variable"), [("openai", "OPENAI_API_KEY"), ("elevenlabs", "ELEVENLABS_API_KEY"), ("piper", "piper")]
)
def test_a_voice_that_is_not_ready_says_what_to_set(name: str, variable: str) -> None:
    with pytest.raises(ProviderNotReady, match=variable):
        catalog.open(name).check()


def test_openai_is_asked_as_it_documents(server: VendorServer, speech: Speech) -> None:
    said = say("openai", speed=1.5)
    asked = server.asked[0]

    assert (asked.method, asked.headers["authorization"]) == ("POST", "Bearer sk-test")
    assert asked.json == {
        "model": "gpt-4o-mini-tts",
        "voice": "alloy",
        "input": EN,
        "response_format": "wav",
        "speed": 1.5,
    }
    assert said.duration == pytest.approx(speech.duration, abs=0.01)
    assert said.words == ()


def test_openai_takes_its_chat_address_when_it_has_no_other(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_SPEECH_BASE_URL", "")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.root}/v1")
    say("openai")

    assert [asked.path for asked in server.asked] == ["/v1/audio/speech"]


def test_a_long_text_is_said_in_several_requests_cut_at_sentences(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, speech: Speech
) -> None:
    monkeypatch.setattr(openai, "LONGEST", 60)
    said = say("openai", f"{EN} {EN}")
    inputs = [asked.json["input"] for asked in server.asked]

    assert inputs == [EN, EN]
    assert said.duration == pytest.approx(2 * speech.duration, abs=0.01)


def test_elevenlabs_is_asked_as_it_documents(server: VendorServer) -> None:
    say("elevenlabs", speed=1.2)
    asked = server.asked[0]

    assert (asked.method, asked.path) == ("POST", "/v1/text-to-speech/abc%2F1/with-timestamps")
    assert asked.query == {"output_format": "pcm_24000"}
    assert asked.headers["xi-api-key"] == "el-test"
    assert asked.json == {"text": EN, "model_id": "eleven_multilingual_v2", "voice_settings": {"speed": 1.2}}


def test_other_models_of_elevenlabs_are_told_the_language(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEVENLABS_MODEL", "eleven_v3")
    say("elevenlabs")

    assert server.asked[0].json == {"text": EN, "model_id": "eleven_v3", "language_code": "en"}


def test_the_voices_of_elevenlabs_have_names_and_speak_both_languages(server: VendorServer) -> None:
    voices = [(voice.name, voice.language) for voice in catalog.open("elevenlabs").voices]

    assert voices == [("rachel", "zh-TW"), ("def2", "zh-TW"), ("rachel", "en"), ("def2", "en")]


def test_words_come_from_the_times_of_characters(server: VendorServer, speech: Speech) -> None:
    said = say("elevenlabs")

    assert "".join(word.text for word in said.words) == EN
    assert [word.start for word in said.words] == pytest.approx([word.start for word in speech.words], abs=0.05)


def test_characters_of_another_text_give_no_words(server: VendorServer) -> None:
    assert say("elevenlabs", "Something else.").words == ()


@pytest.mark.parametrize("text", [EN, ZH, "🌊🌊 3.14 well-known, “quoted”…", "NT$1,250元起，用 iPhone 拍", "a", "你"])
def test_words_of_characters_join_to_the_text_and_follow_each_other(text: str) -> None:
    starts = [i / 10 for i in range(len(text))]
    words = words_of_characters(
        list(text), starts, [start + 0.1 for start in starts], language="zh-TW", duration=len(text) / 10
    )

    assert "".join(word.text for word in words) == text
    assert all(one.end <= other.start for one, other in pairwise(words))


def test_a_word_ends_with_its_last_letter_not_with_its_mark() -> None:
    words = words_of_characters(
        list("Hi, you"), [0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7], language="en", duration=7
    )

    assert [(word.text, word.start, word.end) for word in words] == [("Hi, ", 0, 2), ("you", 4, 7)]


def test_words_begin_where_a_vendors_own_words_are_found() -> None:
    words = words_at("「海水」漲了。", [("海水", 0.1, 0.5), ("不在", 0.5, 0.6), ("漲", 0.7, 0.9)], duration=0.8)

    assert [(word.text, word.start, word.end) for word in words] == [("「海水」", 0.1, 0.5), ("漲了。", 0.7, 0.8)]


@pytest.mark.parametrize("name", ["openai", "elevenlabs"])
def test_a_quote_is_another_for_all_that_shapes_the_answer(
    server: VendorServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = catalog.open(name)
    one, other = (voice for voice in provider.voices[-2:])
    quotes = [
        provider.quote(EN, voice=one),
        provider.quote(EN, voice=other),
        provider.quote(EN, voice=one, speed=1.1),
        provider.quote(f"{EN} ", voice=one),
    ]
    monkeypatch.setenv("OPENAI_SPEECH_MODEL", "tts-1")
    monkeypatch.setenv("ELEVENLABS_MODEL", "eleven_v3")
    quotes.append(provider.quote(EN, voice=one))

    assert len({quote.key for quote in quotes if quote}) == 5
    assert quotes[0] is not None
    assert quotes[0].units["characters"] == len(EN)
    assert catalog.open(name).quote(EN, voice=one) == quotes[-1]


def test_a_voice_of_this_machine_costs_nothing() -> None:
    for name in ("hibari", "kokoro", "espeak", "piper"):
        voice = Voice("any", "en", pace=1, credit=edge.CREDIT)

        assert catalog.open(name).quote(EN, voice=voice) is None


def test_edge_says_the_text_with_its_own_words(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    with edge_server(speech) as (address, sent):
        monkeypatch.setattr("edge_tts.communicate.WSS_URL", address)
        said = say("edge", speed=1.25)

    assert "".join(word.text for word in said.words) == EN
    assert [word.start for word in said.words] == pytest.approx([word.start for word in speech.words], abs=0.01)
    assert said.duration == pytest.approx(speech.duration, abs=0.1)
    assert "rate='+25%'" in sent[1]
    assert "zh-TW" not in sent[1]


@pytest.mark.parametrize("hangs", [False, True])
def test_edge_without_a_sound_is_unavailable(hangs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "TIMEOUT_S", 0.5)
    with edge_server(None, hangs=hangs) as (address, _):
        monkeypatch.setattr("edge_tts.communicate.WSS_URL", address)
        with pytest.raises(ProviderUnavailable, match="no usable answer"):
            say("edge")


def test_edge_that_is_not_installed_says_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "find_spec", lambda name: None)

    with pytest.raises(ProviderNotReady, match=r"video-system\[edge\]"):
        catalog.open("edge").check()
