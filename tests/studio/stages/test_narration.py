"""Who says a film, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from studio.errors import OverBudget, ProviderNotReady, ProviderUnavailable, UnknownName
from studio.language.lexicon import Lexicon
from studio.providers.sound import decode
from studio.providers.storage import Storage, open_storage
from studio.providers.till import Quote, Receipt, Units
from studio.providers.tts import catalog
from studio.settings import get_settings
from studio.stages.narration import Speaker, cast, choose_speaker, find_speaker, narrate
from tests.support.speech import spoken
from tests.support.vendor import Said, vendor_server
from tests.support.voices import FakeVendor

TTS = ("hibari", "kokoro", "espeak")


@pytest.fixture
def storage(fresh_home: Path) -> Storage:
    return open_storage(get_settings())


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> FakeVendor:
    """One more provider in the catalog."""
    found = FakeVendor()
    monkeypatch.setattr("tests.support.voices.opened", lambda: found, raising=False)
    monkeypatch.setitem(catalog.entries, "vendor", "tests.support.voices:opened")
    return found


class KeepingTill:
    """Remembers answers by key, and what was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, JsonValue] = {}
        self.quotes: list[Quote] = []
        self.used: list[Units] = []

    def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
        self.quotes.append(quote)
        if quote.key not in self.answers:
            receipt = call()
            self.answers[quote.key] = receipt.answer
            self.used.append(receipt.units)
        return self.answers[quote.key]


def speaker_of(vendor: FakeVendor, language: str = "en") -> Speaker:
    return Speaker(vendor, next(voice for voice in vendor.voices if voice.language == language))


def test_the_first_voice_that_speaks_the_language_says_the_film() -> None:
    assert choose_speaker("en", wanted=None, names=TTS).id == "hibari/heart"
    assert choose_speaker("zh-TW", wanted=None, names=TTS).id == "kokoro/zf_xiaoyi"


def test_the_wanted_voice_comes_first_and_then_one_of_each_other_provider() -> None:
    speakers = cast("en", wanted="am_michael", names=TTS).speakers

    assert [speaker.id for speaker in speakers] == ["kokoro/am_michael", "hibari/heart", "espeak/en-us"]


def test_an_unknown_voice_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="hibari/heart"):
        cast("en", wanted="nobody", names=TTS)
    with pytest.raises(UnknownName):
        cast("en", wanted="zf_xiaoyi", names=TTS)


def test_a_wanted_voice_that_is_not_ready_is_replaced_and_it_is_said_why(vendor: FakeVendor) -> None:
    vendor.is_ready = ProviderNotReady("tts", "vendor", "VENDOR_KEY is not set")
    found = cast("en", wanted="vendor/any", names=("vendor", "hibari"))

    assert [speaker.id for speaker in found.speakers] == ["hibari/heart"]
    assert "VENDOR_KEY" in found.missing


def test_a_language_that_nobody_speaks_has_no_speaker() -> None:
    with pytest.raises(ProviderNotReady, match="no voice speaks 'fr'"):
        cast("fr", wanted=None, names=TTS)


def test_a_speed_is_what_the_voice_can_and_its_pace_follows(vendor: FakeVendor) -> None:
    vendor.speeds = (0.7, 1.2)
    speaker = choose_speaker("en", wanted=None, names=("vendor",), speed=1.5)

    assert (speaker.speed, speaker.pace) == (1.2, pytest.approx(4.8))


def test_a_voice_is_found_by_its_id(vendor: FakeVendor) -> None:
    assert find_speaker("hibari/heart", "en").id == "hibari/heart"
    with pytest.raises(UnknownName):
        find_speaker("hibari/nobody", "en")
    vendor.is_ready = ProviderNotReady("tts", "vendor", "gone")
    with pytest.raises(ProviderNotReady):
        find_speaker("vendor/any", "en")


@pytest.mark.parametrize(
    ("voice", "language"),
    [("hibari/heart", "en"), pytest.param("kokoro/zf_xiaoyi", "zh-TW", marks=pytest.mark.slow)],
)
def test_a_faster_voice_is_shorter_and_its_words_keep_their_share(voice: str, language: str) -> None:
    text = "Twice a day, the sea rises." if language == "en" else "海水每天漲兩次。"
    usual, fast = (spoken(text, voice=voice, speed=speed) for speed in (1.0, 1.5))
    shares = [[word.end / speech.words[-1].end for word in speech.words] for speech in (usual, fast)]

    assert fast.duration == pytest.approx(usual.duration / 1.5, rel=0.12)
    assert shares[1] == pytest.approx(shares[0], abs=0.05)


def test_what_was_bought_is_not_bought_again(vendor: FakeVendor, storage: Storage) -> None:
    till = KeepingTill()
    first, second = (narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till) for _ in range(2))

    assert first == second
    assert vendor.said == ["Hi"]
    assert [(quote.role, quote.units) for quote in till.quotes] == [("tts", {"characters": 2})] * 2


