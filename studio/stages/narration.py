"""From a script to recordings with timed words."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.errors import ProviderNotReady, UnknownName
from studio.models.narration import Recording
from studio.providers.fallback import ready
from studio.providers.storage import Storage, store_file
from studio.providers.tts import TTS, Voice, catalog
from studio.providers.tts.wav import write_wav


@dataclass(frozen=True)
class Speaker:
    """A voice and the provider that has it."""

    provider: TTS
    voice: Voice


def choose_speaker(language: str, *, wanted: str | None, names: Sequence[str]) -> Speaker:
    """
    Who says a film in *language*.

    Args:
        language: BCP 47 tag.
        wanted: a voice's name, alone or as "provider/voice"; None takes the first that speaks the language.
        names: providers in the operator's order.

    Raises:
        UnknownName: no ready provider has the wanted voice in this language.
        ProviderNotReady: no provider is ready, or none speaks the language.
    """
    providers = ready(catalog, names)
    speakers = [Speaker(p, voice) for p in providers for voice in p.voices if voice.language == language]
    if not speakers:
        raise ProviderNotReady("tts", ",".join(names), f"no voice speaks {language!r}; add a provider to TTS that does")
    if wanted is None:
        return speakers[0]
    for speaker in speakers:
        if wanted in (speaker.voice.name, f"{speaker.provider.name}/{speaker.voice.name}"):
            return speaker
    raise UnknownName(wanted, field="voice", known=[f"{s.provider.name}/{s.voice.name}" for s in speakers])


def narrate(text: str, *, speaker: Speaker, storage: Storage) -> Recording:
    """
    Say one scene and keep the recording in *storage*.

    Raises:
        ProviderError: the voice did not deliver.
    """
    speech = speaker.provider.speak(text, voice=speaker.voice)
    with tempfile.TemporaryDirectory(prefix="narration-") as folder:
        path = Path(folder) / "speech.wav"
        write_wav(speech, path)
        audio = store_file(storage, path, kind="audio", media_type="audio/wav", credit=speaker.voice.credit)
    return Recording(
        audio=audio,
        duration=speech.duration,
        words=speech.words,
        voice=f"{speaker.provider.name}/{speaker.voice.name}",
        language=speaker.voice.language,
        is_draft=speaker.voice.is_draft,
        credit=speaker.voice.credit,
    )
