"""Bodies of `/voices`."""

from __future__ import annotations

from pydantic import BaseModel

from studio.models.asset import Credit
from studio.providers.tts.sample import ReadyVoice


class VoiceShown(BaseModel):
    """A voice; *id* is what a film's `voice` takes. *is_draft* marks one that is only just intelligible."""

    id: str
    name: str
    provider: str
    language: str
    is_draft: bool
    credit: Credit

    @classmethod
    def of(cls, ready: ReadyVoice) -> VoiceShown:
        """What is shown of a voice."""
        voice = ready.voice
        return cls(
            id=ready.id,
            name=voice.name,
            provider=ready.provider.name,
            language=voice.language,
            is_draft=voice.is_draft,
            credit=voice.credit,
        )


class VoiceList(BaseModel):
    """Voices that are ready, in the order in which they are preferred."""

    items: list[VoiceShown]


class VoiceSample(BaseModel):
    """One sentence of a voice; *url* works without an account for a day."""

    voice_id: str
    text: str
    url: str
    media_type: str = "audio/wav"