def test_a_recording_costs_what_its_sound_tells_and_else_what_was_quoted(vendor: FakeVendor, storage: Storage) -> None:
    till = KeepingTill()
    narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till)
    vendor.used = {"output_tokens": 7}
    narrate("Ho", speaker=speaker_of(vendor), storage=storage, till=till)

    assert till.used == [{"characters": 2}, {"output_tokens": 7}]


def test_a_recording_that_left_the_store_is_bought_anew(vendor: FakeVendor, storage: Storage) -> None:
    till = KeepingTill()
    recording = narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till)
    storage.delete(recording.audio.key)
    again = narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till)

    assert vendor.said == ["Hi", "Hi"]
    assert storage.exists(again.audio.key)
    assert len({quote.key for quote in till.quotes}) == 2


def test_a_recording_that_was_kept_in_another_shape_is_bought_anew(vendor: FakeVendor, storage: Storage) -> None:
    till = KeepingTill()
    quote = vendor.quote("Hi", voice=speaker_of(vendor).voice)
    assert quote is not None
    till.answers[quote.key] = {"file": "speech.mp3"}

    assert narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till).voice == "vendor/any"


def test_what_the_till_refuses_is_not_said(vendor: FakeVendor, storage: Storage) -> None:
    class Empty:
        def buy(self, quote: Quote, call: Callable[[], Receipt]) -> JsonValue:
            raise OverBudget("tts", "vendor", "the day's budget is spent")

    with pytest.raises(OverBudget):
        narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=Empty())

    assert vendor.said == []


def test_a_voice_of_this_machine_needs_no_till(vendor: FakeVendor, storage: Storage) -> None:
    vendor.is_remote = False
    till = KeepingTill()
    narrate("Hi", speaker=speaker_of(vendor), storage=storage, till=till)

    assert till.quotes == []


def test_captions_show_what_is_written_while_the_voice_says_what_is_listed(
    vendor: FakeVendor, storage: Storage
) -> None:
    lexicon = Lexicon((("nginx", "engine x"),))
    recording = narrate("An nginx.", speaker=speaker_of(vendor), storage=storage, lexicon=lexicon)

    assert vendor.said == ["An engine x."]
    assert [word.text for word in recording.words] == ["A", "n", " ", "nginx", "."]
    assert (recording.words[3].start, recording.words[3].end) == (pytest.approx(0.3), pytest.approx(1.1))


def test_a_chinese_name_is_said_by_its_syllables_and_shown_as_a_word(storage: Storage) -> None:
    speaker = choose_speaker("zh-TW", wanted="zf_xiaoyi", names=("kokoro",))
    lexicon = Lexicon((), (("行天宮", ("hang2", "tian1", "gong1")),))
    plain, listed = (
        narrate("去行天宮。", speaker=speaker, storage=storage, lexicon=known) for known in (Lexicon(), lexicon)
    )

    assert plain.audio.key != listed.audio.key
    assert [word.text for word in listed.words] == ["去", "行天宮。"]


@pytest.mark.parametrize(
    ("language", "voice", "text"),
    [
        ("en", "kokoro/am_michael", "The sea 🌊 rises by 3.5 m — “well-known”."),
        ("zh-TW", "kokoro/zm_yunjian", "海水漲2次，用 iPhone 拍🌊！"),
    ],
)
def test_a_voice_without_times_gets_its_words_from_its_sound(
    language: str, voice: str, text: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole round: another voice's real speech from a server of the protocol, told words by comparison."""
    from studio.providers.align import catalog as aligners
    from tests.support.speech import wav_bytes

    truth = spoken(text, voice=voice)
    with vendor_server(lambda asked: Said(wav_bytes(truth), "audio/wav")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_SPEECH_BASE_URL", f"{server.root}/v1")
        speaker = choose_speaker(language, wanted="nova", names=("openai",))
        recording = narrate(text, speaker=speaker, storage=storage, aligners=[aligners.open("reference")])
    exact = {word.text.strip(): word.start for word in truth.words}
    errors = [abs(word.start - exact[word.text.strip()]) for word in recording.words if word.text.strip() in exact]

    assert server.asked[0].json["voice"] == "nova"
    assert "".join(word.text for word in recording.words) == text
    assert recording.voice == "openai/nova"
    assert len(errors) > 4
    assert sorted(errors)[len(errors) // 2] <= 0.06
    assert decode(storage.fetch(recording.audio.key)).duration == pytest.approx(recording.duration, abs=0.01)


def test_a_vendor_that_fails_is_an_error_of_ours(vendor: FakeVendor, storage: Storage) -> None:
    vendor.error = ProviderUnavailable("tts", "vendor", "it answered 500")

    with pytest.raises(ProviderUnavailable):
        narrate("Hi", speaker=speaker_of(vendor), storage=storage)
