"""Voices and what they sound like: what the routes of `/voices` do."""

from __future__ import annotations

from api.errors import NotFound
from api.schemas.voices import VoiceSample, VoiceShown
from api.spending import RequestTill
from api.upstream import answer_for
from store.tables.users import User
from studio.errors import ProviderError
from studio.providers.storage import open_storage
from studio.providers.storage.links import signed_url
from studio.providers.tts.sample import ReadyVoice, ready_voices, sample, sample_text
from studio.settings import get_settings


def list_voices(language: str | None) -> list[VoiceShown]:
    """Voices that are ready and speak *language* (a BCP 47 tag, whose first part counts), or all."""
    wanted = _primary(language) if language is not None else None
    return [VoiceShown.of(each) for each in _ready() if wanted in (None, _primary(each.voice.language))]


def get_voice(voice_id: str) -> VoiceShown:
    """
    The voice of that id.

    Raises:
        NotFound: there is none, or it is not ready.
    """
    return VoiceShown.of(_found(voice_id))


def get_sample(voice_id: str, *, owner: User) -> VoiceSample:
    """
    A sentence of the voice; the first time it takes as long as saying it.

    Raises:
        NotFound: there is no such voice.
        ApiError: the voice did not deliver, or is busy.
    """
    found = _found(voice_id)
    try:
        key = sample(found, open_storage(get_settings()), till=RequestTill(owner.id))
    except ProviderError as error:
        raise answer_for(error) from error
    url = signed_url(key, filename=f"{found.voice.name}.wav")
    return VoiceSample(voice_id=found.id, text=sample_text(found.voice.language), url=url)


def _found(voice_id: str) -> ReadyVoice:
    for each in _ready():
        if each.id == voice_id:
            return each
    raise NotFound


def _primary(tag: str) -> str:
    return tag.lower().partition("-")[0]


def _ready() -> tuple[ReadyVoice, ...]:
    return ready_voices(get_settings().tts)
