"""From a script to recordings with timed words."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue, ValidationError

from studio.errors import ProviderNotReady, ProviderUnavailable, UnknownName
from studio.language.lexicon import PLAIN, Lexicon, Respelled
from studio.models.narration import Recording, Word
from studio.providers.align import Aligner
from studio.providers.fallback import ready
from studio.providers.sound import decode
from studio.providers.storage import Storage, store_file
from studio.providers.till import OpenTill, Quote, Receipt, Till, call_key
from studio.providers.tts import TTS, Speech, Voice, catalog
from studio.providers.tts.wav import write_wav
from studio.stages.wordtimes import aligned, reference_for

OPEN_TILL = OpenTill()

PURCHASES = 3
"""Times that a recording is bought whose sound keeps vanishing from the store."""


@dataclass(frozen=True)
class Speaker:
    """A voice, the provider that has it, and how fast it speaks: a share of its own pace, within what it can."""

    provider: TTS
    voice: Voice
    speed: float = 1.0

    @property
    def id(self) -> str:
        """As a brief names the voice."""
        return f"{self.provider.name}/{self.voice.name}"

    @property
    def pace(self) -> float:
        """Spoken units a second (`studio/language/pace.py`) at this speed."""
        return self.voice.pace * self.speed

    def at(self, speed: float) -> Speaker:
        """The same at *speed*, or at the nearest that the voice can."""
        slowest, fastest = self.voice.speeds
        return replace(self, speed=min(max(speed, slowest), fastest))


@dataclass(frozen=True)
class Cast:
    """Who may say a film, the first choice first; *missing* is why a voice that was asked for is not among them."""

    speakers: tuple[Speaker, ...]
    missing: str = ""


def choose_speaker(language: str, *, wanted: str | None, names: Sequence[str], speed: float = 1.0) -> Speaker:
    """The first of `cast`. Raises as that does."""
    return cast(language, wanted=wanted, names=names, speed=speed).speakers[0]


def cast(language: str, *, wanted: str | None, names: Sequence[str], speed: float = 1.0) -> Cast:
    """
    Who says a film in *language*, and who else would: one voice a provider.

    Args:
        language: BCP 47 tag.
        wanted: a voice's name, alone or as "provider/voice"; None takes the first that speaks the language.
        names: providers in the operator's order.
        speed: a share of each voice's own pace.

    Raises:
        UnknownName: no provider has the wanted voice in this language.
        ProviderNotReady: no provider is ready, or none speaks the language.
    """
    speakers = [speaker.at(speed) for provider in ready(catalog, names) for speaker in _of(provider, language)]
    if not speakers:
        raise ProviderNotReady("tts", ",".join(names), f"no voice speaks {language!r}; add a provider to TTS that does")
    chosen = next((each for each in speakers if _is_called(each, wanted)), None)
    missing = "" if chosen or wanted is None else _why_missing(wanted, language, names, speakers)
    firsts = {each.provider.name: each for each in reversed(speakers)}
    if chosen:
        firsts.pop(chosen.provider.name)
    others = [firsts[name] for name in dict.fromkeys(names) if name in firsts]
    return Cast((*([chosen] if chosen else []), *others), missing)


def find_speaker(voice: str, language: str, *, speed: float = 1.0) -> Speaker:
    """
    The voice called "provider/voice", ready to speak.

    Raises:
        UnknownName: there is none.
        ProviderNotReady: its provider is not ready.
    """
    provider = catalog.open(voice.partition("/")[0])
    provider.check()
    for speaker in _of(provider, language):
        if speaker.id == voice:
            return speaker.at(speed)
    raise UnknownName(voice, field="voice", known=[speaker.id for speaker in _of(provider, language)])


def narrate(
    text: str,
    *,
    speaker: Speaker,
    storage: Storage,
    lexicon: Lexicon = PLAIN,
    aligners: Sequence[Aligner] = (),
    till: Till = OPEN_TILL,
) -> Recording:
    """
    Say one scene and keep the recording in *storage*.

    Args:
        text: as captions show it; the words of the recording join to it.
        speaker: who says it, and how fast.
        storage: where the sound goes.
        lexicon: what is said otherwise than it is written.
        aligners: who finds the words of a voice that does not say when they come, in order of preference.
        till: pays for voices that are somebody else's; what was bought once is not bought again.

    Raises:
        ProviderError: the voice did not deliver.
    """
    spelling = lexicon.respelled(text)
    quote = speaker.provider.quote(spelling.said, voice=speaker.voice, speed=speaker.speed)
    if quote is None:
        said = _recorded(_spoken(spelling.said, speaker, lexicon), speaker, storage)
    else:
        said = _bought(quote, spelling.said, speaker, storage, lexicon, till)
    if not said.words:
        said = said.model_copy(update={"words": _aligned(said, spelling.said, storage, lexicon, aligners)})
    return said.model_copy(update={"words": as_written(said.words, spelling)})


def as_written(words: Sequence[Word], spelling: Respelled) -> tuple[Word, ...]:
    """*words* as they were said, with the text that they were written as: a respelled name is one word."""
    groups = spelling.regroup([word.text for word in words])
    return tuple(Word(text=text, start=words[a].start, end=words[b - 1].end) for a, b, text in groups)


def _of(provider: TTS, language: str) -> list[Speaker]:
    return [Speaker(provider, voice) for voice in provider.voices if voice.language == language]


def _is_called(speaker: Speaker, wanted: str | None) -> bool:
    return wanted in (None, speaker.voice.name, speaker.id)


def _why_missing(wanted: str, language: str, names: Sequence[str], speakers: Sequence[Speaker]) -> str:
    """What a provider lacks that has the wanted voice. Raises UnknownName where none has."""
    for name in names:
        provider = catalog.open(name)
        if any(_is_called(speaker, wanted) for speaker in _of(provider, language)):
            try:
                provider.check()
            except ProviderNotReady as error:
                return str(error)
    raise UnknownName(wanted, field="voice", known=[speaker.id for speaker in speakers])


def _spoken(text: str, speaker: Speaker, lexicon: Lexicon) -> Speech:
    return speaker.provider.speak(text, voice=speaker.voice, speed=speaker.speed, sounds=lexicon.sounds)


def _recorded(speech: Speech, speaker: Speaker, storage: Storage) -> Recording:
    with tempfile.TemporaryDirectory(prefix="narration-") as folder:
        path = Path(folder) / "speech.wav"
        write_wav(speech, path)
        audio = store_file(storage, path, kind="audio", media_type="audio/wav", credit=speaker.voice.credit)
    return Recording(
        audio=audio,
        duration=speech.duration,
        words=speech.words,
        voice=speaker.id,
        language=speaker.voice.language,
        is_draft=speaker.voice.is_draft,
        credit=speaker.voice.credit,
    )


def _bought(quote: Quote, text: str, speaker: Speaker, storage: Storage, lexicon: Lexicon, till: Till) -> Recording:
    """
    The recording that was bought for *quote*, now or before.

    The answer that is kept is made before anything else can fail, words of the vendor included. One whose sound is
    no longer in the store is bought again, under a key of its own.
    """

    def call() -> Receipt:
        speech = _spoken(text, speaker, lexicon)
        return Receipt(_recorded(speech, speaker, storage).model_dump(mode="json"), speech.used or quote.units)

    for attempt in range(PURCHASES):
        key = call_key(quote.key, attempt) if attempt else quote.key
        recording = _kept(till.buy(replace(quote, key=key), call))
        if recording and storage.exists(recording.audio.key):
            return recording
    raise ProviderUnavailable("tts", speaker.provider.name, "its recordings vanish from the store")


def _kept(answer: JsonValue) -> Recording | None:
    """A bought recording; None where an earlier release kept it in a shape that is no longer known."""
    try:
        return Recording.model_validate(answer)
    except ValidationError:
        return None


def _aligned(
    said: Recording, text: str, storage: Storage, lexicon: Lexicon, aligners: Sequence[Aligner]
) -> tuple[Word, ...]:
    sound = decode(storage.fetch(said.audio.key))
    reference = reference_for(said.language, sounds=lexicon.sounds)
    return aligned(sound, [text], language=said.language, aligners=aligners, reference=reference)[0]
